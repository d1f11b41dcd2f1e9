"""The records that any number of the catalogue counts: every figure on a page can lead here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, cast

from tieout.basics.calendars import parse_moment
from tieout.contract.vocabulary import OPPORTUNITY_COLUMNS
from tieout.measure.answers import Answer, Question
from tieout.measure.moments import calendar_of
from tieout.measure.names import accounts_of, names_of
from tieout.measure.numbers.ask import ask as ask_build
from tieout.measure.numbers.facts import columns_of, facts_of
from tieout.measure.numbers.question import metric_named, view_of
from tieout.questions import as_known
from tieout.show import figures
from tieout.show.html.page import Cell, Page, Section
from tieout.show.labels import label_of
from tieout.show.web.records import Column, Records, answer_passport, kept_records, passport_of, records_section
from tieout.show.web.rooms import Room
from tieout.show.web.sight import PRIVATE

if TYPE_CHECKING:
    from tieout.measure.answers import Unit
    from tieout.measure.numbers.metric import Metric
    from tieout.measure.numbers.question import Asked
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

NAMES = (
    Column("name", personal=True, main=True),
    Column("account_id", entity="account", filed=True),
    Column("account_name", "company", entity="account", by="account_id"),
)
"""What stands beside the id of a deal."""
TOLD = ("stage", "source", "status", "segment", "owner")
"""What is told of each record where nobody says by what to slice."""
NAMED = {"account": "account", "owner": "user", "manager": "user"}
"""The dimensions whose values are ids of records that have a page."""
HEADS = {"currency": "original_currency"}
"""What a column is called that would be read as something else: the value beside it is in the base currency."""
MADE_OF_OTHERS = ("coverage", "required", "efficiency", "velocity")
PARTS = {
    "coverage": ("pipeline.open_qualified",),
    "required": ("pipeline.open_qualified", "bookings"),
}
"""Of numbers that count no records themselves: those that they are made of."""


def question_of(reader: Reader, filters: Filters, metric: str, *, records: bool = False) -> Question:
    """Give the question that the common filters ask of a number. Raises QuestionError or PeriodError."""
    moments = [parse_moment(text, reader.zone) if text else None for text in (filters["as_of"], filters["known_at"])]
    return Question(
        metric, filters["period"], filters.by, moments[0], moments[1], filters.on("said_then"), filters["calendar"],
        cast("Literal['as-was', 'as-is']", filters["org"] or "as-was"), None, filters.where, filters["lens"], records,
    )  # fmt: skip


def records_path(metric: str, filters: Filters, **changes: str | None) -> str:
    """Give the address of the records of a number, with the filters of a page that take effect there."""
    return filters.link(f"/records/{metric}", **changes)


def entity_of(metric: Metric) -> str:
    """Say what the records of a number are, if they have a page."""
    if metric.fact == "revenue":
        return ""
    return "opportunity" if columns_of(metric) is OPPORTUNITY_COLUMNS else "lead"


def number_records(reader: Reader, filters: Filters) -> Records:
    """Give the records that a number counts. Raises QuestionError or PeriodError."""
    metric = metric_named(filters["metric"] or "")

    def make() -> Records:
        question = question_of(reader, filters, metric.id, records=True)
        with as_known(reader.workspace, question, reader.build) as asked:
            if not question.by and metric.aggregate not in MADE_OF_OTHERS:
                known = facts_of(metric, view_of(asked, question, metric), asked.contract).dimensions
                question = replace(question, by=tuple(name for name in TOLD if name in known))
            return _listed(asked, ask_build(asked, question), metric)

    return kept_records(reader, filters, make)


def _listed(asked: Asked, answer: Answer, metric: Metric) -> Records:
    found = [{HEADS.get(name, name): value for name, value in row.items()} for row in answer.records or ()]
    entity = entity_of(metric)
    names = list(dict.fromkeys(name for row in found for name in row))
    several = any(row["unit"] != row["record"] for row in found)
    names = [name for name in names if name != "unit" or several]
    filed = _same_everywhere(found, names, asked.contract.company.currency)
    columns = [_column(name, metric, entity, filed=name in filed) for name in names]
    rows = [[row.get(name) for name in names] for row in found]
    if entity == "opportunity":
        ids = {str(row["record"]) for row in found}
        deals, owning = names_of(asked.engine, "opportunity", ids), accounts_of(asked.engine, ids)
        companies = names_of(asked.engine, "account", set(owning.values()))
        columns[1:1] = NAMES
        for row in rows:
            account = owning.get(str(row[0]), "")
            row[1:1] = [deals.get(str(row[0])), account or None, companies.get(account)]
    period = f" in {answer.period}" if answer.period else ""
    title = f"{metric.id}{period}: {figures.counted(len(found), 'record')}"
    calendar = answer.passport.calendar
    # Calendars name their periods alike, so the one goes with the other.
    within = {
        "period": answer.period,
        "calendar": calendar if calendar != calendar_of(asked.contract, None).name else None,
    }
    return Records(title, tuple(columns), rows, answer_passport(answer), metric.id, asked=within)


def _same_everywhere(found: Sequence[dict[str, object]], names: Sequence[str], currency: str) -> frozenset[str]:
    """Name what a page need not say, because it says the same of every record; files have it all the same."""
    same = {"grade"} if all(row.get("grade") == "observed" for row in found) else set()
    if all(row.get("original_currency") == currency for row in found):
        same |= {"original", "original_currency", "rate"}
    return frozenset(same.intersection(names))


def _column(name: str, metric: Metric, entity: str, *, filed: bool) -> Column:
    adds = metric.aggregate in ("sum", "count")
    match name:
        case "record":
            return Column(name, entity=entity)
        case "value":
            return Column(name, unit=_unit(metric), summed=adds, main=True)
        case "original" | "won":
            return Column(name, unit="money", filed=filed)
        case "hit":
            return Column(name, "counts in it")
        case _:
            private = name in PRIVATE.get(entity, ())
            return Column(name, filed=filed, entity=NAMED.get(name, ""), personal=private)


def _unit(metric: Metric) -> Unit:
    """Say what the value of a record is: of a rate over money, the money."""
    return metric.unit if metric.unit in ("money", "days", "hours", "touches", "count") else "money"


def number_page(reader: Reader, filters: Filters) -> Page:
    """Lay out the records of a number, a page at a time, under its figure."""
    metric = metric_named(filters["metric"] or "")
    answer = answer_of(reader, filters, metric)
    total = answer.total
    label = label_of(answer, reader.contract.company, then=filters.on("said_then"))
    what = f"{reader.contract.company.currency}" if metric.unit == "money" else ""
    shown = "n/a" if total.value is None else figures.figure(total.value, metric.unit)
    title = f"{metric.question.rstrip('?')}: {shown} {what}".strip()
    notes = [*answer.notes, *([f"n/a: {total.absent}"] if total.value is None and total.absent else [])]
    section = _section(reader, filters, metric)
    definition = Section(
        "What it is",
        notes=(metric.formula,),
        links=(Cell(f"{metric.id} in the glossary", anchor=f"/glossary/{metric.id}"),),
    )
    return Page(title, label, (section, definition), passport_of(answer.passport), notes=notes)


def answer_of(reader: Reader, filters: Filters, metric: Metric) -> Answer:
    """Answer a number for the common filters. Raises QuestionError or PeriodError."""
    question = question_of(reader, filters, metric.id)
    with as_known(reader.workspace, question, reader.build) as asked:
        return ask_build(asked, question)


def _section(reader: Reader, filters: Filters, metric: Metric) -> Section:
    if parts := PARTS.get(metric.aggregate):
        ways = [Cell(name, anchor=records_path(name, filters, by=None)) for name in parts]
        return Section("Records", notes=("It counts no records itself; it is made of:",), links=ways)
    return records_section(reader, filters, number_records(reader, filters))


RECORDS = Room(
    "records", "Records", "/records/<str:metric>", number_page, records=number_records,
    bar=("period", "calendar", "lens", "segment", "owner", "where", "as_of", "known_at", "said_then", "org"),
)  # fmt: skip
