"""The bridges of slices side by side: causes in their fixed order down, a pair of columns for each slice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tieout.show import figures
from tieout.show.tables import GAP, Cell, Column, Row, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.measure.answers import Bridge, Side

WIDE = 1000
"""Wide enough that nothing is cut."""
SHOWN = 24


def slices_of(terminal: Terminal, bridge: Bridge) -> list[str]:
    """Lay out the slices, the largest first; the most that fit beside one another, the others below them."""
    ranked = sorted(bridge.slices, key=_size, reverse=True)
    lines: list[str] = terminal.label([f"by {' and '.join(bridge.slices[0].by)}"])
    for block in _blocks(terminal, bridge, ranked[:SHOWN]):
        lines += ["", *block] if lines[1:] else block
    if len(ranked) > SHOWN:
        lines.append(f"  ... and {figures.count(len(ranked) - SHOWN)} smaller slices: --csv or --json gives all.")
    return lines


def _size(part: Bridge) -> tuple[object, ...]:
    return max(abs(part.start.value), abs(part.end.value)), *part.by.values()


def _blocks(terminal: Terminal, bridge: Bridge, parts: Sequence[Bridge]) -> Iterator[list[str]]:
    plain = Terminal(WIDE)
    while parts:
        ways = ((count, gap) for count in range(len(parts), 0, -1) for gap in (GAP, 1))
        fits = (way for way in ways if len(_laid(plain, bridge, parts[: way[0]], way[1])[1]) <= terminal.width)
        count, gap = next(fits, (1, 1))
        yield _laid(terminal, bridge, parts[:count], gap)
        parts = parts[count:]


def _laid(terminal: Terminal, bridge: Bridge, parts: Sequence[Bridge], gap: int) -> list[str]:
    order = [line.cause for line in bridge.lines]
    causes = list(dict.fromkeys(line.cause for part in bridge.slices for line in part.lines))
    present = [cause for cause in causes if any(_amount(part, cause) is not None for part in parts)]
    ordered = sorted(present, key=lambda cause: order.index(cause) if cause in order else len(order))
    columns = [Column("", right=False)]
    for part in parts:
        columns += [Column(clean(", ".join(part.by.values()))), Column("n", gap=gap)]
    opening, closing, residual = [Cell("from", "title")], [Cell("to", "title")], [Cell("residual", "label")]
    for part in parts:
        opening += _pair(part.start)
        closing += _pair(part.end)
        residual += [Cell(figures.money(part.residual), "error" if part.residual else "label"), Cell()]
    rows: list[Row] = [opening]
    for cause in ordered:
        cells = [Cell(f"  {cause}")]
        for part in parts:
            cells += _amount(part, cause) or [Cell(figures.NOTHING, "label"), Cell()]
        rows.append(cells)
    return table(terminal, columns, rows, [closing, residual])


def _amount(part: Bridge, cause: str) -> list[Cell] | None:
    line = next((line for line in part.lines if line.cause == cause), None)
    return [Cell(figures.signed(line.amount)), Cell(figures.count(line.n), "label")] if line else None


def _pair(side: Side) -> list[Cell]:
    return [Cell(figures.money(side.value), "figure"), Cell(figures.count(side.n), "label")]
