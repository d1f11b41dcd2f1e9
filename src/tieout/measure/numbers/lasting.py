"""Quantiles of durations of which some still go on: those of each slice, by Kaplan and Meier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tieout.measure.numbers.metric import LASTING
from tieout.measure.run_sql import rows as fetch
from tieout.measure.survival import QUANTILES, quantiles_sql

if TYPE_CHECKING:
    from tieout.measure.numbers.count import Counting


def with_quantiles(counted: Counting, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Put the quantile of each slice in the place of the measure; the fact's `hit` says that a duration has ended."""
    if counted.metric.aggregate not in LASTING:
        return found
    width = len(counted.slices)
    names = [f"by_{number}" for number in range(width)]
    keys = "".join(f"{key} as {name}, " for key, name in zip(counted.keys, names, strict=True))
    source = f"""(select {keys}f.value as duration, f.hit as ended
      from ({counted.facts.sql}) as f {counted.joins})"""
    name = LASTING[counted.metric.aggregate]
    quantile = {name: QUANTILES[name]}
    ((_, _, total),) = fetch(counted.asked.engine, quantiles_sql(source, (), quantile), counted.parameters)
    slices: dict[tuple[Any, ...], Any] = {}
    if names:
        each = fetch(counted.asked.engine, quantiles_sql(source, names, quantile), counted.parameters)
        slices = {tuple(record[:width]): record[-1] for record in each}
    measure = width + 2
    return [
        (*record[:measure], total if record[width] == 1 else slices[tuple(record[:width])], *record[measure + 1 :])
        for record in found
    ]
