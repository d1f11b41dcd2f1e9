"""Twenty leads handed over in one week: outcomes, classes, times and the account, all counted by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.line.handed_over import company
from tieout import Workspace, ask
from tieout.cli import main
from tieout.measure.answers import Question
from tieout.measure.clocks.statement import statement
from tieout.measure.clocks.table import Clocks, clocks
from tieout.questions import opened
from tieout.refresh import RefreshReport

FRIDAY = datetime(2026, 7, 10, 21, 59, 59, 999_999)
"""The end of the week in Berlin, in UTC."""
JULY = datetime(2026, 7, 31, 21, 59, 59, 999_999)
OUTCOMES = {
    "kept": ["L01", "L05", "L16", "L17", "L19"],
    "breached": ["L02", "L03", "L04", "L06", "L07", "L08", "L11", "L12", "L13", "L14", "L15", "L18", "L20"],
    "running": ["L09"],
    "withdrawn": ["L10"],
    "unknown": ["L99"],
}
CLASSES = {
    "human delay": ["L02", "L03", "L04", "L20"],
    "assignment delay": ["L06", "L07", "L08", "L14", "L15"],
    "bad data": ["L11", "L12"],
    "system delay": ["L13"],
    "(unknown)": ["L18"],
}
HOURS = {
    "L01": 1.0, "L02": 8.0, "L03": 32.5, "L04": 39.0, "L05": 3.0, "L06": 39.0, "L07": 9.0, "L08": 6.0, "L09": 2.0,
    "L10": 2.0, "L11": 39.0, "L12": 39.0, "L13": 6.0, "L14": 39.0, "L15": 39.0, "L16": 1.5, "L17": 4.0, "L18": 39.0,
    "L19": 0.5, "L20": 4.0, "L99": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, RefreshReport]:
    return company(tmp_path_factory.mktemp("handed") / "over")


@pytest.fixture(scope="module")
def workspace(made: tuple[Workspace, RefreshReport]) -> Workspace:
    return made[0]


@pytest.fixture(scope="module")
def week(workspace: Workspace) -> Iterator[Clocks]:
    with opened(workspace) as asked:
        yield clocks(asked, Question("sla.compliance", "2026-07", as_of=FRIDAY, records=True))


def by(records: tuple[dict[str, Any], ...] | None, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in records or ():
        if one[name] is not None:
            found.setdefault(one[name], []).append(one["record"])
    return {value: sorted(names) for value, names in found.items()}


def test_each_hand_off_has_its_outcome(week: Clocks) -> None:
    assert by(week.records, "outcome") == OUTCOMES


def test_each_breach_has_its_class(week: Clocks) -> None:
    assert by(week.records, "breach_class") == CLASSES


def test_each_clock_has_run_for_its_hours(week: Clocks) -> None:
    assert {one["record"]: one["hours"] for one in week.records or ()} == HOURS


def test_a_deadline_is_never_reset_and_lies_with_the_owner_of_its_time(week: Clocks) -> None:
    due = {one["record"]: (one["due_at"], one["owner_id"]) for one in week.records or ()}
    assert due["L08"] == (datetime(2026, 7, 6, 11), "U2")
    assert due["L03"] == (datetime(2026, 7, 7, 10, 30), "U1")
    assert due["L17"] == (datetime(2026, 7, 6, 11), "U1")
    assert due["L07"] == (datetime(2026, 7, 6, 12), None)
    assert due["L09"] == (datetime(2026, 7, 13, 9), "U1")


def test_the_whole_counts_what_is_due(week: Clocks) -> None:
    total = week.rows[0]
    assert (total.n, total.due, total.kept, total.breached) == (21, 17, 4, 13)
    assert (total.running, total.early, total.withdrawn, total.unknown) == (2, 1, 1, 1)
    assert total.row.value == 4 / 17
    assert total.classes == {name: len(CLASSES[name]) for name in total.classes}


def test_times_count_those_that_still_wait(week: Clocks) -> None:
    waits = week.rows[0].waits
    assert (waits.n, waits.answered) == (20, 10)
    assert waits.hours == {"median": pytest.approx(9.0), "p90": None}
    assert waits.absent("p90") == "too few were answered: the estimate does not get that far"


def test_a_breach_comes_with_the_deadline_and_not_before(workspace: Workspace) -> None:
    with opened(workspace) as asked:
        before = clocks(asked, Question("sla.compliance", "2026-07", as_of=datetime(2026, 7, 7, 10, 29), records=True))
        at = clocks(asked, Question("sla.compliance", "2026-07", as_of=datetime(2026, 7, 7, 10, 30), records=True))
    assert ("L03" in by(before.records, "outcome")["breached"], "L03" in by(at.records, "outcome")["breached"]) == (
        False,
        True,
    )


def test_the_owner_is_at_fault_only_once_their_own_time_is_up(workspace: Workspace) -> None:
    """L08 was due on Monday at 13:00, an hour after U2 had got it; U2 had time until 16:00."""
    with opened(workspace) as asked:
        early = clocks(asked, Question("sla.compliance", "2026-07", as_of=datetime(2026, 7, 6, 11, 30), records=True))
    (one,) = [one for one in early.records or () if one["record"] == "L08"]
    assert (one["outcome"], one["breach_class"]) == ("breached", "assignment delay")


def test_slices_add_to_the_whole(workspace: Workspace) -> None:
    with opened(workspace) as asked:
        sliced = clocks(asked, Question("sla.compliance", "2026-07", ("owner", "outcome"), as_of=FRIDAY))
    total, *rows = sliced.rows
    for name in ("n", "due", "kept", "running", "withdrawn", "unknown"):
        assert sum(getattr(row, name) for row in rows) == getattr(total, name)
    assert sum(row.n for row in rows if row.by["owner"] == "U2") == 1  # L08 alone: L07 came to U2 after its deadline


def test_the_account_of_both_sides(workspace: Workspace) -> None:
    with opened(workspace) as asked:
        found = statement(asked, Question("sla.response_rate", "2026-07", as_of=JULY))
    (month,) = found.months
    assert (month.handed_over, month.delivered, month.unjudged, month.volume_owed) == (21, 10, 1, 15)
    assert (month.due, month.answered, month.answers_owed) == (19, 5, 10)
    assert (found.marketing_balance, found.sales_balance) == (-5, -5)


def test_a_month_that_is_not_over_has_no_net(workspace: Workspace) -> None:
    with opened(workspace) as asked:
        found = statement(asked, Question("sla.response_rate", "2026-07", as_of=FRIDAY))
    assert (found.months[0].marketing_net, found.months[0].sales_net, found.marketing_balance) == (None, None, None)


def test_a_part_of_the_leads_owes_no_volume(workspace: Workspace) -> None:
    """Fifteen were promised of all: what one owner got of them is no shortfall."""
    with opened(workspace) as asked:
        found = statement(asked, Question("sla.response_rate", "2026-07", as_of=JULY, where="owner_id = 'U1'"))
    assert (found.months[0].volume_owed, found.marketing_balance) == (None, None)
    assert found.sales_balance is not None
    row = ask(workspace, Question("mql_volume_at_quality", "2026-07", as_of=JULY, where="owner_id = 'U1'")).total
    assert (row.value, row.absent) == (None, "the commitment is for all of them together")


def test_nothing_is_owed_before_the_first_hand_off(workspace: Workspace) -> None:
    """The first lead was handed over on 4 July."""
    with opened(workspace) as asked:
        found = statement(asked, Question("sla.response_rate", "2026-05-01..2026-07-31", as_of=JULY))
        before = statement(asked, Question("sla.response_rate", "2026-05-01..2026-06-30", as_of=JULY))
    assert [month.month for month in found.months] == ["2026-07"]
    assert (found.marketing_balance, str(found.begins)) == (-5, "2026-07-04")
    told = "no lead was handed over before 2026-07-04: nothing is told of that time"
    assert before.answer.total.absent == told
    assert ask(workspace, Question("mql_volume_at_quality", "2026-05", as_of=JULY)).total.absent == told


def test_a_volume_of_a_month_that_goes_on_is_immature(workspace: Workspace) -> None:
    early, late = (
        ask(workspace, Question("mql_volume_at_quality", "2026-07", as_of=as_of)).total for as_of in (FRIDAY, JULY)
    )
    assert (early.value, early.immature, early.verdict) == (10 / 15, True, None)
    assert (late.value, late.immature) == (10 / 15, False)


def test_a_horizon_that_no_calendar_has_is_refused(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "funnel", "--within", "100000000", "--workspace", str(workspace.root)]) == 2
    assert "less than or equal to 3650" in capsys.readouterr().err


def test_findings_tell_what_is_odd(made: tuple[Workspace, RefreshReport]) -> None:
    codes = {finding.code: finding.count for finding in made[1].findings}
    assert {code: codes.get(code) for code in ("handoff.lead_unknown", "touch.before_lead", "handoff.owner_left")} == {
        "handoff.lead_unknown": 1,
        "touch.before_lead": 1,
        "handoff.owner_left": 1,
    }
    assert codes["handoff.owner_unknown"] == 1


def shown(workspace: Workspace, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    status = main(["show", *words, "--workspace", str(workspace.root)])
    told = capsys.readouterr()
    assert (status, told.err) == (0, "")
    return told.out


def test_the_command_shows_the_same(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("clocks", "--period", "2026-07", "--as-of", "2026-07-10")
    assert shown(workspace, capsys, *asked).startswith("23.5% of 17 hand-offs due were answered in time\n")
    told = json.loads(shown(workspace, capsys, *asked, "--json", "--records"))
    assert (told["rows"][0]["compliance"], len(told["records"])) == (4 / 17, 21)
    lines = shown(workspace, capsys, *asked, "--csv").splitlines()
    assert lines[1].split(",")[:5] == ["(all)", "21", "17", "4", "13"]


def test_the_statement_says_how_both_stand(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("statement", "--period", "2026-07", "--as-of", "2026-07-31")
    assert shown(workspace, capsys, *asked).startswith("Marketing is 5 leads short; sales is 5 answers short\n")
    assert json.loads(shown(workspace, capsys, *asked, "--json"))["balance"] == {"marketing": -5, "sales": -5}
    assert (
        shown(workspace, capsys, *asked, "--csv").splitlines()[1].startswith("2026-07,true,true,21,10,15,-5,19,5,10,-5")
    )


@pytest.mark.parametrize("view", ["clocks", "statement"])
def test_the_page_is_whole(workspace: Workspace, capsys: pytest.CaptureFixture[str], view: str) -> None:
    file = workspace.root / f"{view}.html"
    shown(workspace, capsys, view, "--period", "2026-07", "--as-of", "2026-07-31", "--html", str(file))
    text = file.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "<script" not in text
    assert "L02" in text


@pytest.mark.parametrize("view", ["clocks", "statement"])
def test_an_empty_period_is_told(workspace: Workspace, capsys: pytest.CaptureFixture[str], view: str) -> None:
    assert "n/a" in shown(workspace, capsys, view, "--period", "2027-01")
    told = " ".join(shown(workspace, capsys, view, "--period", "2025-01").split())
    assert ("Nobody was handed over" if view == "clocks" else "n/a no lead was handed over before 2026-07-04") in told
    told = json.loads(shown(workspace, capsys, view, "--period", "2025-01", "--json", "--records"))
    assert told["records"] == []
    shown(workspace, capsys, view, "--period", "2025-01", "--html", str(workspace.root / "empty.html"))
