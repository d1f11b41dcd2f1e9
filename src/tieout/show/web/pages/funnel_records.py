"""The people and hand-offs under the figures of Funnel. Who they are is not shown here: a lead is told by its id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tieout.measure.funnel.funnel import NUMBERS
from tieout.measure.numbers.question import allowed
from tieout.show import figures
from tieout.show.html.page import Page
from tieout.show.labels import label_of, period_of
from tieout.show.over_time.clocks_html import late_of
from tieout.show.over_time.funnel import NAMES
from tieout.show.over_time.funnel import label_of as funnel_label
from tieout.show.over_time.statement_html import KINDS, month_of
from tieout.show.web.pages.funnel import BAR, SLICES, TAKES, funnel_of, terms_of
from tieout.show.web.pages.handoffs import CLOCKS, STATEMENT, clocks_of, statement_of
from tieout.show.web.records import (
    Column,
    Records,
    answer_passport,
    kept_records,
    passport_of,
    records_section,
    told_passport,
)
from tieout.show.web.rooms import Room
from tieout.show.web.sight import PRIVATE
from tieout.show.web.slicing import slice_of

if TYPE_CHECKING:
    from tieout.measure.answers import Answer
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

LEAD = Column("record", "lead", entity="lead", main=True)
TOLD = ("record", "reached_at", "furthest", "ended_by", "reason", "score", "source", "owner")
"""What is told of somebody in the funnel."""
HANDED = (
    "handoff", "started_at", "due_at", "answered_at", "owner_id", "team", "outcome", "breach_class", "hours",
)  # fmt: skip
"""What is told of a hand-off after its record."""


# -- the people of a step


def step_of(filters: Filters) -> str:
    """Read whose people are asked for; by default those of the first step. Raises QuestionError."""
    terms = terms_of(filters)
    step = filters["of"] or filters["step"] or terms.start
    allowed("step of this funnel", step, terms.steps)
    return step


def people_records(reader: Reader, filters: Filters) -> Records:
    """Give the people who reached a step. Raises QuestionError or PeriodError."""

    def make() -> Records:
        step = step_of(filters)
        found = funnel_of(reader, filters, step=step)
        part = dict(zip(filters.by, slice_of(filters["slice"]), strict=False))
        names = (*TOLD, *(name for name in filters.by if name not in TOLD))
        mine = [row for row in found.records or () if all(row.get(name) == value for name, value in part.items())]
        rows = [tuple(_told(name, row.get(name)) for name in names) for row in mine]
        where = f" in {', '.join(part.values())}" if part else ""
        title = f"{figures.counted(len(rows), 'lead')} reached {NAMES[step]}{where}"
        columns = (LEAD, *(_column(name) for name in names[1:]))
        passport = told_passport(
            NUMBERS[found.way, found.start], period_of(found.period, (found.first_day, found.last_day)),
            (found.as_of, found.known_at), found.passport,
        )  # fmt: skip
        return Records(title, columns, rows, passport, f"funnel {step}")

    return kept_records(reader, filters, make)


def _told(name: str, value: object) -> object:
    return NAMES.get(str(value), value) if name == "furthest" else value


def _column(name: str) -> Column:
    heads = {"reached_at": "reached", "furthest": "furthest step", "ended_by": "ended", "owner_id": "owner"}
    heads |= {"started_at": "begun", "due_at": "due", "answered_at": "answered", "breach_class": "class"}
    unit = "hours" if name == "hours" else None
    main, private = name in {"furthest", "breach_class"}, name in PRIVATE["lead"]
    entity = "user" if name in {"owner", "owner_id"} else ""
    return Column(name, heads.get(name, ""), unit, entity, personal=private, main=main)  # type: ignore[arg-type]


def people_page(reader: Reader, filters: Filters) -> Page:
    """Lay out the people who reached a step."""
    found = funnel_of(reader, filters)
    made = people_records(reader, filters)
    section = records_section(reader, filters, made, "People")
    return Page(made.title, funnel_label(found, reader.contract.company), (section,), passport_of(found.passport))


# -- hand-offs


def _handed(found: Sequence[Mapping[str, object]], title: str, answer: Answer, name: str) -> Records:
    rows = [(one["record"], *(one.get(column) for column in HANDED)) for one in found]
    return Records(title, (LEAD, *map(_column, HANDED)), rows, answer_passport(answer), name)


def late_records(reader: Reader, filters: Filters) -> Records:
    """Give the hand-offs that were due and not answered in time. Raises QuestionError or PeriodError."""

    def make() -> Records:
        found = clocks_of(reader, filters, records=True)
        part = slice_of(filters["slice"])
        if part:
            allowed("slice", ", ".join(part), [", ".join(row.by.values()) for row in found.rows if row.by])
        chosen = [row for row in found.rows if tuple(row.by.values()) == part]
        late = [one for row in chosen for one in late_of(found, row)]
        where = f" of {', '.join(part)}" if part else ""
        verb = "was" if len(late) == 1 else "were"
        title = f"{figures.counted(len(late), 'hand-off')}{where} {verb} not answered in time"
        return _handed(late, title, found.answer, "late")

    return kept_records(reader, filters, make)


def late_page(reader: Reader, filters: Filters) -> Page:
    """Lay out the hand-offs that were due and not answered in time."""
    return _page(reader, filters, late_records(reader, filters), clocks_of(reader, filters).answer)


def month_records(reader: Reader, filters: Filters) -> Records:
    """Give the hand-offs of a month that count against a side. Raises QuestionError or PeriodError."""

    def make() -> Records:
        found = statement_of(reader, filters, records=True)
        months = [one.month for one in found.months]
        kind, month = filters["kind"] or "late", filters["month"] or (months[-1] if months else "")
        allowed("kind", kind, KINDS)
        allowed("month of it", month, months)
        mine = month_of(found, month, kind)
        title = f"{month}: {figures.counted(len(mine), 'hand-off')} {KINDS[kind]}"
        return _handed(mine, title, found.answer, f"statement {month} {kind}")

    return kept_records(reader, filters, make)


def month_page(reader: Reader, filters: Filters) -> Page:
    """Lay out the hand-offs of a month that count against a side."""
    return _page(reader, filters, month_records(reader, filters), statement_of(reader, filters).answer)


def _page(reader: Reader, filters: Filters, made: Records, answer: Answer) -> Page:
    label = label_of(answer, reader.contract.company, then=filters.on("said_then"), figure=False)
    section = records_section(reader, filters, made, "Hand-offs")
    return Page(made.title, label, (section,), passport_of(answer.passport))


UNDER = (
    Room(
        "funnel-records", "People of a step", "/funnel/records", people_page, takes=(*TAKES, "of", "slice"), bar=BAR,
        slices=SLICES, records=people_records,
    ),
    Room(
        "clocks-records", "Hand-offs that were late", "/funnel/clocks/records", late_page, takes=("slice",),
        bar=CLOCKS.bar, slices=CLOCKS.slices, records=late_records,
    ),
    Room(
        "statement-records", "Hand-offs of a month", "/funnel/statement/records", month_page, takes=("kind", "month"),
        common=STATEMENT.common, bar=STATEMENT.bar, records=month_records,
    ),
)  # fmt: skip
"""The pages of records under those of the room."""
