"""The first line of a text table: which sign parts its columns, and what they are called."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tieout.basics.findings import Finding, Level
from tieout.connect.files.prepare import Reading, unescaped
from tieout.connect.files.recognize import SEARCHED, find_top
from tieout.connect.files.unreadable import UnreadableError
from tieout.connect.files.workbook import Grid

DELIMITERS = (",", ";", "\t", "|")
UNUSUAL = ("^", "~", "\x1f", "\x01", "\xa6", "\xac")
"""Signs that part columns in some exports; taken only where the usual ones do not and these do in every line."""

TOP = 160
OURS = frozenset({"_op", "_key", "_digest", "_row", "_line", "_position", "_taken_at", "_previous_taken_at"})
SAMPLE = 1 << 18
ABOVE = "Above it: "
NAMED = "Export it again with the names of the columns in its first line."


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns are called (as in the file, without the space around) and on how many `lines`.

    `first`: it is the first thing in the file, with no empty line or hint of a spreadsheet before it. `left`: the first
    column of the table. `row`: where the header stands, from 1. `raw`: the cells of the header as they stand there.
    `sign`: the delimiter of the file, where another stands for it.
    """

    names: tuple[str, ...]
    delimiter: str
    lines: int
    first: bool = True
    findings: tuple[Finding, ...] = ()
    left: int = 0
    row: int = 1
    raw: tuple[str, ...] = ()
    sign: str | None = None


def read_header(path: Path, reading: Reading, sign: str | None = None) -> Header:
    """Read the header of plain text; the known columns help to tell the delimiter and the row.

    `sign` stands in the text where the contract's delimiter of several signs stood.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head = file.read(SAMPLE)
        whole = not file.read(1)
    delimiter, skip = sign or unescaped(reading.delimiter), 0
    first, _, rest = head.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, head, skip = delimiter or first.strip()[-1], rest, 1
    chosen, findings = (delimiter, ()) if delimiter else delimiter_of(head, reading, whole=whole)
    rows, ends = _lines(head, chosen)
    begins = [0, *ends]
    told = [begins.index(row - 1 - skip) for row in reading.header if row - 1 - skip in begins]
    top = find_top(rows, reading.known, told, text=True) if rows and len(told) == len(reading.header) else None
    if top is None:
        message = "The file holds no header."
        raise UnreadableError(message, NAMED)
    row = begins[top.rows[0]] + 1 + skip
    named, renamed = clean_names(top.names, reading.place)
    findings = (*findings, *titles_above(rows[: top.rows[0]], reading, row), *renamed)
    raw = tuple(cell.strip() if len(top.rows) > 1 else cell for cell in rows[top.rows[-1]])
    at_once = not skip and top.rows == (0,)
    own = unescaped(reading.delimiter) if sign else None
    return Header(named, chosen, ends[top.rows[-1]] + skip, at_once, findings, row=row, raw=raw, sign=own)


def _lines(head: str, sign: str) -> tuple[list[list[str]], list[int]]:
    """Read the rows at the top of a text, and the number of the line with which each ends."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=sign, skipinitialspace=sign != " ")
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for row in islice(reader, TOP):
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        return rows, ends
    return rows, ends


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
    message = f"The columns are named in row {row}. {ABOVE}{shown[:200]}."
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


def delimiter_of(head: str, reading: Reading, *, whole: bool) -> tuple[str, tuple[Finding, ...]]:
    """Choose by the known columns that it brings out, then by how evenly, then by how many; tell what else could be."""
    known = {name.strip().casefold() for name in reading.known}

    def worth(sign: str) -> tuple[int, float, int]:
        rows = [row for row in _lines(head, sign)[0][:101] if row]
        if len(rows) > 1 and not whole and len(rows) <= 100:
            rows = rows[:-1]
        if not rows or not (top := find_top(rows, reading.known, text=True)):
            return 0, 0, 0
        width, body = len(top.names), rows[top.rows[0] :]
        even = sum(len(row) == width for row in body) / len(body)
        named = len(known.intersection(name.casefold() for name in top.names))
        return named, even if width > 1 else 0, width

    worths = {sign: worth(sign) for sign in DELIMITERS}
    best = max(worths, key=worths.__getitem__)
    if worths[best][:2] < (1, 0) and worths[best][1] < 1:
        rare = {sign: made for sign in UNUSUAL if (made := worth(sign))[1] == 1}
        best = max(rare, key=rare.__getitem__) if rare else best
    as_well = [sign for sign, (named, even, _) in worths.items() if sign != best and even == 1 and not named]
    if not as_well or worths.get(best, (1, 0, 0))[0] or worths[best][1] < 1:
        return best, ()
    message = f"Columns could be parted by '{best}' or by '{as_well[0]}'; '{best}' was taken."
    remedy = "Say 'delimiter' in contract/sources.yaml."
    return best, (Finding("file.delimiter", Level.WARNING, reading.place, message, remedy, given=best),)


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
