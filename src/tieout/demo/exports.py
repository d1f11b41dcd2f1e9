"""Write records and logs as the systems would export them: full, changed since, or events; older files as gz."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tieout.basics.calendars import local_day
from tieout.demo.world import Record, Row, stamp

ZONE = ZoneInfo("America/New_York")
ZIPPED_BEFORE = date(2026, 1, 1)
Reword = Callable[[Row, date], Row]


def line(values: Iterable[str]) -> str:
    """Write one CSV record."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(values)
    return out.getvalue()


def write_text(path: Path, text: str) -> None:
    """Write a text file, UTF-8 and with plain line ends on every machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def write_export(folder: Path, day: date, columns: Sequence[str], lines: Sequence[str]) -> None:
    """Write one dated export; those of earlier years are compressed, without a clock in the header."""
    data = (line(columns) + "".join(lines)).encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{folder.name}_{day}.csv"
    if day >= ZIPPED_BEFORE:
        path.write_bytes(data)
        return
    with path.with_suffix(".csv.gz").open("wb") as raw, gzip.GzipFile("", "wb", 4, raw, mtime=0) as out:
        out.write(data)


class Lines:
    """The CSV line of every version of a record, written once and used in many exports."""

    def __init__(self, columns: Sequence[str], key: str, modified: str) -> None:
        self.columns, self.key, self.modified = columns, key, modified
        self.known: dict[tuple[str, int], str] = {}

    def of(self, record: Record, version: int, reworded: Row | None = None) -> str:
        """Give the line of one version, or of `reworded` in its place."""
        at, row = record.versions[version]
        if reworded is not None and reworded is not row:
            return self._write(record, at, reworded)
        if (found := self.known.get((record.id, version))) is None:
            found = self.known[record.id, version] = self._write(record, at, row)
        return found

    def _write(self, record: Record, at: datetime, row: Row) -> str:
        full = {self.key: record.id, self.modified: stamp(at), **row}
        return line(full.get(column, "") for column in self.columns)


def write_full(
    folder: Path, records: Sequence[Record], pulls: Sequence[date], lines: Lines, reword: Reword | None = None
) -> None:
    """Write a full export for each pull: every record that exists then, in its newest version of the day."""
    reached = [-1] * len(records)
    for day in pulls:
        out = []
        for index, record in enumerate(records):
            version = reached[index]
            versions = record.versions
            while version + 1 < len(versions) and versions[version + 1][0].date() <= day:
                version += 1
            reached[index] = version
            if version >= 0 and (not record.gone or record.held_on(day)):
                out.append(lines.of(record, version, reword(versions[version][1], day) if reword else None))
        write_export(folder, day, lines.columns, out)


def write_delta(folder: Path, records: Sequence[Record], pulls: Sequence[date], lines: Lines) -> None:
    """Write for each pull the records that changed since the one before it."""
    due: dict[date, list[str]] = {day: [] for day in pulls}
    for record in records:
        newest: dict[date, int] = {}
        for version, (at, _) in enumerate(record.versions):
            if day := next((pull for pull in pulls if at.date() <= pull), None):
                newest[day] = version
        for day, version in newest.items():
            due[day].append(lines.of(record, version))
    for day, out in due.items():
        write_export(folder, day, lines.columns, out)


def write_log(
    folder: Path, events: Iterable[tuple[datetime, Row]], pulls: Sequence[date], columns: Sequence[str]
) -> None:
    """Write for each pull the events since the one before it, in time order."""
    ordered = sorted(events, key=lambda event: (event[0], event[1].get(columns[0], "")))
    position = 0
    for day in pulls:
        out = []
        while position < len(ordered) and local_day(ordered[position][0], ZONE) <= day:
            out.append(line(ordered[position][1].get(column, "") for column in columns))
            position += 1
        if out:
            write_export(folder, day, columns, out)
