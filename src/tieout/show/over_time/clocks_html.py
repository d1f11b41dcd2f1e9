"""The clocks of hand-offs as a page: what was kept, how long it took, what was late, and the breaches themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.measure.numbers.clock_facts import CLASSES
from tieout.show import figures
from tieout.show.charts.structure import Bar, bars
from tieout.show.html.page import Cell, Head, Page, Row, Section, Table
from tieout.show.html.ways import ON_PAGE
from tieout.show.over_time.clocks import LEAST, NOTHING, hours, label_of, notes_of, title_of, within

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.answers import Answer
    from tieout.measure.clocks.table import ClockRow, Clocks
    from tieout.show.html.ways import Ways

MOST = 30
"""Up to so many slices are drawn."""


def clocks_html(found: Clocks, company: Company, ways: Ways = ON_PAGE) -> Page:
    """Give the page of the clocks."""
    zone = ZoneInfo(company.time_zone)
    label = label_of(found.answer, zone)
    if not found.rows or not found.rows[0].n:
        absent = NOTHING if found.rows else found.answer.total.absent or ""
        return Page(title_of(found), label, [Section("Nothing to show", notes=[absent])], passport_of(found.answer))
    total = found.rows[0]
    value = "n/a" if total.row.value is None else figures.rate(float(total.row.value))
    told = f"answered in time, {figures.count(total.kept)} of {figures.counted(total.due, 'hand-off')} due"
    sections = [
        Section("Answered in time", charts=_charts(found, ways), tables=[_kept(found)], notes=list(notes_of(found))),
        Section("What was late", tables=[_classes(found, ways)], records=_records(found, zone, ways)),
    ]
    return Page(title_of(found), label, sections, passport_of(found.answer), (value, told))


def passport_of(answer: Answer) -> list[tuple[str, str]]:
    """Give what is needed to ask again."""
    passport = answer.passport
    return [
        ("build", passport.build),
        ("ledger", str(passport.position)),
        ("contract", passport.contract),
        ("calendar", passport.calendar),
        ("org", passport.org),
        ("tieout", passport.program.partition("+")[0]),
    ]


def _slices(found: Clocks) -> list[ClockRow]:
    return [row for row in found.rows if row.by]


def _anchor(row: ClockRow, ways: Ways) -> str | None:
    return ways.records("late", *row.by.values()) if row.breached else None


def _charts(found: Clocks, ways: Ways) -> list[Any]:
    rows = [
        Bar(
            ", ".join(row.by.values()),
            row.row.value,
            row.due,
            row.row.interval,
            absent=row.row.absent,
            small=row.due < LEAST,
            anchor=_anchor(row, ways),
        )
        for row in _slices(found)[:MOST]
    ]
    words = f"Share of due hand-offs answered in time, by {' and '.join(_slices(found)[0].by)}" if rows else ""
    return [bars(words, rows, "rate")] if rows else []


def _kept(found: Clocks) -> Table:
    names = list(_slices(found)[0].by) if _slices(found) else ["handoff"]
    terms = {one.stage: within(one) for one in found.terms}
    heads = [*(Head(name, right=False) for name in names), Head("within", right=False)]
    heads += [Head(text) for text in ("all", "due", "in time", "95% interval", "median h", "p90 h", "to come", "out")]

    def line(row: ClockRow, by: Iterable[str]) -> Row:
        waits = row.waits.hours if row.waits.n else {}
        rate = "n/a" if row.row.value is None else figures.rate(float(row.row.value))
        cells: list[Cell | str] = [*by, terms.get(row.by.get("handoff", ""), "")]
        cells += [figures.count(row.n), figures.count(row.due), Cell(rate, row.row.absent or "", "figure")]
        cells += [figures.interval(row.row.interval)]
        cells += [Cell(hours(waits.get(name)), row.waits.absent(name) or "") for name in ("median", "p90")]
        return [*cells, figures.count(row.running), figures.count(row.withdrawn + row.unknown)]

    rows = [line(row, row.by.values()) for row in _slices(found)]
    return Table("Hand-offs", heads, rows, [line(found.rows[0], ["all", *[""] * (len(names) - 1)])])


def _classes(found: Clocks, ways: Ways) -> Table:
    names = list(_slices(found)[0].by) if _slices(found) else ["handoff"]
    shown = [name for name in CLASSES if any(row.classes[name] for row in found.rows)]
    heads = [*(Head(name, right=False) for name in names), Head("breached"), *(Head(name) for name in shown)]

    def line(row: ClockRow, by: Sequence[str]) -> Row:
        breached = Cell(figures.count(row.breached), anchor=_anchor(row, ways) if row.by or ways.apart else None)
        return [*by, breached, *(figures.count(row.classes[name]) for name in shown)]

    rows = [line(row, list(row.by.values())) for row in _slices(found)]
    return Table("Breaches", heads, rows, [line(found.rows[0], ["all", *[""] * (len(names) - 1)])])


RECORD_HEADS = [
    Head(text, right=False) for text in ("record", "handoff", "begun", "due", "answered", "owner", "team", "class")
]


def record_row(one: dict[str, Any], zone: ZoneInfo) -> Row:
    """Write a hand-off as a row."""

    def told(name: str) -> str:
        return "n/a" if one[name] is None else figures.stamp(one[name], zone)

    return [
        str(one["record"]),
        str(one["handoff"]),
        told("started_at"),
        told("due_at"),
        told("answered_at"),
        str(one["owner_id"] or "nobody"),
        str(one["team"] or "(unknown)"),
        str(one["breach_class"] or one["outcome"]),
    ]


def _records(found: Clocks, zone: ZoneInfo, ways: Ways) -> list[Table]:
    return [] if ways.apart else [_late_table(found, row, zone, ways) for row in _slices(found) if row.breached]


def _late_table(found: Clocks, row: ClockRow, zone: ZoneInfo, ways: Ways) -> Table:
    rows = [record_row(one, zone) for one in late_of(found, row)]
    caption = f"{', '.join(row.by.values())}: not answered in time"
    return Table(caption, RECORD_HEADS, rows, anchor=_anchor(row, ways))


def late_of(found: Clocks, row: ClockRow) -> list[dict[str, Any]]:
    """Give the hand-offs of a slice, or of all, that were due and not answered in time."""
    late = [one for one in found.records or () if one["breach_class"] and one["due"]]
    return [one for one in late if all(_of(one, name) == value for name, value in row.by.items())]


KEYS = {"owner": "owner_id"}


def _of(record: dict[str, Any], name: str) -> str:
    value = record.get(name, record.get(KEYS.get(name, "")))
    return "(unknown)" if value is None else str(value)
