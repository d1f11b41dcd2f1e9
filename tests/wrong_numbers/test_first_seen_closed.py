"""A deal that was closed before anybody looked is of no period that only the first look would give it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.oracles.tiny import NOW, Life, Tiny, answered, dated, logged, records
from tieout import Finding, Workspace, refresh
from tieout.waterfall import WaterfallAsked, waterfall

DAYS = ["2026-07-06", "2026-08-10", "2026-09-14"]
WON = "Closed Won"
THIRD = "2027-Q3"
"""A fiscal quarter of a company whose year begins in February: August to October of 2026."""


def deal(at: str, **fields: str) -> tuple[str, dict[str, str]]:
    """A version of a deal worth 100, modified then."""
    return at, {"arr": "100", **fields}


LIVES: dict[str, Life] = {
    # Won before the first export was taken: only that it was won by then is known.
    "before": [deal("2026-07-02T12:00", stage=WON, close="", created="2026-03-01")],
    "before, dated": [deal("2026-07-02T12:00", stage=WON, close="2026-05-20", created="2026-03-01")],
    # The same, and touched later: a later row of a won deal tells nothing about when it was won.
    "touched": [
        deal("2026-07-02T12:00", stage=WON, close=""),
        deal("2026-08-05T12:00", stage=WON, close="", reason="mended"),
    ],
    # Seen open first: the row that tells it is won dates it.
    "seen": [deal("2026-07-02T12:00", close=""), deal("2026-08-05T12:00", stage=WON, close="")],
    # Not in the first export: created and won before the second one.
    "between": [deal("2026-08-06T12:00", stage=WON, close="", created="2026-08-03")],
    # Closed when first seen, re-opened, won again: the second time is told.
    "again": [
        deal("2026-07-02T12:00", stage=WON, close=""),
        deal("2026-08-05T12:00", stage="Proposal", close=""),
        deal("2026-09-10T12:00", stage=WON, close=""),
    ],
    # The history of its stage tells when it was won.
    "logged": [deal("2026-08-07T12:00", stage=WON, close="")],
    "lost": [deal("2026-07-02T12:00", stage="Closed Lost", close="")],
}
HISTORY = [
    {"record": "logged", "field": "Stage", "new_value": "Proposal", "at": "2026-07-10T09:00"},
    {"record": "logged", "field": "Stage", "new_value": WON, "at": "2026-08-04T09:00"},
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, tuple[Finding, ...]]:
    exports = dated("deals", LIVES, DAYS) | logged("history", "2026-09-14", HISTORY)
    workspace = Tiny(exports).write(tmp_path_factory.mktemp("first_seen"))
    report = refresh(workspace, NOW)
    assert report.after is not None, report.findings
    return workspace, report.findings


@pytest.mark.parametrize(
    ("period", "won"),
    [
        ("2027-Q2", {"before, dated"}),
        (THIRD, {"seen", "again", "logged"}),
        ("2027", {"before, dated", "seen", "again", "logged"}),
    ],
)
def test_bookings_of_a_period(told: tuple[Workspace, tuple[Finding, ...]], period: str, won: set[str]) -> None:
    assert records(told[0], "bookings", "2026-09-20", period=period) == won
    total = answered(told[0], "bookings", "2026-09-20", period=period).total
    assert (total.value, total.n) == (Decimal(100 * len(won)), len(won))


def test_the_figure_and_a_finding_say_so(told: tuple[Workspace, tuple[Finding, ...]]) -> None:
    words = "won opportunities have no close date and were first seen so: of no period, not counted."
    notes = answered(told[0], "bookings", "2026-09-20", period=THIRD).notes
    assert [note for note in notes if "close date" in note] == [f"3 {words}"]
    found = [finding for finding in told[1] if finding.code == "closing.unknown"]
    assert [finding.count for finding in found] == [4]  # those three and the lost one


def test_a_series_counts_them_in_no_month(told: tuple[Workspace, tuple[Finding, ...]]) -> None:
    months = {month: records(told[0], "bookings", "2026-09-20", period=month) for month in ("2026-07", "2026-08")}
    assert months == {"2026-07": set(), "2026-08": {"seen", "logged"}}


def test_a_waterfall_says_of_none_of_them_that_it_was_won(told: tuple[Workspace, tuple[Finding, ...]]) -> None:
    made = waterfall(told[0], WaterfallAsked("2026-07-07", "2026-08-31", closing="any"))
    assert {posting.record for posting in made.bridge.postings if posting.cause == "won"} == {"seen"}
