"""A team's own figure taken in as one end of a bridge: its rows matched and in the base currency, or only its total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from tieout.basics.calendars import parse_period
from tieout.basics.findings import Finding, Level
from tieout.basics.wording import option
from tieout.measure.answers import QuestionError
from tieout.measure.bridge.records import End
from tieout.measure.bridge.reported import BEYOND, ReportedUnit, store_reported
from tieout.measure.lens_sql import LensView, units_sql
from tieout.measure.moments import calendar_of
from tieout.measure.run_sql import rows
from tieout.measure.sheets.filed import filed_sheet
from tieout.measure.sheets.known import Known
from tieout.measure.sheets.match import match_sheet
from tieout.measure.sheets.relation import Reading, convert, read_rows, units_of
from tieout.measure.sheets.sheet import CENT, ZERO, Sheet

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Contract, Reported
    from tieout.measure.sheets.kept import Kept
    from tieout.warehouse.engine import Connection


class OtherPeriodError(QuestionError):
    """What a team reports is of another period than was asked for; the message names both."""


def reported_end(engine: Connection, workspace: Workspace, base: End, contract: Contract, name: str) -> End:
    """Take in what the lens `name` of a contract reports, for a bridge with the end `base`; store its units.

    Raises QuestionError where it is of another period, and SheetError where its list is not kept.
    """
    reported = contract.lenses[name].reported
    if reported is None:
        message = f"The lens '{name}' reports nothing."
        raise QuestionError(message)
    own = parse_period(reported.period, calendar_of(contract, None))
    asked = base.view.period
    if asked is None or (asked.start, asked.end) != (own.start, own.end):
        given = f"{asked.name} ({asked.start} to {asked.last_day})" if asked else "no period"
        message = (
            f"What '{name}' reports is of {own.name} ({own.start} to {own.last_day}), and {given} was asked for. "
            f"Ask for {option('period', own.name)}, or give the lens the list of that period."
        )
        raise OtherPeriodError(message)
    units, rounded = _units(engine, workspace, base, contract, reported)
    store_reported(engine, units)
    told = (reported.file, contract.sheets[reported.file]) if reported.file else None
    view = LensView(name, base.view.lens, base.view.moment, base.view.period)
    return End(view, base.contract, base.database, reported=rounded, sheet=told)


class Figure(NamedTuple):
    """What a team reports: its sum, and of how many units."""

    value: Decimal
    n: int


def reported_figure(engine: Connection, workspace: Workspace, base: End, name: str) -> Figure:
    """Give what the lens `name` reports, as one end of a bridge from `base` has it."""
    reported_end(engine, workspace, base, base.contract, name)
    value, n = rows(engine, "select coalesce(sum(value), 0), count(*) from temp.reported_units")[0]
    return Figure(Decimal(value).quantize(CENT), int(n))


def _units(
    engine: Connection, workspace: Workspace, base: End, contract: Contract, reported: Reported
) -> tuple[tuple[ReportedUnit, ...], int]:
    if reported.file is None:
        return total_units(engine, base, reported.total or ZERO), 1
    sheet, kept = filed_sheet(workspace, contract, reported, reported.file)
    readings, _ = match_rows(engine, base, sheet, kept)
    return units_of(readings, beyond(readings, reported.total)), sheet.rounded


def beyond(readings: Sequence[Reading], total: Decimal | None) -> Decimal:
    """Give what a reported total has beyond the rows of its sheet."""
    return ZERO if total is None else total - sum((reading.value for reading in readings), ZERO)


def match_rows(engine: Connection, end: End, sheet: Sheet, kept: Kept) -> tuple[tuple[Reading, ...], list[Finding]]:
    """Match the rows of a sheet and say how each is counted, in the base currency; and which rates are missing."""
    known = Known(engine, end)
    rates = _rates(engine, end)
    base = end.contract.company.currency
    values = {
        row.number: convert(row.amount, None if row.currency in {None, base} else row.currency, rates)
        for row in sheet.rows
    }
    based = replace(sheet, rows=tuple(replace(row, amount=values[row.number]) for row in sheet.rows))
    matches = match_sheet(known, based, kept)
    targets = known.targets({match.record for match in matches if match.record and not match.lone})
    readings = read_rows(matches, values, targets, sheet.rounded)
    return _as_written(readings, sheet), _rate_findings(sheet, values)


def _as_written(readings: Sequence[Reading], sheet: Sheet) -> tuple[Reading, ...]:
    """Give the rows back with the amounts that stand in the sheet."""
    rows_of = {row.number: row for row in sheet.rows}
    return tuple(
        replace(reading, match=replace(reading.match, row=rows_of[reading.match.row.number])) for reading in readings
    )


def _rates(engine: Connection, end: End) -> Mapping[str, Decimal]:
    sql = """select currency, rate from exchange_rates
      where kind = $kind and starts_on <= $day and $day < ends_on"""
    parameters = {"kind": end.view.lens.rates or "plan", "day": end.view.moment.day}
    return dict(rows(engine, sql, parameters))


def _rate_findings(sheet: Sheet, values: Mapping[int, Decimal | None]) -> list[Finding]:
    lacking = [row for row in sheet.rows if row.amount is not None and values[row.number] is None]
    if not lacking:
        return []
    codes = ", ".join(sorted({row.currency or "" for row in lacking}))
    return [
        Finding(
            "sheet.rate_missing", Level.WARNING, f"{sheet.file}, row {lacking[0].number}",
            f"{len(lacking)} rows are in {codes}, for which there is no rate: they add nothing.",
            "Add the rate to contract/rates.csv, or say the currency in the sheet; `tieout tie` takes --currency.",
            count=len(lacking),
        )
    ]  # fmt: skip


def total_units(engine: Connection, end: End, total: Decimal) -> tuple[ReportedUnit, ...]:
    """Give the units of a team that only names a total: the lens's own, and what the total has beyond them."""
    sql, parameters = units_sql(end.view, end.contract, "a")
    found = rows(
        engine,
        f"""select record, unit, lone, row_number() over (partition by record, lone order by unit), coalesce(value, 0)
        from ({sql}) where rank = 0""",
        parameters,
    )
    units = [ReportedUnit(*row) for row in found]
    beyond = total - sum((unit.value for unit in units), ZERO)
    return (
        *units,
        *([ReportedUnit("total", "total", lone=True, place=1, value=beyond, cause=BEYOND)] if beyond else []),
    )
