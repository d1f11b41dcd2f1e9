"""Steps of the funnel that are told with the same time, what is a touch of sales, and verdicts that come too early."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracles.tiny import Life, Tiny, answered, dated, logged
from tieout import Workspace
from tieout.measure.answers import Question
from tieout.measure.clocks.table import clocks
from tieout.measure.funnel.funnel import FunnelTerms, funnel
from tieout.questions import opened
from tieout.warehouse.builds import published
from tieout.warehouse.contents import read_findings

MET = "2026-02-02T09:00"
FEBRUARY, SEPTEMBER = "2026-02-01..2026-02-28", "2026-09-01..2026-09-14"
LEADS: dict[str, Life] = {
    lead: [(MET, {"created": MET, "source": "Webinar"})]
    for lead in ("made", "again", "back", "called", "wrote", "alone", *(f"new{n}" for n in range(10)))
}
TOLD = [
    ("made", "lead", MET), ("made", "mql", MET), ("made", "sql", "2026-02-10T09:00"),  # by one import
    ("again", "mql", "2026-02-05T09:00"), ("again", "recycled", "2026-02-07T09:00"),
    ("again", "mql", "2026-02-07T09:00"), ("again", "sql", "2026-02-10T09:00"),  # an mql that comes again at once
    ("back", "mql", "2026-02-05T09:00"), ("back", "recycled", "2026-02-05T09:00"),
    ("called", "mql", "2026-02-05T09:00"), ("wrote", "mql", "2026-02-05T09:00"), ("alone", "mql", "2026-02-05T09:00"),
    *((f"new{n}", "mql", "2026-09-10T09:00") for n in range(10)),
]  # fmt: skip
TOUCHES = [
    {"at": "2026-02-03T09:00", "lead": "made", "kind": "call"},
    {"at": "2026-02-05T10:00", "lead": "called", "kind": "call"},
    {"at": "2026-02-05T10:00", "lead": "wrote", "kind": "meeting: no show"},
]
STAGES = [
    {"name": "lead"}, {"name": "mql", "answer_within_hours": 24}, {"name": "sal"}, {"name": "sql"},
]  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    changes = [dict(zip(("lead", "stage", "at"), row, strict=True)) for row in TOLD]
    exports = (
        dated("leads", LEADS, ["2026-02-28", "2026-09-14"])
        | logged("changes", "2026-09-14", changes)
        | logged("activities", "2026-09-14", TOUCHES)
    )
    return Tiny(exports, {"lifecycle": {"stages": STAGES}}).refreshed(tmp_path_factory.mktemp("once"))


def test_a_lead_that_is_made_as_an_mql_was_not_sent_back(workspace: Workspace) -> None:
    """Seven mqls: made, again twice, back, called, wrote, alone; two of them, made and again, became an sql."""
    row = answered(workspace, "mql_to_sql.cohort_90d", period=FEBRUARY).total
    assert (row.value, row.n) == (2 / 7, 7)


def test_clocks_and_funnel_take_them_in_the_same_order(workspace: Workspace) -> None:
    """The hand-off of who is sent back at once has ended; who comes again is handed over again."""
    with opened(workspace) as asked:
        found = clocks(asked, Question("sla.compliance", FEBRUARY, records=True)).records or ()
    told: dict[Any, list[Any]] = {}
    for one in found:
        told.setdefault(one["record"], []).append(one["outcome"])
    assert told == {
        "made": ["kept"], "again": ["breached", "breached"], "back": ["withdrawn"], "called": ["kept"],
        "wrote": ["breached"], "alone": ["breached"],
    }  # fmt: skip


def test_only_what_is_odd_is_told(workspace: Workspace) -> None:
    found = {one.code: one.count for one in read_findings(workspace, published(workspace))}
    assert found["lifecycle.same_time"] == 2


def test_a_meeting_that_nobody_came_to_is_no_work(workspace: Workspace) -> None:
    """Of seven mqls of marketing only the one that was called was worked, as its clock says too."""
    row = answered(workspace, "quality.not_worked", period=FEBRUARY).total
    assert (row.value, row.n) == (4 / 7, 7)


def test_a_young_cohort_has_not_failed(workspace: Workspace) -> None:
    """Ten mqls of four days ago, none of them an sql yet; and 90 days is what the band is about."""
    with opened(workspace) as asked:
        young = funnel(asked, Question("", SEPTEMBER), FunnelTerms())
        short = funnel(asked, Question("", "2026-02-01..2026-09-14"), FunnelTerms(days=1))
    assert (young.whole.n, young.whole.immature, young.split) == (10, True, None)
    assert (short.whole.n, short.whole.reached("sql"), short.split) == (17, 0, None)
