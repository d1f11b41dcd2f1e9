"""No join drops a record: by whatever a number is cut, its parts are the whole."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.oracles.tiny import answered
from tests.wrong_numbers.company import AS_OF, company
from tieout import Workspace
from tieout.measure.numbers.catalogue import METRICS
from tieout.measure.numbers.facts import (
    LEAD_DIMENSIONS,
    OPPORTUNITY_DIMENSIONS,
    REVENUE_DIMENSIONS,
    TIME_DIMENSIONS,
)

COUNTING = [metric for metric in METRICS if metric.aggregate != "coverage"]
ADDITIVE = {"sum", "count"}


def dimensions(fact: str) -> list[str]:
    """Everything by which a fact can be cut."""
    own = {"leads": LEAD_DIMENSIONS, "revenue": REVENUE_DIMENSIONS}.get(fact, OPPORTUNITY_DIMENSIONS)
    return [*own, *TIME_DIMENSIONS]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return company().refreshed(tmp_path_factory.mktemp("small"))


def assert_parts_are_the_whole(workspace: Workspace, metric: str, **question: object) -> int:
    """Cut a number and add its parts up again."""
    answer = answered(workspace, metric, **question)  # type: ignore[arg-type]
    rows = [row for row in answer.rows if row.by]
    assert sum(row.n for row in rows) == answer.total.n, (metric, question)
    assert len({tuple(row.by.values()) for row in rows}) == len(rows)
    additive = next(one.aggregate for one in METRICS if one.id == metric) in ADDITIVE
    assert not additive or sum(Decimal(row.value or 0) for row in rows) == (answer.total.value or 0), (metric, question)
    return answer.total.n


@pytest.mark.parametrize("metric", [metric.id for metric in COUNTING])
def test_the_parts_of_a_small_company(small: Workspace, metric: str) -> None:
    fact = next(one.fact for one in METRICS if one.id == metric)
    for name in dimensions(fact):
        for org in ("as-was", "as-is"):
            assert_parts_are_the_whole(small, metric, as_of=AS_OF, period="2026-01-01..2026-12-31", by=(name,), org=org)


@pytest.mark.parametrize("metric", [metric.id for metric in COUNTING])
def test_the_parts_of_marlow(marlow: Workspace, metric: str) -> None:
    fact = next(one.fact for one in METRICS if one.id == metric)
    for name in dimensions(fact):
        assert assert_parts_are_the_whole(marlow, metric, period="2023-08-01..2027-01-31", by=(name,)) > 10


@pytest.mark.parametrize("metric", ["pipeline.open", "bookings", "stages.visits", "pipeline.created"])
def test_the_parts_of_parts(marlow: Workspace, metric: str) -> None:
    for cut in (("segment", "source"), ("team", "stage", "type"), ("month", "source_class"), ("owner", "account")):
        assert assert_parts_are_the_whole(marlow, metric, period="2023-08-01..2027-01-31", by=cut) > 10


@pytest.mark.parametrize("day", ["2023-09-30", "2024-12-31", "2026-03-31"])
def test_the_parts_of_an_earlier_day(marlow: Workspace, day: str) -> None:
    for said_then in (False, True):
        for name in ("segment", "team", "source", "owner", "region"):
            assert_parts_are_the_whole(marlow, "pipeline.open", as_of=day, by=(name,), said_then=said_then)


@pytest.mark.parametrize("lens", ["marketing", "sales", "finance"])
def test_the_parts_of_a_lens(marlow: Workspace, lens: str) -> None:
    for name in dimensions("units"):
        assert_parts_are_the_whole(marlow, "pipeline.open_qualified", by=(name,), lens=lens)
