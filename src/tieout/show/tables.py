"""Tables: words to the left, figures to the right with their decimal points in line, sums under a line, no boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tieout.show.terminal import Terminal, fit, pad

GAP = 2
LEAST = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and its style."""

    text: str = ""
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Column:
    """A head and how the column stands: figures to the right; `bar` columns take what room is left."""

    head: str
    right: bool = True
    gap: int = GAP


Row = Sequence[Cell | str]


def table(
    terminal: Terminal, columns: Sequence[Column], rows: Sequence[Row], foot: Sequence[Row] = (), indent: int = 2
) -> list[str]:
    """Lay out a table; the widest columns of words are cut where it would not fit. `foot` stands below a line."""
    cells = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
    feet = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in foot]
    widths = _widths(terminal.width - indent, columns, [*cells, *feet])
    lines = []
    if any(column.head for column in columns):
        lines.append(_line(terminal, columns, [Cell(column.head, "label") for column in columns], widths, indent))
    lines += [_line(terminal, columns, row, widths, indent) for row in cells]
    if feet:
        rule = [Cell("\N{BOX DRAWINGS LIGHT HORIZONTAL}" * width, "label") for width in widths]
        lines.append(_line(terminal, columns, rule, widths, indent))
        lines += [_line(terminal, columns, row, widths, indent) for row in feet]
    return lines


def _widths(room: int, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[int]:
    widths = [
        max([cell_len(column.head), *(cell_len(row[place].text) for row in rows if place < len(row))])
        for place, column in enumerate(columns)
    ]
    over = sum(widths) + sum(column.gap for column in columns[1:]) - room
    words = [place for place, column in enumerate(columns) if not column.right]
    while over > 0 and words:
        widest = max(words, key=lambda place: widths[place])
        if widths[widest] <= LEAST:
            break
        widths[widest] -= 1
        over -= 1
    return widths


def _line(
    terminal: Terminal, columns: Sequence[Column], cells: Sequence[Cell], widths: Sequence[int], indent: int
) -> str:
    line = " " * indent
    for place, (column, width) in enumerate(zip(columns, widths, strict=True)):
        cell = cells[place] if place < len(cells) else Cell()
        line += " " * (column.gap if place else 0)
        told = pad(fit(cell.text, width), width, right=column.right)
        words = told.strip(" ")
        before, after = told[: len(told) - len(told.lstrip(" "))], told[len(told.rstrip(" ")) :]
        line += before + terminal.paint(words, cell.style) + after if words else told
    return line.rstrip()
