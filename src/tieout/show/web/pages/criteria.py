"""The criteria of the contract as text, each of which can be tried on a record or on values that somebody types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.contract.vocabulary import ACCOUNT_COLUMNS, LEAD_COLUMNS, OPPORTUNITY_COLUMNS
from tieout.measure.answers import QuestionError
from tieout.measure.trying import Named, Tried, criteria_of, record_values, try_on
from tieout.questions import opened
from tieout.show import figures
from tieout.show.html.page import Cell, Head, Page, Row, Section, Table
from tieout.show.terminal import clean
from tieout.show.web.pages.record import value_cell
from tieout.show.web.records import record_path
from tieout.show.web.rooms import NotHereError, Room
from tieout.show.web.sight import may_open

if TYPE_CHECKING:
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

FIELDS = tuple(sorted({*OPPORTUNITY_COLUMNS, *LEAD_COLUMNS, *ACCOUNT_COLUMNS}))
TAKES = ("criterion", "tried_on", *(f"is_{name}" for name in FIELDS))
CLOSED = "You may not open this one"
ANSWERS = {True: "Yes", False: "No", None: "Unknown"}
STYLES = {True: "accent", False: "bad", None: "warning"}


def _chosen(reader: Reader, filters: Filters) -> Named | None:
    """Give the criterion that is tried. Raises QuestionError where it is none of the contract."""
    every = criteria_of(reader.contract)
    if not filters["criterion"]:
        return every[0] if every else None
    for one in every:
        if one.id == filters["criterion"]:
            return one
    message = (
        f"'{filters['criterion']}' is no criterion of the contract. Allowed: {', '.join(one.id for one in every)}."
    )
    raise QuestionError(message)


def criteria_page(reader: Reader, filters: Filters) -> Page:
    """Lay out all criteria, and the answer of the one that is tried. Raises QuestionError or NotHereError."""
    every, chosen = criteria_of(reader.contract), _chosen(reader, filters)
    rows: list[Row] = [
        [
            Cell(one.id, anchor=filters.link("/glossary/criteria", criterion=one.id, tried_on=None)),
            one.decides,
            one.text,
        ]
        for one in every
    ]
    heads = [Head(text, right=False) for text in ("criterion", "what it decides", "as the contract says it")]
    section = Section(
        "Every criterion",
        tables=(Table("Of leads, accounts and deals", heads, rows),) if rows else (),
        notes=() if rows else ("The contract has no criteria: stages, segments and lenses take everything.",),
    )
    label = (
        figures.counted(len(every), "criterion").replace("criterions", "criteria"),
        f"contract {reader.build.fingerprint}",
    )
    passport = (("build", reader.build.key), ("contract", reader.build.fingerprint))
    tried = _tried(reader, filters, chosen) if chosen else None
    if chosen is None or tried is None:
        return Page("Criteria, to be tried on a record", label, (section,), passport)
    on = f" ({clean(filters['tried_on'] or '')})" if filters["tried_on"] else ""
    title = f"{ANSWERS[tried.answer]}: {chosen.decides}{on}"
    return Page(title, label, (_answer(reader, chosen, tried, filters), section), passport)


def _tried(reader: Reader, filters: Filters, chosen: Named) -> Tried | None:
    record = filters["tried_on"]
    typed = {name: filters[f"is_{name}"] for name in chosen.columns if filters[f"is_{name}"]}
    if not record and not typed:
        return None
    if record and not may_open(reader, record, chosen.entity):
        raise NotHereError(*_nowhere(chosen, record))
    with opened(reader.workspace, reader.build) as asked:
        try:
            values = record_values(asked, chosen.entity, record) if record else {}
        except QuestionError as error:
            raise NotHereError(*_nowhere(chosen, record or "")) from error
        return try_on(asked, chosen, {**values, **typed})


def _nowhere(chosen: Named, record: str) -> tuple[str, str]:
    """Say the same of what there is not and of what is closed, so that nobody learns which it is."""
    return CLOSED, f"There is no {chosen.entity} '{clean(record)[:100]}', or your team does not open it."


def _answer(reader: Reader, chosen: Named, tried: Tried, filters: Filters) -> Section:
    parts: list[Row] = [
        [Cell(figures.DASH * part.depth + part.text), Cell(ANSWERS[part.answer], style=STYLES[part.answer])]  # type: ignore[arg-type]
        for part in tried.parts
    ]
    whole: list[Row] = [[chosen.text, Cell(ANSWERS[tried.answer], style=STYLES[tried.answer])]]  # type: ignore[arg-type]
    heads = [Head("part", right=False), Head("answer", right=False)]
    read: list[Row] = [
        [name, value_cell(reader, chosen.entity, name, value), "typed" if filters[f"is_{name}"] else "of the record"]
        for name, value in tried.values.items()
    ]
    tables = [Table("The whole, and each part", heads, [*whole, *parts])]
    tables.append(Table("What it read", [Head(text, right=False) for text in ("field", "value", "")], read))
    record = filters["tried_on"]
    links = [Cell(f"{chosen.entity} {record}", anchor=record_path(chosen.entity, record))] if record else []
    notes = [
        f"'{clean(str(tried.values[name]))[:60]}' is no {chosen.columns[name].value}: {name.replace('_', ' ')} counts "
        "as unknown."
        for name in tried.unread
    ]
    notes += ["Unknown is not counted: a field that it asks for is not known."] if tried.answer is None else []
    return Section("The answer", tables=tables, notes=notes, links=links)


def _form(reader: Reader, filters: Filters) -> dict[str, object]:
    chosen = _chosen(reader, filters)
    names = sorted(chosen.columns) if chosen else []
    used = [name for name in names if chosen and name in chosen.text.lower()]
    return {
        "criteria": criteria_of(reader.contract),
        "chosen": chosen,
        "tried_on": filters["tried_on"] or "",
        "fields": [(name, name.replace("_", " "), filters[f"is_{name}"] or "") for name in used],
    }


CRITERIA = Room(
    "criteria", "Criteria", "/glossary/criteria", criteria_page, takes=TAKES, common=(), bar=(),
    above="web/criteria.html", context=_form,
)  # fmt: skip
