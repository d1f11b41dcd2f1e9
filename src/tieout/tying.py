"""A team's own list or total, tied out: matched to records, and bridged from the agreed number, or any lens, to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.basics.findings import Finding, Level
from tieout.measure.answers import Bridge
from tieout.measure.bridge.bridge import bridge as bridge_ends
from tieout.measure.bridge.records import End
from tieout.measure.bridge.reported import BEYOND, ReportedUnit, store_reported
from tieout.measure.lens_sql import LensView, units_sql
from tieout.measure.run_sql import rows
from tieout.measure.sheets.columns import Choice
from tieout.measure.sheets.kept import FILE, read_kept
from tieout.measure.sheets.known import Known
from tieout.measure.sheets.match import match_sheet
from tieout.measure.sheets.relation import Reading, convert, read_rows, units_of
from tieout.measure.sheets.sheet import ZERO, Sheet, read_sheet
from tieout.questions import BridgeTerms, EndAsked, one_end

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Company
    from tieout.warehouse.engine import Connection


@dataclass(frozen=True, slots=True)
class Reported:
    """What a team reports: a sheet, or only a total, or both; and what the team is called."""

    file: Path | None = None
    total: Decimal | None = None
    name: str | None = None
    choice: Choice = field(default_factory=Choice)
    matches: Path | None = None

    @property
    def called(self) -> str:
        """The name of the team's figure."""
        return self.name or (self.file.stem if self.file else "the total")


@dataclass(frozen=True, slots=True)
class Tied:
    """A team's figure with its bridge; of a sheet also every row: what it is, and how it is counted."""

    company: Company
    name: str
    bridge: Bridge
    sheet: Sheet | None
    readings: tuple[Reading, ...]
    findings: tuple[Finding, ...]
    kept: Path | None


def tie(workspace: Workspace, reported: Reported, against: EndAsked, terms: BridgeTerms) -> Tied:
    """Tie a team's figure out to a lens. Raises SheetError, QuestionError and PeriodError."""
    sheet = read_sheet(reported.file, reported.choice) if reported.file else None
    with one_end(workspace, against, terms) as (engine, end, facts):
        company = end.contract.company
        kept_in = _kept_file(workspace, reported)
        readings, found = _readings(engine, end, sheet, kept_in) if sheet else ((), [])
        stated = _beyond(readings, reported.total)
        units = units_of(readings, stated) if sheet else _total_units(engine, end, reported.total or ZERO)
        store_reported(engine, units)
        view = LensView(f"{reported.called} as reported", end.view.lens, end.view.moment, end.view.period)
        other = End(view, end.contract, end.database, reported=sheet.rounded if sheet else 1)
        bridge = bridge_ends(engine, end, other, (facts, facts))
    findings = (*(sheet.findings if sheet else ()), *found)
    return Tied(company, reported.called, bridge, sheet, readings, findings, kept_in)


def _beyond(readings: Sequence[Reading], total: Decimal | None) -> Decimal:
    """Give what a reported total has beyond the rows of its sheet."""
    return ZERO if total is None else total - sum((reading.value for reading in readings), ZERO)


def _kept_file(workspace: Workspace, reported: Reported) -> Path | None:
    """Find the kept matches: as given, beside the sheet, or in the workspace's folder of sheets."""
    if reported.matches or not reported.file:
        return reported.matches
    beside = reported.file.parent / FILE
    shared = workspace.root / "sheets" / FILE
    return shared if shared.is_file() and not beside.is_file() else beside


def _readings(
    engine: Connection, end: End, sheet: Sheet, kept_in: Path | None
) -> tuple[tuple[Reading, ...], list[Finding]]:
    known = Known(engine, end)
    rates = _rates(engine, end)
    base = end.contract.company.currency
    values = {
        row.number: convert(row.amount, None if row.currency in {None, base} else row.currency, rates)
        for row in sheet.rows
    }
    based = replace(sheet, rows=tuple(replace(row, amount=values[row.number]) for row in sheet.rows))
    matches = match_sheet(known, based, read_kept(kept_in) if kept_in else {})
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
      where kind = $kind and starts_at <= $as_of and $as_of < ends_at"""
    parameters = {"kind": end.view.lens.rates or "plan", "as_of": end.view.moment.as_of}
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
            "Add the rate to contract/rates.csv, or say the sheet's currency with --currency.", count=len(lacking),
        )
    ]  # fmt: skip


def _total_units(engine: Connection, end: End, total: Decimal) -> tuple[ReportedUnit, ...]:
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
