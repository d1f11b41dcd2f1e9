"""A person's list as all of its cells, none left out: titles, totals and empty rows too."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tieout.connect.files.header import SAMPLE, delimiter_of
from tieout.connect.files.prepare import Prepared, Reading, prepare
from tieout.connect.files.record import roomy
from tieout.connect.files.unreadable import UnreadableError

AGAIN = "Save it again as a workbook (.xlsx), or as CSV in UTF-8."


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a text or a sheet, row by row from the first. `sheets` are those of the workbook, in order.

    `repeated`: row and column of cells that are merged with the one above them and so repeat it.
    """

    rows: tuple[tuple[str, ...], ...]
    sheet: str | None = None
    others: tuple[str, ...] = ()
    repeated: frozenset[tuple[int, int]] = frozenset()


def read_cells(path: Path, sheet: str | None = None, known: frozenset[str] = frozenset(), most: int = 0) -> Cells:
    """Read every cell of a text or of a sheet, of no more than `most` rows and one. Raises UnreadableError."""
    with tempfile.TemporaryDirectory(prefix="tieout-") as folder:
        reading = Reading(Path(folder), path.name, known=known, sheet=sheet, rows=most + 1 if most else None)
        prepared = prepare(path, reading)
        if prepared.kind not in {"text", "workbook"}:
            message = f"The file is {prepared.kind}, not a list in rows and columns."
            raise UnreadableError(message, AGAIN)
        rows = _rows(prepared, reading, most)
    grid = prepared.grid
    if grid is None:
        return Cells(tuple(rows))
    shifted = [("",) * grid.left + row for row in rows]  # so that columns have the letters they have on the screen
    repeated = frozenset(
        (row, column + grid.left)
        for top, first, bottom, last in grid.merges
        for row in range(top + 1, min(bottom, len(rows)) + 1)
        for column in range(first, last + 1)
    )
    return Cells(tuple(shifted), grid.sheet.name, tuple(one.name for one in grid.others), repeated)


def _rows(prepared: Prepared, reading: Reading, most: int) -> list[tuple[str, ...]]:
    """Part the rows. A quote that is not closed would swallow the rows behind it, so it is an error."""
    with roomy(), prepared.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        if prepared.grid:
            sign = ","
        else:
            head = file.read(SAMPLE)
            sign = delimiter_of(head, reading, whole=not file.read(1))[0]
            file.seek(0)
        reader = csv.reader(file, delimiter=sign, strict=True)
        rows: list[tuple[str, ...]] = []
        try:
            for row in reader:
                rows.append(tuple(cell.strip() for cell in row))
                if most and len(rows) > most:
                    break
        except csv.Error as error:
            opened = "unexpected end" in str(error)
            where = len(rows) + 1 if opened else reader.line_num
            reason = "a quote is opened and not closed" if opened else str(error)
            message = f"Row {where} cannot be read: {reason}."
            raise UnreadableError(message, AGAIN) from error
    return rows
