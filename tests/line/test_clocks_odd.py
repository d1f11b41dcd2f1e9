"""Hand-offs that are easily judged wrong: who was not there, whom nobody had, what no log and no account tells."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.line.handed_over import CONTRACT, NOW
from tieout import Workspace, ask, refresh
from tieout.measure.answers import Question
from tieout.measure.clocks.statement import statement
from tieout.measure.clocks.table import clocks
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.funnel_notes import split_lines
from tieout.measure.numbers.funnel_split import split
from tieout.measure.numbers.question import view_of
from tieout.questions import opened

MET, MONDAY = "2026-06-01T08:00:00Z", "2026-07-06T08:00:00Z"
"""When everybody was first met (ten o'clock in Berlin), and when they were handed over: on a Monday."""
USERS = """id,team,active,modified
U1,Großkunden,true,2025-06-01T08:00:00Z
U2,SDR,{active},{modified}
OPS,RevOps,true,2025-06-01T08:00:00Z
"""
COMPANY = """
currency: EUR
time_zone: Europe/Berlin
working_hours:
  - {monday: 09:00-17:00, tuesday: 09:00-17:00, wednesday: 09:00-17:00, thursday: 09:00-17:00, friday: 09:00-17:00}
  - {team: Großkunden, monday: 09:00-11:00, tuesday: 09:00-11:00}
"""
LIFECYCLE = """
stages:
  - {name: lead, owner: Marketing, answer_within_hours: 24, answered_by: [sales]}
  - {name: mql, owner: Marketing, answer_within_hours: 4, hours: business}
  - {name: sal, owner: Sales}
  - {name: customer, owner: Customer Success, answer_within_hours: 48, answered_by: [success]}
"""
DEALS = """
    deals:
      entity: opportunity
      files: deals/*.csv
      key: id
      modified: modified
      fields:
        {id: id, account_id: account, stage: stage, close_date: close, created_at: created, arr: arr, type: type}
"""
SOURCES = (
    CONTRACT["sources.yaml"]
    .replace(
        "{id: id, lead_id: lead, stage: stage, at: at}", "{id: id, lead_id: lead, stage: stage, at: at, user_id: by}"
    )
    .replace("{id: id, lead_id: lead, kind", "{id: id, lead_id: lead, opportunity_id: deal, kind")
)
CHANGES = f"""id,lead,stage,at,by
1,large,mql,{MONDAY},
2,unowned,mql,{MONDAY},OPS
3,left,mql,{MONDAY},OPS
4,both,mql,{MONDAY},
5,both,recycled,{MONDAY},
6,first,lead,2026-06-01T09:00:00Z,
"""
ACTIVITIES = """id,lead,deal,kind,at,user,team,way,auto
T1,nobody,,call,2026-05-01T08:00:00Z,U2,sales,outbound,
T2,nobody,,call,2026-05-01T08:00:00Z,U2,success,outbound,
T3,,D1,call,2026-07-06T09:00:00Z,U2,success,outbound,
T4,first,,call,2026-06-02T07:00:00Z,U2,sales,outbound,
T5,large,,call,2026-05-31T08:00:00Z,U2,sales,outbound,
T6,large,,call,2026-06-03T08:00:00Z,U2,sales,outbound,
"""


def leads(**owners: str) -> str:
    """Write leads of one state each."""
    rows = (f"{lead},{lead}@example.com,{owner},10,{MET},{MET},{MET}\n" for lead, owner in owners.items())
    return "id,email,owner,score,first,created,modified\n" + "".join(rows)


def deal(stage: str, modified: str) -> str:
    """Write the one deal, which has no account."""
    head = "id,account,stage,close,created,arr,type,modified\n"
    return f"{head}D1,,{stage},2026-07-06,2026-06-10,1000,new,{modified}\n"


def asked_of(folder: Path, files: dict[str, str], contract: dict[str, str]) -> Workspace:
    """Write a company and refresh it."""
    parts = {f"contract/{name}": text for name, text in (CONTRACT | contract).items()}
    for name, text in (parts | {f"exports/{name}": text for name, text in files.items()}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    assert refresh(Workspace(folder), NOW).after is not None
    return Workspace(folder)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, Any]]:
    """Each hand-off of the company by its stage and record."""
    files = {
        "users/users_2026-07-01.csv": USERS.format(active="true", modified="2025-06-01T08:00:00Z"),
        "users/users_2026-07-06.csv": USERS.format(active="false", modified="2026-07-06T09:00:00Z"),
        "leads/leads_2026-07-05.csv": leads(large="U1", unowned="", left="U2", both="U1", first="U1"),
        "deals/deals_2026-07-05.csv": deal("Proposal", "2026-07-01T08:00:00Z"),
        "deals/deals_2026-07-06.csv": deal("Closed Won", MONDAY),
        "changes/changes_2026-08-01.csv": CHANGES,
        "activities/activities_2026-08-01.csv": ACTIVITIES,
    }
    contract = {"company.yaml": COMPANY, "lifecycle.yaml": LIFECYCLE, "sources.yaml": SOURCES + DEALS}
    return handed(asked_of(tmp_path_factory.mktemp("odd"), files, contract))


def handed(workspace: Workspace) -> dict[tuple[str, str], dict[str, Any]]:
    with opened(workspace) as asked:
        found = clocks(asked, Question("sla.compliance", "2026-06-01..2026-07-31", records=True))
    return {(str(one["handoff"]), str(one["record"])): one for one in found.records or ()}


def test_a_team_whose_name_has_a_sharp_s_has_its_own_hours(told: dict[tuple[str, str], dict[str, Any]]) -> None:
    """From ten on Monday one hour, two on Tuesday, one on the next Monday: due at ten."""
    assert told["mql", "large"]["due_at"] == datetime(2026, 7, 13, 8)


def test_a_lead_that_is_told_to_be_nobodys_is_not_of_who_moved_it(told: dict[tuple[str, str], dict[str, Any]]) -> None:
    one = told["mql", "unowned"]
    assert (one["owner_id"], one["breach_class"]) == (None, "assignment delay")


def test_an_owner_who_left_before_the_deadline_did_not_have_it(told: dict[tuple[str, str], dict[str, Any]]) -> None:
    """U2 left at eleven; the answer was due at two."""
    one = told["mql", "left"]
    assert (one["due_at"], one["breach_class"]) == (datetime(2026, 7, 6, 12), "assignment delay")


def test_who_is_handed_over_and_sent_back_at_once_is_owed_nothing(told: dict[tuple[str, str], dict[str, Any]]) -> None:
    """The step counts as the first of both, as in the funnel."""
    assert told["mql", "both"]["outcome"] == "withdrawn"


def test_every_lead_is_handed_over_with_its_first_contact(told: dict[tuple[str, str], dict[str, Any]]) -> None:
    """The log tells of one of them only, an hour late; it was called within 24 hours of the contact."""
    found = {record: one["outcome"] for (stage, record), one in told.items() if stage == "lead"}
    assert found == {
        "large": "breached",
        "unowned": "breached",
        "left": "breached",
        "both": "breached",
        "first": "kept",
    }
    assert told["lead", "first"]["started_at"] == datetime(2026, 6, 1, 8)


def test_one_touch_before_the_first_contact_does_not_excuse_all(told: dict[tuple[str, str], dict[str, Any]]) -> None:
    """The lead was called the day before it was met, and two days after: its later hand-off was simply not answered."""
    assert told["mql", "large"]["breach_class"] == "human delay"


def test_a_deal_without_an_account_is_answered_by_a_touch_of_its_own(
    told: dict[tuple[str, str], dict[str, Any]],
) -> None:
    assert (told["customer", "D1"]["outcome"], told["customer", "D1"]["activity"]) == ("kept", "T3")


def test_working_time_reaches_back_to_a_criterion_that_was_met(tmp_path: Path) -> None:
    """No log and no deal: the score rose to 60 on a Monday at ten, and nobody answered within four hours."""
    lifecycle = LIFECYCLE.replace("hours: business", "hours: business, when: score >= 50").replace(
        ", answer_within_hours: 24, answered_by: [sales]", ""
    )
    head, log, rest = SOURCES.partition("    changes:")
    sources = head + rest[rest.index("    activities:") :]
    assert log
    raised = leads(large="U2").replace(",10,", ",60,").replace(f"{MET}\n", f"{MONDAY}\n")
    files = {
        "users/users_2026-07-01.csv": USERS.format(active="true", modified="2025-06-01T08:00:00Z"),
        "leads/leads_2026-07-05.csv": leads(large="U2"),
        "leads/leads_2026-07-06.csv": raised,
        "activities/activities_2026-08-01.csv": "".join(ACTIVITIES.splitlines(keepends=True)[:2]),
    }
    workspace = asked_of(tmp_path, files, {"lifecycle.yaml": lifecycle, "sources.yaml": sources})
    one = handed(workspace)["mql", "large"]
    assert (one["due_at"], one["outcome"]) == (datetime(2026, 7, 6, 12), "breached")


def test_a_rate_of_answers_is_of_one_agreed_hand_off(tmp_path: Path) -> None:
    """From July on sales owes answers of another stage: no one rate covers both months, the statement has each."""
    lifecycle = (
        LIFECYCLE
        + "commitments:\n  - {handoff: lead, response_rate: 0.5}\n  - {from: 2026-07-01, handoff: mql, volume: 1}\n"
    )
    files = {
        "users/users_2026-07-01.csv": USERS.format(active="true", modified="2025-06-01T08:00:00Z"),
        "leads/leads_2026-07-05.csv": leads(large="U2"),
        "changes/changes_2026-08-01.csv": "".join(CHANGES.splitlines(keepends=True)[:2]),
        "activities/activities_2026-08-01.csv": ACTIVITIES,
    }
    workspace = asked_of(tmp_path, files, {"lifecycle.yaml": lifecycle, "sources.yaml": SOURCES})
    both, one = (
        ask(workspace, Question("sla.response_rate", period)).total for period in ("2026-06-01..2026-07-31", "2026-06")
    )
    assert (both.value, both.absent) == (
        None,
        "the agreed hand-off or its quality changed in the period: ask for each part",
    )
    assert (one.value, one.n) == (0, 1)
    with opened(workspace) as asked:
        months = statement(asked, Question("sla.response_rate", "2026-06-01..2026-07-31")).months
    assert [(month.month, month.due) for month in months] == [("2026-06", 1), ("2026-07", 1)]


BEGUN = {
    "june": ("2026-06-30T21:59:00Z", datetime(2026, 7, 2, 21, 59), "kept"),
    "july": ("2026-06-30T22:00:00Z", datetime(2026, 7, 1, 0, 0), "breached"),
    "later": ("2026-07-06T08:00:00Z", datetime(2026, 7, 6, 9, 0), "kept"),
}
"""When each became an mql, when an answer was due, and what became of it."""


@pytest.fixture(scope="module")
def agreed_anew(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """48 hours, from July on 2, from the 6th on 1."""
    lifecycle = """
stages:
  - {name: lead, owner: Marketing}
  - {name: mql, owner: Marketing, answer_within_hours: 48, answer_times: [
      {from: 2026-07-01, answer_within_hours: 2, reason: agreed in June}, {from: 2026-07-06, answer_within_hours: 1}]}
  - {name: sal, owner: Sales}
"""
    changes = "".join(f"{lead},{lead},mql,{at},\n" for lead, (at, _, _) in BEGUN.items())
    called = [("june", "2026-06-15T03:00:00Z"), ("june", "2026-07-01T03:00:00Z"), ("july", "2026-07-01T03:00:00Z")]
    called.append(("later", "2026-07-06T08:30:00Z"))
    touches = "".join(f"{n},{lead},,call,{at},U2,sales,outbound,\n" for n, (lead, at) in enumerate(called))
    files = {
        "users/users_2026-07-01.csv": USERS.format(active="true", modified="2025-06-01T08:00:00Z"),
        "leads/leads_2026-07-05.csv": leads(**dict.fromkeys(BEGUN, "U1")),
        "changes/changes_2026-08-01.csv": "id,lead,stage,at,by\n" + changes,
        "activities/activities_2026-08-01.csv": ACTIVITIES.splitlines()[0] + "\n" + touches,
    }
    contract = {"lifecycle.yaml": lifecycle, "sources.yaml": SOURCES}
    return asked_of(tmp_path_factory.mktemp("agreed_anew"), files, contract)


def test_a_hand_off_is_judged_by_the_time_that_was_agreed_when_it_began(agreed_anew: Workspace) -> None:
    """July begins at midnight in Berlin, ten in the evening of June in UTC."""
    told = handed(agreed_anew)
    found = {lead: (told["mql", lead]["due_at"], told["mql", lead]["outcome"]) for lead in BEGUN}
    assert found == {lead: (due, outcome) for lead, (_, due, outcome) in BEGUN.items()}


@pytest.mark.parametrize(
    ("period", "said", "late"),
    [
        ("2026-06", "48 hours", (0, 1)),
        ("2026-06-01..2026-07-31", "48 hours (from 2026-07-01 on 2, from 2026-07-06 on 1)", (1, 3)),
        ("2026-07", "2 hours (from 2026-07-06 on 1)", (1, 2)),
        ("2026-07-06..2026-07-31", "1 hours", (0, 1)),
        (None, "48 hours (from 2026-07-01 on 2, from 2026-07-06 on 1)", (1, 3)),
    ],
)
def test_who_was_late_is_told_with_the_times_of_the_period(
    agreed_anew: Workspace, period: str | None, said: str, late: tuple[int, int]
) -> None:
    with opened(agreed_anew) as asked:
        metric = BY_ID["mql_to_sql.cohort_90d"]
        found = split(asked, view_of(asked, Question(metric.id, period), metric))
    assert (found.late.hits, found.late.n) == late
    share = f"{late[0] / late[1]:.1%} ({late[0]} of {late[1]})"
    assert f"{share} of those due were not answered by sales within {said}." in split_lines(found)
