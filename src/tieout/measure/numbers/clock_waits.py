"""How long hand-offs wait: quantiles of the time until the answer, those that still wait counted as such."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tieout.contract.handoffs import HOUR
from tieout.measure.run_sql import rows as fetch
from tieout.measure.survival import quantiles_sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tieout.warehouse.engine import Connection

QUANTILES = {"median": 0.5, "p90": 0.9}
MIXED = "business and elapsed hours are not mixed: slice by handoff"
NEVER = "too few were answered: the estimate does not get that far"
NOBODY = "no hand-offs to take it from"


@dataclass(frozen=True, slots=True)
class Lasting:
    """The quantiles of one group, in hours on its own clock; None with the reason `absent` tells."""

    n: int
    answered: int
    hours: dict[str, float | None]
    mixed: bool

    def absent(self, name: str) -> str | None:
        """Say why a quantile is not there."""
        if not self.n:
            return NOBODY
        if self.mixed:
            return MIXED
        return NEVER if self.hours[name] is None else None


def lasting(engine: Connection, table: str, keys: Sequence[str]) -> dict[Any, Lasting]:
    """Give the quantiles of each group of a table by the values of its keys; without keys there is one group, `()`.

    The table has the keys, `value` (microseconds), `ended` and `business`.
    """
    named = "".join(f"{key}, " for key in keys)
    source = f"(select {named}value as duration, ended, business from {table})"
    mixed = {"mixed": "coalesce(min(business) <> max(business), false)"}
    sql = quantiles_sql(source, keys, QUANTILES, alike="many", more=mixed)
    found = {}
    for row in fetch(engine, sql):
        key, (n, answered, *values, mixed) = row[: len(keys)], row[len(keys) :]
        hours = {name: None if mixed or v is None else v / HOUR for name, v in zip(QUANTILES, values, strict=True)}
        found[tuple(key)] = Lasting(n, answered, hours, mixed)
    return found
