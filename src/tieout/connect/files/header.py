"""The first line of a text table: which sign parts its columns, and what they are called."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tieout.basics.findings import Finding, Level
from tieout.connect.files.prepare import Reading
from tieout.connect.files.recognize import SEARCHED, find_top
from tieout.connect.files.unreadable import UnreadableError
from tieout.connect.files.workbook import Grid

DELIMITERS = (",", ";", "\t", "|")
OURS = frozenset({"_op", "_key", "_digest", "_row", "_line", "_position", "_taken_at", "_previous_taken_at"})
SAMPLE = 1 << 18
NAMED = "Export it again with the names of the columns in its first line."


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns are called (as in the file, without the space around) and on how many `lines`.

    `first`: it is the first thing in the file, with no empty line or hint of a spreadsheet before it. `left`: the first
    column of the table. `row`: where the header stands, from 1.
    """

    names: tuple[str, ...]
    delimiter: str
    lines: int
    first: bool = True
    findings: tuple[Finding, ...] = ()
    left: int = 0
    row: int = 1


def read_header(path: Path, reading: Reading) -> Header:
    """Read the header of plain text; the known columns help to tell the delimiter and the row."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head = file.read(SAMPLE)
        whole = not file.read(1)
    delimiter, skip = reading.delimiter, 0
    first, _, rest = head.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, head, skip = delimiter or first.strip()[-1], rest, 1
    delimiter = "\t" if delimiter == "\\t" else delimiter
    if delimiter and len(delimiter) != 1:
        message = f"The delimiter '{delimiter}' of the contract is not one character."
        raise UnreadableError(message, "Allowed: , ; | or a tab.")
    chosen = delimiter or _delimiter(head, frozenset(reading.known), whole=whole)
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=chosen, skipinitialspace=True)
    try:
        names = next(row for row in rows if row)
    except (StopIteration, csv.Error) as error:
        message = "The file holds no header."
        raise UnreadableError(message, NAMED) from error
    named, findings = clean_names(names, reading.place)
    return Header(named, chosen, rows.line_num + skip, not skip and not head.startswith(("\n", "\r")), findings)


def sheet_header(path: Path, grid: Grid, reading: Reading) -> Header:
    """Find the header of a sheet that was written as CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(islice(csv.reader(file), max([SEARCHED, *reading.header]) + 1))
    top = find_top(rows, reading.known, [row - 1 for row in reading.header], grid.merges)
    if top is None:
        message = f"The sheet '{grid.sheet.name}' holds no header."
        raise UnreadableError(message, NAMED)
    left, right = top.extent
    half = max(1, (grid.rows - top.begins) // 2)
    while left and grid.filled.get(left - 1, 0) >= half:
        left -= 1
    while grid.filled.get(right, 0) >= half:
        right += 1
    names = [top.names[column] if column < len(top.names) else "" for column in range(left, right)]
    named, findings = clean_names(names, reading.place)
    findings = (*_sheets(grid, reading), *titles_above(rows[: top.rows[0]], reading, top.rows[0] + 1), *findings)
    return Header(named, ",", top.begins, findings=findings, left=left, row=top.rows[0] + 1)


def titles_above(rows: Iterable[Sequence[str]], reading: Reading, row: int) -> tuple[Finding, ...]:
    """Tell what stands above a header that was found below the first row."""
    told = [" ".join(cell.strip() for cell in cells if cell.strip()) for cells in rows]
    if reading.header or not (shown := "; ".join(text for text in told if text)):
        return ()
    message = f"The columns are named in row {row}. Above it: {shown[:200]}."
    remedy = f"If another row names them, say 'header: ROW' in contract/sources.yaml; 'header: {row}' settles it."
    return (Finding("file.header", Level.NOTE, reading.place, message, remedy, given=str(row)),)


def _sheets(grid: Grid, reading: Reading) -> tuple[Finding, ...]:
    """Tell which sheet was read where nobody said, and which others there are."""
    if reading.sheet or not grid.others:
        return ()
    others = ", ".join(f"'{sheet.name}'{' (hidden)' if sheet.hidden else ''}" for sheet in grid.others[:20])
    message = f"The sheet '{grid.sheet.name}' is read; the workbook has others: {others}."
    remedy = "Say 'sheet: NAME' in contract/sources.yaml; each sheet that matters is an object of its own."
    return (Finding("file.sheets", Level.NOTE, reading.place, message, remedy, given=grid.sheet.name),)


def _delimiter(head: str, known: frozenset[str], *, whole: bool) -> str:
    """Choose by the known columns that it brings out, then by how evenly, then by how many."""

    def worth(sign: str) -> tuple[int, float, int]:
        rows = [row for row in islice(_rows(head, sign), 101) if row]
        if len(rows) > 1 and not whole and len(rows) <= 100:
            rows = rows[:-1]
        if not rows:
            return 0, 0, 0
        width = len(rows[0])
        even = sum(len(row) == width for row in rows) / len(rows)
        return len(known.intersection(name.strip() for name in rows[0])), even if width > 1 else 0, width

    return max(DELIMITERS, key=worth)


def _rows(head: str, sign: str) -> Iterable[list[str]]:
    try:
        yield from csv.reader(io.StringIO(head, newline=""), delimiter=sign)
    except csv.Error:
        return


def clean_names(names: Iterable[str], place: str) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Give each column a name of its own: what has none is numbered, what repeats is counted, ours are marked."""
    taken: set[str] = set()
    given: list[str] = []
    changed: list[tuple[str, str]] = []
    for number, raw in enumerate(names, 1):
        name = wanted = raw.strip().strip("\0")
        if not name:
            name = f"column {number}"
        elif name.casefold() in OURS:
            name = f"{name} (file)"
        base, count = name, 1
        while name.casefold() in taken:
            count += 1
            name = f"{base} ({count})"
        if name != wanted:
            changed.append((wanted, name))
        taken.add(name.casefold())
        given.append(name)
    if not changed:
        return tuple(given), ()
    told = ", ".join(f"'{old}' is read as '{new}'" for old, new in changed[:8])
    finding = Finding(
        "file.column_names",
        Level.WARNING,
        place,
        f"Columns without a name of their own (empty, repeated, or one of ours): {told}.",
        "Give each column its own name in the export, or map the name told here.",
        count=len(changed),
    )
    return tuple(given), (finding,)
