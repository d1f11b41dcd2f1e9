"""The registers: CSV tables beside the YAML files (rates, exclusions, merges), read row by row with their lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as FilePath
from typing import TypeVar

from pydantic import BaseModel

from tieout.contract.nodes import Mapping, Scalar
from tieout.contract.places import Fault, Path, shorten
from tieout.contract.shape import LOST, Shaper, keys_of
from tieout.contract.text_file import at_line, read_text

MAX_BYTES = 20_000_000
SHOWN = 20
Row = TypeVar("Row", bound=BaseModel)


def read_register(file: FilePath, name: str, row: type[Row], shaper: Shaper) -> tuple[Row, ...]:
    """Read a register into rows of the model; a faulty row is left out. Rows beginning with '#' are comments."""
    read = read_text(file, name, shaper.places, MAX_BYTES)
    shaper.faults += read.faults
    if read.text is None:
        shaper.lost.add((name,))
        return ()
    before = len(shaper.faults)
    records = _records(read.text, name, shaper)
    header, columns = next(records, (0, ()))
    found: list[Row] = []
    if header and _header_holds(columns, header, name, row, shaper):
        names = [column.strip().casefold() for column in columns]
        for line, cells in records:
            at, lines, faults = (name, len(found)), len(shaper.places.lines), len(shaper.faults)
            shaper.places.lines[at] = line
            shaper.parts = 0
            values = _values(cells, names, at, row, shaper)
            if values is None:
                shaper.forget(at, lines, faults)
            else:
                found.append(row.model_validate(values))
    shaper.faults[before:] = _folded(shaper.faults[before:])
    return tuple(found)


def _records(text: str, name: str, shaper: Shaper) -> Iterator[tuple[int, tuple[str, ...]]]:
    lines = text.split("\n")
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    delimiter = "," if "," in first else next((sign for sign in (";", "\t", "|") if sign in first), ",")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = 1
    while True:
        try:
            cells = tuple(next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            message = f"The row cannot be read as CSV: {shorten(str(error))}."
            shaper.faults.append(at_line(shaper.places, (name, start), "register.syntax", message, "Mend its quotes."))
            shaper.lost.add((name,))
        else:
            if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
                yield start, cells
        start = reader.line_num + 1


def _header_holds(columns: tuple[str, ...], line: int, name: str, row: type[BaseModel], shaper: Shaper) -> bool:
    """Check the header; without a column that every row needs, no row can be read."""
    keys = keys_of(row)
    given = [column.strip().casefold() for column in columns]
    for position, column in enumerate(given):
        path: Path = (name, "header", position)
        shaper.places.lines[path] = line
        if column in given[:position]:
            message = f"The column '{shorten(column)}' stands there twice."
            shaper.wrong(path, "register.column_twice", message, "Keep one of them.", column)
        elif column not in keys:
            message = f"'{shorten(column)}' is no column of this register."
            shaper.wrong(path, "register.column_unknown", message, "Rename or delete it.", column, keys)
    missing = [key for key, info in keys.items() if info.is_required() and key not in given]
    for key in missing:
        path = (name, "header", key)
        shaper.places.lines[path] = line
        shaper.wrong(path, "register.column_missing", f"The register has no column '{key}'.", "Add it to the header.")
    if missing:
        shaper.lost.add((name,))
    return not missing


def _values(
    cells: tuple[str, ...], names: list[str], path: Path, row: type[BaseModel], shaper: Shaper
) -> dict[str, object] | None:
    line = shaper.places.lines[path]
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        message = f"The row has {len(cells)} cells under {len(names)} columns."
        shaper.wrong(path, "register.cells", message, "Put a text that holds the delimiter in quotes.")
        return None
    keys = keys_of(row)
    pairs: list[tuple[Scalar, Scalar]] = []
    for name, cell in zip(names, cells, strict=False):
        if name in keys and cell.strip():
            pairs.append((Scalar(name, plain=True, line=line), Scalar(cell.strip(), plain=False, line=line)))
    before = len(shaper.faults)
    values = shaper.part(Mapping(tuple(pairs), line), row, path)
    if values is LOST or len(shaper.faults) > before:
        return None
    return dict(values)


def _folded(faults: list[Fault]) -> list[Fault]:
    """Show the first faults of a kind one by one and the rest as one with a count: a register may have many."""
    seen: Counter[tuple[str, str]] = Counter()
    shown: list[Fault] = []
    last: dict[tuple[str, str], int] = {}
    for fault in faults:
        kind = (fault.finding.code, re.sub("[0-9]+", "", fault.finding.remedy))
        seen[kind] += 1
        if seen[kind] <= SHOWN:
            last[kind] = len(shown)
            shown.append(fault)
    for kind, position in last.items():
        if seen[kind] > SHOWN:
            finding = replace(shown[position].finding, count=seen[kind] - SHOWN + 1)
            shown[position] = replace(shown[position], finding=finding)
    return shown
