"""Parts of the pages of contacts, persons, activities, campaigns and users, beside those that every record has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tieout.measure.lens_sql import quoted
from tieout.measure.other_lives import LIVED, person_of, touch_of
from tieout.show import figures
from tieout.show.html.page import Cell, Head, Row, Section, Table
from tieout.show.web.filters import Filters
from tieout.show.web.records import asked_of, record_path
from tieout.show.web.sight import closed_to

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tieout.measure.life import Life
    from tieout.measure.numbers.question import Asked
    from tieout.measure.other_lives import Somebody
    from tieout.show.web.reader import Reader

KEPT = {
    "lead": "A build keeps since when each state of a lead was true; when and from which pull it was heard is in the "
    "ledger.",
    "contact": "A build keeps a contact as it was last told; what was told before stays in the ledger, with its name "
    "and address.",
    "campaign": "A build keeps a campaign as it was last told; what was told before stays in the ledger.",
    "activity": "What is said in it stays in the ledger. It is true from when it happened, and known from when it "
    "was told.",
    "user": "Names and addresses of users stay in the ledger.",
    "person": "Leads and contacts that share an email address, or are merged, are one person; its id is that of the "
    "first that was seen.",
}
"""What the page of each kind says of itself."""
NUMBERS = {
    "user": (("pipeline.open_qualified", "owner"), ("bookings", "owner")),
    "campaign": (("leads.new", "campaign_id"),),
}
"""The numbers whose records belong to it, and the filter or the field that says so."""
BROUGHT = {"user": "What numbers count of theirs", "campaign": "What numbers count of it"}
WHY = {"email": "the same email address", "merge": "a merge", "alone": figures.NOTHING}


def beside(reader: Reader, filters: Filters, asked: Asked, life: Life) -> Iterator[Section]:
    """Lay out what is told of a record beside its fields and its life; of a deal and an account there is nothing."""
    if life.entity == "activity":
        yield _touch(reader, filters, asked, life)
    if life.entity in {"contact", "lead", "person"} and (somebody := person_of(asked, life.entity, life.record)):
        yield from _person(reader, filters, life, somebody)
    if ways := list(_ways(filters, life)):
        yield Section(BROUGHT[life.entity], links=ways)


def title_of(asked: Asked, life: Life, company: str) -> str:
    """Say in a few words what a record is, where no number counts it itself."""
    state = life.versions[-1].state
    match life.entity:
        case "activity":
            touch = touch_of(asked, life.record)
            told = ", ".join(dict.fromkeys(one.handoff for one in touch.answered))
            if told:
                return f"it answered a hand-off ({told})"
            return f"a touch of {' or '.join(touch.functions)}" if touch.functions else f"no touch: {touch.why}"
        case "user":
            return " of ".join(str(state[name]) for name in ("role", "team") if state[name])
        case "contact":
            return f"of {company}" if company else ""
        case "person":
            return " and ".join(
                figures.counted(int(str(state[name])), name.removesuffix("s"))
                for name in ("leads", "contacts")
                if state[name]
            )
        case _:
            return ""


def _touch(reader: Reader, filters: Filters, asked: Asked, life: Life) -> Section:
    touch = touch_of(asked, life.record)
    said = (
        f"It is a human touch of {' or '.join(touch.functions)}: it may answer a hand-off, and counts among the "
        "touches of its person."
        if touch.functions
        else f"It is no human touch, so that it answers no hand-off: {touch.why}."
    )
    closed = {kind: closed_to(reader, [one.record for one in touch.answered if one.entity == kind], kind)
              for kind in {one.entity for one in touch.answered}}  # fmt: skip
    rows: list[Row] = [
        [
            one.handoff,
            Cell(one.record, anchor=record_path(one.entity, one.record, asked_of(filters))),
            _at(reader, one.started_at),
            _at(reader, one.answered_at),
        ]
        for one in touch.answered
        if one.record not in closed[one.entity]
    ]
    heads = _heads("hand-off", "of", "handed over", "answered", main=("of",))
    tables = (Table("Hand-offs that it answered", heads, rows),) if rows else ()
    way = Cell("Clocks of all hand-offs", anchor="/funnel/clocks")
    return Section("What it counts for, and why", tables=tables, notes=(said,), links=(way,) if rows else ())


def _person(reader: Reader, filters: Filters, life: Life, somebody: Somebody) -> Iterator[Section]:
    closed = {
        kind: closed_to(reader, [one.record for one in somebody.records if one.entity == kind], kind)
        for kind in ("lead", "contact")
    }
    mine = [one for one in somebody.records if one.record not in closed[one.entity]]
    several = len(somebody.records) > 1
    rows: list[Row] = [
        [
            Cell(one.record, anchor=record_path(one.entity, one.record, asked_of(filters))),
            one.entity + (", this one" if (one.entity, one.record) == (life.entity, life.record) else ""),
            WHY[one.matched_by] if several else figures.NOTHING,
        ]
        for one in mine
    ]
    hidden = len(somebody.records) - len(mine)
    notes = (f"{figures.count(hidden)} more you may not open.",) if hidden else ()
    way = Cell("The person", anchor=record_path("person", somebody.person, asked_of(filters)))
    if several or life.entity == "person":
        table = Table("Leads and contacts that are one", _heads("record", "is", "because of", main=("is",)), rows)
        links = () if life.entity == "person" else (way,)
        yield Section("The same person", tables=(table,), notes=notes, links=links)
    if hidden or not somebody.episodes:
        return  # an episode is made of all of its records
    names = [name.removesuffix("_at") for name in LIVED]
    episodes: list[Row] = [
        [
            str(one.number), *(_at(reader, step) for step in one.steps), _at(reader, one.ended_at),
            ", ".join(text for text in (one.ended_by, one.reason) if text) or figures.NOTHING,
        ]
        for one in somebody.episodes
    ]  # fmt: skip
    table = Table("Each episode, with the first entry into each step",
                  _heads("episode", *names, "ended", "by", main=("lead", "ended")), episodes)  # fmt: skip
    yield Section("Its way through the funnel", tables=(table,), links=(Cell("The funnel", anchor="/funnel"),))


def _ways(filters: Filters, life: Life) -> Iterator[Cell]:
    for number, name in NUMBERS.get(life.entity, ()):
        if name == "owner":
            yield Cell(number, anchor=Filters(f"/records/{number}").link(**asked_of(filters), owner=life.record))
        else:
            where = f"{name} = {quoted(life.record)}"
            yield Cell(number, anchor=Filters(f"/records/{number}").link(**asked_of(filters), where=where))


def _heads(*names: str, main: Sequence[str] = ()) -> list[Head]:
    return [Head(name, right=False, main=name in main) for name in names]


def _at(reader: Reader, moment: datetime | None) -> str:
    return figures.stamp(moment, reader.zone) if moment else figures.NOTHING
