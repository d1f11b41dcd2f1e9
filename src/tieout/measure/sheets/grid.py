"""A sheet as a grid of texts: from CSV of any delimiter, or from one sheet of a workbook."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

WORKBOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
TEXTS = {".csv", ".tsv", ".txt", ""}
DELIMITERS = ",;\t|"
MOST_ROWS = 200_000


class SheetError(Exception):
    """A sheet that cannot be read as a list of records; the message names what was given and what to do."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a sheet as texts; `tabs` are the sheets that the workbook has."""

    cells: tuple[tuple[str, ...], ...]
    tab: str | None = None
    tabs: tuple[str, ...] = ()


def read_grid(path: Path, tab: str | None = None) -> Grid:
    """Read the cells of a file. Raises SheetError."""
    if not path.is_file():
        message = f"There is no file '{path}'. Give a CSV file or a workbook (.xlsx)."
        raise SheetError(message)
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        grid = _workbook(path, tab)
    elif suffix in TEXTS:
        grid = Grid(_csv(path))
    else:
        message = f"'{path}' is no sheet. Allowed: {', '.join(sorted((TEXTS | WORKBOOKS) - {''}))}."
        raise SheetError(message)
    if len(grid.cells) > MOST_ROWS:
        message = f"'{path}' has {len(grid.cells):,} rows. A team's list has at most {MOST_ROWS:,}."
        raise SheetError(message)
    return grid


def _workbook(path: Path, tab: str | None) -> Grid:
    try:
        with CalamineWorkbook.from_path(path) as book:
            tabs = tuple(book.sheet_names)
            chosen = _tab(path, tab, tabs, book)
            rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        message = f"The workbook '{path}' cannot be read ({error}). Save it again as .xlsx, or as CSV."
        raise SheetError(message) from error
    return Grid(tuple(tuple(_text(cell) for cell in row) for row in rows), chosen, tabs)


def _tab(path: Path, tab: str | None, tabs: tuple[str, ...], book: CalamineWorkbook) -> str:
    """Choose the sheet that was named, else the one with the most rows, the first of equals."""
    if not tabs:
        message = f"The workbook '{path}' has no sheet."
        raise SheetError(message)
    if tab is None:
        return max(tabs, key=lambda name: book.get_sheet_by_name(name).height)
    named = {name.strip().casefold(): name for name in tabs}
    if tab.strip().casefold() not in named:
        message = f"'{tab}' is no sheet of '{path}'. Allowed: {', '.join(tabs)}."
        raise SheetError(message)
    return named[tab.strip().casefold()]


def _text(cell: object) -> str:
    """Write a cell as it was meant: whole numbers without a point, dates in ISO form."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float():
            return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
        case date() | timedelta():
            return str(cell)
        case _:
            return str(cell).strip()


def _csv(path: Path) -> tuple[tuple[str, ...], ...]:
    text = _decoded(path)
    best = max(DELIMITERS, key=lambda sign: _regular(text, sign))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=best))
    except csv.Error as error:
        message = f"'{path}' cannot be read as CSV ({error}). Save it again as CSV, UTF-8."
        raise SheetError(message) from error
    return tuple(tuple(cell.strip() for cell in row) for row in rows)


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _regular(text: str, delimiter: str) -> tuple[int, int]:
    """Tell how regular a text is when cut at a delimiter: how many lines have the commonest number of cells above 1."""
    try:
        widths = [len(row) for row in csv.reader(text.splitlines()[:200], delimiter=delimiter)]
    except csv.Error:
        return 0, 0
    wide = [width for width in widths if width > 1]
    commonest = max(set(wide), key=wide.count) if wide else 0
    return wide.count(commonest) if wide else 0, commonest
