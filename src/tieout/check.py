"""Everything a person should look at, with nothing pulled or changed: contract, sources, ledger, registers, data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.basics.calendars import local_day
from tieout.basics.findings import Finding, Level
from tieout.connect.files import Told, UnreadableError, read_table
from tieout.contract.load import load_contract
from tieout.history import judge
from tieout.history.commit import rejected_path
from tieout.history.exports import Export, list_exports
from tieout.history.lateness import late_findings
from tieout.history.ledger import Ledger, Pull, verify
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.sheets.filed import file_sheets
from tieout.warehouse.builds import BuildFacts, published_or_none
from tieout.warehouse.contents import read_findings
from tieout.warehouse.engine import EngineError

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Contract

SOON = timedelta(days=14)
LINES = 1000
"""How many rejected lines of a pull are read to tell their reasons."""


def check(workspace: Workspace, now: datetime, environment: Mapping[str, str]) -> tuple[Finding, ...]:
    """Check a workspace. `now` is UTC without zone.

    1. The contract. 2. What it says of sources, against the exports that are there. 3. The ledger, every file of it.
    4. Lines that the newest pulls rejected. 5. Registers that are about to run out. 6. The data of the published build.
    """
    contract, findings = load_contract(workspace.contract, tuple(BY_ID))
    ledger = Ledger(workspace)
    verify(ledger)
    facts = published_or_none(workspace)
    return (
        *findings,
        *file_sheets(workspace, contract, write=False),
        *_sources(workspace, contract, ledger, now, environment),
        *ledger.findings,
        *_rejected(workspace, ledger),
        *_expiring(contract, now),
        *late_findings(contract, ledger, now),
        *_published(workspace, facts),
    )


def _published(workspace: Workspace, facts: BuildFacts | None) -> tuple[Finding, ...]:
    """Give the findings of the published data; a build that cannot be read is one itself."""
    if facts is None:
        return ()
    try:
        return read_findings(workspace, facts)
    except EngineError:
        place = f".tieout/builds/{facts.key}.duckdb"
        remedy = "Run `tieout refresh`: it makes the file again."
        return (Finding("build.unreadable", Level.ERROR, place, "The published file cannot be read.", remedy),)


# -- sources


def _sources(
    workspace: Workspace, contract: Contract, ledger: Ledger, now: datetime, environment: Mapping[str, str]
) -> Iterator[Finding]:
    """Look at the newest export of each object: whether it can be read, and has the columns that the contract names."""
    exports, findings = list_exports(workspace.root, contract, now, environment, ledger.feeds())
    yield from findings
    newest = {export.feed: export for export in exports}
    for export in newest.values():
        yield from _columns(export)


def _columns(export: Export) -> Iterator[Finding]:
    named = judge.named_columns(export.source)
    try:
        columns = _header(export, named.known)
    except UnreadableError as error:
        yield Finding("file.unreadable", Level.ERROR, export.place, str(error), error.remedy, given=export.found.name)
        return
    keys, groups = judge.missing_columns(named, columns)
    for key in keys:
        yield judge.missing_finding(export.place, export.feed, (key,), columns, "file.key_missing")
    for group in groups:
        yield judge.missing_finding(export.place, export.feed, group, columns, "file.column_missing")
    if unmapped := judge.unmapped_columns(named, columns):
        yield Finding(
            "file.unmapped",
            Level.NOTE,
            str(export.feed),
            f"Columns that the contract does not name: {', '.join(repr(name) for name in unmapped[:20])}.",
            "They are kept in the ledger. Map them in contract/sources.yaml if they matter.",
            count=len(unmapped),
        )


def _header(export: Export, known: frozenset[str]) -> tuple[str, ...]:
    """Read the names of the columns from the beginning of a file."""
    source = export.source
    told = Told(source.sheet, source.header_rows, source.delimiter, source.encoding, known)
    return read_table(export.found.path, told, rows=100).names


# -- what was rejected


@dataclass(frozen=True, slots=True)
class _Rejected:
    """The lines that a pull rejected, as far as they were read."""

    first: int
    reasons: Counter[str]


def _rejected(workspace: Workspace, ledger: Ledger) -> Iterator[Finding]:
    """Tell what the newest pull of each object rejected."""
    for feed in ledger.feeds():
        pull = next(reversed(ledger.pulls(feed)), None)
        if pull and pull.rejected:
            read = _reasons(workspace, pull)
            why = "; ".join(reason for reason, _ in read.reasons.most_common(3)) or "the reasons are lost"
            yield Finding(
                "file.rejected",
                Level.WARNING,
                f"{feed} {pull.source}:{read.first}",
                f"{pull.rejected:,} line{'s' if pull.rejected > 1 else ''} of the newest pull rejected: {why}.",
                "Rejected lines are kept in ledger/rejected; correct the export and export it again.",
                count=pull.rejected,
            )


def _reasons(workspace: Workspace, pull: Pull) -> _Rejected:
    first, reasons = 0, Counter[str]()
    try:
        with rejected_path(workspace, pull).open(encoding="utf-8") as file:
            for _, line in zip(range(LINES), file, strict=False):
                told = json.loads(line)
                first = first or int(told["line"])
                reasons[str(told["reason"])] += 1
    except (OSError, ValueError, KeyError, TypeError):
        return _Rejected(first, reasons)
    return _Rejected(first, reasons)


# -- registers


def _expiring(contract: Contract, now: datetime) -> Iterator[Finding]:
    """Tell which entries of registers run out within two weeks; what has run out already is told by the data."""
    today = local_day(now, ZoneInfo(contract.company.time_zone))
    registers = ((contract.pipeline.exclusions, contract.exclusions), (contract.pipeline.merges, contract.merges))
    for file, entries in registers:
        for entry in entries:
            if entry.expires and today <= entry.expires <= today + SOON:
                yield Finding(
                    "register.expiring",
                    Level.NOTE,
                    f"contract/{file} {entry.id}",
                    f"The entry of {entry.object} '{entry.id}' ({entry.reason}) runs out on {entry.expires}.",
                    f"Ask {entry.owner} whether to renew it; afterwards the record is counted as any other.",
                    given=str(entry.expires),
                )
