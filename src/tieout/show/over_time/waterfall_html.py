"""The waterfall as a page: the chart, each of its bars leading to its records; memo, slices, deals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.show import figures
from tieout.show.charts.waterfall import Level, Step, waterfall
from tieout.show.html.page import Cell, Head, Page, Row, Section, Table, anchor_of
from tieout.show.over_time.waterfall import DEAL_HEADS, ENDS, deal_cells, label_of, title_of, won_figure
from tieout.show.terminal import clean

if TYPE_CHECKING:
    from decimal import Decimal

    from tieout.contract.model import Company
    from tieout.measure.answers import Bridge, Line
    from tieout.waterfall import Waterfall

BARS = 12
"""Up to so many slices have a chart of their own; the table has them all."""
RECORDS = 250
"""Up to so many postings of each cause stand on a page."""


def waterfall_html(found: Waterfall, company: Company) -> Page:
    """Lay out the page of a waterfall."""
    zone, bridge = ZoneInfo(company.time_zone), found.bridge
    names = [
        f"{word} {figures.stamp(end.as_of, zone)}" for word, end in zip(ENDS, (bridge.start, bridge.end), strict=True)
    ]
    causes = dict.fromkeys(line.cause for part in (bridge, *bridge.slices) for line in part.lines)
    anchors = {cause: anchor_of("cause", cause) for cause in causes}
    steps = [Step(line.cause, line.amount, line.n, anchors[line.cause]) for line in bridge.lines]
    chart = waterfall(
        title_of(found),
        Level(names[0], bridge.start.value, bridge.start.n),
        steps,
        Level(names[1], bridge.end.value, bridge.end.n),
        bridge.residual,
    )
    whole = Section(
        "Where it came from and went", (chart,), (_lines(bridge, names, anchors, company),), found.notes,
        tuple(_records(bridge, anchors, company)),
    )  # fmt: skip
    sections = [whole, *_beside(bridge, company), *_slices(bridge, anchors, company), *_deals(found, company)]
    ends = {side.build: side.contract for side in (bridge.start, bridge.end)}
    passport = [part for build, contract in ends.items() for part in (("build", build), ("contract", contract))]
    headline = (figures.short(bridge.end.value), f"{company.currency}, {figures.counted(bridge.end.n, 'deal')}")
    return Page(title_of(found), label_of(found, zone), sections, passport, headline)


def _heads(*words: str) -> list[Head]:
    return [Head(word, right=place > 0) for place, word in enumerate(words)]


def _lines(bridge: Bridge, names: list[str], anchors: dict[str, str], company: Company) -> Table:
    rows: list[Row] = [_end(names[0], bridge.start.value, bridge.start.n)]
    rows += [
        [
            Cell(line.cause, anchor=anchors[line.cause]),
            Cell(figures.signed(line.amount), str(line.amount), "good" if line.amount > 0 else "bad"),
            figures.count(line.n),
        ]
        for line in bridge.lines
    ]
    residual = Cell(figures.money(bridge.residual), style="danger" if bridge.residual else "muted")
    feet: list[Row] = [_end(names[1], bridge.end.value, bridge.end.n), ["residual", residual]]
    return Table("Causes, in their fixed order", _heads("", company.currency, "n"), rows, feet)


def _end(name: str, value: Decimal, n: int) -> Row:
    return [name, Cell(figures.money(value), str(value), "figure"), figures.count(n)]


def _records(bridge: Bridge, anchors: dict[str, str], company: Company) -> Iterator[Table]:
    """Give a table of records for each cause, with the slice of each; of many there are the first only."""
    parts = bridge.slices or (bridge,)
    counts = {cause: sum(line.n for part in parts for line in part.lines if line.cause == cause) for cause in anchors}
    heads = (
        _heads("record", *bridge.slices[0].by, company.currency)
        if bridge.slices
        else _heads("record", company.currency)
    )
    for cause, anchor in anchors.items():
        rows = [
            [clean(one.record), *map(clean, part.by.values()), figures.signed(one.amount)]
            for part in parts
            for one in part.postings
            if one.cause == cause
        ]
        told = figures.counted(counts[cause], "record")
        note = told if len(rows) < RECORDS else f"{told}; the first {RECORDS}: --csv with --records gives all"
        yield Table(cause, heads, rows, anchor=anchor, note=note)


def _beside(bridge: Bridge, company: Company) -> Iterator[Section]:
    heads = _heads("", company.currency, "n")

    def rows(lines: tuple[Line, ...]) -> list[Row]:
        return [
            [line.cause, Cell(won_figure(line), str(line.amount), "figure"), figures.count(line.n)] for line in lines
        ]

    tables = []
    if bridge.memo:
        memo = [
            [line.cause, figures.money(line.amount), figures.count(line.n)]
            for line in sorted(bridge.memo, key=lambda one: -abs(one.amount))
        ]
        tables.append(Table("There and back again in between", heads, memo))
    if len(bridge.won) > len(ENDS):
        tables.append(
            Table("What was won: from its opening amount to what it is worth at the closing", heads, rows(bridge.won))
        )
    same = ("What was won was won at its opening amount.",) if len(bridge.won) == len(ENDS) else ()
    if tables or same:
        yield Section("Beside it", tables=tables, notes=same)


def _slices(bridge: Bridge, anchors: dict[str, str], company: Company) -> Iterator[Section]:
    if not bridge.slices:
        return
    ranked = sorted(bridge.slices, key=lambda part: -max(abs(part.start.value), abs(part.end.value)))
    charts = [
        waterfall(
            _name(part),
            Level(f"{_name(part)}: opening", part.start.value, part.start.n),
            [Step(line.cause, line.amount, line.n, anchors[line.cause]) for line in part.lines],
            Level("closing", part.end.value, part.end.n),
            part.residual,
        )
        for part in ranked[:BARS]
    ]
    causes = list(dict.fromkeys(line.cause for line in bridge.lines))
    causes += sorted({line.cause for part in ranked for line in part.lines} - set(causes))
    heads = _heads(" and ".join(ranked[0].by), "opening", *causes, "closing", "residual")
    rows: list[Row] = []
    for part in ranked:
        amounts = {line.cause: figures.signed(line.amount) for line in part.lines}
        told = [amounts.get(cause, figures.NOTHING) for cause in causes]
        ends = (figures.money(part.start.value), figures.money(part.end.value), figures.money(part.residual))
        rows.append([_name(part), ends[0], *told, ends[1], ends[2]])
    yield Section("By slice", charts, (Table(f"Each slice closes by itself ({company.currency})", heads, rows),))


def _name(part: Bridge) -> str:
    return clean(", ".join(part.by.values()))


def _deals(found: Waterfall, company: Company) -> Iterator[Section]:
    if not found.asked.deals:
        return
    rows = [deal_cells(deal) for deal in found.bridge.deals]
    caption = f"Close dates and amounts that were changed ({company.currency})"
    yield Section("Pushed and changed", tables=(Table(caption, _heads(*DEAL_HEADS), rows),))
