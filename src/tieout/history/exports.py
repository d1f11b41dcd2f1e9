"""The exports that are there to be pulled: each file of each object, and when it was taken."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tieout.basics.calendars import PeriodError, parse_moment
from tieout.basics.findings import Finding, Level
from tieout.connect.files import Found, Stamp, base_folder, find_files, read_stamp
from tieout.contract.model import Contract, SourceObject
from tieout.history.ledger import Feed


@dataclass(frozen=True, slots=True)
class Export:
    """A file of an object, and when it was taken: by its name, by the contract, or by the start of the pull."""

    feed: Feed
    source: SourceObject
    found: Found
    taken_at: datetime
    taken_from: str
    stamp: Stamp | None = None

    @property
    def place(self) -> str:
        """Name the file in findings."""
        return f"{self.feed} {self.found.name}"

    @property
    def told(self) -> str:
        """Spell the date in the name; empty where there is none."""
        return self.stamp.text if self.stamp else ""

    @property
    def exact(self) -> bool:
        """Say whether its name or the contract alone tells when it was taken, whenever it is pulled."""
        return self.taken_from == "contract" or (self.stamp is not None and self.stamp.exact)


def list_exports(
    root: Path, contract: Contract, now: datetime, environment: Mapping[str, str], known: Collection[Feed]
) -> tuple[tuple[Export, ...], tuple[Finding, ...]]:
    """List every file of every object in the order in which they were taken. `known` objects were pulled before."""
    zone = ZoneInfo(contract.company.time_zone)
    exports: list[Export] = []
    findings: list[Finding] = []
    for name, system in contract.sources.items():
        folder, wrong = base_folder(system, root, environment, f"system {name}")
        findings += wrong
        if not folder:
            continue
        for label, source in system.objects.items():
            feed = Feed(name, label)
            fixed = _fixed(feed, source, zone)
            if isinstance(fixed, Finding):
                findings.append(fixed)
                continue
            files = find_files(folder, source)
            if not files:
                findings.append(_no_files(feed, source, folder, known))
            clock = _Clock(now, zone, fixed)
            exports += [_export(feed, source, file, clock) for file in files]
    return tuple(sorted(exports, key=lambda one: (one.taken_at, one.found.name, one.feed))), tuple(findings)


@dataclass(frozen=True, slots=True)
class _Clock:
    """What can tell when a file was taken: the start of the pull, the company's zone, the contract."""

    now: datetime
    zone: ZoneInfo
    fixed: datetime | None


def _export(feed: Feed, source: SourceObject, found: Found, clock: _Clock) -> Export:
    if stamp := read_stamp(found.name, clock.zone):
        return Export(feed, source, found, stamp.taken_at(clock.now, clock.zone), "name", stamp)
    if clock.fixed:
        return Export(feed, source, found, clock.fixed, "contract")
    return Export(feed, source, found, clock.now, "pull")


def _fixed(feed: Feed, source: SourceObject, zone: ZoneInfo) -> datetime | Finding | None:
    if not source.taken_at:
        return None
    try:
        return parse_moment(source.taken_at, zone)
    except PeriodError as error:
        remedy = "Correct 'taken_at' in contract/sources.yaml."
        return Finding("source.taken_at", Level.ERROR, str(feed), str(error), remedy, given=source.taken_at)


def _no_files(feed: Feed, source: SourceObject, folder: Path, known: Collection[Feed]) -> Finding:
    told = " or ".join(f"'{pattern}'" for pattern in source.patterns)
    return Finding(
        "source.files",
        Level.NOTE if feed in known else Level.ERROR,
        str(feed),
        f"No file in '{folder}' is named like {told}.",
        "Put the export there, or correct 'files' in contract/sources.yaml.",
        given=source.patterns[0],
    )
