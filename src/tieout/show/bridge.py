"""The page of a bridge: opening, causes in their fixed order, closing, drawn as a waterfall; the residual printed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.measure.answers import Bridge, Line, Side
from tieout.show import figures
from tieout.show.bars import Scale, level, scale_of, step
from tieout.show.bridge_slices import slices_of
from tieout.show.tables import Cell, Column, Row, table
from tieout.show.terminal import Terminal, clean
from tieout.versions import FIRST

if TYPE_CHECKING:
    from tieout.contract.model import Company

SHOWN = 40
NARROW = 12
MEMOS = 6


def bridge_page(terminal: Terminal, bridge: Bridge, company: Company, *, records: bool = False) -> list[str]:
    """Give the lines of a bridge."""
    zone = ZoneInfo(company.time_zone)
    lines = [terminal.paint(title_of(bridge, zone), "title"), *terminal.label(label_of(bridge, zone)), ""]
    lines += waterfall(terminal, bridge, company, names_of(bridge, zone))
    lines += ["", *memo_of(terminal, bridge)] if bridge.memo else []
    lines += ["", *slices_of(terminal, bridge)] if bridge.slices else []
    if records:
        lines += ["", *postings_of(terminal, bridge, company)]
    return [*lines, "", *passports_of(terminal, bridge)]


def title_of(bridge: Bridge, zone: ZoneInfo) -> str:
    """Say in one line by how much the two ends differ."""
    start, end = names_of(bridge, zone)
    difference = bridge.end.value - bridge.start.value
    if not difference:
        return f"{start} and {end} agree: {figures.short(bridge.end.value)}"
    way = "more" if difference > 0 else "less"
    told = figures.shorts(abs(difference), bridge.start.value, bridge.end.value)[0]
    return f"{end}: {told} {way} than {start}"


def names_of(bridge: Bridge, zone: ZoneInfo) -> tuple[str, str]:
    """Name the two ends by what distinguishes them."""
    return _name(bridge.start, bridge.end, zone), _name(bridge.end, bridge.start, zone)


def _name(side: Side, other: Side, zone: ZoneInfo) -> str:
    told = [clean(side.lens), *(clean(said_of(option)) for option in side.options)]
    if side.as_of != other.as_of:
        told.append(f"{'' if side.lens == other.lens else 'of '}{figures.stamp(side.as_of, zone)}")
    if side.known_at != other.known_at:
        told.append(figures.known(side.known_at, zone))
    if (side.as_of, side.known_at, side.lens, side.options) == (other.as_of, other.known_at, other.lens, other.options):
        told.append(f"build {side.build[:8]}" if side.build != other.build else "")
    return " ".join(part for part in told if part)


def said_of(option: str) -> str:
    """Say what an end asked for, in words."""
    kind, _, name = option.partition(":")
    match kind:
        case "calendar":
            return name
        case "contract" if name == FIRST:
            return "by the first definition"
        case "contract" if "-" in name:
            return f"by the definition of {name}"
        case "contract":
            return f"by contract {name[:8]}"
    return option


def label_of(bridge: Bridge, zone: ZoneInfo) -> list[str]:
    """Say what the bridge is of, beside what distinguishes its ends."""
    told = [bridge.period or "no period"]
    if bridge.start.as_of == bridge.end.as_of:
        told.append(f"as of {figures.stamp(bridge.start.as_of, zone)}")
    if bridge.start.known_at == bridge.end.known_at:
        told.append(figures.known(bridge.start.known_at, zone))
    told += [f"where {clean(bridge.where)}"] if bridge.where else []
    return told


# -- the waterfall


def waterfall(terminal: Terminal, bridge: Bridge, company: Company, names: tuple[str, str]) -> list[str]:
    """Lay out the bridge as a table whose last column draws it, as wide as there is room."""
    levels = [bridge.start.value]
    for line in bridge.lines:
        levels.append(levels[-1] + line.amount)
    columns = [Column("", right=False), Column(company.currency), Column("n")]
    rows: list[list[Cell]] = [_total(names[0], bridge.start)]
    rows += [_cause(line) for line in bridge.lines]
    feet = [_total(names[1], bridge.end), _residual(bridge.residual)]
    width = terminal.width - 2 - max(len(line) for line in table(Terminal(terminal.width), columns, rows, feet)) - 1
    if width >= NARROW:
        scale = scale_of([*levels, bridge.end.value], width)
        _draw(rows, feet, levels, scale)
        columns.append(Column("", right=False))
    return table(terminal, columns, rows, feet)


def _total(name: str, side: Side) -> list[Cell]:
    return [Cell(name, "title"), Cell(figures.money(side.value), "figure"), Cell(figures.count(side.n))]


def _cause(line: Line) -> list[Cell]:
    return [Cell(f"  {line.cause}"), Cell(figures.signed(line.amount)), Cell(figures.count(line.n), "label")]


def _residual(residual: Decimal) -> list[Cell]:
    return [Cell("residual", "label"), Cell(figures.money(residual), "error" if residual else "label")]


def _draw(rows: list[list[Cell]], feet: list[list[Cell]], levels: Sequence[Decimal], scale: Scale) -> None:
    rows[0].append(Cell(level(scale, levels[0])))
    for row, before, after in zip(rows[1:], levels, levels[1:], strict=False):
        row.append(Cell(step(scale, before, after), "up" if after > before else "down"))
    feet[0].append(Cell(level(scale, levels[-1])))


# -- below it


def memo_of(terminal: Terminal, bridge: Bridge) -> list[str]:
    """Lay out what came and went between two moments."""
    ranked = sorted(bridge.memo, key=lambda line: -abs(line.amount))
    rows: list[Row] = [
        [Cell(line.cause), Cell(figures.money(line.amount)), Cell(figures.count(line.n), "label")]
        for line in ranked[:MEMOS]
    ]
    lines = [*terminal.wrap("There and back again in between (--gross posts each step):", indent=2, style="label")]
    lines += table(terminal, [Column("", right=False), Column(""), Column("")], rows, indent=4)
    if len(ranked) > MEMOS:
        lines.append(f"    ... and {figures.count(len(ranked) - MEMOS)} more kinds: --json gives all.")
    return lines


def postings_of(terminal: Terminal, bridge: Bridge, company: Company) -> list[str]:
    """Lay out the first postings, and how many more there are."""
    columns = [Column("record", right=False), Column("cause", right=False), Column(company.currency)]
    units = any(posting.unit for posting in bridge.postings)
    columns += [Column("claim", right=False)] if units else []
    rows: list[Row] = [
        [clean(posting.record), posting.cause, figures.signed(posting.amount), clean(posting.unit or "")]
        for posting in bridge.postings[:SHOWN]
    ]
    lines = table(terminal, columns, rows)
    if bridge.posted > SHOWN:
        lines.append(f"  ... and {figures.count(bridge.posted - SHOWN)} more: --csv or --json gives all.")
    return lines


def passports_of(terminal: Terminal, bridge: Bridge) -> list[str]:
    """Name the builds and contracts of the two ends."""
    ends = dict.fromkeys((side.build, side.contract) for side in (bridge.start, bridge.end))
    sheets = [f"{side.sheet[0]} {side.sheet[1][:16]}" for side in (bridge.start, bridge.end) if side.sheet]
    told = [part for build, contract in ends for part in (f"build {build}", f"contract {contract}")]
    return terminal.label([*told, *map(clean, sheets)])
