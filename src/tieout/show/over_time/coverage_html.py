"""The page of required coverage: what there is, what is needed, what became of the pipeline of earlier quarters."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.measure.numbers.covered import SEED
from tieout.show import figures
from tieout.show.charts.over_time import Point, Series, columns, lines
from tieout.show.charts.structure import Bar, bars
from tieout.show.html.page import Cell, Head, Page, Row, Section, Table, value_cell
from tieout.show.html.ways import ON_PAGE
from tieout.show.over_time.coverage import METHOD, headline, interval, missing

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.numbers.covered import Cover, Covered
    from tieout.measure.numbers.required import Quarter
    from tieout.show.html.ways import Ways


def coverage_html(found: Cover, company: Company, ways: Ways = ON_PAGE) -> Page:
    """Lay out the page; where its columns lead to records on it, `found` has them."""
    answer, terms = found.answer, found.terms
    zone = ZoneInfo(company.time_zone)
    known = "each as said then" if terms.question.said_then else figures.known(answer.known_at, zone)
    day = f"day {terms.day} (week {terms.week}) of {terms.quarter.name}"
    label = ("coverage.required.adjusted", day, f"as of {figures.stamp(answer.as_of, zone)}", known)
    passport = answer.passport
    told = (
        ("build", passport.build), ("ledger", str(passport.position)), ("contract", passport.contract),
        ("calendar", passport.calendar), ("rates", passport.rates), ("org", passport.org),
    )  # fmt: skip
    sections = [_needs(found, company), _quarters(found, company, ways)]
    sections += [_weeks(found)] if found.weeks else []
    filters = (passport.filters,) if passport.filters else ()
    return Page(headline(found), (*label, *filters), sections, told, notes=answer.notes)


def _name(one: Covered) -> str:
    return " ".join(one.by.values()) or "all"


def _needs(found: Cover, company: Company) -> Section:
    rows = []
    for one in found.slices:
        bounds = one.required.adjusted_interval
        closed = (bounds[0], bounds[1]) if bounds and bounds[1] is not None else None
        needed = one.required.adjusted
        rows.append(Bar(f"{_name(one)}: needed", needed, None, closed, absent=one.required.absent, plan=True))
        if one.coverage is not None or one.absent:
            rows.append(Bar(f"{_name(one)}: there is", one.coverage, one.n, absent=one.absent))
    heads = [f"pipeline {company.currency}", "to go", "coverage", "needed", "95% interval", "plain", "short by"]
    table = Table(
        "Coverage, and what own history asks for",
        [Head("", right=False), *map(Head, heads)],
        [_line(one) for one in (*found.slices[1:], found.slices[0])],
    )
    words = "; ".join(
        f"{_name(one)}: {figures.figure(one.coverage, 'ratio')} of {figures.figure(one.required.adjusted, 'ratio')}"
        for one in found.slices
        if one.coverage is not None and one.required.adjusted is not None
    )
    low, high = (float(bound) for bound in SEED)
    chart = bars(words or "No coverage is known", rows, "ratio", band=(low, high))
    notes = (
        METHOD,
        f"Shaded: the field's rule of thumb, {SEED[0]}x to {SEED[1]}x.",
        f"In all: {missing(found.slices[0])}.",
    )
    return Section("What there is, what is needed", (chart,), (table,), notes)


def _line(one: Covered) -> Row:
    short = value_cell(one.short, "money", one.required.absent or one.absent)
    if one.short is not None:
        short = Cell(figures.signed(one.short), str(one.short), "bad" if one.short > 0 else "good")
    return [
        _name(one),
        value_cell(one.pipeline, "money", one.absent),
        value_cell(one.to_go, "money", one.absent),
        value_cell(one.coverage, "ratio", one.absent),
        value_cell(one.required.adjusted, "ratio", one.required.absent),
        interval(one.required.adjusted_interval),
        value_cell(one.required.required, "ratio", one.required.absent),
        short,
    ]


def _quarters(found: Cover, company: Company, ways: Ways) -> Section:
    whole = found.slices[0].required
    names = [one.quarter.name for one in whole.quarters]
    anchors = {one.quarter.name: _anchor(found, one, ways) for one in whole.quarters}
    points = [Point(one.conversion, one.absent, anchor=anchors[one.quarter.name], n=one.n) for one in whole.quarters]
    words = "Share of the pipeline of that day that was won in its quarter: " + ", ".join(
        f"{one.quarter.name} {'n/a' if one.conversion is None else figures.rate(one.conversion)}"
        for one in whole.quarters
    )
    heads = ["pipeline", "n", "won of it", "conversion", "won elsewhere", "of it new", "won before", ""]
    table = Table(
        f"The same day of each quarter, in {company.currency}",
        [Head("quarter", right=False), *map(Head, heads)],
        [_quarter(one, anchors[one.quarter.name]) for one in whole.quarters],
        [
            [
                "all", figures.money(whole.pipeline), figures.count(sum(one.n for one in whole.known)),
                figures.money(whole.won_from), value_cell(whole.conversion, "rate", whole.absent),
                figures.money(whole.won_else),
                *(
                    figures.money(sum((getattr(one, name) for one in whole.known), Decimal(0)))
                    for name in ("created", "won_before")
                ),
                "",
            ]
        ],
    )  # fmt: skip
    chart = (columns(words, names, [Series("conversion", points)], "rate"),) if names else ()
    there = not ways.apart
    records = [
        _records(found, one, anchor) for one in whole.quarters if (anchor := anchors[one.quarter.name]) and there
    ]
    return Section("What became of the pipeline", chart, (table,), records=records)


def _anchor(found: Cover, one: Quarter, ways: Ways) -> str | None:
    """Give the place of a quarter's records, where there are any."""
    nowhere = one.absent or (found.records is None and not ways.apart)
    return None if nowhere else ways.records("quarter", one.quarter.name)


def _quarter(one: Quarter, anchor: str | None) -> Row:
    if one.absent:
        return [one.quarter.name, *[Cell("n/a", one.absent, "muted")] * 7, Cell(one.absent, "", "muted")]
    return [
        Cell(one.quarter.name, anchor=anchor),
        figures.money(one.pipeline),
        figures.count(one.n),
        figures.money(one.won_from),
        value_cell(one.conversion, "rate", "there was no pipeline"),
        figures.money(one.won_else),
        figures.money(one.created),
        figures.money(one.won_before),
        "",
    ]


def _records(found: Cover, one: Quarter, anchor: str | None) -> Table:
    rows: list[Row] = [
        [
            str(row["record"]),
            str(row["part"]),
            _amount(row["value"]),
            _amount(row["won"]),
        ]
        for row in found.records or ()
        if row["quarter"] == one.quarter.name
    ]
    heads = [Head("record", right=False), Head("part", right=False), Head("pipeline"), Head("won")]
    return Table(f"Deals of {one.quarter.name}", heads, rows, anchor=anchor)


def _amount(value: object) -> Cell:
    return value_cell(value, "money") if isinstance(value, Decimal) else Cell()


def _weeks(found: Cover) -> Section:
    names = [str(week) for week, _ in found.weeks]
    kinds = (("needed", "adjusted"), ("plain", "required"))
    series = [
        Series(name, [Point(getattr(one, field), one.absent) for _, one in found.weeks], None) for name, field in kinds
    ]
    heads = ["needed", "95% interval", "plain", "conversion", "won elsewhere"]
    table = Table(
        "At the end of each week of the quarter",
        [Head("week", right=False), *map(Head, heads)],
        [
            [
                str(week), value_cell(one.adjusted, "ratio", one.absent), interval(one.adjusted_interval),
                value_cell(one.required, "ratio", one.absent), value_cell(one.conversion, "rate", one.absent),
                value_cell(one.elsewhere, "rate", one.absent),
            ]
            for week, one in found.weeks
        ],
    )  # fmt: skip
    words = "Coverage needed at the end of each week"
    return Section("What every week needs", (lines(words, names, series, "ratio"),), (table,))
