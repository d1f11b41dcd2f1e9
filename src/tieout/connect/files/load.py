"""Load a prepared file into the engine: every value as text, every record kept or rejected.

The fast way is DuckDB's own reader, told everything and guessing nothing. Its result stands only where nothing was odd
and its rows are as many as were counted without it; everything else is read by the careful reader.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.basics.findings import Finding, Level
from tieout.connect.files.careful import read_carefully
from tieout.connect.files.header import Header, clean_names, read_header, sheet_header
from tieout.connect.files.json_lines import JsonRows
from tieout.connect.files.prepare import Prepared, Reading
from tieout.connect.files.record import LONGEST, Record, Reject, roomy
from tieout.connect.files.sheet import SheetRows
from tieout.connect.files.unreadable import AGAIN, UnreadableError
from tieout.connect.files.workbook import Grid
from tieout.warehouse.engine import EngineError, identifier, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_REJECTS, MOST_TEXT = 100_000, 200_000_000

TABLE = "extract"
"""The table that a load leaves in the engine. Its columns are c1, c2, ...; its `rowid` is in the order of the file."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What a file held. `numbered`: the table has `record` and `line`; else row n is record n + 1.

    `digested`: the table has `kept_digest`, the digests of rows that are no longer as the file has them.
    """

    prepared: Prepared
    columns: tuple[str, ...]
    rows: int
    rejects: tuple[Reject, ...] = ()
    findings: tuple[Finding, ...] = ()
    numbered: bool = False
    header: Header | None = None
    digested: bool = False

    def column(self, name: str) -> str:
        """Give the column of the table that holds a column of the file; names compare case-folded."""
        folded = [column.casefold() for column in self.columns]
        return f"c{folded.index(name.casefold()) + 1}"


def load(engine: DuckDBPyConnection, prepared: Prepared, reading: Reading) -> Extract:
    """Load a file as the table `extract`. Raises UnreadableError where it is no table."""
    if prepared.parquet:
        return _parquet(engine, prepared, reading)
    if prepared.grid:
        return _sheet(engine, prepared, prepared.grid, reading)
    if prepared.json:
        return _json(engine, prepared, reading)
    header = read_header(prepared.path, reading, prepared.sign)
    findings = (*header.findings, *_encoding(prepared, reading.place))
    if prepared.clean and header.first:
        rows = _fast(engine, prepared.path, header, reading.scratch)
        if rows is not None and rows == prepared.records - 1 and not _repeats_header(engine, header):
            return _without_tail(engine, Extract(prepared, header.names, rows, (), findings, header=header))
    items = read_carefully(prepared.path, header, replaced=prepared.replaced, spaced=prepared.spaced)
    rows, rejects = _careful(engine, items, lambda: len(header.names), reading.scratch)
    made = Extract(prepared, header.names, rows, rejects, findings, numbered=True, header=header)
    return _without_tail(engine, made)


def _repeats_header(engine: DuckDBPyConnection, header: Header) -> bool:
    """Say whether a record names the columns once more, as in exports that were put together."""
    same = " and ".join(f"c{number} = {literal(name)}" for number, name in enumerate(header.raw, 1) if name)
    return bool(engine.execute(f"select count(*) from {TABLE} where {same or 'false'}").fetchall()[0][0])


def _without_tail(engine: DuckDBPyConnection, extract: Extract) -> Extract:
    """Leave out what delimiters at the ends of lines make: last columns without a name and without any value."""
    header, width = extract.header, len(extract.columns)
    while header and width > 1 and width <= len(header.raw) and not header.raw[width - 1].strip():
        if engine.execute(f"select count(c{width}) from {TABLE}").fetchall()[0][0]:
            break
        width -= 1
    if not header or width == len(extract.columns):
        return extract
    names, renamed = clean_names(header.raw[:width], "")
    place = next((one.place for one in extract.findings if one.code == "file.column_names"), "")
    findings = [one for one in extract.findings if one.code != "file.column_names"]
    findings += [replace(one, place=place) for one in renamed]
    return replace(extract, columns=names, findings=tuple(findings))


def _json(engine: DuckDBPyConnection, prepared: Prepared, reading: Reading) -> Extract:
    read = JsonRows(prepared.path, replaced=prepared.replaced)
    rows, rejects = _careful(engine, read, lambda: len(read.names), reading.scratch)
    names, findings = clean_names(read.names, reading.place)
    if not names:
        message = "The file holds no objects with keys."
        raise UnreadableError(message, rejects[0].reason if rejects else "Export it again, with its records.")
    findings = (*findings, *_encoding(prepared, reading.place))
    return Extract(prepared, names, rows, rejects, findings, numbered=True, header=Header(names, ",", 0))


def _encoding(prepared: Prepared, place: str) -> tuple[Finding, ...]:
    if not prepared.guessed:
        return ()
    message = f"The file is not UTF-8; it is read as {prepared.encoding}."
    remedy = "If letters look wrong, tell its 'encoding' in contract/sources.yaml."
    return (Finding("file.encoding", Level.NOTE, place, message, remedy),)


def _fast(engine: DuckDBPyConnection, path: Path, header: Header, scratch: Path) -> int | None:
    """Read with DuckDB alone and give the number of rows, or None where it met anything that it does not take."""
    names = [f"c{number}" for number in range(1, len(header.names) + 1)]
    source = _csv(plain_path(path, scratch), names, header.delimiter)
    try:
        return _fill(engine, f"select * from {source}")
    except EngineError:
        return None


def _sheet(engine: DuckDBPyConnection, prepared: Prepared, grid: Grid, reading: Reading) -> Extract:
    header = sheet_header(prepared.path, grid, reading)
    read = SheetRows(prepared.path, header, grid)
    rows, rejects = _careful(engine, read, lambda: len(header.names), reading.scratch)
    findings = (*header.findings, *read.findings(reading.place))
    return Extract(prepared, header.names, rows, rejects, findings, numbered=True, header=header)


def _careful(
    engine: DuckDBPyConnection, items: Iterable[Record | Reject], width: Callable[[], int], scratch: Path
) -> tuple[int, tuple[Reject, ...]]:
    """Write the good records out as a file that the fast reader cannot misread, and load that.

    `width` is known when all are read; records with fewer values, as their columns came later, get empty ones.
    """
    target, rejects, rows, held = scratch / "careful.csv", list[Reject](), 0, 0
    narrowest = None
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for item in items:
            if isinstance(item, Record):
                writer.writerow([item.number, item.line, *item.values])
                rows += 1
                narrowest = min(narrowest or len(item.values), len(item.values))
            else:
                rejects.append(item)
                held += len(item.text)
                _not_too_many(rejects, rows, held)
    names = ["record", "line", *(f"c{number}" for number in range(1, width() + 1))]
    if narrowest is not None and narrowest < width():
        target = _widened(target, len(names))
    try:
        found = _fill(engine, f"select * from {_csv(target, names, ',', header=False)}")
    except EngineError as error:
        message = f"The engine cannot read the file: {str(error).splitlines()[0]}"
        raise UnreadableError(message, AGAIN) from error
    finally:
        target.unlink()
    if found != rows:
        message = f"The file has {rows:,} readable records, but the engine read {found:,}."
        raise UnreadableError(message, "Please report this file: it shows a fault in the reader.")
    return rows, tuple(rejects)


def _not_too_many(rejects: Sequence[Reject], rows: int, held: int) -> None:
    """Stop where a file is mostly no table, before what it says fills the memory."""
    first = f"The first is line {rejects[0].line}: {rejects[0].reason}."
    if len(rejects) > MOST_REJECTS and len(rejects) > rows:
        message = f"More than half of its first {rows + len(rejects):,} lines cannot be read."
        raise UnreadableError(message, first)
    if held > MOST_TEXT:
        message = f"More than {MOST_TEXT // 1_000_000:,} MB of its lines cannot be read."
        raise UnreadableError(message, first)


def _widened(path: Path, width: int) -> Path:
    """Give each record of a file as many values as there are columns."""
    target = path.with_suffix(".wide.csv")
    with path.open(encoding="utf-8", newline="") as file, target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        with roomy():
            writer.writerows([*row, *[""] * (width - len(row))] for row in csv.reader(file))
    path.unlink()
    return target


def _csv(path: Path, names: Sequence[str], delimiter: str, *, header: bool = True) -> str:
    columns = ", ".join(f"{name}: '{'BIGINT' if name in {'record', 'line'} else 'VARCHAR'}'" for name in names)
    # A file without header would else be searched for its line ends, and the first value may hold one.
    ends = "" if header else " new_line = '\\n',"
    return (
        f"read_csv({literal(str(path))}, auto_detect = false, header = {str(header).lower()},"
        f" delim = {literal(delimiter)},{ends}"
        f" quote = '\"', escape = '\"', columns = {{{columns}}}, max_line_size = {2 * LONGEST},"
        " hive_partitioning = false)"
    )


def _fill(engine: DuckDBPyConnection, query: str) -> int:
    return int(engine.execute(f"create or replace temp table {TABLE} as {query}").fetchall()[0][0])


def _parquet(engine: DuckDBPyConnection, prepared: Prepared, reading: Reading) -> Extract:
    path = plain_path(prepared.path, reading.scratch)
    source = f"read_parquet({literal(str(path))}, hive_partitioning = false)"
    try:
        described = engine.execute(f"describe select * from {source}").fetchall()
        shown = (f"{_text(str(row[0]), str(row[1]))} as c{number}" for number, row in enumerate(described, 1))
        rows = _fill(engine, f"select {', '.join(shown)} from {source}")
    except EngineError as error:
        message = f"The Parquet file cannot be read: {str(error).splitlines()[0]}."
        raise UnreadableError(message, AGAIN) from error
    names, findings = clean_names((str(row[0]) for row in described), reading.place)
    return Extract(prepared, names, rows, (), findings)


def _text(name: str, kind: str) -> str:
    """Spell a typed column: ISO times, plain decimals, true and false; empty is null."""
    column = identifier(name)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"replace(cast({column} as varchar), ' ', 'T') || ':00'"
    if kind.startswith("TIMESTAMP"):
        return f"replace(cast({column} as varchar), ' ', 'T')"
    return f"nullif(cast({column} as varchar), '')"


def plain_path(path: Path, scratch: Path) -> Path:
    """Give a path that the engine can take neither for a pattern nor for another kind of address."""
    if re.fullmatch(r"[\w/. -]+", str(path), re.ASCII):
        return path
    link = scratch / "linked"
    link.unlink(missing_ok=True)
    link.symlink_to(path.absolute())
    return link
