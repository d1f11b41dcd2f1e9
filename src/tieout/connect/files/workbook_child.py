"""Reads a workbook in a process of its own and writes one of its sheets as CSV; imports nothing of ours.

A workbook can be a bomb or damaged so that its reader ends or eats all memory. Here that costs this process alone.
It is given one JSON document on standard input, and answers with one on standard output.
"""

from __future__ import annotations

import csv
import json
import re
import resource
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice, pairwise
from typing import Any

import python_calamine as calamine

HEAD = 60
ERRORS = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>'
    rb"(?:(?!</(?:\w+:)?c>).){0,4000}?<(?:\w+:)?v>([^<]{1,30})</",
    re.DOTALL,
)
Cell = bool | float | int | str | date | datetime | time | timedelta


def text_of(value: Cell) -> str:
    """Spell a cell: ISO dates and times, plain numbers with the fifteen digits that a spreadsheet has, true and false.

    A day of a time stamp at midnight is a date, as in the workbook itself.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return format(Decimal(f"{value:.15g}"), "f")
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            seconds = round(value.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _sheets(book: calamine.CalamineWorkbook) -> list[dict[str, Any]]:
    visible = calamine.SheetVisibleEnum.Visible
    worksheet, macros = calamine.SheetTypeEnum.WorkSheet, calamine.SheetTypeEnum.MacroSheet
    return [
        {
            "name": sheet.name,
            "hidden": sheet.visible != visible,
            "table": sheet.typ == worksheet or sheet.typ == macros,  # noqa: PLR1714 - they cannot be hashed
        }
        for sheet in book.sheets_metadata
    ]


def _rows(sheet: calamine.CalamineSheet) -> Iterator[list[str]]:
    """Give the rows of a sheet from its first; what is merged downwards stands in each of its rows."""
    if sheet.start is None:
        return
    left = sheet.start[1]
    merged: dict[int, list[tuple[int, int]]] = {}
    for (top, first), (bottom, _) in sheet.merged_cell_ranges or ():
        if bottom > top and first >= left:
            merged.setdefault(top, []).append((first - left, bottom))
    standing: dict[int, tuple[str, int]] = {}
    for number, row in enumerate(sheet.iter_rows()):
        cells = [text_of(value) for value in row]
        for column, (value, bottom) in list(standing.items()):
            if number > bottom:
                del standing[column]
            elif column < len(cells) and not cells[column]:
                cells[column] = value
        for column, bottom in merged.get(number, ()):
            if column < len(cells):
                standing[column] = (cells[column], bottom)
        yield cells


def _worth(sheet: calamine.CalamineSheet, known: frozenset[str]) -> tuple[int, bool]:
    """Say how many known columns the top of a sheet names, and whether it looks like a table at all."""
    rows = list(islice((row for row in _rows(sheet) if any(row)), HEAD))
    named = max((len(known & {cell.strip().casefold() for cell in row}) for row in rows), default=0)
    wide = [sum(bool(cell) for cell in row) for row in rows]
    table = any(min(pair) >= 2 for pair in pairwise(wide))
    return named, table


def _choose(book: calamine.CalamineWorkbook, sheets: list[dict[str, Any]], asked: dict[str, Any]) -> int | None:
    """Choose the sheet that was asked for; else the one with most of the known columns; else the first table."""
    wanted = asked["sheet"]
    if wanted is not None:
        names = [sheet["name"].strip().casefold() for sheet in sheets]
        if wanted.strip().casefold() in names:
            return names.index(wanted.strip().casefold())
        number = int(wanted) if wanted.isdecimal() and len(wanted) < 5 else 0
        return number - 1 if 0 < number <= len(sheets) else None
    known = frozenset(name.casefold() for name in asked["known"])
    shown = [index for index, sheet in enumerate(sheets) if sheet["table"] and not sheet["hidden"]]
    best: tuple[int, bool] = (0, False)
    chosen = None
    for index in shown or [index for index, sheet in enumerate(sheets) if sheet["table"]]:
        worth = _worth(book.get_sheet_by_index(index), known)
        if chosen is None or worth > best:
            best, chosen = worth, index
        if best[1] and not known:
            break
    return chosen


def _errors(path: str, sheet: str) -> list[tuple[str, int, str]]:
    """List the cells that hold an error, which the reader gives as empty: column, row, error. XLSX only."""
    if not zipfile.is_zipfile(path):
        return []
    with zipfile.ZipFile(path) as archive:
        member = _member(archive, sheet)
        if member is None:
            return []
        found: list[tuple[str, int, str]] = []
        with archive.open(member) as file:
            rest = b""
            while chunk := file.read(1 << 20):
                data = rest + chunk
                cut = data.rfind(b"<c ") if b"<c " in data else max(0, len(data) - 5000)
                if b't="e"' in data:
                    found += [
                        (m[1].decode(), int(m[2]), m[3].decode("ascii", "replace")) for m in ERRORS.finditer(data[:cut])
                    ]
                rest = data[cut:]
            found += [(m[1].decode(), int(m[2]), m[3].decode("ascii", "replace")) for m in ERRORS.finditer(rest)]
        return found


def _member(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Find the part of an XLSX archive that holds a sheet."""
    try:
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    except KeyError:
        return None
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        name, link = re.search(r'\bname="([^"]*)"', tag), re.search(r'\b\w+:id="([^"]*)"', tag)
        if name and link and _plain(name[1]) == sheet:
            for found in re.findall(r"<Relationship\b[^>]*>", links):
                if f'Id="{link[1]}"' in found and (target := re.search(r'Target="([^"]*)"', found)):
                    path = target[1].lstrip("/")
                    return path if path in archive.namelist() else f"xl/{path}"
    return None


def _plain(text: str) -> str:
    for sign, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(sign, letter)
    return text


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _write(sheet: calamine.CalamineSheet, asked: dict[str, Any]) -> tuple[int, dict[int, int]]:
    """Write the rows of a sheet as CSV; give their number and how many values each column has."""
    filled: Counter[int] = Counter()
    number = 0
    with open(asked["target"], "w", encoding="utf-8", errors="backslashreplace", newline="") as file:  # noqa: PTH123
        writer = csv.writer(file, lineterminator="\n")
        for row in islice(_rows(sheet), asked["rows"]):
            number += 1
            filled.update(index for index, cell in enumerate(row) if cell)
            writer.writerow(row)
    return number, dict(filled)


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """List the sheets of a workbook; write one of them, where a target is given."""
    with calamine.load_workbook(asked["path"]) as book:
        sheets = _sheets(book)
        told: dict[str, Any] = {"sheets": sheets, "chosen": None}
        if asked["target"] is None or (chosen := _choose(book, sheets, asked)) is None:
            return told
        sheet = book.get_sheet_by_index(chosen)
        rows, filled = _write(sheet, asked)
        left = sheet.start[1] if sheet.start else 0
        merges = [
            [top, first - left, bottom, last - left]
            for (top, first), (bottom, last) in sheet.merged_cell_ranges or ()
            if first >= left
        ]
        name = sheets[chosen]["name"]
    errors = [[_column(letters) - left, row, error] for letters, row, error in _errors(asked["path"], name)]
    return told | {
        "chosen": chosen,
        "left": left,
        "rows": rows,
        "filled": sorted(filled.items()),
        "merges": merges[:10_000],
        "errors": errors[:100_000],
    }


def main() -> None:
    """Answer what is asked, within the memory and time that are allowed."""
    asked = json.load(sys.stdin)
    for kind, most in ((resource.RLIMIT_AS, asked["memory"]), (resource.RLIMIT_CPU, asked["seconds"])):
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):
            continue
    try:
        told = answer(asked)
    except calamine.PasswordError:
        told = {"error": "it is protected by a password"}
    except calamine.CalamineError as error:
        told = {"error": f"it is damaged ({str(error)[:200]})"}
    except MemoryError:
        told = {"error": "it needs more memory than it may"}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        told = {"error": f"it is damaged ({str(error)[:200] or type(error).__name__})"}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
