"""Rules that place accounts (segments, territories) through time: which holds on which day, and runs of one state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tieout.contract.model import Contract, Placing


@dataclass(frozen=True, slots=True)
class Placed:
    """The rules in force from `first` until before `last`, each a name and its criterion, in order."""

    first: date | None
    last: date | None
    segments: tuple[tuple[str, str], ...]
    territories: tuple[tuple[str, str], ...]


def placing_periods(contract: Contract) -> tuple[Placed, ...]:
    """Cut time where a rule of segments or territories changes; the first run has no first day, the last no end."""
    segments, territories = contract.company.segments, contract.audience.territories
    starts = sorted({entry.from_ for entry in (*segments, *territories) if entry.from_ and not entry.restate})
    bounds: list[date | None] = [None, *starts, None]
    return tuple(
        Placed(first, last, rules_at(segments, first), rules_at(territories, first)) for first, last in pairwise(bounds)
    )


def rules_at(entries: Sequence[Placing], day: date | None) -> tuple[tuple[str, str], ...]:
    """Give the rules in force on a day by name, in the order of each name's first entry; no day: before any change."""
    rules: dict[str, tuple[str, str | None]] = {}
    for entry in entries:
        key = entry.name.strip().casefold()
        name, when = rules.get(key, (entry.name.strip(), None))
        begun = entry.from_ is None or entry.restate or (day is not None and entry.from_ <= day)
        rules[key] = (name, entry.when if begun and entry.when is not None else when)
    return tuple((name, when) for name, when in rules.values() if when is not None)


def names_of(entries: Iterable[Placing]) -> tuple[str, ...]:
    """List every name once, as it is first spelled."""
    return tuple({entry.name.strip().casefold(): entry.name.strip() for entry in reversed(tuple(entries))}.values())[
        ::-1
    ]


def has_territories(contract: Contract) -> bool:
    """Say whether anything tells a territory."""
    return bool(contract.audience.territories) or any(entry.territory for entry in contract.team)
