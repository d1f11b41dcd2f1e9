"""A rate that has nothing to divide by is absent, with the reason; never 0, never infinite."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import simplejson

from tests.oracles.tiny import Tiny, answered, dated, once
from tests.wrong_numbers.company import AS_OF, QUARTER
from tieout import Workspace
from tieout.measure.answers import Answer
from tieout.measure.numbers.catalogue import METRICS
from tieout.show.as_json import answer_json, dumps

QUOTIENTS = [metric.id for metric in METRICS if metric.aggregate not in {"sum", "count"}]
RULED = ["pipeline.evidenced", "pipeline.stale", "mql.count"]
"""Numbers that need rules, or a log of steps; this company has neither, so they are absent with the reason."""
TOTALS = [metric.id for metric in METRICS if metric.aggregate in {"sum", "count"} and metric.id not in RULED]
LONG_AGO = "2024-Q1"


def told(answer: Answer) -> list[dict[str, object]]:
    """The rows of an answer as its public JSON has them."""
    rows: list[dict[str, object]] = simplejson.loads(dumps(answer_json(answer, "USD")))["rows"]
    return rows


def test_every_kind_of_quotient_is_looked_at() -> None:
    assert len(QUOTIENTS) > 12
    assert {metric.aggregate for metric in METRICS if metric.id in QUOTIENTS} >= {"rate", "share", "mean", "coverage"}


@pytest.mark.parametrize("metric", QUOTIENTS)
def test_nothing_to_divide_by_is_no_value_and_a_reason(small: Workspace, metric: str) -> None:
    answer = answered(small, metric, AS_OF, period=LONG_AGO)
    assert (answer.total.value, answer.total.interval, answer.total.verdict) == (None, None, None)
    assert answer.total.absent
    assert told(answer)[0]["value"] is None
    assert told(answer)[0]["absent"] == answer.total.absent


@pytest.mark.parametrize("metric", QUOTIENTS)
def test_a_value_that_is_there_is_finite_and_counts_something(small: Workspace, metric: str) -> None:
    for row in answered(small, metric, AS_OF, period=QUARTER, by=("segment",)).rows:
        assert (row.value is None) == bool(row.absent)
        assert row.value is None or (math.isfinite(row.value) and (row.n > 0 or metric.startswith("coverage")))


@pytest.mark.parametrize("metric", TOTALS)
def test_a_sum_of_nothing_is_zero(small: Workspace, metric: str) -> None:
    total = answered(small, metric, AS_OF, period=QUARTER, where="source = 'none such'").total
    assert (total.value, total.n, total.absent) == (0, 0, None)


@pytest.mark.parametrize("metric", RULED)
def test_what_no_rule_counts_is_absent_and_not_zero(small: Workspace, metric: str) -> None:
    total = answered(small, metric, AS_OF).total
    assert (total.value, total.n, bool(total.absent)) == (None, 0, True)


@pytest.mark.parametrize("metric", ["pipeline.open", "pipeline.open_qualified", "bookings"])
def test_before_history_begins_there_is_no_figure_not_even_zero(small: Workspace, metric: str) -> None:
    total = answered(small, metric, "2024-03-31", period=LONG_AGO).total
    assert (total.value, total.n, bool(total.absent)) == (None, 0, True)


def test_amounts_nobody_knows_are_no_denominator(tmp_path: Path) -> None:
    begun = {"arr": "", "close": "2026-08-20"}
    lives = {
        "won": [("2026-07-06", begun), ("2026-08-20T12:00", {"stage": "Closed Won"})],
        "lost": [("2026-07-06", begun), ("2026-08-20T12:00", {"stage": "Closed Lost"})],
        "open": once(arr="", close="2026-10-15"),
    }
    unpriced = Tiny(dated("deals", lives, ["2026-07-31", "2026-08-31"])).refreshed(tmp_path)
    share = answered(unpriced, "win_rate.closed.value", "2026-08-31", period=QUARTER).total
    assert (share.value, share.n, bool(share.absent)) == (None, 2, True)
    count = answered(unpriced, "win_rate.closed.count", "2026-08-31", period=QUARTER).total
    assert (count.value, count.n) == (0.5, 2)
    sourced = answered(unpriced, "contribution.open", "2026-08-31", period=QUARTER).total
    assert (sourced.value, sourced.n, bool(sourced.absent)) == (None, 1, True)
    pipeline = answered(unpriced, "pipeline.open", "2026-08-31").total
    assert (pipeline.value, pipeline.n, bool(pipeline.absent)) == (None, 1, True)
