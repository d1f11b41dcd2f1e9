"""The bridges of slices: each posting of the whole belongs to one slice, and what changes slices is moved.

A record that both ends count and that stands in another slice at the other end leaves the one and enters the other at
the value it had; what its value did then is the new slice's. So every slice closes, the moved lines cancel out over all
slices, and all other lines add up to those of the whole. A condition (`where`) is a slice of its own: what does not
meet it lies outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.measure.answers import UNKNOWN

if TYPE_CHECKING:
    from tieout.contract.criteria import Criterion

COLUMNS = {
    "owner": "owner_id", "team": "team", "manager": "manager_id", "segment": "segment", "territory": "territory",
    "region": "region", "account": "account_id", "category": "category", "competitor": "competitor",
    "country": "country", "currency": "currency", "industry": "industry", "outcome": "outcome", "reason": "reason",
    "source": "coalesce(source, (select l.source from leads_told as l where l.record = lead_id))",
    "source_class": "source_class", "stage": "stage", "type": "type", "vertical": "vertical",
}  # fmt: skip
"""The dimensions of a bridge's slices, and the column of a unit that each is read from."""

ATTRIBUTES = ("owner", "team", "manager", "segment", "territory", "region")
"""What can move a record from slice to slice, in the order in which it is named."""
MOVED = (*(f"{name} moved" for name in ATTRIBUTES), "slice moved")
"""The causes of a move; the last is that of any other attribute."""
FOLLOWS_OWNER = ("team", "manager")
"""What a record has by its owner: with another owner it is the owner that moved."""


@dataclass(frozen=True, slots=True)
class Slicing:
    """How a bridge is cut: by dimensions, within a condition."""

    by: tuple[str, ...] = ()
    where: Criterion | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that name a unit's slice."""
        return ("inside", *(f"by_{place}" for place in range(len(self.by))))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a unit carries for it, beside those a bridge needs anyway."""
        return (*self.keys, *(COLUMNS[name] for name in ATTRIBUTES))

    def columns_sql(self) -> str:
        """Give these columns of the units' rows; a claim without an opportunity meets any condition."""
        inside = self.inside_sql()
        named = [
            f"case when {inside} then coalesce(cast({COLUMNS[name]} as varchar), '{UNKNOWN}') else '' end as {key}"
            for name, key in zip(self.by, self.keys[1:], strict=True)
        ]
        return ", ".join([f"{inside} as inside", *named, *(COLUMNS[name] for name in ATTRIBUTES)])

    def inside_sql(self) -> str:
        """Give the test of a unit's meeting the condition."""
        return f"coalesce({self.where.sql()}, false)" if self.where else "true"

    def told(self, row: str, prefix: str = "") -> str:
        """Give the slice of a row, its columns named with a prefix."""
        return ", ".join(f"{row}.{key} as {prefix}{key}" for key in self.keys)

    def carried(self, prefix: str) -> str:
        """Give the slice that `told` named with the prefix."""
        return ", ".join(f"{prefix}{key} as {key}" for key in self.keys)

    def moved_sql(self) -> str:
        """Give the test of a pair's two rows standing in different slices."""
        return " or ".join(f"l_{key} <> r_{key}" for key in self.keys)

    def cause_sql(self) -> str:
        """Give the cause of a move between the slices of a pair's two rows: the first asked attribute that differs.

        What enters or leaves the condition is named by the condition, however it is cut.
        """
        if self.where is None:
            return _moved(set(self.by))
        read = {name for name in ATTRIBUTES if COLUMNS[name] in self.where.columns}
        return f"case when l.inside is distinct from r.inside then {_moved(read)} else {_moved(set(self.by))} end"


def _moved(asked: set[str]) -> str:
    arms = []
    for name in ATTRIBUTES:
        if name in asked:
            cause = f"'{name} moved'"
            if name in FOLLOWS_OWNER:
                cause = f"case when l.owner_id is distinct from r.owner_id then 'owner moved' else {cause} end"
            arms.append(f"when l.{COLUMNS[name]} is distinct from r.{COLUMNS[name]} then {cause}")
    return f"case {' '.join(arms)} else 'slice moved' end" if arms else "'slice moved'"


def sliced_sql(slicing: Slicing, pairs: str) -> str:
    """Compile the moves of pairs that both ends count: out of one slice and into the other, at the value of before."""
    internal = "l_inside and r_inside as internal"
    return f"""
      select record, unit, moved_by as cause, -v0 as amount, 8 as step, seq, {internal}, {slicing.carried("l_")}
      from {pairs} and ({slicing.moved_sql()})
      union all
      select record, unit, moved_by, v0, 8, seq, {internal}, {slicing.carried("r_")}
      from {pairs} and ({slicing.moved_sql()})"""
