"""A matched sheet as a relation of units beside the compiled lenses: record, unit and value.

Rows of one record are split lines, and summed, where their sum is an amount that the record had, or where they differ;
they repeat the record, and are claims of their own, where each of them is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from tieout.measure.bridge.reported import AMBIGUOUS, BEYOND, UNKNOWN_RECORD, ReportedUnit
from tieout.measure.sheets.match import Match, Status
from tieout.measure.sheets.sheet import CENT, ZERO

if TYPE_CHECKING:
    from tieout.measure.sheets.known import Target


@dataclass(frozen=True, slots=True)
class Reading:
    """How a matched row is counted: alone, as a part of a record's sum, or as a further claim on it."""

    match: Match
    value: Decimal
    role: str = ""


def convert(amount: Decimal | None, currency: str | None, rates: Mapping[str, Decimal]) -> Decimal | None:
    """Give an amount in the base currency, to the cent; None where it or its rate is not known."""
    if amount is None or (currency and currency not in rates):
        return None
    return (amount * rates[currency]).quantize(CENT, ROUND_HALF_UP) if currency else amount


def read_rows(
    matches: Sequence[Match], values: Mapping[int, Decimal | None], targets: Mapping[str, Target], rounded: int
) -> tuple[Reading, ...]:
    """Say how each row is counted; a value that is not known adds nothing."""
    together: dict[tuple[str, bool], list[Match]] = {}
    for match in matches:
        if match.status is Status.MATCHED and match.record:
            together.setdefault((match.record, match.lone), []).append(match)
    roles: dict[int, str] = {}
    for (record, _), ones in together.items():
        if len(ones) > 1:
            amounts = [values[one.row.number] or ZERO for one in ones]
            known = targets[record].amounts if record in targets else frozenset()
            role = "part" if _are_parts(amounts, known, rounded) else "again"
            roles |= {one.row.number: role for one in ones[1:]} | {ones[0].row.number: role if role == "part" else ""}
    return tuple(Reading(match, values[match.row.number] or ZERO, roles.get(match.row.number, "")) for match in matches)


def _are_parts(amounts: Sequence[Decimal], known: frozenset[Decimal], rounded: int) -> bool:
    """Whether rows of one record are its parts: their sum is an amount it had, or they differ and none of them is."""
    slack = Decimal(rounded) / 2 if rounded > 1 else ZERO

    def is_one(amount: Decimal) -> bool:
        return any(abs(amount - one) <= slack for one in known)

    if is_one(sum(amounts, ZERO)) and not all(map(is_one, amounts)):
        return True
    return len(set(amounts)) > 1 and not any(map(is_one, amounts))


def units_of(readings: Sequence[Reading], beyond: Decimal = ZERO) -> tuple[ReportedUnit, ...]:
    """Give the units of a sheet; `beyond` is what the reported total has beyond its rows. They sum to the total."""
    units: list[ReportedUnit] = []
    places: dict[tuple[str, bool], int] = {}
    parts: dict[tuple[str, bool], list[Reading]] = {}
    for reading in readings:
        match = reading.match
        row = f"row {match.row.number}"
        if match.status is not Status.MATCHED or not match.record:
            cause = AMBIGUOUS if match.status is Status.AMBIGUOUS else UNKNOWN_RECORD
            units.append(ReportedUnit(row, row, lone=True, place=1, value=reading.value, cause=cause))
            continue
        key = (match.record, match.lone)
        if reading.role == "part":
            parts.setdefault(key, []).append(reading)
            continue
        places[key] = places.get(key, 0) + 1
        units.append(ReportedUnit(match.record, row, match.lone, places[key], reading.value))
    for (record, lone), ones in parts.items():
        rows = "rows " + ", ".join(str(one.match.row.number) for one in ones)
        units.append(ReportedUnit(record, rows, lone, 1, sum((one.value for one in ones), ZERO)))
    if beyond:
        units.append(ReportedUnit("total", "total", lone=True, place=1, value=beyond, cause=BEYOND))
    return tuple(units)
