"""Quantiles of durations of which some still go on: those of each slice, by Kaplan and Meier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tieout.measure.numbers.metric import LASTING
from tieout.measure.run_sql import rows as fetch
from tieout.measure.run_sql import run
from tieout.measure.survival import QUANTILES, quantiles_sql

if TYPE_CHECKING:
    from tieout.measure.numbers.count import Counting


KEPT = "durations_kept"


def keep(counted: Counting, told: str, facts: str) -> None:
    """Keep the durations of a fact aside, as they are read once for the whole and once for the slices."""
    sql = f"create or replace temp table {KEPT} as select {told} from ({facts}) as f {counted.joins}"
    run(counted.asked.engine, sql, counted.parameters)


def with_quantiles(counted: Counting, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Put the quantile of each slice in the place of the measure; the fact's `hit` says that a duration has ended."""
    if counted.metric.aggregate not in LASTING:
        return found
    names = [f"by_{number}" for number in range(len(counted.slices))]
    keys = "".join(f"{key} as {name}, " for key, name in zip(counted.keys, names, strict=True))
    many = ["asked"] if counted.many else []
    told = f"{'f.asked, ' if many else ''}{keys}f.value as duration, f.hit as ended"
    keep(counted, told, counted.facts.sql)
    name = LASTING[counted.metric.aggregate]

    def quantiles(keys: list[str]) -> dict[tuple[Any, ...], Any]:
        sql = quantiles_sql(KEPT, keys, {name: QUANTILES[name]})
        return {tuple(row[: len(keys)]): row[-1] for row in fetch(counted.asked.engine, sql)}

    totals, slices = quantiles(many), quantiles([*many, *names]) if names else {}
    width = len(many) + len(names)
    return [
        (
            *row[: width + 2],
            totals.get(tuple(row[: len(many)])) if row[width] == 1 else slices.get(tuple(row[:width])),
            *row[width + 3 :],
        )
        for row in found
    ]
