"""What the registers do to the headlines, on the terminal, as JSON and as CSV."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.measure.effects import BOOKINGS, HEADLINES, Effects, Entry
from tieout.measure.numbers.catalogue import BY_ID
from tieout.show import figures
from tieout.show.as_csv import written
from tieout.show.as_json import CENT, instant
from tieout.show.tables import Cell, Column, table

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.answers import Answer
    from tieout.show.terminal import Terminal

AMOUNTS = tuple(name for name in HEADLINES if BY_ID[name].unit == "money")
"""The numbers whose money is told entry by entry."""
ENTRY = ("register", "object", "id", "into", "reason", "owner", "expires", "state")
IDLE = {"unknown": "no system has it", "later": "it has not begun"}
TOLD = (*AMOUNTS, "leads.new", "win_rate.closed.count")


def effects_page(terminal: Terminal, effects: Effects, company: Company, *, records: bool = False) -> list[str]:
    """Lay out the headlines with and without the registers, then the entries by reason, then those to look at."""
    zone = ZoneInfo(company.time_zone)
    lines = [terminal.paint("What exclusions and merges do to the headlines", "title")]
    entries = f"{len(effects.entries):,} entries"
    lines += terminal.label([f"as of {figures.stamp(effects.as_of, zone)}", company.currency, entries])
    lines += ["", *_headlines(terminal, effects)]
    for state, head in (
        ("holds", "What each leaves out"),
        ("expired", "Run out: counted again"),
    ):
        if shown := _by_reason(effects, state):
            lines += ["", terminal.paint(head, "title"), *_reasons(terminal, effects, shown, state, records=records)]
    idle = [entry for place, entry in enumerate(effects.entries) if _idle(effects, place, entry)]
    if idle:
        lines += ["", terminal.paint("Without effect on these numbers", "title")]
        for entry in idle[:20]:
            why = IDLE.get(entry.state, "nothing of it is counted")
            if entry.register == "merges" and entry.object in {"account", "contact"} and entry.state == "holds":
                why = "it moves records to the survivor, and no total"
            lines += terminal.wrap(f"{_named(entry)}: {why}.", 4, 2)
        if len(idle) > 20:
            lines.append(f"  ... and {len(idle) - 20:,} more: --csv gives all.")
    return lines


def _headlines(terminal: Terminal, effects: Effects) -> list[str]:
    rows: list[list[Cell | str]] = []
    for headline in effects.headlines:
        unit = BY_ID[headline.metric].unit
        before, after = headline.without.total, headline.given.total
        step = figures.NOTHING
        if before.value is not None and after.value is not None:
            gap = Decimal(str(after.value)) - Decimal(str(before.value))
            step = _step(gap, unit)
        rows.append([headline.metric, figures.shown(before, unit), step, Cell(figures.shown(after, unit), "figure")])
    heads = [Column("number", right=False), Column("without registers"), Column("their effect"), Column("with them")]
    return table(terminal, heads, rows)


def _step(gap: Decimal, unit: str) -> str:
    if not gap:
        return figures.NOTHING
    if unit == "money":
        return figures.signed(gap)
    if unit == "rate":
        return figures.points(float(gap))
    told = f"{gap:+,.2f}x" if unit == "ratio" else f"{int(gap):+,}"
    return told.replace("-", figures.MINUS)


def _by_reason(effects: Effects, state: str) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for place, entry in enumerate(effects.entries):
        if entry.state == state and not _idle(effects, place, entry):
            found.setdefault((entry.register, entry.reason), []).append(place)
    return found


def _reasons(
    terminal: Terminal, effects: Effects, shown: dict[tuple[str, str], list[int]], state: str, *, records: bool
) -> list[str]:
    rows: list[list[Cell | str]] = []
    for (register, reason), places in shown.items():
        rows.append([Cell(f"{reason} ({register})", "figure"), *_cells(effects, places, state)])
        for place in places if len(places) <= 12 or records else places[:10]:
            rows.append([f"  {_named(effects.entries[place])}", *_cells(effects, [place], state)])
            if records:
                rows.extend([f"    {record}"] for record in effects.records_of(place))
        if len(places) > 12 and not records:
            rows.append([f"  ... and {len(places) - 10} more: --csv gives all"])
    named = ("open qualified", "open", BOOKINGS, "leads")
    heads = [Column("reason and entry", right=False), *(Column(name) for name in named)]
    return table(terminal, heads, rows)


def _cells(effects: Effects, places: Iterable[int], state: str) -> list[str]:
    cells = []
    sign = -1 if state == "holds" else 1
    places = list(places)
    for metric in ("pipeline.open_qualified", "pipeline.open", BOOKINGS):
        money = sum((effects.of_entry(place, metric)[0] for place in places), Decimal(0))
        cells.append(figures.signed(sign * money) if money else figures.NOTHING)
    leads = sum(effects.of_entry(place, "leads.new")[1] for place in places)
    return [*cells, f"{sign * leads:+,}".replace("-", figures.MINUS) if leads else figures.NOTHING]


def _named(entry: Entry) -> str:
    into = f" into {entry.into}" if entry.into else ""
    ends = f", until {entry.expires}" if entry.expires else ""
    return f"{entry.object} {entry.id}{into} ({entry.owner}{ends})"


def _idle(effects: Effects, place: int, entry: Entry) -> bool:
    told = any((place, metric) in effects.left for metric in HEADLINES)
    return entry.state in {"unknown", "later"} or not told


def effects_json(effects: Effects, currency: str) -> dict[str, object]:
    """Give headlines and entries as JSON, each entry with its effect on every number and its records."""
    return {
        "as_of": instant(effects.as_of),
        "currency": currency,
        "headlines": [
            {
                "metric": headline.metric,
                "unit": BY_ID[headline.metric].unit,
                "without": _value(headline.without),
                "with": _value(headline.given),
            }
            for headline in effects.headlines
        ],
        "entries": [
            {
                **{name: getattr(entry, name) for name in ENTRY},
                "effects": {
                    metric: {"value": money.quantize(CENT), "n": n}
                    for metric in TOLD
                    for money, n in [effects.of_entry(place, metric)]
                    if n
                },
                "records": effects.records_of(place),
            }
            for place, entry in enumerate(effects.entries)
        ],
    }


def _value(answer: Answer) -> dict[str, object]:
    row = answer.total
    value = row.value.quantize(CENT) if isinstance(row.value, Decimal) and answer.unit == "money" else row.value
    return {"value": value, "n": row.n, "absent": row.absent}


def effects_csv(effects: Effects) -> str:
    """Give one row for each entry and number, with what it leaves out (or, expired, what is counted again)."""
    heads = [*ENTRY, "metric", "value", "n"]
    rows = []
    for place, entry in enumerate(effects.entries):
        told = [getattr(entry, name) for name in ENTRY]
        counted = [(metric, *effects.of_entry(place, metric)) for metric in TOLD]
        some = [[*told, metric, money.quantize(CENT), n] for metric, money, n in counted if n]
        rows += some or [[*told, "", "", 0]]
    return written(heads, rows)
