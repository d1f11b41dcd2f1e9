"""A sheet as a grid of texts, read as exports are: text of any delimiter and encoding, or one sheet of a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tieout.connect.files import UnreadableError, read_cells, sheets_of

MOST_ROWS = 200_000


class SheetError(Exception):
    """A sheet that cannot be read as a list of records; the message names what was given and what to do."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a sheet as texts; `others` are the further sheets that the workbook has.

    `repeated`: row and column of cells that repeat the one above, with which they are merged.
    """

    cells: tuple[tuple[str, ...], ...]
    tab: str | None = None
    others: tuple[str, ...] = ()
    repeated: frozenset[tuple[int, int]] = frozenset()


def read_grid(path: Path, tab: str | None = None, known: frozenset[str] = frozenset()) -> Grid:
    """Read the cells of a file; `known` heads tell which sheet is meant. Raises SheetError."""
    if not path.is_file():
        message = f"There is no file '{path}'. Give a CSV file or a workbook (.xlsx)."
        raise SheetError(message)
    if not path.stat().st_size:
        return Grid(())
    try:
        found = read_cells(path, tab, known, MOST_ROWS)
    except UnreadableError as error:
        message = _why(path, tab) or f"'{path}' is no sheet that can be read. {error} Give a workbook (.xlsx) or CSV."
        raise SheetError(message) from error
    if len(found.rows) > MOST_ROWS:
        message = f"'{path}' has more than {MOST_ROWS:,} rows. A team's list has no more."
        raise SheetError(message)
    return Grid(found.rows, found.sheet, found.others, found.repeated)


def _why(path: Path, tab: str | None) -> str | None:
    """Say so where the workbook can be read and lacks the sheet that was named."""
    if tab is None:
        return None
    try:
        names = [sheet.name for sheet in sheets_of(path)]
    except UnreadableError:
        return None
    if not names or tab.strip().casefold() in {name.strip().casefold() for name in names}:
        return None
    return f"'{tab}' is no sheet of '{path}'. Allowed: {', '.join(names)}."
