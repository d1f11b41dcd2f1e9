"""Find where a table begins: which row names its columns, below titles, notes and empty rows, and in which columns.

Rows are lists of texts, numbered from 0. What the contract says or names decides; without it a row is taken for the
header only where nothing else could be one, and else the first row is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

Rows = Sequence[Sequence[str]]
Merges = Sequence[tuple[int, int, int, int]]
SEARCHED = 60
"""How many rows are searched for a header."""

_FIGURE = re.compile(
    r"[+-]?[\d.,' \u00a0\u202f%]*\d[\d.,' \u00a0\u202f%]*|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*|true|false"
)


@dataclass(frozen=True, slots=True)
class Top:
    """Where a header is: its rows (two, where columns are grouped), and the names in them, empty ones included."""

    rows: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def extent(self) -> tuple[int, int]:
        """The first column with a name, and the one behind the last."""
        named = [column for column, name in enumerate(self.names) if name]
        return (named[0], named[-1] + 1) if named else (0, len(self.names))

    @property
    def begins(self) -> int:
        """The row with which the records begin."""
        return self.rows[-1] + 1


def find_top(
    rows: Rows,
    known: Collection[str] = (),
    told: Sequence[int] = (),
    merges: Merges = (),
    *,
    text: bool = False,
) -> Top | None:
    """Find the header: the rows `told`, else those that name most `known` columns, else the first that looks so.

    `text`: the rows were parted by a delimiter, so a row of one cell may be all there is. None where there is no row
    with anything in it, or not the one that was told.
    """
    if told:
        return _top(rows, told, merges) if max(told) < len(rows) and any(rows[max(told)]) else None
    full = [number for number, row in enumerate(rows[:SEARCHED]) if any(cell.strip() for cell in row)]
    if not full:
        return None
    wanted = {name.strip().casefold() for name in known}
    if wanted and (best := _best_known(rows, full, wanted, merges)):
        return best
    return _looks_so(rows, full, merges, text=text)


def _best_known(rows: Rows, full: Sequence[int], wanted: set[str], merges: Merges) -> Top | None:
    """Give the first row that names most of the known columns, alone or under the row of groups before it."""

    def named(top: Top) -> int:
        return len(wanted & {name.casefold() for name in top.names})

    best = max((_top(rows, (number,), merges) for number in full), key=named)
    pairs = [(number, number + 1) for number in full if number + 1 in full and _groups(rows, number, merges)]
    best = max([best, *(_top(rows, pair, merges) for pair in pairs)], key=named)
    if named(best) < min(2, len(wanted)):
        return None
    both = _with_groups(rows, best.rows[-1], merges)
    return both if named(both) >= named(best) else best


def _looks_so(rows: Rows, full: Sequence[int], merges: Merges, *, text: bool) -> Top:
    """Give the first row that is as wide as the rows below it, if only titles stand above it; else the first row."""
    widths = {number: sum(bool(cell.strip()) for cell in rows[number]) for number in full}
    usual = max(Counter(widths.values()).items(), key=lambda item: (item[1], item[0]))[0]
    first = _with_groups(rows, full[0], merges)
    if usual < 2 or (widths[full[0]] >= max(2, usual * 0.6) and not _groups(rows, full[0], merges)):
        return first
    for least in (usual, max(2, usual * 0.6)):
        for place, number in enumerate(full[:-1]):
            top = _with_groups(rows, number, merges)
            above = [row for row in full[:place] if row not in top.rows]
            apart = top.rows[0] - 1 not in full
            titles = apart or all(widths[row] == 1 and (not text or _is_prose(rows[row])) for row in above)
            narrow = all(widths[row] < widths[number] for row in above)
            body = any(widths[row] >= least for row in full[place + 1 :])
            if widths[number] >= least and body and titles and narrow and _names(top.names):
                return top
    return first


def _is_prose(row: Sequence[str]) -> bool:
    return any(sign in cell.strip() for cell in row for sign in (" ", ":", "#"))


def _names(row: Sequence[str]) -> bool:
    """Say whether cells can be names: no two alike, none a figure, none with a space before it, as prose has."""
    cells = [cell for cell in row if cell.strip()]
    figures = sum(bool(_FIGURE.fullmatch(cell.strip().casefold())) for cell in cells)
    return (
        len({cell.casefold() for cell in cells}) == len(cells) and not figures and not any(c[0] == " " for c in cells)
    )


def _groups(rows: Rows, number: int, merges: Merges) -> bool:
    """Say whether a row holds groups of columns: cells merged over several of them, but not over all."""
    wide = [(first, last) for top, first, bottom, last in merges if top == bottom == number and last > first]
    below = [index for index, cell in enumerate(rows[number + 1] if number + 1 < len(rows) else ()) if cell.strip()]
    return bool(wide) and not any(
        first <= min(below, default=0) and last >= max(below, default=0) for first, last in wide
    )


def _with_groups(rows: Rows, number: int, merges: Merges) -> Top:
    """Give the header in a row, together with the row of groups above it where there is one."""
    grouped = number and _groups(rows, number - 1, merges)
    return _top(rows, (number - 1, number) if grouped else (number,), merges)


def _top(rows: Rows, numbers: Sequence[int], merges: Merges) -> Top:
    """Give the names in rows, each with the group above it."""
    if len(numbers) == 1 and not merges:
        return Top(tuple(numbers), tuple(map(_on_one_line, rows[numbers[0]])))
    width = max(len(rows[number]) for number in numbers)
    parts: list[list[str]] = [[] for _ in range(width)]
    for number in numbers:
        for column, cell in enumerate(_spread(rows, number, numbers, merges)):
            text = _on_one_line(cell)
            if text and text not in parts[column]:
                parts[column].append(text)
    return Top(tuple(numbers), tuple(" / ".join(part) for part in parts))


def _on_one_line(cell: str) -> str:
    text = cell.strip()
    return re.sub(r"\s*[\r\n]+\s*", " ", text) if "\n" in text or "\r" in text else text


def _spread(rows: Rows, number: int, numbers: Sequence[int], merges: Merges) -> list[str]:
    """Give a row of a header with its merged cells filled; without merges a group holds until the next one."""
    cells = [cell.strip() for cell in rows[number]]
    wide = [(first, last) for top, first, _, last in merges if top == number and last > first]
    for first, last in wide:
        for column in range(first, min(last + 1, len(cells))):
            cells[column] = cells[first]
    if number != numbers[-1] and not wide:
        group = ""
        for column, cell in enumerate(cells):
            group = cell or group
            cells[column] = group
    return cells
