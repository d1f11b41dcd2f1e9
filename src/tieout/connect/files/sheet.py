"""The records of a sheet: its rows under the header, each a record, with what stands outside of the table told."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tieout.basics.findings import Finding, Level
from tieout.connect.files.header import Header
from tieout.connect.files.record import Record, Reject, fault, roomy, shown
from tieout.connect.files.workbook import Grid


class SheetRows:
    """The rows of a sheet that was written as CSV; what was met outside of the table is known when they are read."""

    def __init__(self, path: Path, header: Header, grid: Grid) -> None:
        self.path, self.header, self.grid = path, header, grid
        self.outside = 0
        self.example = ""

    def __iter__(self) -> Iterator[Record | Reject]:
        """Give the records in order; a row without anything in the table's columns is none."""
        left, width, number = self.header.left, len(self.header.names), 0
        right = left + width
        with roomy(), self.path.open(encoding="utf-8", newline="") as file:
            for row, cells in enumerate(csv.reader(file), 1):
                if row <= self.header.lines:
                    continue
                values = cells[left:right]
                if len(cells) > right or left:
                    self._look_outside(cells, row)
                if not any(values):
                    continue
                number += 1
                values += [""] * (width - len(values))
                if reason := fault(values, width, replaced=False):
                    yield Reject(row, reason, shown(",".join(values)))
                else:
                    yield Record(number, row, values)

    def _look_outside(self, cells: list[str], row: int) -> None:
        left, right = self.header.left, self.header.left + len(self.header.names)
        for column, cell in enumerate(cells):
            if cell and not left <= column < right:
                self.outside += 1
                self.example = self.example or self.grid.cell(column, row)

    def findings(self, place: str) -> tuple[Finding, ...]:
        """Tell what was met outside of the table, and which cells hold an error instead of a value."""
        found = []
        if self.outside:
            message = f"Cells outside of the table's columns are not read; the first is {self.example}."
            remedy = "Give their column a name in the header, or leave them as notes."
            found.append(Finding("file.outside", Level.WARNING, place, message, remedy, count=self.outside))
        left, right = self.header.left, self.header.left + len(self.header.names)
        errors = [one for one in self.grid.errors if left <= one[0] < right and one[1] > self.header.lines]
        if errors:
            kinds = ", ".join(f"{kind} {n}" for kind, n in Counter(kind for _, _, kind in errors).most_common())
            first = self.grid.cell(errors[0][0], errors[0][1])
            message = f"Cells hold an error of the spreadsheet ({kinds}); the first is {first}. They are unknown."
            remedy = "Mend the formulas, and save the workbook again."
            found.append(Finding("file.cell_error", Level.WARNING, place, message, remedy, count=len(errors)))
        return tuple(found)
