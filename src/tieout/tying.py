"""A team's own list or total, tied out: matched to records, and bridged from the agreed number, or any lens, to it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.basics.findings import Finding
from tieout.connect.files import file_digest
from tieout.contract.definitions import AGREED
from tieout.ends import BridgeTerms, EndAsked
from tieout.measure.answers import Bridge, QuestionError
from tieout.measure.bridge.bridge import bridge as bridge_ends
from tieout.measure.bridge.records import End
from tieout.measure.bridge.reported import ReportedUnit, store_reported
from tieout.measure.lens_sql import LensView
from tieout.measure.sheets.columns import Choice
from tieout.measure.sheets.finding import Candidate, Search, end_of, find_lens, find_total
from tieout.measure.sheets.kept import FILE, read_kept
from tieout.measure.sheets.relation import Reading, units_of
from tieout.measure.sheets.sheet import ZERO, Sheet, read_sheet
from tieout.measure.sheets.taking import beyond, match_rows, total_units
from tieout.questions import one_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Company
    from tieout.warehouse.builds import BuildFacts
    from tieout.warehouse.engine import Connection


@dataclass(frozen=True, slots=True)
class Reported:
    """What a team reports: a sheet, or only a total, or both; and what the team is called."""

    file: Path | None = None
    total: Decimal | None = None
    name: str | None = None
    choice: Choice = field(default_factory=Choice)
    matches: Path | None = None
    precision: Decimal = Decimal("0.01")
    """How exactly the total was given: 8.4M is exact to 0.1M."""

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


def tie(
    workspace: Workspace, reported: Reported, against: EndAsked, terms: BridgeTerms, facts: BuildFacts | None = None
) -> Tied:
    """Tie a team's figure out to a lens, in the published build or the given. Raises what `tied_ends` raises."""
    with tied_ends(workspace, reported, against, terms, facts) as (tied, _, _):
        return tied


@contextmanager
def tied_ends(
    workspace: Workspace, reported: Reported, against: EndAsked, terms: BridgeTerms, facts: BuildFacts | None = None
) -> Iterator[tuple[Tied, Connection, tuple[End, End]]]:
    """Tie a team's figure out, and keep both ends open: more can be asked of their records.

    Raises SheetError, QuestionError and PeriodError.
    """
    with one_end(workspace, against, terms, facts) as (engine, end, build):
        sheet, readings, findings, units = _taken(engine, end, workspace, reported)
        other = _reported_end(end, reported, sheet)
        store_reported(engine, units)
        bridge = bridge_ends(engine, end, other, (build, build))
        company = end.contract.company
        tied = Tied(company, reported.called, bridge, sheet, readings, findings, _kept_file(workspace, reported))
        yield tied, engine, (end, other)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A lens that may be the one behind a team's figure, with the bridge from it to that figure."""

    candidate: Candidate
    bridge: Bridge


@dataclass(frozen=True, slots=True)
class FoundLens:
    """What a search for the lens behind a figure gives: how much was tried, and the best few."""

    company: Company
    reported: Reported
    period: str | None
    as_of: datetime
    value: Decimal
    search: Search
    proposals: tuple[Proposal, ...]
    findings: tuple[Finding, ...]


def find(workspace: Workspace, reported: Reported, against: EndAsked, terms: BridgeTerms) -> FoundLens:
    """Find the lens behind a team's figure: what to change in the agreed number to reproduce it best.

    Raises QuestionError where it shall begin from another lens, whose own facets a proposal would not tell.
    """
    if against.lens != AGREED or against.rates:
        given = "+".join(filter(None, (against.lens, against.rates)))
        message = f"A lens is proposed by what it changes in the agreed number, not in '{given}'. Leave that out."
        raise QuestionError(message)
    with one_end(workspace, against, terms) as (engine, end, facts):
        sheet, _, findings, units = _taken(engine, end, workspace, reported)
        if sheet:
            search = find_lens(engine, end, units)
        else:
            search = find_total(engine, end, reported.total or ZERO, reported.precision)
        proposals = []
        for number, candidate in enumerate(search.candidates[:SHOWN], start=1):
            lens_end = end_of(end, candidate.lens, f"proposal {number}")
            if not sheet:
                units = total_units(engine, lens_end, reported.total or ZERO)
            proposals.append(Proposal(candidate, _bridge(engine, lens_end, reported, units, (sheet, facts))))
        value = proposals[0].bridge.end.value if proposals else reported.total or ZERO
    period = end.view.period.name if end.view.period else None
    as_of = end.view.moment.as_of
    return FoundLens(end.contract.company, reported, period, as_of, value, search, tuple(proposals), findings)


SHOWN = 3
"""So many proposals are bridged to the figure."""


def _taken(
    engine: Connection, end: End, workspace: Workspace, reported: Reported
) -> tuple[Sheet | None, tuple[Reading, ...], tuple[Finding, ...], tuple[ReportedUnit, ...]]:
    """Read a team's figure and match it: its sheet, its rows, what was odd, its units."""
    if not reported.file:
        return None, (), (), total_units(engine, end, reported.total or ZERO)
    sheet = read_sheet(reported.file, reported.choice)
    kept_in = _kept_file(workspace, reported)
    readings, found = match_rows(engine, end, sheet, read_kept(kept_in) if kept_in else {})
    units = units_of(readings, beyond(readings, reported.total))
    return sheet, readings, (*sheet.findings, *found), units


def _bridge(
    engine: Connection,
    end: End,
    reported: Reported,
    units: tuple[ReportedUnit, ...],
    where: tuple[Sheet | None, BuildFacts],
) -> Bridge:
    sheet, facts = where
    store_reported(engine, units)
    return bridge_ends(engine, end, _reported_end(end, reported, sheet), (facts, facts))


def _reported_end(end: End, reported: Reported, sheet: Sheet | None) -> End:
    view = LensView(f"{reported.called} as reported", end.view.lens, end.view.moment, end.view.period)
    told = (str(reported.file), file_digest(reported.file)) if reported.file else None
    return End(view, end.contract, end.database, reported=sheet.rounded if sheet else 1, sheet=told)


def matches_digest(workspace: Workspace, reported: Reported) -> str:
    """Tell the kept matches of a figure from any others; nothing where there are none."""
    file = _kept_file(workspace, reported)
    return file_digest(file) if file and file.is_file() else ""


def _kept_file(workspace: Workspace, reported: Reported) -> Path | None:
    """Find the kept matches: as given, beside the sheet, or in the workspace's folder of sheets."""
    if reported.matches or not reported.file:
        return reported.matches
    beside = reported.file.parent / FILE
    shared = workspace.root / "sheets" / FILE
    return shared if shared.is_file() and not beside.is_file() else beside
