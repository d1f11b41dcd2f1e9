"""Marlow's clocks against a recount from its exports: whole and slices, times with those that wait, the account."""

from __future__ import annotations

from collections import Counter
from math import ceil

import pytest

from tests.oracles.arithmetic import end_of_day
from tests.oracles.marlow_books import ZONE, Books
from tests.oracles.marlow_clocks import HOUR, Clocks, Over
from tieout import Workspace
from tieout.measure.answers import Question
from tieout.measure.clocks.statement import statement
from tieout.measure.clocks.table import ClockRow, clocks
from tieout.questions import opened

NOW = end_of_day("2026-09-22", ZONE)
DAYS = ["2026-09-22", "2026-03-11", "2025-01-02"]
MQL = "handoff = 'mql'"
ALL = "2023-01-01..2026-12-31"


@pytest.fixture(scope="module")
def counted(marlow: Workspace) -> Clocks:
    return Clocks(Books(marlow.root))


@pytest.fixture(scope="module")
def every(counted: Clocks) -> list[Over]:
    """All hand-offs as of now."""
    return counted.over(NOW)


def table(workspace: Workspace, by: tuple[str, ...], day: str, where: str | None = None) -> list[ClockRow]:
    asked = Question("sla.compliance", ALL, by, as_of=end_of_day(day, ZONE).replace(tzinfo=None), where=where)
    with opened(workspace) as build:
        return list(clocks(build, asked).rows)


def due(found: list[Over], day: str) -> list[Over]:
    return [one for one in found if one.outcome in {"kept", "breached"} and one.due <= end_of_day(day, ZONE)]


def counts(found: list[Over], day: str) -> tuple[int, ...]:
    """Give how many there were, were due, were kept of these, were withdrawn, and cannot be told."""
    late, outcomes = due(found, day), Counter(one.outcome for one in found)
    kept = sum(one.outcome == "kept" for one in late)
    return len(found), len(late), kept, outcomes["withdrawn"], outcomes["unknown"]


@pytest.mark.parametrize("day", DAYS)
def test_each_hand_off(marlow: Workspace, counted: Clocks, day: str) -> None:
    found = counted.over(end_of_day(day, ZONE))
    for row in table(marlow, ("handoff",), day):
        if row.by.get("handoff") in {"mql", "sal"}:
            mine = [one for one in found if one.stage == row.by["handoff"]]
            assert (row.n, row.due, row.kept, row.withdrawn, row.unknown) == counts(mine, day)
            assert row.kept > 50


@pytest.mark.parametrize("name", ["month", "source"])
def test_slices(marlow: Workspace, every: list[Over], name: str) -> None:
    found = [one for one in every if one.stage == "mql"]
    expected = Counter(getattr(one, name) for one in found)
    kept = Counter(getattr(one, name) for one in due(found, DAYS[0]) if one.outcome == "kept")
    rows = [row for row in table(marlow, (name,), DAYS[0], MQL) if row.by]
    assert {row.by[name]: row.n for row in rows} == dict(expected)
    assert {row.by[name]: row.kept for row in rows if row.kept} == dict(kept)


@pytest.mark.parametrize("stage", ["mql", "sal"])
def test_times_with_those_that_still_wait(marlow: Workspace, every: list[Over], stage: str) -> None:
    from lifelines import KaplanMeierFitter  # type: ignore[import-untyped]  # noqa: PLC0415 - it takes seconds

    found = [one for one in every if one.stage == stage and one.outcome != "unknown"]
    fitted = KaplanMeierFitter().fit([one.waited / HOUR for one in found], [one.ended for one in found])
    curve = fitted.survival_function_.iloc[:, 0]
    (row,) = [row for row in table(marlow, ("handoff",), DAYS[0]) if row.by.get("handoff") == stage]
    assert (row.waits.n, row.waits.answered) == (len(found), sum(one.ended for one in found))
    for share, name in ((0.5, "median"), (0.1, "p90")):
        fallen = [hour for hour, surviving in curve.items() if surviving <= share + 1e-9]
        assert row.waits.hours[name] == (pytest.approx(fallen[0]) if fallen else None)


def test_the_account(marlow: Workspace, every: list[Over]) -> None:
    found = [one for one in every if one.stage == "mql"]
    with opened(marlow) as build:
        months = statement(build, Question("sla.response_rate", "2026-01-01..2026-09-30")).months
    assert [month.month for month in months] == [f"2026-{number:02}" for number in range(1, 10)]
    for month in months:
        mine = [one for one in found if one.month == month.month]
        late = due(mine, DAYS[0])
        kept = sum(one.outcome == "kept" for one in late)
        assert month.handed_over == len(mine)
        assert month.delivered == sum(one.score is not None and one.score >= 7 for one in mine)
        assert (month.due, month.answered) == (len(late), kept)
        volume, percent = (80, 65) if month.month < "2026-02" else (110, 80)
        if month.month < "2026-09":
            assert month.marketing_net == month.delivered - volume
            assert month.sales_net == kept - ceil(len(late) * percent / 100)
    assert months[-1].marketing_net is None
