"""Quarters drawn over each other, day by day, with the same day of each in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tieout.measure.answers import Question, Row
from tieout.measure.numbers.catalogue import BY_ID
from tieout.show import figures
from tieout.show.aligned import aligned_json, aligned_page
from tieout.show.as_json import row_json
from tieout.show.bars import spark
from tieout.show.charts.over_time import Kind, Mark, Point, Series, lines
from tieout.show.html.page import Cell, Head, Page, Section, Table, html_of, value_cell
from tieout.show.html.page import Row as Line
from tieout.show.over_time.series import moved
from tieout.show.terminal import Terminal

if TYPE_CHECKING:
    from datetime import date

    from tieout.contract.model import Company
    from tieout.measure.numbers.aligned import Aligned, QuarterDay
    from tieout.show.charts.drawing import Chart
    from tieout.warehouse.builds import BuildFacts

DRAWN = 5
"""So many quarters are drawn over each other; the table has all."""
SPARK = 46
Days = Sequence[tuple[tuple["date", Row], ...]]


@dataclass(frozen=True, slots=True)
class Quarters:
    """A number in trailing quarters: the same day of each, and every day of each up to its last."""

    question: Question
    found: Sequence[QuarterDay]
    days: Days
    by: Aligned
    company: Company
    build: BuildFacts


def quarters_page(terminal: Terminal, told: Quarters) -> list[str]:
    """Give the lines: how each quarter went, then the same day of each."""
    lines_of = aligned_page(terminal, told.question, told.found, told.by, told.company, told.build)
    trends = []
    sizes = [[None if row.value is None else Decimal(str(row.value)) for _, row in days] for days in told.days]
    top = max((size for row in sizes for size in row if size is not None), default=None)
    longest = max((len(row) for row in sizes), default=1)
    for one, row in zip(told.found, sizes, strict=True):
        drawn = spark(row, SPARK * len(row) // longest, top)
        trends.append(f"  {one.quarter.name}  {terminal.paint(drawn, 'accent')}".rstrip())
    place = lines_of.index("") if "" in lines_of else 0
    return [quarters_title(told), *lines_of[1:place], "", *trends, *lines_of[place:]]


def quarters_title(told: Quarters) -> str:
    """Say where the last quarter stands, and where the one before it stood on the same day."""
    unit = BY_ID[told.question.metric].unit
    rows = [one.rows[0] for one in told.found]
    last = rows[-1]
    if last.value is None:
        return f"{told.question.metric}: n/a on this day of {told.found[-1].quarter.name}"
    said = f"{told.question.metric}: {figures.headline(last.value, unit)} on day {told.found[-1].day_of_quarter} of "
    said += told.found[-1].quarter.name
    before = rows[-2].value if len(rows) > 1 else None
    if before is None:
        return said
    change = moved(Decimal(str(last.value)) - Decimal(str(before)), unit)
    return f"{said}, {change} from {told.found[-2].quarter.name}"


def quarters_json(told: Quarters) -> dict[str, Any]:
    """Give the document of `tieout ask --align`, with the days of each quarter."""
    document = aligned_json(told.question, told.found, told.by, told.company, told.build)
    for one, days in zip(document["quarters"], told.days, strict=True):
        one["days"] = [{"day": day, **row_json(row)} for day, row in days]
    return document


def quarters_html(told: Quarters) -> str:
    """Give the page: one line for each of the last quarters over the days of a quarter, and the same day of each."""
    metric = BY_ID[told.question.metric]
    section = Section(metric.question, [_chart(told)], [_table(told)])
    label = [told.question.metric, f"lens {told.question.lens}" if told.question.lens else "", "day by day"]
    label += ["as said then" if told.question.said_then else "as known now", told.question.where or ""]
    label += [told.company.currency if metric.unit == "money" else ""]
    build = told.build
    passport = [("build", build.key), ("ledger", str(build.position)), ("contract", build.fingerprint)]
    passport += [("calendar", told.question.calendar or next(iter(told.company.calendars)))]
    passport += [("org", told.question.org), ("tieout", build.version)]
    return html_of(Page(quarters_title(told), label, [section], passport))


def _chart(told: Quarters) -> Chart:
    shown = [*zip(told.found, told.days, strict=True)][-DRAWN:]
    longest = max(one.quarter.days for one, _ in shown)
    older: list[Kind | None] = [None] * max(len(shown) - 2, 0)
    kinds: list[Kind | None] = [*older, "previous", "actual"]
    drawn = []
    for (one, days), kind in zip(shown, kinds[-len(shown) :], strict=True):
        points = [Point(row.value, row.absent, n=row.n) for _, row in days]
        points += [Point(None, "not there yet")] * (longest - len(points))
        drawn.append(Series(one.quarter.name, points, kind))
    buckets = [f"day {number}" for number in range(1, longest + 1)]
    place = told.found[-1].day_of_quarter
    marks = [Mark(place - 1, f"day {place}")] if place else []
    return lines(quarters_title(told), buckets, drawn, BY_ID[told.question.metric].unit, marks)


def _table(told: Quarters) -> Table:
    unit = BY_ID[told.question.metric].unit
    heads = [Head("quarter", right=False), Head("as of", right=False), Head("day"), Head("days")]
    heads += [Head(told.company.currency if unit == "money" else unit), Head("n")]
    rows: list[Line] = []
    for one in reversed(told.found):
        row = one.rows[0]
        cells: list[Cell | str] = [one.quarter.name, str(one.day or figures.NOTHING)]
        cells += [str(one.day_of_quarter or figures.NOTHING), str(one.quarter.days)]
        rows.append([*cells, value_cell(row.value, unit, row.absent), Cell(figures.count(row.n), style="muted")])
    return Table("The same day of each quarter", heads, rows, note="the newest first")
