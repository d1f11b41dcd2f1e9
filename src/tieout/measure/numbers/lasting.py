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
Quantiles = dict[tuple[object, ...], tuple[float | None, ...]]
"""Of each slice, the quantiles in the order of QUANTILES."""


def keep(counted: Counting, told: str, facts: str) -> None:
    """Keep the durations of a fact aside, as they are read once for the whole and once for the slices."""
    sql = f"create or replace temp table {KEPT} as select {told} from ({facts}) as f {counted.joins}"
    run(counted.asked.engine, sql, counted.parameters)


def with_quantiles(counted: Counting, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Put the quantile of each slice in the place of the measure; the fact's `hit` says that a duration has ended."""
    if counted.metric.aggregate not in LASTING:
        return found
    names = [f"by_{number}" for number in range(len(counted.slices))]
    many = ["asked"] if counted.many else []
    quantiles = _quantiles(counted, many, names)
    place, width = list(QUANTILES).index(LASTING[counted.metric.aggregate]), len(many) + len(names)

    def of(row: tuple[Any, ...]) -> Any:  # noqa: ANN401 - engine values
        key = (*row[: len(many)], *[None] * len(names)) if row[width] == 1 else tuple(row[:width])
        return quantiles[key][place] if key in quantiles else None

    return [(*row[: width + 2], of(row), *row[width + 3 :]) for row in found]


def _quantiles(counted: Counting, many: list[str], names: list[str]) -> Quantiles:
    """Give every quantile of the whole (its slices None) and of each slice, found once for each set of durations."""
    keys = "".join(f"{key} as {name}, " for key, name in zip(counted.keys, names, strict=True))
    told = f"{'f.asked, ' if many else ''}{keys}f.value as duration, f.hit as ended"
    facts = counted.facts.sql
    asked_of = (told, facts, counted.joins, tuple(sorted((key, str(one)) for key, one in counted.parameters.items())))
    kept: dict[object, Quantiles] = counted.asked.quantiles
    if asked_of not in kept:
        keep(counted, told, facts)
        found: Quantiles = {}
        for by in [[], names] if names else [[]]:
            for row in fetch(counted.asked.engine, quantiles_sql(KEPT, [*many, *by])):
                slices = row[len(many) : len(many) + len(by)] or (None,) * len(names)
                found[(*row[: len(many)], *slices)] = row[-len(QUANTILES) :]
        kept[asked_of] = found
    return kept[asked_of]
