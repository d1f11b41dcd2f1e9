"""The waterfall in the terminal, as JSON and as CSV: opening, causes in their fixed order, closing, residual."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.measure.answers import Changes
from tieout.show import figures
from tieout.show.as_csv import bridge_csv, written
from tieout.show.as_json import bridge_json, lines_json
from tieout.show.bridge import SHOWN, memo_of, passports_of, postings_of, waterfall
from tieout.show.bridge_slices import slices_of
from tieout.show.tables import Cell, Column, Row, table
from tieout.show.terminal import Terminal, clean
from tieout.waterfall import ANY, Waterfall

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.answers import Line


def waterfall_page(terminal: Terminal, found: Waterfall, company: Company, *, records: bool = False) -> list[str]:
    """Give the lines of a waterfall."""
    zone, bridge = ZoneInfo(company.time_zone), found.bridge
    names = tuple(
        f"{word} {figures.stamp(end.as_of, zone)}" for word, end in zip(ENDS, (bridge.start, bridge.end), strict=True)
    )
    lines = [terminal.paint(title_of(found), "title"), *terminal.label(label_of(found, zone)), ""]
    lines += waterfall(terminal, bridge, company, (names[0], names[1]))
    for note in found.notes:
        lines += ["", *terminal.wrap(note, indent=2, style="note")]
    lines += ["", *memo_of(terminal, bridge)] if bridge.memo else []
    lines += ["", *_won(terminal, bridge.won, company)] if bridge.won else []
    lines += ["", *slices_of(terminal, bridge)] if bridge.slices else []
    if found.asked.deals:
        lines += ["", *_deals(terminal, bridge.deals, company)]
    if records:
        lines += ["", *postings_of(terminal, bridge, company)]
    return [*lines, "", *passports_of(terminal, bridge)]


ENDS = ("opening", "closing")


def title_of(found: Waterfall) -> str:
    """Say what happened to the pipeline, in one line."""
    start, end = found.bridge.start.value, found.bridge.end.value
    what = "Pipeline" if found.closing == ANY else f"Pipeline closing in {found.closing}"
    what = f"Weighted {what[0].lower()}{what[1:]}" if found.weighting != "none" else what
    ends = (found.bridge.start, found.bridge.end)
    if any(one.n for one in ends) and all(one.unvalued == one.n for one in ends):
        return f"{what} went from {ends[0].n:,} to {ends[1].n:,} deals, whose amounts nobody knows"
    if start == end:
        return f"{what} stayed at {figures.short(end)}"
    way = "grew" if end > start else "fell"
    most = _most(found.bridge.lines)
    by, to, *told = figures.shorts(abs(end - start), end, *(abs(line.amount) for line in most))
    causes = ", ".join(f"{text} {line.cause}" for text, line in zip(told, most, strict=True))
    return f"{what} {way} by {by} to {to}{': ' * bool(causes)}{causes}"


def _most(lines: tuple[Line, ...]) -> list[Line]:
    """Give what added most and what took most."""
    told = []
    for sign in (1, -1):
        told += sorted((line for line in lines if line.amount * sign > 0), key=lambda line: -abs(line.amount))[:1]
    return told


def label_of(found: Waterfall, zone: ZoneInfo) -> list[str]:
    """Say what the waterfall is of."""
    asked, bridge = found.asked, found.bridge
    told = [clean(bridge.start.lens), "any close date" if found.closing == ANY else f"closing in {found.closing}"]
    told += [f"weighted by {found.weighting}"] if found.weighting != "none" else []
    told.append("as said then" if asked.said_then else figures.known(bridge.end.known_at, zone))
    told += [graded] if (graded := figures.graded(bridge.end.grade)) else []
    told += [f"calendar {clean(asked.calendar)}"] if asked.calendar else []
    told += ["as-is"] if asked.org == "as-is" else []
    told += [f"where {clean(asked.where)}"] if asked.where else []
    told += ["gross: every version posted"] if asked.gross else []
    return told


# -- below it


def _won(terminal: Terminal, lines: tuple[Line, ...], company: Company) -> list[str]:
    if len(lines) == len(ENDS):
        return terminal.wrap("What was won was won at its opening amount.", indent=2, style="label")
    words = "What was won left at its opening amount. What became of that by the closing:"
    rows: list[Row] = [
        [Cell(line.cause), Cell(won_figure(line)), Cell(figures.count(line.n), "label")] for line in lines
    ]
    columns = [Column("", right=False), Column(company.currency), Column("n")]
    return [*terminal.wrap(words, indent=2, style="label"), *table(terminal, columns, rows, indent=4)]


def won_figure(line: Line) -> str:
    """Write a line of what was won: the ends as they are, the steps with their sign."""
    return figures.money(line.amount) if line.cause in ENDS else figures.signed(line.amount)


DEAL_HEADS = ("deal", "pushed", "days", "pulled", "changed", "by", "opening", "closing", "outcome")


def deal_cells(deal: Changes) -> list[str]:
    """Write what was changed of a deal."""
    counts = (deal.pushed, deal.days, deal.pulled, deal.changed)
    ends = (figures.NOTHING if value is None else figures.short(value) for value in (deal.opening, deal.closing))
    return [clean(deal.record), *map(figures.count, counts), figures.signed(deal.change), *ends, clean(deal.outcome)]


def _deals(terminal: Terminal, deals: tuple[Changes, ...], company: Company) -> list[str]:
    if not deals:
        return terminal.wrap("No deal's close date or amount was changed.", indent=2, style="label")
    times: dict[str, int] = {}
    for deal in deals:
        word = f"{deal.pushed}x" if deal.pushed < 3 else "3x or more"
        times[word] = times.get(word, 0) + 1
    told = ", ".join(f"{word} {figures.counted(times[word], 'deal')}" for word in sorted(times))
    words = f"Close dates and amounts that were changed ({company.currency}). Pushed {told}."
    columns = [Column(head, right=place not in (0, 8)) for place, head in enumerate(DEAL_HEADS)]
    rows: list[Row] = [deal_cells(deal) for deal in deals[:SHOWN]]
    lines = [*terminal.wrap(words, indent=2, style="label"), *table(terminal, columns, rows)]
    if len(deals) > SHOWN:
        lines.append(f"  ... and {figures.count(len(deals) - SHOWN)} more: --csv or --json gives all.")
    return lines


# -- for programs


def waterfall_json(found: Waterfall, company: Company, *, records: bool = False) -> dict[str, Any]:
    """Give the document of `tieout show waterfall`: that of a bridge, with what only a waterfall has."""
    bridge, asked = found.bridge, found.asked
    document = bridge_json(bridge, company.currency, records=records)
    document |= {
        "closing": found.closing,
        "closing_days": list(found.days) if found.days else None,
        "weighting": found.weighting,
        "org": asked.org,
        "said_then": asked.said_then,
        "gross": asked.gross,
        "won": lines_json(bridge.won),
        "postings_count": bridge.posted,
        "notes": list(found.notes),
    }
    if asked.deals:
        document["deals"] = [_exact(deal) for deal in bridge.deals]
    return document


def _exact(deal: Changes) -> dict[str, object]:
    cent = Decimal("0.01")
    return {
        name: value.quantize(cent) if isinstance(value, Decimal) else value for name, value in deal._asdict().items()
    }


def waterfall_csv(found: Waterfall, *, records: bool = False) -> str:
    """Give the waterfall, its postings, or how often each deal was changed, by what was asked for."""
    if found.asked.deals:
        return written(Changes._fields, [list(deal) for deal in found.bridge.deals])
    return bridge_csv(found.bridge, records=records, won=True)
