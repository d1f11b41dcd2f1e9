"""A bridge as parts of a page: the waterfall, its lines with who can settle them, the passports at the foot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.measure.bridge.verdicts import settled_by
from tieout.show import figures
from tieout.show.bridge import names_of, said_of, title_of
from tieout.show.charts.waterfall import Level, Step, waterfall
from tieout.show.html.page import Cell, Head, Row, Section, Table
from tieout.show.terminal import clean

if TYPE_CHECKING:
    from decimal import Decimal

    from tieout.contract.model import Contract
    from tieout.measure.answers import Bridge, Side

Ways = Callable[[str], str | None]
"""Where a line of a bridge leads, by its cause."""


def nowhere(_: str) -> None:
    """Lead nowhere: a page that stands alone has no records of bridges."""


def bridge_section(
    bridge: Bridge, contract: Contract, ways: Ways = nowhere, title: str = "From one to the other"
) -> Section:
    """Lay out a bridge: its chart, and below it its lines."""
    zone = ZoneInfo(contract.company.time_zone)
    start, end = names_of(bridge, zone)
    steps = [Step(line.cause, line.amount, line.n, ways(line.cause)) for line in bridge.lines]
    chart = waterfall(
        title_of(bridge, zone), Level(start, bridge.start.value, bridge.start.n), steps,
        Level(end, bridge.end.value, bridge.end.n), bridge.residual,
    )  # fmt: skip
    return Section(title, (chart,), (lines_table(bridge, contract, (start, end), ways),))


def lines_table(bridge: Bridge, contract: Contract, names: tuple[str, str], ways: Ways) -> Table:
    """Lay out the lines: cause, amount, records, who can settle it."""
    rows: list[Row] = [_end(names[0], bridge.start.value, bridge.start.n)]
    for line in bridge.lines:
        amount = Cell(figures.signed(line.amount), str(line.amount), "good" if line.amount > 0 else "bad")
        way = ways(line.cause)
        owner = settled_by(contract, line.cause, (bridge.start, bridge.end))
        rows.append([Cell(line.cause, anchor=way), amount, Cell(figures.count(line.n), anchor=way), clean(owner)])
    residual = Cell(figures.money(bridge.residual), style="danger" if bridge.residual else "muted")
    feet: list[Row] = [_end(names[1], bridge.end.value, bridge.end.n), ["residual", residual, "", ""]]
    heads = [
        Head("cause", right=False),
        Head(contract.company.currency),
        Head("records"),
        Head("who can settle it", right=False),
    ]
    return Table("Lines, in the fixed order of causes", heads, rows, feet)


def _end(name: str, value: Decimal, n: int) -> Row:
    return [name, Cell(figures.money(value), str(value), "figure"), figures.count(n), ""]


def passports_of(bridge: Bridge, names: tuple[str, str], zone: ZoneInfo) -> list[tuple[str, str]]:
    """Give the passports of both figures: what is needed to ask for each again."""
    return [(name, _passport(side, zone)) for name, side in zip(names, (bridge.start, bridge.end), strict=True)]


def _passport(side: Side, zone: ZoneInfo) -> str:
    parts = [
        f"as of {figures.stamp(side.as_of, zone)}",
        figures.known(side.known_at, zone),
        *map(said_of, side.options),
    ]
    parts += [f"build {side.build}", f"contract {side.contract}"]
    if side.sheet:
        name, digest = clean(Path(side.sheet[0]).name), side.sheet[1]
        # A sheet that the application keeps is called by its digest.
        parts.append(f"{'' if name.startswith(digest) else f'{name}, '}SHA-256 {digest}")
    return f" {figures.NOTHING} ".join(parts)
