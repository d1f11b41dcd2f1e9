"""A deal that was closed before anybody looked is of no period that only the first look would give it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.oracles.tiny import NOW, Life, Tiny, answered, dated, logged, records
from tieout import Finding, Workspace, ask, refresh
from tieout.measure.answers import Question
from tieout.measure.clocks.table import clocks
from tieout.measure.funnel.funnel import FunnelTerms, funnel
from tieout.measure.run_sql import rows
from tieout.questions import opened
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
    # Seen in a stage that the contract no longer has, or none at all: it was watched all the same.
    "renamed": [
        deal("2026-07-02T12:00", close=""),
        deal("2026-08-05T12:00", stage="Legal", close=""),
        deal("2026-09-10T12:00", stage=WON, close=""),
    ],
    "renamed at first": [
        deal("2026-07-02T12:00", stage="Legal", close=""),
        deal("2026-08-05T12:00", stage=WON, close=""),
    ],
    "renamed, logged": [deal("2026-07-02T12:00", close=""), deal("2026-09-10T12:00", stage=WON, close="")],
    "renamed, stale": [
        deal("2026-07-02T12:00", close="2026-05-20", created="2026-03-01"),
        deal("2026-08-05T12:00", stage="Legal", close="2026-05-20"),
        deal("2026-09-10T12:00", stage=WON, close="2026-05-20"),
    ],
    "blank": [
        deal("2026-07-02T12:00", close=""),
        deal("2026-08-05T12:00", stage="", close=""),
        deal("2026-09-10T12:00", stage=WON, close=""),
    ],
    # Won whenever anything told its stage.
    "won, blank": [
        deal("2026-07-02T12:00", stage=WON, close="", type="expansion"),
        deal("2026-08-05T12:00", stage="", close=""),
        deal("2026-09-10T12:00", stage=WON, close=""),
    ],
}
WATCHED = {"renamed", "renamed at first", "renamed, logged", "blank"}
HISTORY = [
    {"record": "renamed, logged", "field": "Stage", "new_value": "Legal", "at": "2026-08-05T09:00"},
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
        ("2027-Q2", {"before, dated", "renamed, stale"}),
        (THIRD, {"seen", "again", "logged", *WATCHED}),
        ("2027", {"before, dated", "renamed, stale", "seen", "again", "logged", *WATCHED}),
    ],
)
def test_bookings_of_a_period(told: tuple[Workspace, tuple[Finding, ...]], period: str, won: set[str]) -> None:
    assert records(told[0], "bookings", "2026-09-20", period=period) == won
    total = answered(told[0], "bookings", "2026-09-20", period=period).total
    assert (total.value, total.n) == (Decimal(100 * len(won)), len(won))


def test_the_figure_and_a_finding_say_so(told: tuple[Workspace, tuple[Finding, ...]]) -> None:
    words = "won opportunities have no close date and were first seen so: of no period, not counted."
    notes = answered(told[0], "bookings", "2026-09-20", period=THIRD).notes
    assert [note for note in notes if "close date" in note] == [f"4 {words}"]
    found = [finding for finding in told[1] if finding.code == "closing.unknown"]
    assert [finding.count for finding in found] == [5]  # those four and the lost one


@pytest.mark.parametrize(
    ("metric", "where", "said"),
    [
        ("bookings", "type = 'expansion'", "1 won"),
        ("bookings", "type = 'new' and record <> 'between'", "2 won"),
        ("bookings", "type = 'renewal'", None),
        ("win_rate.closed.count", None, "4 won or lost"),  # of new business: three won, one lost
        ("win_rate.closed.count.expansion", None, "1 won or lost"),
        ("pipeline.open_qualified", None, None),
    ],
)
def test_a_figure_says_so_of_what_it_would_have_counted(
    told: tuple[Workspace, tuple[Finding, ...]], metric: str, where: str | None, said: str | None
) -> None:
    notes = answered(told[0], metric, "2026-09-20", period=THIRD, where=where).notes
    found = [note.partition(" opportunities")[0] for note in notes if "close date" in note]
    assert found == ([said] if said else [])


def test_who_was_watched_was_closed_when_it_was_told(told: tuple[Workspace, tuple[Finding, ...]]) -> None:
    """Not on a close date that had passed while it was open: nobody wins a deal before it was last open."""
    with opened(told[0]) as asked:
        found = rows(asked.engine, "select record, closed_at from outcomes where record like 'renamed%'", {})
    assert dict(found) == {
        "renamed": datetime(2026, 9, 10, 16),
        "renamed at first": datetime(2026, 8, 5, 16),
        "renamed, logged": datetime(2026, 9, 10, 16),
        "renamed, stale": datetime(2026, 9, 10, 16),
    }


def test_a_series_counts_them_in_no_month(told: tuple[Workspace, tuple[Finding, ...]]) -> None:
    months = {month: records(told[0], "bookings", "2026-09-20", period=month) for month in ("2026-07", "2026-08")}
    assert months == {"2026-07": set(), "2026-08": {"seen", "logged", "renamed at first"}}


def test_a_waterfall_says_of_none_of_them_that_it_was_won(told: tuple[Workspace, tuple[Finding, ...]]) -> None:
    made = waterfall(told[0], WaterfallAsked("2026-07-07", "2026-08-31", closing="any"))
    assert {posting.record for posting in made.bridge.postings if posting.cause == "won"} == {"seen"}


# -- what a date says of the time


EVENING = datetime(2026, 5, 21, 3, 59, 59, 999_999)
"""The end of 20 May in New York."""
NOON = datetime(2026, 5, 20, 16)


@pytest.fixture(scope="module")
def customer(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A lead whose deal was first seen as won, to close on 20 May; customer success called that morning."""
    lives: dict[str, dict[str, Life]] = {
        "leads": {"L1": [("2026-03-02T09:00", {"created": "2026-03-02T09:00", "deal": "D1"})]},
        "deals": {"D1": [deal("2026-07-02T12:00", stage=WON, close="2026-05-20", created="2026-04-01", lead="L1")]},
    }
    exports = {name: text for kind, found in lives.items() for name, text in dated(kind, found, DAYS).items()}
    exports |= logged("changes", DAYS[-1], [{"lead": "L1", "stage": "mql", "at": "2026-03-03T09:00"}])
    touch = {"deal": "D1", "at": "2026-05-20T10:00", "by_function": "customer success", "kind": "call"}
    exports |= logged("activities", DAYS[-1], [touch])
    stages = [{"name": "lead"}, {"name": "mql", "answer_within_hours": 24}, {"name": "opportunity"}]
    lifecycle = {"stages": [*stages, {"name": "customer", "owner": "Customer Success", "answer_within_hours": 24}]}
    return Tiny(exports, {"lifecycle": lifecycle}).refreshed(tmp_path_factory.mktemp("customer"))


@pytest.mark.parametrize(("moment", "won"), [(NOON, 0), (EVENING - timedelta(microseconds=1), 0), (EVENING, 1)])
def test_won_on_a_date_is_won_by_the_end_of_that_day(customer: Workspace, moment: datetime, won: int) -> None:
    lead = ask(customer, Question("conversion.lead_to_won", "2026-03", as_of=moment)).total
    assert (lead.value, lead.n) == (won, 1)
    with opened(customer) as asked:
        terms = FunnelTerms(days=90)
        found = funnel(asked, Question(terms.metric.id, "2026-03", as_of=moment), terms).whole
    assert [step.reached for step in found.steps if step.step == "won"] == [won]


def test_a_hand_off_of_a_won_deal_begins_at_the_end_of_that_day(customer: Workspace) -> None:
    """The call of that morning came before it, and answers nothing."""
    with opened(customer) as asked:
        found = clocks(asked, Question("sla.compliance", "2026-05", records=True)).records or ()
    (one,) = [record for record in found if record["handoff"] == "customer"]
    assert (one["started_at"], one["due_at"]) == (EVENING, EVENING + timedelta(hours=24))
    assert (one["answered_at"], one["outcome"]) == (None, "breached")
