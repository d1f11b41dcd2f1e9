"""What is not known is never counted in silence: a finding names it, and the figure says that it is left out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.oracles.tiny import NOW, Life, Tiny, answered, dated, records
from tieout import Finding, Workspace, refresh

DAYS = ["2026-07-31", "2026-08-31", "2026-09-15"]
AS_OF, QUARTER = "2026-09-15", "2027-Q3"
AGREED = "pipeline.open_qualified"


def deal(**fields: str) -> Life:
    """An open deal worth 100."""
    return [("2026-07-06T12:00", {"arr": "100", "close": "2026-10-15", **fields})]


LIVES: dict[str, Life] = {
    "known": deal(),
    "known too": deal(),
    "stage": deal(stage="Verbal"),
    "stage too": deal(stage="Verbal"),
    "no stage": deal(stage=""),
    "stage once": [*deal(stage="Handshake"), ("2026-08-20T12:00", {"stage": "Qualification"})],
    "type": deal(type="Upsell"),
    "no type": deal(type=""),
    "currency": deal(currency="CHF"),
    "no currency": deal(currency=""),
    "text": deal(arr="a lot"),
    "decimal comma": deal(arr="1.234,56"),
    "no amount": deal(arr=""),
    "no date": deal(close=""),
    "impossible date": deal(close="2026-02-30"),
    "other order": deal(close="31/10/2026"),
}
WITHOUT_VALUE = {"currency", "no currency", "text", "decimal comma", "no amount"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, tuple[Finding, ...]]:
    workspace = Tiny(dated("deals", LIVES, DAYS)).write(tmp_path_factory.mktemp("unknown"))
    report = refresh(workspace, NOW)
    assert report.after is not None
    return workspace, report.findings


@pytest.fixture(scope="module")
def workspace(told: tuple[Workspace, tuple[Finding, ...]]) -> Workspace:
    return told[0]


@pytest.mark.parametrize(
    ("code", "given", "count"),
    [
        ("stage.unknown", "Verbal", 2),
        ("type.unknown", "Upsell", 1),
        ("rate.missing", "CHF", 1),
        ("amount.missing", "no amount", 3),
        ("close_date.missing", "no close date", 3),
        ("value.unreadable", "arr", 2),
        ("value.unreadable", "close_date", 2),
    ],
)
def test_a_finding_names_it(told: tuple[Workspace, tuple[Finding, ...]], code: str, given: str, count: int) -> None:
    found = [finding for finding in told[1] if (finding.code, finding.given) == (code, given)]
    assert [finding.count for finding in found] == [count]
    assert all(finding.message and finding.remedy for finding in found)


def test_only_what_is_known_is_counted(workspace: Workspace) -> None:
    counted = {"known", "known too", "stage once"}
    assert records(workspace, AGREED, AS_OF, period=QUARTER) == counted | WITHOUT_VALUE
    total = answered(workspace, AGREED, AS_OF, period=QUARTER).total
    assert total.value == Decimal(300)


def test_an_amount_nobody_knows_is_no_amount_of_zero(workspace: Workspace) -> None:
    found = answered(workspace, AGREED, AS_OF, period=QUARTER, records=True).records or ()
    assert {str(row["record"]) for row in found if row["value"] is None} == WITHOUT_VALUE
    only = answered(workspace, AGREED, AS_OF, period=QUARTER, where="currency = 'CHF'").total
    assert (only.value, only.n, bool(only.absent)) == (None, 1, True)


def test_an_unknown_stage_is_not_open_won_or_lost(workspace: Workspace) -> None:
    for metric in ("pipeline.open", "pipeline.past_due", "bookings", "win_rate.closed.count", "pipeline.created"):
        assert not {"stage", "stage too", "no stage"} & records(workspace, metric, AS_OF, period="2026"), metric


def test_an_unknown_type_is_of_no_counted_type_but_open(workspace: Workspace) -> None:
    assert not {"type", "no type"} & records(workspace, AGREED, AS_OF, period=QUARTER)
    assert {"type", "no type"} <= records(workspace, "pipeline.open", AS_OF)


@pytest.mark.parametrize(
    ("metric", "day", "words"),
    [
        (AGREED, AS_OF, "3 opportunities"),
        ("pipeline.open", AS_OF, "3 opportunities"),
        ("pipeline.open", "2026-07-31", "4 opportunities"),
    ],
)
def test_the_figure_says_how_many_it_cannot_place(workspace: Workspace, metric: str, day: str, words: str) -> None:
    notes = answered(workspace, metric, day, period=QUARTER if metric == AGREED else None).notes
    assert any(words in note and "stage" in note for note in notes)


def test_the_figure_says_how_many_it_cannot_value(workspace: Workspace) -> None:
    notes = answered(workspace, AGREED, AS_OF, period=QUARTER).notes
    assert [note for note in notes if "add nothing" in note] == [
        "3 opportunities have no known amount: they count and add nothing.",
        "1 opportunities (100.00 CHF) have no plan rate of CHF then: they count and add nothing.",
        "1 opportunities have an amount and no currency: they count and add nothing.",
    ]


def test_a_stage_that_was_unknown_is_named_too(told: tuple[Workspace, tuple[Finding, ...]]) -> None:
    assert any(finding.given == "Handshake" for finding in told[1])
