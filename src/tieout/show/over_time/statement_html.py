"""The two-sided statement as a page: what each side owed and delivered by month, and the records on both sides."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.measure.numbers.clock_facts import CLASSES
from tieout.show import figures
from tieout.show.charts.over_time import Point, Series, columns
from tieout.show.html.page import Cell, Head, Page, Row, Section, Table
from tieout.show.html.ways import ON_PAGE
from tieout.show.over_time.clocks import label_of
from tieout.show.over_time.clocks_html import RECORD_HEADS, passport_of, record_row
from tieout.show.over_time.statement import balances, name_of, net, notes_of, owed, standing, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tieout.contract.model import Company
    from tieout.measure.clocks.statement import Month, Statement
    from tieout.show.charts.drawing import Chart
    from tieout.show.html.ways import Ways


def statement_html(found: Statement, company: Company, ways: Ways = ON_PAGE) -> Page:
    """Give the page of the statement."""
    zone = ZoneInfo(company.time_zone)
    label = label_of(found.answer, zone)
    if not found.months:
        sections = [Section("Nothing to show", notes=[found.answer.total.absent or ""])]
        return Page(title_of(found), label, sections, passport_of(found.answer))
    sections = [
        Section(
            f"Marketing: {found.handoff} at the agreed quality",
            charts=[
                _chart(
                    found, "at quality", [one.delivered for one in found.months], _volumes(found), partial(_below, ways)
                )
            ],
            tables=[_marketing(found, ways)],
            records=_records(found, zone, "below", ways),
        ),
        Section(
            "Sales: answers in time",
            charts=[
                _chart(
                    found,
                    "answered in time",
                    [one.answered for one in found.months],
                    _answers(found),
                    partial(_late, ways),
                )
            ],
            tables=[_sales(found, ways)],
            notes=list(notes_of(found)),
            records=_records(found, zone, "late", ways),
        ),
    ]
    if any(one.commitment and one.commitment.sales_cycle_days for one in found.months):
        sections.append(Section("Sales cycle", tables=[_cycles(found)]))
    told = [
        standing(name, balance)
        for name, balance in (("marketing", found.marketing_balance), ("sales", found.sales_balance))
        if balance is not None
    ]
    headline = (net(found.marketing_balance) + " / " + net(found.sales_balance), "; ".join(told)) if told else None
    return Page(title_of(found), label, sections, passport_of(found.answer), headline)


def _volumes(found: Statement) -> list[int | None]:
    return [month.volume_owed for month in found.months]


def _answers(found: Statement) -> list[int | None]:
    return [month.answers_owed for month in found.months]


def _late(ways: Ways, month: Month) -> str | None:
    return ways.records("late", month.month) if month.due - month.answered else None


def _below(ways: Ways, month: Month) -> str | None:
    return ways.records("below", month.month) if month.handed_over - month.delivered else None


def _chart(found: Statement, words: str, delivered: Sequence[int], debt: Sequence[int | None], anchor: Any) -> Chart:  # noqa: ANN401 - a function of a month
    months = [month.month for month in found.months]
    points = [
        Point(value, partial=not month.counts, anchor=anchor(month))
        for month, value in zip(found.months, delivered, strict=True)
    ]
    plan = [Point(one, absent="nothing committed to" if one is None else None) for one in debt]
    series = [Series(words, points), Series("owed", plan, "plan")]
    return columns(f"By month, {words} against what was owed", months, series, "count")


def _styled(value: int | None) -> Cell:
    return Cell(net(value), style="bad" if value is not None and value < 0 else "figure")


def _marketing(found: Statement, ways: Ways) -> Table:
    heads = [
        Head("month", right=False),
        *map(Head, ("handed over", "at quality", "below it", "owed", "net", "balance")),
    ]
    nets = [month.marketing_net for month in found.months]
    rows: list[Row] = [
        [
            name_of(month),
            figures.count(month.handed_over),
            Cell(figures.count(month.delivered), style="figure"),
            Cell(figures.count(month.handed_over - month.delivered), anchor=_below(ways, month)),
            owed(month.volume_owed),
            _styled(one),
            _styled(balance),
        ]
        for month, one, balance in zip(found.months, nets, balances(nets), strict=True)
    ]
    return Table("Volume at quality", heads, rows)


def _sales(found: Statement, ways: Ways) -> Table:
    shown = [name for name in CLASSES if any(month.classes[name] for month in found.months)]
    heads = [Head("month", right=False)]
    heads += map(Head, ("due", "in time", "rate", "agreed", "owed", "net", "balance", "late", *shown))
    nets = [month.sales_net for month in found.months]
    rows: list[Row] = []
    for month, one, balance in zip(found.months, nets, balances(nets), strict=True):
        agreed = month.commitment.response_rate if month.commitment else None
        rows.append(
            [
                name_of(month),
                figures.count(month.due),
                Cell(figures.count(month.answered), style="figure"),
                figures.rate(month.answered / month.due) if month.due else "n/a",
                "n/a" if agreed is None else figures.rate(agreed),
                owed(month.answers_owed),
                _styled(one),
                _styled(balance),
                Cell(figures.count(month.due - month.answered), anchor=_late(ways, month)),
                *(figures.count(month.classes[name]) for name in shown),
            ]
        )
    return Table("Answers, and what was late where there was none in time", heads, rows)


def _cycles(found: Statement) -> Table:
    heads = [Head("month", right=False), *map(Head, ("median days", "n", "agreed"))]
    rows: list[Row] = []
    for month in found.months:
        value = month.cycle.value if month.cycle else None
        agreed = month.commitment.sales_cycle_days if month.commitment else None
        told = "n/a" if value is None else f"{float(value):,.1f}"
        n = figures.count(month.cycle.n if month.cycle else 0)
        rows.append([name_of(month), told, n, "n/a" if agreed is None else f"{agreed:g}"])
    return Table("From qualifying to winning, deals won in the month", heads, rows)


KINDS = {"below": "handed over below the agreed quality", "late": "not answered in time"}
"""The kinds of records of the statement: marketing's side and sales'."""


def _records(found: Statement, zone: ZoneInfo, kind: str, ways: Ways) -> list[Table]:
    place = _late if kind == "late" else _below
    told = [] if ways.apart else [month for month in found.months if place(ways, month)]
    return [_month_table(found, month.month, zone, kind, ways) for month in told]


def month_of(found: Statement, month: str, kind: str) -> list[dict[str, Any]]:
    """Give the hand-offs of a month that count against a side."""
    return [one for one in found.records or () if one["month"] == month and _is(one, kind)]


def _month_table(found: Statement, month: str, zone: ZoneInfo, kind: str, ways: Ways) -> Table:
    rows = [record_row(one, zone) for one in month_of(found, month, kind)]
    return Table(f"{month}: {KINDS[kind]}", RECORD_HEADS, rows, anchor=ways.records(kind, month))


def _is(record: dict[str, Any], kind: str) -> bool:
    return bool(record["due"] and record["breach_class"]) if kind == "late" else not record["at_quality"]
