"""Durations with censoring: by hand, and against lifelines."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.measure.survival import Alike, curve_sql, quantiles_sql

Row = tuple[str, int, bool]
WAYS: tuple[Alike, ...] = ("few", "many", "most")


def asked(rows: list[Row], sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as engine:
        engine.execute("create table told (team varchar, duration bigint, ended boolean)")
        if rows:
            engine.executemany("insert into told values (?, ?, ?)", rows)
        return engine.execute(sql).fetchall()


def test_the_curve_by_hand() -> None:
    # 5 at risk, one ends at 2: 4/5. One is censored at 3, with one that ends: 4 at risk, 3/5. One ends at 6 of 2: 3/10.
    rows = [("a", 2, True), ("a", 3, True), ("a", 3, False), ("a", 6, True), ("a", 9, False)]
    found = asked(rows, curve_sql("told") + " order by duration")
    assert [row[:3] for row in found] == [(2, 5, 1), (3, 4, 1), (6, 2, 1), (9, 1, 0)]
    assert [row[3] for row in found] == pytest.approx([0.8, 0.6, 0.3, 0.3])
    for alike in WAYS:
        assert asked(rows, quantiles_sql("told", alike=alike)) == [(5, 3, 6, None, None)]


def test_a_half_exactly_is_the_median() -> None:
    rows = [("a", 1, True), ("a", 2, False), ("b", 4, True), ("b", 8, True)]
    for alike in WAYS:
        found = asked(rows, quantiles_sql("told", ["team"], alike=alike) + " order by team")
        assert found == [("a", 2, 1, 1, None, None), ("b", 2, 2, 4, 8, 8)]


def test_nothing_is_one_row_without_an_answer() -> None:
    for alike in WAYS:
        assert asked([], quantiles_sql("told", alike=alike)) == [(0, 0, None, None, None)]
        assert asked([], quantiles_sql("told", ["team"], alike=alike)) == []


def test_what_lasts_longer_than_all_that_ended_is_at_risk_until_the_end() -> None:
    # Of 4 at risk one ends at 2: 3/4. One is censored before. Of 2 at risk one ends at 5: 3/8. The last one lasts.
    rows = [("a", 1, False), ("a", 2, True), ("a", 3, False), ("a", 5, True), ("a", 7, False)]
    for alike in WAYS:
        assert asked(rows, quantiles_sql("told", alike=alike)) == [(5, 2, 5, None, None)]


lives = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 30), st.booleans()), min_size=1, max_size=60)


@settings(max_examples=20)
@given(lives)
def test_lifelines_finds_the_same(rows: list[Row]) -> None:
    from lifelines import KaplanMeierFitter  # type: ignore[import-untyped]  # noqa: PLC0415 - it takes seconds

    for team, *found in asked(rows, curve_sql("told", ["team"])):
        mine = [row for row in rows if row[0] == team]
        fitted = KaplanMeierFitter().fit([row[1] for row in mine], [row[2] for row in mine])
        duration, _, _, surviving = found
        assert surviving == pytest.approx(float(fitted.predict(duration)), abs=1e-9)
    by = ["team"]
    curve, *others = (sorted(asked(rows, quantiles_sql("told", by, alike=alike))) for alike in reversed(WAYS))
    assert all(found == curve for found in others)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_where_all_have_ended_it_is_the_plain_quantile(durations: list[int]) -> None:
    ranked = sorted(durations)
    n = len(ranked)
    plain = [ranked[-(-n * of // 100) - 1] for of in (50, 75, 90)]
    assert asked([("a", duration, True) for duration in durations], quantiles_sql("told")) == [(n, n, *plain)]
