"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS): one sheet becomes plain CSV text, read in a process with bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieout.connect.files.unreadable import AGAIN, UnreadableError

MEMORY = 2_000_000_000
"""Address space of the process that reads a workbook. A million cells take 75 MB, so twenty million find room."""

SECONDS = 900
LARGEST = 4_000_000_000
CHILD = Path(__file__).with_name("workbook_child.py")
MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
Merge = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook. `table`: it has cells, and is no chart or dialog."""

    name: str
    hidden: bool
    table: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as it was read: `left` is its first column (0 is A), all other columns count from there, rows from 0.

    `filled`: how many values a column has. `merges`: top, first column, bottom, last column. `errors`: column, row
    (from 1) and the error of a cell.
    """

    sheet: Sheet
    others: tuple[Sheet, ...]
    left: int
    rows: int
    filled: dict[int, int]
    merges: tuple[Merge, ...]
    errors: tuple[tuple[int, int, str], ...]

    def cell(self, column: int, row: int) -> str:
        """Name a cell as a spreadsheet does; `row` counts from 1."""
        letters, number = "", column + self.left + 1
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{row}"


def sheets_of(path: Path) -> tuple[Sheet, ...]:
    """List the sheets of a workbook in order; none where the file is no workbook. Raises UnreadableError."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        message = f"The file cannot be opened: {error.strerror}."
        raise UnreadableError(message, "Make it readable for this user.") from error
    return _listed(_ask(path, None)) if head.startswith(MAGIC) else ()


def write_sheet(
    path: Path, target: Path, sheet: str | None, known: frozenset[str] = frozenset(), rows: int | None = None
) -> Grid:
    """Write a sheet as CSV. Raises UnreadableError where the workbook or the sheet cannot be read."""
    told = _ask(path, target, sheet=sheet, known=sorted(known), rows=rows)
    sheets = _listed(told)
    if told["chosen"] is None:
        there = ", ".join(f"'{one.name}'" for one in sheets) or "none"
        message = f"The workbook has no sheet '{sheet}'." if sheet else "The workbook has no sheet with cells."
        raise UnreadableError(message, f"Correct 'sheet' in contract/sources.yaml. There are: {there}.")
    chosen = sheets[told["chosen"]]
    return Grid(
        chosen,
        tuple(one for one in sheets if one is not chosen),
        told["left"],
        told["rows"],
        dict(told["filled"]),
        tuple(tuple(merge) for merge in told["merges"]),
        tuple(tuple(error) for error in told["errors"]),
    )


def _listed(told: dict[str, Any]) -> tuple[Sheet, ...]:
    return tuple(Sheet(one["name"], one["hidden"], one["table"]) for one in told["sheets"])


def _ask(path: Path, target: Path | None, **terms: object) -> dict[str, Any]:
    if path.stat().st_size > LARGEST:
        message = f"The workbook is larger than {LARGEST // 1_000_000_000} GB."
        raise UnreadableError(message, "Export it as CSV.")
    asked = {"path": str(path), "target": target and str(target), "memory": MEMORY, "seconds": SECONDS, **terms}
    done = subprocess.run(  # noqa: S603 - our own file, read by the Python that runs us
        [sys.executable, "-P", str(CHILD)], input=json.dumps(asked).encode(), capture_output=True, check=False
    )
    try:
        told = json.loads(done.stdout)
    except ValueError as error:
        message = (
            f"The workbook cannot be read: it is damaged, or needs more than {MEMORY // 1_000_000:,} MB of memory."
        )
        raise UnreadableError(message, "Save it again, or export the sheet as CSV.") from error
    if "error" in told:
        message = f"The workbook cannot be read: {told['error']}."
        raise UnreadableError(message, AGAIN if "damaged" in told["error"] else "Export the sheet as CSV.")
    return dict(told)
