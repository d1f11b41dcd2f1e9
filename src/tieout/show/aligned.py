"""The page of a number on the same day of each trailing quarter."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.measure.answers import Question
from tieout.measure.numbers.catalogue import BY_ID
from tieout.show import figures
from tieout.show.as_csv import written
from tieout.show.as_json import CENT, instant, row_json
from tieout.show.bars import bar
from tieout.show.tables import Cell, Column, Row, table
from tieout.show.terminal import Terminal

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.answers import Row as Answered
    from tieout.measure.numbers.aligned import Aligned, QuarterDay
    from tieout.warehouse.builds import BuildFacts

BAR, ROOMY = 16, 80


def aligned_page(
    terminal: Terminal,
    question: Question,
    found: Sequence[QuarterDay],
    by: Aligned,
    company: Company,
    build: BuildFacts,
) -> list[str]:
    """Give the lines of an aligned number: one row for each quarter, or for each quarter and slice."""
    metric = BY_ID[question.metric]
    lines = [terminal.paint(metric.question, "title"), *_label(terminal, question, found, by, company), ""]
    names = list(next((row.by for one in found for row in one.rows if row.by), {}))
    head = company.currency if metric.unit == "money" else metric.unit
    columns = [Column("quarter", right=False), Column("as of", right=False), Column("day")]
    columns += [*(Column(name, right=False) for name in names), Column(head), Column("n"), Column("", right=False)]
    largest = max((_size(row) for one in found for row in one.rows), default=Decimal(0))
    rows: list[Row] = []
    for one in found:
        words = [one.quarter.name, str(one.day or figures.NOTHING), _place(one)]
        for row in one.rows:
            drawn = bar(_size(row), largest, BAR) if metric.unit in {"money", "count"} and not names else ""
            told = row.absent or (drawn if terminal.width >= ROOMY else "")
            by_names = [row.by.get(name, "all") for name in names]
            figure = Cell(figures.shown(row, metric.unit), "figure")
            rows.append([*words, *by_names, figure, Cell(figures.count(row.n), "label"), Cell(told, "label")])
            words = ["", "", ""]
    foot = [f"build {build.key}", f"ledger {build.position}", f"contract {build.fingerprint}"]
    foot += [f"calendar {question.calendar or next(iter(company.calendars))}", f"org {question.org}"]
    foot += [f"rates {question.rates}"] if question.rates else []
    return [*lines, *table(terminal, columns, rows), "", *terminal.label(foot)]


def _label(
    terminal: Terminal, question: Question, found: Sequence[QuarterDay], by: Aligned, company: Company
) -> list[str]:
    last = found[-1]
    zone = ZoneInfo(company.time_zone)
    known = "as said then" if question.said_then else figures.known(question.known_at, zone)
    day = f"day {last.day_of_quarter} of each quarter" if by == "day" else f"{last.days_to_end} days before its end"
    lens = f"lens {question.lens}" if question.lens else ""
    return terminal.label([question.metric, lens, day, known, question.where or ""])


def _place(one: QuarterDay) -> str:
    return f"{one.day_of_quarter or figures.NOTHING} of {one.quarter.days}"


def _size(row: Answered) -> Decimal:
    return Decimal(row.value or 0)


# -- for files


def aligned_json(
    question: Question, found: Sequence[QuarterDay], by: Aligned, company: Company, build: BuildFacts
) -> dict[str, Any]:
    """Give the document of an aligned number."""
    unit = BY_ID[question.metric].unit
    return {
        "metric": question.metric,
        "unit": unit,
        "currency": company.currency if unit == "money" else None,
        "aligned_by": by,
        "said_then": question.said_then,
        "known_at": question.known_at,
        "lens": question.lens,
        "org": question.org,
        "rates": question.rates,
        "filters": question.where,
        "position": build.position,
        "build": build.key,
        "contract": build.fingerprint,
        "calendar": question.calendar or next(iter(company.calendars)),
        "quarters": [
            {
                "quarter": one.quarter.name,
                "first_day": one.quarter.start,
                "last_day": one.quarter.last_day,
                "as_of": one.as_of,
                "day_of_quarter": one.day_of_quarter,
                "days_to_quarter_end": one.days_to_end,
                "days_in_quarter": one.quarter.days,
                "rows": [row_json(row) for row in one.rows],
            }
            for one in found
        ],
    }


def aligned_csv(found: Sequence[QuarterDay]) -> str:
    """Give one row for each quarter and slice."""
    names = list(dict.fromkeys(name for one in found for row in one.rows for name in row.by))
    rows: list[list[object]] = []
    places = ["quarter", "as_of", "day_of_quarter", "days_to_quarter_end", "days_in_quarter"]
    for one in found:
        told = [one.quarter.name, instant(one.as_of) if one.as_of else "", one.day_of_quarter, one.days_to_end]
        for row in one.rows:
            value = row.value.quantize(CENT) if isinstance(row.value, Decimal) else row.value
            by = [row.by.get(name, "(all)") for name in names]
            rows.append([*told, one.quarter.days, *by, value, row.n, row.absent])
    return written([*places, *names, "value", "n", "absent"], rows)
