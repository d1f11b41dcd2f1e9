"""The glossary: every number with definition, band, owner and current value; and each with where it is used."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.basics.calendars import end_of_day, local_day
from tieout.contract.definitions import counting_lenses
from tieout.measure.answers import Answer, QuestionError
from tieout.measure.effects import HEADLINES
from tieout.measure.moments import calendar_of
from tieout.measure.numbers.arithmetic import band_of, minimum_n
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import METRICS, Metric
from tieout.measure.numbers.question import metric_named
from tieout.measure.said_last import Said, said_of
from tieout.questions import as_known
from tieout.show import figures
from tieout.show.charts.over_time import Point, Series, lines
from tieout.show.html.page import Card, Cell, Head, Page, Row, Section, Table, value_cell
from tieout.show.labels import label_of
from tieout.show.web.pages.effective import agreed_tables, since_of
from tieout.show.web.pages.records import answer_of, question_of, records_path
from tieout.show.web.records import passport_of
from tieout.show.web.rooms import Room

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tieout.basics.calendars import Period
    from tieout.contract.model import Band
    from tieout.measure.answers import Question, Unit
    from tieout.show.charts.drawing import Chart
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

QUARTERS = 6
"""The trend is of so many past quarters."""
STATES = frozenset({"sum", "share"})
OPENING = " Each as of the first day of its quarter: later, what was to be closed in it is closed."


def band_words(band: Band | None, unit: Unit) -> str:
    """Say a band in words, in the unit of its number."""
    if band is None or band.low is band.high is band.breach is None:
        return "none"
    ends = (("from", band.low), ("to", band.high))
    healthy = " ".join(f"{word} {figures.figure(end, unit)}" for word, end in ends if end is not None)
    parts = [f"healthy {healthy}"] if healthy else []
    breach = [f"a breach below {figures.figure(band.breach, unit)}"] if band.breach is not None else []
    return ", ".join([*parts, *breach])


# -- all of them


def glossary_page(reader: Reader, filters: Filters) -> Page:
    """Lay out every number that has all the words looked for. Raises NotPublishedError."""
    words = (filters["q"] or "").lower().split()
    owner = filters["owner"]
    owners = {metric.id: _owner(reader, metric) for metric in METRICS}
    found = [
        metric
        for metric in METRICS
        if all(word in f"{metric.id} {metric.question} {metric.formula}".lower() for word in words)
        and (not owner or owners[metric.id] == owner)
    ]
    said = said_of(reader.workspace, reader.build.key)
    rows: list[Row] = [
        [
            Cell(metric.id, anchor=f"/glossary/{metric.id}"),
            Cell(metric.question, metric.formula),
            owners[metric.id],
            _said(said.get(metric.id), metric),
            figures.count(said[metric.id].n) if metric.id in said else figures.NOTHING,
            said[metric.id].period or "" if metric.id in said else "",
            band_words(band_of(reader.contract, metric), metric.unit),
        ]
        for metric in found
    ]
    heads = [
        Head("number", right=False),
        Head("question", right=False, main=True),
        Head("owner", right=False),
        Head("now", main=True),
        Head("n"),
    ]
    heads += [Head("period", right=False), Head("band", right=False)]
    title = (
        f"{len(found)} of {len(METRICS)} numbers"
        if len(found) < len(METRICS)
        else f"{len(METRICS)} numbers, each defined once"
    )
    notes = () if rows else ("No number has all of these words in its name, question or formula.",)
    table = (Table("Each leads to its definition", heads, rows),) if rows else ()
    links = (Cell("Criteria as text, to be tried on a record", anchor="/glossary/criteria"),)
    label = (
        f"as of {figures.stamp(reader.build.heard_until, reader.zone)}",
        "as known now",
        reader.contract.company.currency,
    )
    passport = (
        ("build", reader.build.key),
        ("ledger", str(reader.build.position)),
        ("contract", reader.build.fingerprint),
    )
    return Page(title, label, (Section("Numbers", tables=table, notes=notes, links=links),), passport)


def _owner(reader: Reader, metric: Metric) -> str:
    terms = reader.contract.numbers.get(metric.id)
    return (terms.owner if terms else None) or metric.owner


def _said(said: Said | None, metric: Metric) -> Cell:
    if said is None:
        return Cell(figures.NOTHING, "not published with this build: its page counts it", "muted")
    if said.value is None:
        return Cell("n/a", said.absent or "", "muted")
    return Cell(figures.headline(Decimal(said.value), metric.unit), said.value)


# -- one of them


def number_page(reader: Reader, filters: Filters) -> Page:
    """Lay out one number: its figure, definition, where it is used, its trend. Raises QuestionError or PeriodError."""
    metric = metric_named(filters["metric"] or "")
    answer = answer_of(reader, filters, metric)
    total, currency = answer.total, reader.contract.company.currency
    shown = "n/a" if total.value is None else figures.headline(total.value, metric.unit)
    unit = f" {currency}" if metric.unit == "money" and total.value is not None else ""
    label = label_of(answer, reader.contract.company, then=filters.on("said_then"))
    sections = (
        _figure(filters, metric, answer, currency), _definition(reader, metric), _used(reader, metric, filters),
        _trend(reader, filters, metric),
    )  # fmt: skip
    notes = [*answer.notes, *([f"n/a: {total.absent}"] if total.value is None and total.absent else [])]
    return Page(f"{metric.question} {shown}{unit}", label, sections, passport_of(answer.passport), notes=notes)


def _figure(filters: Filters, metric: Metric, answer: Answer, currency: str) -> Section:
    total = answer.total
    value = value_cell(total.value, metric.unit, total.absent, records_path(metric.id, filters))
    cards = [
        Card("value", value, currency if metric.unit == "money" else metric.unit),
        Card("n", Cell(figures.count(total.n))),
    ]
    cards += [Card("95% interval", Cell(figures.interval(total.interval)))] if total.interval else []
    cards += [Card("band", Cell(total.verdict))] if total.verdict else []
    cards += [Card("history", Cell(figures.grade(total.grade)))] if total.grade else []
    links = (Cell("Its records", anchor=records_path(metric.id, filters)),)
    return Section("Now", cards=cards, links=links)


def _definition(reader: Reader, metric: Metric) -> Section:
    least = minimum_n(reader.contract, metric)
    rows: list[Row] = [
        ["number", metric.id],
        ["question", metric.question],
        ["formula", metric.formula],
        ["unit", metric.unit],
        ["owner", _owner(reader, metric)],
        ["better is", metric.better],
        ["band", band_words(band_of(reader.contract, metric), metric.unit)],
        ["judged from", f"{figures.count(least)} records" if least else "any number of records"],
        ["cadence", metric.cadence],
        [
            "period",
            "the fiscal quarter of as-of by default" if metric.needs_period else "everything up to as-of by default",
        ],
        ["counts", "what happened" if metric.event else "what is, as of a moment"],
        ["published so since", since_of(reader, metric)],
    ]
    tables = [Table("As the catalogue and the contract say it", [Head("", right=False), Head("", right=False)], rows)]
    tables += agreed_tables(reader, metric)
    return Section("Definition", tables=tables)


def _used(reader: Reader, metric: Metric, filters: Filters) -> Section:
    rows: list[Row] = []
    if metric.id == "pipeline.open_qualified":
        rows += [
            ["lens", Cell(name, anchor=records_path(metric.id, filters, lens=name)), lens.question or ""]
            for name in counting_lenses(reader.contract)
            for lens in (reader.contract.lenses[name],)
        ]
    made = [other.id for other in METRICS if other.id != metric.id and _names(other.formula, metric.id)]
    rows += [["part of", Cell(name, anchor=f"/glossary/{name}"), ""] for name in made]
    rows += (
        [["targets", "the plan of record", "compared with its targets"]]
        if metric.aggregate in ("coverage", "required")
        else []
    )
    rows += (
        [["effects", Cell("Data", anchor="/data"), "shown with and without the registers"]]
        if metric.id in HEADLINES
        else []
    )
    heads = [Head(text, right=False) for text in ("used by", "which", "")]
    table = (Table("Lenses, numbers and targets", heads, rows),) if rows else ()
    return Section("Where it is used", tables=table, notes=() if rows else ("Nothing else is made of it.",))


def _names(text: str, number: str) -> bool:
    """Say whether a text names a number, and not one whose name only begins like it."""
    return re.search(rf"(?<![\w.]){re.escape(number)}(?!\w|\.\w)", text) is not None


def _trend(reader: Reader, filters: Filters, metric: Metric) -> Section:
    """Ask the number in the last quarters. One that cannot be asked so is told as such."""
    calendar = calendar_of(reader.contract, filters["calendar"])
    this = calendar.quarter_of(local_day(reader.build.heard_until, reader.zone))
    quarters = [calendar.quarter_before(this, back) for back in range(QUARTERS, 0, -1)]
    question = question_of(reader, filters, metric.id)
    found: list[Answer] = []
    try:
        for quarter in quarters:
            one = _in_quarter(reader, question, metric, quarter)
            with as_known(reader.workspace, one, reader.build) as asked:
                found.append(ask(asked, one))
    except QuestionError as error:
        return Section("The last quarters", notes=(str(error),))
    names = [quarter.name for quarter in quarters]
    rows: list[Row] = [
        [
            name,
            value_cell(one.total.value, metric.unit, one.total.absent),
            figures.count(one.total.n),
            one.total.absent or "",
        ]
        for name, one in zip(names, found, strict=True)
    ]
    unit = reader.contract.company.currency if metric.unit == "money" else metric.unit
    heads = [Head("quarter", right=False), Head(unit), Head("n"), Head("", right=False)]
    return Section(
        "The last quarters",
        charts=_chart(names, found, metric),
        tables=(Table("Each quarter", heads, rows),),
        notes=(f"Restated: as known now.{OPENING if metric.needs_period and metric.aggregate in STATES else ''}",),
    )


def _in_quarter(reader: Reader, question: Question, metric: Metric, quarter: Period) -> Question:
    """Ask of a quarter that is over: what was to be closed in it as of its first day, all else at its end."""
    opening = end_of_day(quarter.start, reader.zone) if metric.needs_period and metric.aggregate in STATES else None
    return replace(question, period=quarter.name, as_of=opening, known_at=None, said_then=False)


def _chart(names: Sequence[str], found: Sequence[Answer], metric: Metric) -> tuple[Chart, ...]:
    points = [Point(None if one.total.value is None else one.total.value, one.total.absent) for one in found]
    if sum(point.value is not None for point in points) < 2:
        return ()
    words = f"{metric.id} by quarter: " + ", ".join(
        f"{name} {'n/a' if one.total.value is None else figures.headline(one.total.value, metric.unit)}"
        for name, one in zip(names, found, strict=True)
    )
    return (lines(words, names, (Series(metric.id, points),), metric.unit),)


GLOSSARY = Room(
    "glossary", "Glossary", "/glossary", glossary_page, "tools", "l", takes=("q", "owner"), common=(), bar=(),
    above="web/glossary.html",
    context=lambda reader, filters: {
        "q": filters["q"] or "", "owner": filters["owner"] or "",
        "owners": sorted({_owner(reader, metric) for metric in METRICS}),
    },
)  # fmt: skip
NUMBER = Room(
    "number",
    "Number",
    "/glossary/<str:metric>",
    number_page,
    bar=("period", "calendar", "lens", "where", "as_of", "said_then"),
)
