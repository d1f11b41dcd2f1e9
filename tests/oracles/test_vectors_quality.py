"""Required fields, evidence and staleness in small: every answer counted by hand beside the deals."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from tests.oracles.tiny import NOW, PIPELINE, Fields, Life, Tiny, answered, dated, logged, records, slices
from tieout import Workspace, refresh

DAYS = ["2026-07-31", "2026-08-31", "2026-09-14"]
AS_OF, QUARTER = "2026-09-14", "2027-Q3"
BEGUN = "2026-07-06T09:00"


def pipeline() -> dict[str, Any]:
    """Discovery asks for an owner, Qualification also for a date and an amount, Closed Lost for its reason alone."""
    terms = deepcopy(PIPELINE)
    discovery, qualification, proposal, _, lost, _ = terms["stages"]
    discovery["required"] = ["owner_id"]
    qualification |= {
        "required": ["close_date", "arr"],
        "evidence": [{"name": "meeting", "activity": ["Meeting"], "within_days": 30}],
    }
    proposal["evidence"] = [{"name": "amount", "when": "arr >= 50000"}]
    lost["required"] = ["reason"]
    terms["stale"] = {
        "past_due": True, "pushed": 2, "inactive_days": 40, "unchanged_days": 60,
        "stages": {"Proposal": {"inactive_days": 10}},
    }  # fmt: skip
    return terms


def deal(**fields: str) -> Life:
    """An open deal since July, changed at no other time unless it says so."""
    return [(BEGUN, {"owner": "U1", **fields})]


DEALS: dict[str, Life] = {
    # required: owner, date, amount; met in the last 30 days; active and changed lately enough: healthy
    # pushed once, and pulled in again, which is no push
    "healthy": [
        *deal(close="2026-08-20"),
        ("2026-08-18T12:00", {"close": "2026-10-15"}),
        ("2026-09-05T12:00", {"close": "2026-10-01"}),
    ],
    # 2 of 3 filled; its only meeting is 31 days old; 31 days without activity are not 41
    "no amount": [*deal(arr=""), ("2026-08-20T12:00", {"source": "Partner"})],
    # 2 of 3 filled; a machine met it, a person only called it: no evidence
    "no owner": [*deal(owner=""), ("2026-08-20T12:00", {"source": "Partner"})],
    # in Proposal 11 days without an activity are too many; it met, but its amount is no evidence
    "small": [*deal(stage="Proposal", arr="49999.99"), ("2026-08-20T12:00", {"source": "Partner"})],
    # 1 of 1 filled; no evidence is asked of Discovery
    "early": [*deal(stage="Discovery", arr="", close=""), ("2026-08-20T12:00", {"source": "Partner"})],
    # pushed twice
    "pushed": [
        *deal(close="2026-08-20"),
        ("2026-08-18T09:00", {"close": "2026-09-20"}),
        ("2026-09-05T09:00", {"close": "2026-10-01"}),
    ],
    # nothing was done about it since it was created, 70 days ago, and nothing changed
    "forgotten": deal(),
    # someone called it yesterday, but it has not changed for 70 days: unchanged
    "called": deal(),
    # its day has passed yesterday
    "past": [*deal(close="2026-09-13"), ("2026-08-20T12:00", {"source": "Partner"})],
    # closed: no open deal. A lost one owes its reason only, a won one owner, date and amount
    "lost": [*deal(arr="", owner=""), ("2026-08-20T12:00", {"stage": "Closed Lost", "reason": "Price"})],
    "lost without": [*deal(), ("2026-08-20T12:00", {"stage": "Closed Lost"})],
    "won": [*deal(arr=""), ("2026-08-20T12:00", {"stage": "Closed Won"})],
}


def act(deal: str, at: str, kind: str = "meeting", **fields: str) -> Fields:
    """Something that was done about a deal."""
    return {"deal": deal, "at": at, "kind": kind, **fields}


ACTIVITIES = [
    act("healthy", "2026-08-15T18:00"),
    act("no amount", "2026-08-14T18:00"),
    act("no owner", "2026-09-10T18:00", automated="true"),
    act("no owner", "2026-09-10T18:00", "call"),
    act("small", "2026-09-03T10:00", " MEETING "),
    act("early", "2026-09-01T10:00"),
    act("pushed", "2026-09-01T10:00"),
    act("called", "2026-09-13T10:00", "call"),
    act("past", "2026-09-01T10:00"),
    # after as-of: it has not happened yet
    act("forgotten", "2026-09-15T10:00"),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """All of them, in one company; the last log is taken a day later than the deals."""
    exports = dated("deals", DEALS, DAYS) | logged("activities", "2026-09-15", ACTIVITIES)
    return Tiny(exports, {"pipeline": pipeline()}).refreshed(tmp_path_factory.mktemp("quality"))


def test_required_fields_are_counted_one_by_one(workspace: Workspace) -> None:
    """Eight open deals from Qualification on owe three fields each, the early one owes one: 25; two are missing."""
    total = answered(workspace, "completeness.required", AS_OF).total
    assert (total.n, total.value) == (25, 23 / 25)
    found = slices(answered(workspace, "completeness.required", AS_OF, by=("field",)))
    assert {name: (row.n, row.value) for name, row in found.items()} == {
        "arr": (8, 7 / 8), "close_date": (8, 1), "owner_id": (9, 8 / 9),
    }  # fmt: skip
    found = slices(answered(workspace, "completeness.required", AS_OF, by=("stage",)))
    assert {name: (row.n, row.value) for name, row in found.items()} == {
        "Discovery": (1, 1), "Qualification": (21, 19 / 21), "Proposal": (3, 1),
    }  # fmt: skip
    assert slices(answered(workspace, "completeness.required", AS_OF, by=("system",)))["crm"].n == 25


def test_a_lost_deal_owes_its_reason_only(workspace: Workspace) -> None:
    """One of two reasons, and two of the three fields of the won deal: 3 of 5."""
    total = answered(workspace, "completeness.closed", AS_OF, period=QUARTER).total
    assert (total.n, total.value) == (5, 3 / 5)


def test_before_history_there_is_no_completeness(workspace: Workspace) -> None:
    row = answered(workspace, "completeness.required", "2026-06-30").total
    assert row.value is None
    assert row.absent


def test_the_past_is_judged_by_what_was_true_then(workspace: Workspace) -> None:
    """At the end of July all twelve were open: eleven owe three fields, one owes one; five are missing."""
    total = answered(workspace, "completeness.required", "2026-07-31").total
    assert (total.n, total.value) == (34, 29 / 34)


def test_evidence_is_what_the_records_bear_out(workspace: Workspace) -> None:
    """Of the qualified deals that close in the quarter and are not past due, four met in time; one of them is small."""
    assert records(workspace, "pipeline.evidenced", AS_OF, period=QUARTER) == {"healthy", "pushed"}
    assert answered(workspace, "pipeline.evidenced", AS_OF, period=QUARTER).total.value == Decimal("200000.00")
    claimed = {"healthy", "no amount", "no owner", "small", "pushed", "forgotten", "called"}
    assert records(workspace, "pipeline.evidenced.share", AS_OF, period=QUARTER) == claimed
    share = answered(workspace, "pipeline.evidenced.share", AS_OF, period=QUARTER).total.value
    assert share == pytest.approx(200_000 / 549_999.99)


def test_a_meeting_is_evidence_for_thirty_days(workspace: Workspace) -> None:
    """The healthy deal met on 15 August: 30 days are over on 15 September."""
    assert "healthy" in records(workspace, "pipeline.evidenced", "2026-09-14", period=QUARTER)
    assert "healthy" not in records(workspace, "pipeline.evidenced", "2026-09-15", period=QUARTER)


def test_a_deal_is_stale_for_the_first_reason_that_holds(workspace: Workspace) -> None:
    found = answered(workspace, "pipeline.stale", AS_OF, by=("why",), records=True)
    assert {row["record"]: row["why"] for row in found.records or ()} == {
        "past": "close date passed", "pushed": "pushed", "small": "no activity", "forgotten": "no activity",
        "called": "unchanged",
    }  # fmt: skip
    assert found.total.value == Decimal("449999.99")


def test_what_was_heard_later_is_no_evidence_as_said_then(workspace: Workspace) -> None:
    """Activities were first pulled a day after as-of: as said then, nothing was known of any."""
    assert answered(workspace, "pipeline.evidenced", AS_OF, period=QUARTER, said_then=True).total.n == 0
    said = answered(workspace, "pipeline.stale", AS_OF, by=("why",), said_then=True, records=True)
    stale = {str(row["record"]): row["why"] for row in said.records or ()}
    assert stale["healthy"] == stale["no amount"] == "no activity"


def test_what_nobody_asks_for_has_no_answer(tmp_path_factory: pytest.TempPathFactory) -> None:
    workspace = Tiny(dated("deals", DEALS, DAYS)).refreshed(tmp_path_factory.mktemp("unasked"))
    for metric in ("completeness.required", "completeness.leads", "pipeline.evidenced", "pipeline.stale"):
        row = answered(workspace, metric, AS_OF).total
        assert row.value is None, metric
        assert row.absent, metric


def test_without_activities_nobody_is_known_to_be_inactive(tmp_path_factory: pytest.TempPathFactory) -> None:
    """And a first extract without a time of change tells of no change: nothing but the date can make a deal stale."""
    exports = {"deals_2026-09-14.csv": dated("deals", DEALS, DAYS)["deals_2026-09-14.csv"]}
    company = Tiny(exports, {"pipeline": pipeline()})
    workspace = company.write(tmp_path_factory.mktemp("silent"))
    path = workspace.contract / "sources.yaml"
    path.write_text(path.read_text().replace('"modified": "modified", ', ""))
    assert "modified" not in path.read_text()
    assert refresh(workspace, NOW).after is not None
    found = answered(workspace, "pipeline.stale", by=("why",), records=True)
    assert {row["record"]: row["why"] for row in found.records or ()} == {"past": "close date passed"}


def test_what_nobody_told_yet_is_not_missing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In June the history alone knows the deal, and tells no owner: nobody can say whether there was one."""
    history = [{"record": "healthy", "field": "Stage", "new_value": "Qualification", "at": "2026-06-15T09:00"}]
    exports = dated("deals", {"healthy": DEALS["healthy"]}, DAYS) | logged("history", "2026-09-14", history)
    workspace = Tiny(exports, {"pipeline": pipeline()}).refreshed(tmp_path_factory.mktemp("untold"))
    assert records(workspace, "pipeline.open", "2026-06-30") == {"healthy"}
    row = answered(workspace, "completeness.required", "2026-06-30").total
    assert (row.n, row.value) == (0, None)
    assert row.absent
    assert answered(workspace, "completeness.required", "2026-07-31").total.n == 3
    assert answered(workspace, "pipeline.evidenced.share", "2026-06-30", period=QUARTER).total.value is None
