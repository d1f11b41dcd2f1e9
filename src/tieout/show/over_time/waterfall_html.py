"""The waterfall as a page: the chart, each of its bars leading to its records; memo, slices, deals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.show import figures
from tieout.show.as_json import instant
from tieout.show.charts.waterfall import Level, Step, waterfall
from tieout.show.html.page import Cell, Head, Page, Row, Section, Table
from tieout.show.html.ways import ON_PAGE
from tieout.show.over_time.waterfall import DEAL_HEADS, ENDS, deal_cells, label_of, title_of, won_figure
from tieout.show.terminal import clean

if TYPE_CHECKING:
    from decimal import Decimal

    from tieout.contract.model import Company
    from tieout.measure.answers import Bridge, Line
    from tieout.show.html.ways import Ways
    from tieout.waterfall import Waterfall

BARS = 12
"""Up to so many slices have a chart of their own; the table has them all."""
SLICES = 100
"""Up to so many slices stand on a page of the application, which stays small."""
RECORDS = 250
"""Up to so many postings of each cause stand on a page."""


def waterfall_html(found: Waterfall, company: Company, ways: Ways = ON_PAGE) -> Page:
    """Lay out the page of a waterfall."""
    zone, bridge = ZoneInfo(company.time_zone), found.bridge
    names = ends_of(found, zone)
    chart = waterfall(
        title_of(found),
        Level(names[0], bridge.start.value, bridge.start.n, _end_of(ways, ENDS[0])),
        [Step(line.cause, line.amount, line.n, ways.records("cause", line.cause)) for line in bridge.lines],
        Level(names[1], bridge.end.value, bridge.end.n, _end_of(ways, ENDS[1])),
        bridge.residual,
    )
    whole = Section(
        "Where it came from and went", (chart,), (_lines(bridge, names, ways, company),), found.notes,
        () if ways.apart else tuple(_records(bridge, ways, company)),
    )  # fmt: skip
    sections = [whole, *_beside(bridge, ways, company), *_slices(bridge, ways, company), *_deals(found, company)]
    headline = (figures.short(bridge.end.value), f"{company.currency}, {figures.counted(bridge.end.n, 'deal')}")
    return Page(title_of(found), label_of(found, zone), sections, passport_of(found), headline)


def ends_of(found: Waterfall, zone: ZoneInfo) -> list[str]:
    """Name the two ends with their days."""
    ends = (found.bridge.start, found.bridge.end)
    return [f"{word} {figures.stamp(end.as_of, zone)}" for word, end in zip(ENDS, ends, strict=True)]


def passport_of(found: Waterfall) -> list[tuple[str, str]]:
    """Say what the waterfall is of and between which moments, and name the builds and contracts of the two ends."""
    asked, start, end = found.asked, found.bridge.start, found.bridge.end
    known = "as said then" if asked.said_then else instant(end.known_at) if end.known_at else "now"
    told = (
        ("number", "waterfall"), ("lens", start.lens), ("from", instant(start.as_of)), ("until", instant(end.as_of)),
        ("closing in", f"{found.closing} ({' to '.join(found.days)})" if found.days else "any close date"),
        ("known at", known), ("calendar", asked.calendar or ""), ("org", asked.org),
        ("weighted by", found.weighting if found.weighting != "none" else ""), ("by", ", ".join(asked.by)),
        ("filters", asked.where or ""), ("versions", "every one, gross" if asked.gross else ""),
    )  # fmt: skip
    ends = {side.build: side.contract for side in (start, end)}
    made = [part for build, contract in ends.items() for part in (("build", build), ("contract", contract))]
    return [*((name, text) for name, text in told if text), *made]


def _end_of(ways: Ways, end: str) -> str | None:
    """Give where the deals at an end, or of a memo line, are: a page that stands alone has no table of them."""
    return ways.records("cause", end) if ways.apart else None


def _heads(*words: str) -> list[Head]:
    return [Head(word, right=place > 0) for place, word in enumerate(words)]


def _lines(bridge: Bridge, names: list[str], ways: Ways, company: Company) -> Table:
    opening, closing = (Cell(name, anchor=_end_of(ways, end)) for name, end in zip(names, ENDS, strict=True))
    rows: list[Row] = [_end(opening, bridge.start.value, bridge.start.n)]
    rows += [
        [
            Cell(line.cause, anchor=ways.records("cause", line.cause)),
            Cell(figures.signed(line.amount), str(line.amount), "good" if line.amount > 0 else "bad"),
            figures.count(line.n),
        ]
        for line in bridge.lines
    ]
    residual = Cell(figures.money(bridge.residual), style="danger" if bridge.residual else "muted")
    feet: list[Row] = [_end(closing, bridge.end.value, bridge.end.n), ["residual", residual]]
    return Table("Causes, in their fixed order", _heads("", company.currency, "n"), rows, feet)


def _end(name: Cell, value: Decimal, n: int) -> Row:
    return [name, Cell(figures.money(value), str(value), "figure"), figures.count(n)]


def _records(bridge: Bridge, ways: Ways, company: Company) -> Iterator[Table]:
    """Give a table of records for each cause, with the slice of each; of many there are the first only."""
    parts = bridge.slices or (bridge,)
    causes = dict.fromkeys(line.cause for part in (bridge, *bridge.slices) for line in part.lines)
    counts = {cause: sum(line.n for part in parts for line in part.lines if line.cause == cause) for cause in causes}
    heads = (
        _heads("record", *bridge.slices[0].by, company.currency)
        if bridge.slices
        else _heads("record", company.currency)
    )
    for cause in causes:
        rows = [
            [clean(one.record), *map(clean, part.by.values()), figures.signed(one.amount)]
            for part in parts
            for one in part.postings
            if one.cause == cause
        ]
        told = figures.counted(counts[cause], "record")
        note = told if len(rows) < RECORDS else f"{told}; the first {RECORDS}: the CSV of the records has all"
        yield Table(cause, heads, rows, anchor=ways.records("cause", cause), note=note)


def _beside(bridge: Bridge, ways: Ways, company: Company) -> Iterator[Section]:
    heads = _heads("", company.currency, "n")

    def rows(lines: tuple[Line, ...]) -> list[Row]:
        return [
            [line.cause, Cell(won_figure(line), str(line.amount), "figure"), figures.count(line.n)] for line in lines
        ]

    tables = []
    if bridge.memo:
        memo: list[Row] = [
            [Cell(line.cause, anchor=_end_of(ways, line.cause)), figures.money(line.amount), figures.count(line.n)]
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


def _slices(bridge: Bridge, ways: Ways, company: Company) -> Iterator[Section]:
    if not bridge.slices:
        return
    ranked = sorted(bridge.slices, key=lambda part: -max(abs(part.start.value), abs(part.end.value)))
    charts = [
        waterfall(
            _name(part),
            Level(f"{_name(part)}: opening", part.start.value, part.start.n),
            [Step(line.cause, line.amount, line.n, _of_slice(ways, line.cause, part)) for line in part.lines],
            Level("closing", part.end.value, part.end.n),
            part.residual,
        )
        for part in ranked[:BARS]
    ]
    causes = list(dict.fromkeys(line.cause for line in bridge.lines))
    causes += sorted({line.cause for part in ranked for line in part.lines} - set(causes))
    heads = _heads(" and ".join(ranked[0].by), "opening", *causes, "closing", "residual")
    rows: list[Row] = []
    shown = ranked[:SLICES] if ways.apart else ranked
    for part in shown:
        amounts = {
            line.cause: Cell(figures.signed(line.amount), str(line.amount), anchor=_of_slice(ways, line.cause, part))
            for line in part.lines
        }
        told = [amounts.get(cause, Cell(figures.NOTHING)) for cause in causes]
        ends = (figures.money(part.start.value), figures.money(part.end.value), figures.money(part.residual))
        rows.append([_name(part), ends[0], *told, ends[1], ends[2]])
    table = Table(f"Each slice closes by itself ({company.currency})", heads, rows)
    left = len(ranked) - len(shown)
    notes = (f"The {SLICES} largest; {figures.counted(left, 'more slice')}: --csv gives all of them.",) if left else ()
    yield Section("By slice", charts, (table,), notes)


def _of_slice(ways: Ways, cause: str, part: Bridge) -> str:
    """Give where the records of a cause in a slice are: on a page that stands alone with those of the whole."""
    return ways.records("cause", cause, *part.by.values()) if ways.apart else ways.records("cause", cause)


def _name(part: Bridge) -> str:
    return clean(", ".join(part.by.values()))


def _deals(found: Waterfall, company: Company) -> Iterator[Section]:
    if not found.asked.deals:
        return
    rows = [deal_cells(deal) for deal in found.bridge.deals]
    caption = f"Close dates and amounts that were changed ({company.currency})"
    yield Section("Pushed and changed", tables=(Table(caption, _heads(*DEAL_HEADS), rows),))
