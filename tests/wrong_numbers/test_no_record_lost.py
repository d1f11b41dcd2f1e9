"""No join drops a record: by whatever a number is cut, its parts are the whole."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from tests.oracles.tiny import stored
from tests.wrong_numbers.company import AS_OF
from tieout import Workspace
from tieout.measure.answers import Question
from tieout.measure.diagnosis.uses import MADE_OF
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import BY_ID, METRICS, Metric
from tieout.measure.numbers.facts import TIME_DIMENSIONS, facts_of
from tieout.measure.numbers.question import view_of
from tieout.questions import opened

FACTS = {metric.fact: metric for metric in reversed(METRICS) if metric.aggregate not in MADE_OF}
"""One number of each fact; the others of a fact count the same rows. What is made of other numbers has none."""
NOT_COUNTED = {"target_accounts", "slip"}
"""Facts of which Marlow has none here: it lists no target accounts, and the period is not over."""
WHOLE = "2023-08-01..2027-01-31"


def dimensions(workspace: Workspace, metric: Metric) -> list[str]:
    """Everything by which a number can be cut."""
    with opened(workspace) as build:
        view = view_of(build, Question(metric.id), metric)
        return [*facts_of(metric, view, build.contract).dimensions, *TIME_DIMENSIONS]


def together(names: list[str], many: int = 3) -> list[tuple[str, ...]]:
    """Cut by a few at once, those that a fact tells side by side kept apart: each record is still in one part."""
    apart = -(-len(names) // many)
    return [tuple(names[place::apart]) for place in range(apart)]


def assert_parts_are_the_whole(
    workspace: Workspace,
    metric: Metric,
    cuts: Iterable[tuple[str, ...]],
    **terms: Any,  # noqa: ANN401 - parts of a question
) -> int:
    """Cut a number in every way and add its parts up again; give how many records it counts."""
    counted = 0
    with opened(workspace) as build:
        for cut in cuts:
            answer = ask(build, Question(metric.id, by=cut, **terms))
            rows = [row for row in answer.rows if row.by]
            assert sum(row.n for row in rows) == answer.total.n, (metric.id, cut)
            assert len({tuple(row.by.values()) for row in rows}) == len(rows)
            if metric.aggregate in {"sum", "count"}:
                assert sum(Decimal(row.value or 0) for row in rows) == (answer.total.value or 0), (metric.id, cut)
            counted = answer.total.n
    return counted


def test_no_dimension_is_left_out() -> None:
    names = [str(number) for number in range(25)]
    assert sorted(name for cut in together(names) for name in cut) == sorted(names)


def test_every_fact_is_looked_at() -> None:
    assert set(FACTS) >= {"units", "closed", "cycles", "created", "visits", "stays", "leads", "revenue", "past_due"}


@pytest.mark.parametrize("fact", list(FACTS))
def test_the_parts_of_a_small_company(small: Workspace, fact: str) -> None:
    cuts = [(name,) for name in dimensions(small, FACTS[fact])]
    assert_parts_are_the_whole(small, FACTS[fact], cuts, as_of=stored(AS_OF), period=WHOLE)


@pytest.mark.parametrize("fact", ["units", "closed", "created", "visits"])
def test_the_parts_as_of_now(small: Workspace, fact: str) -> None:
    cuts = [(name,) for name in ("owner", "team", "segment", "region")]
    assert_parts_are_the_whole(small, FACTS[fact], cuts, as_of=stored("2026-08-05"), period=WHOLE, org="as-is")


@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact not in NOT_COUNTED])
def test_the_parts_of_marlow(marlow: Workspace, fact: str) -> None:
    cuts = together(dimensions(marlow, FACTS[fact]))
    assert assert_parts_are_the_whole(marlow, FACTS[fact], cuts, period=WHOLE) > 10


@pytest.mark.parametrize("fact", ["units", "visits", "created"])
def test_the_parts_of_parts(marlow: Workspace, fact: str) -> None:
    cuts = [("segment", "source"), ("team", "stage", "type"), ("month", "source_class"), ("owner", "account")]
    assert assert_parts_are_the_whole(marlow, FACTS[fact], cuts, period=WHOLE) > 10


@pytest.mark.parametrize("day", ["2023-12-31", "2024-12-31", "2026-03-31"])
@pytest.mark.parametrize("said_then", [False, True], ids=["restated", "as said then"])
def test_the_parts_of_an_earlier_day(marlow: Workspace, day: str, *, said_then: bool) -> None:
    cuts = [(name,) for name in ("segment", "team", "source", "owner", "region")]
    opening = BY_ID["pipeline.open"]
    assert assert_parts_are_the_whole(marlow, opening, cuts, as_of=stored(day), said_then=said_then) > 10


@pytest.mark.parametrize("lens", ["marketing", "sales", "finance"])
def test_the_parts_of_a_lens(marlow: Workspace, lens: str) -> None:
    cuts = together(dimensions(marlow, BY_ID["pipeline.open_qualified"]))
    assert assert_parts_are_the_whole(marlow, BY_ID["pipeline.open_qualified"], cuts, lens=lens) > 10
