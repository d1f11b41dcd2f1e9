"""One record: in which numbers it is counted and why, what it is now, and its whole life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.measure.answers import QuestionError
from tieout.measure.counted import Counted, counted_in
from tieout.measure.counted_accounts import account_in
from tieout.measure.lens_sql import quoted
from tieout.measure.life import AGREED_METRIC, Life, Version, entity_of, life_of
from tieout.measure.names import Deals, deals_of, names_of
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.facts import columns_of
from tieout.measure.other_lives import OTHERS, other_life
from tieout.questions import opened
from tieout.show import figures
from tieout.show.html.page import Card, Cell, Head, Page, Row, Section, Table
from tieout.show.terminal import clean
from tieout.show.web.filters import Filters
from tieout.show.web.pages.dealt_with import dealt_with
from tieout.show.web.pages.record_others import KEPT, beside, title_of
from tieout.show.web.records import (
    LIVES,
    Column,
    Records,
    asked_of,
    build_passport,
    kept_records,
    record_path,
    records_section,
    told,
)
from tieout.show.web.rooms import NotHereError, Room
from tieout.show.web.sight import MASK, MASKED, PRIVATE, closed_to, may_open

if TYPE_CHECKING:
    from tieout.measure.numbers.question import Asked
    from tieout.show.web.reader import Reader

CALLED = {"opportunity": "Deal"}
LEADS_TO = {
    "account_id": "account", "parent_id": "account", "matched_account": "account", "lead_id": "lead",
    "opportunity_id": "opportunity", "contact_id": "contact", "campaign_id": "campaign", "person": "person",
    "owner_id": "user", "user_id": "user", "manager_id": "user",
}  # fmt: skip
"""The fields that hold the id of another record, and what that is."""
NO_RECORD = "There is no such record"
CARDS = {
    "opportunity": ("stage", "arr", "close_date", "account_id", "owner_id"),
    "account": ("segment", "industry", "employees", "country", "owner_id"),
    "lead": ("status", "source", "score", "account_id", "owner_id"),
    "contact": ("account_id", "lead_id", "person", "created_at"),
    "activity": ("kind", "at", "user_id", "opportunity_id", "account_id"),
    "campaign": ("channel", "starts_on", "ends_on", "budget"),
    "user": ("role", "team", "region", "manager_id", "active"),
    "person": ("leads", "contacts", "first_contact_at"),
}
COLUMNS = (
    Column("record", filed=True), Column("true_from", "true from"), Column("true_until", filed=True),
    Column("seen_from", "seen from"), Column("field", main=True), Column("before", personal=True),
    Column("after", personal=True, main=True), Column("grade"), Column("told_by", "told by"), Column("flags"),
)  # fmt: skip
DEALS = 200
"""So many deals of an account stand on its page, those counted first."""


def _life(reader: Reader, filters: Filters) -> Life:
    """Give the life of the record of an address. Raises NotHereError, which does not say what is behind it."""
    wanted, record = filters["entity"] or "", filters["record"] or ""
    if wanted not in LIVES:
        kinds = ", ".join(sorted(LIVES))
        raise NotHereError(NO_RECORD, f"There is no '{clean(wanted)[:40]}' here. Records are {kinds}.")
    if not may_open(reader, record, wanted):
        raise NotHereError(*_closed(reader, record))
    with opened(reader.workspace, reader.build) as asked:
        try:
            if wanted in OTHERS:
                return other_life(asked, wanted, record)
            return life_of(asked, record, filters["period"], filters["calendar"], wanted=wanted)
        except QuestionError as error:
            if wanted in OTHERS or not _there(reader, record):
                title, message = _closed(reader, record) if reader.eyes.rows else (NO_RECORD, str(error))
                raise NotHereError(title, message) from error
            raise


def _there(reader: Reader, record: str) -> bool:
    with opened(reader.workspace, reader.build) as asked:
        try:
            entity_of(asked, record)
        except QuestionError:
            return False
    return True


def _closed(reader: Reader, record: str) -> tuple[str, str]:
    """Say the same of what there is not and of what is closed, so that nobody learns which it is."""
    message = (
        f"'{clean(record)[:100]}' is not among the records that your team opens ({clean(reader.eyes.rows)}), or there "
        "is no such record. Totals count every record all the same. Ask an administrator if you need it."
    )
    return "You may not open this one", message


def record_page(reader: Reader, filters: Filters) -> Page:
    """Lay out the page of a record. Raises NotHereError, QuestionError or PeriodError."""
    life = _life(reader, filters)
    with opened(reader.workspace, reader.build) as asked:
        within = filters["period"], filters["calendar"]
        counted = _counted_in(asked, life, within)
        state = life.versions[-1].state
        companies = names_of(asked.engine, "account", [str(state.get("account_id") or "")])
        found = deals_of(asked, life.record, *within) if life.entity == "account" else None
        dealt = (*dealt_with(reader, filters, asked, life), *beside(reader, filters, asked, life))
        company = companies.get(str(state.get("account_id") or ""), "")
        title = _title(reader, life, counted, title_of(asked, life, company) if life.entity in OTHERS else "")
    sections = [
        *(_counted(reader, filters, counted, life) if counted else ()),
        *(_deals(reader, filters, found) if found and found.deals else ()),
        *dealt,
        _now(reader, filters, life, company),
        _changes(reader, filters),
        *_beside(reader, life),
    ]
    label = (
        life.entity, life.record, figures.counted(len(life.versions), "version"), "as known now",
        f"as of {figures.stamp(reader.build.heard_until, reader.zone)}", f"times in {reader.zone.key}",
        f"calendar {filters['calendar']}" if filters["calendar"] else "",
    )  # fmt: skip
    return Page(title, label, sections, build_passport(reader))


def _counted_in(asked: Asked, life: Life, within: tuple[str | None, str | None]) -> Sequence[Counted]:
    if life.entity in OTHERS:
        return ()
    if life.entity == "account":
        return account_in(asked, life.record, *within)
    return counted_in(asked, life.entity, life.record, *within)


def _title(reader: Reader, life: Life, counted: Sequence[Counted], words: str) -> str:
    name = _value(reader, life, "name")
    called = name.text if name.text not in ("", figures.NOTHING) else life.record
    called = f"{CALLED.get(life.entity, life.entity.capitalize())} {called}"
    lenses = [one for one in counted if one.number == AGREED_METRIC]
    if not lenses:
        n = sum(one.counted for one in counted)
        words = f"counted in {n} of {len(counted)} numbers" if counted else clean(words)
        return f"{called}: {words}" if words else called
    agreed, *others = lenses
    words = (
        f"counted in the agreed number of {agreed.period}"
        if agreed.counted
        else f"not counted in {agreed.period}: {agreed.why.partition('; not counted')[0]}"
    )
    n = sum(one.counted for one in others)
    return f"{called}: {words}; {n} of {len(others)} teams count it" if others else f"{called}: {words}"


# -- in which numbers


def _counted(reader: Reader, filters: Filters, counted: Sequence[Counted], life: Life) -> Iterator[Section]:
    currency = reader.contract.company.currency
    account = life.record if life.entity == "account" else None
    rows: list[Row] = [
        [
            Cell(one.number, anchor=_of(filters, f"/glossary/{one.number}")),
            one.lens,
            one.period or "any",
            Cell("counted", style="accent", anchor=under(filters, one.number, one.lens, account) if account else None)
            if one.counted
            else Cell("not counted", style="muted"),
            one.why,
            Cell(figures.money(one.value), str(one.value), anchor=under(filters, one.number, one.lens, account))
            if one.value is not None
            else "",
        ]
        for one in counted
    ]
    names = ("number", "counted by", "period", "", "why")
    heads = [Head(text, right=False, main=text in {"counted by", ""}) for text in names]
    words = "The first reason that keeps it out is told" if account is None else "How much of it each number counts"
    called = "it is" if account is None else "its deals, leads and revenue are"
    table = Table(words, [*heads, Head(currency)], rows)
    yield Section(f"In which numbers {called} counted, and why", tables=(table,))


def under(filters: Filters, number: str, lens: str, account: str | None = None) -> str | None:
    """Lead to all records of a number, as a lens counts it; or to those of an account, where they can be chosen."""
    if account and "account_id" not in columns_of(BY_ID[number]):
        return None
    where = f"account_id = {quoted(account)}" if account else None
    return _of(filters, f"/records/{number}", lens=lens if lens != "agreed" else None, where=where)


def _of(filters: Filters, path: str, **more: str | None) -> str:
    """Lead to another page with what this one was asked with: filters that it does not take would change that one."""
    return Filters(path).link(**asked_of(filters), **more)


def _deals(reader: Reader, filters: Filters, found: Deals) -> Iterator[Section]:
    deals = found.deals
    closed = closed_to(reader, (deal.record for deal in deals), "opportunity")
    mine = [deal for deal in deals if deal.record not in closed]
    names = ("deal", "name", "outcome", "stage", "close date", f"agreed number, {found.period}")
    heads = [Head(text, right=False, main=text == "stage") for text in names]
    rows: list[Row] = [
        [
            Cell(deal.record, anchor=record_path("opportunity", deal.record, asked_of(filters))),
            (deal.name or figures.NOTHING) if reader.eyes.personal else MASK,
            deal.outcome or figures.NOTHING,
            deal.stage or figures.NOTHING,
            str(deal.close_date or figures.NOTHING),
            Cell("counted", style="accent") if deal.counted else Cell("not counted", style="muted"),
            figures.money(deal.value) if deal.value is not None else "n/a",
        ]
        for deal in mine[:DEALS]
    ]
    total = sum((deal.value for deal in deals if deal.counted and deal.value is not None), Decimal(0))
    n = sum(deal.counted for deal in deals)
    foot = [[figures.counted(len(deals), "deal"), "", "", "", "", f"{n} counted", figures.money(total)]]
    notes = [f"{len(deals) - len(mine)} more you may not open; the sums count them."] if len(mine) < len(deals) else []
    notes += [f"The first {DEALS} of {len(mine)} are shown."] if len(mine) > DEALS else []
    heads.append(Head(reader.contract.company.currency, main=True))
    table = Table("Its deals, those of the agreed number first", heads, rows, foot)
    yield Section("Its deals", tables=(table,), notes=notes)


# -- what it is


def _value(reader: Reader, life: Life, name: str, filters: Filters | None = None) -> Cell:
    """Give a field of the record as it is now, masked or leading on where it does."""
    asked = asked_of(filters) if filters else None
    return value_cell(reader, life.entity, name, life.versions[-1].state.get(name), asked)


def value_cell(
    reader: Reader, entity: str, name: str, value: object, asked: Mapping[str, str | None] | None = None
) -> Cell:
    """Write the value of a field for a reader; `asked` are the period and the calendar of the page."""
    if value is None:
        return Cell(figures.NOTHING, "not known", "muted")
    if name in PRIVATE.get(entity, ()) and not reader.eyes.personal:
        return Cell(MASK, MASKED, "muted")
    other = entity if name == "merged_into" else LEADS_TO.get(name)
    way = record_path(other, str(value), asked) if other else None
    return Cell(told(value, reader.zone), anchor=way)


def _now(reader: Reader, filters: Filters, life: Life, company: str) -> Section:
    state, last = life.versions[-1].state, life.versions[-1]
    since = {change.field: version for version in life.versions for change in version.changes}
    rows: list[Row] = [
        [
            name.replace("_", " "),
            value_cell(reader, life.entity, name, value, asked_of(filters)),
            _since(reader, since.get(name)),
            last.grade.get(name, figures.NOTHING),
            _told_by(since[name]) if name in since else figures.NOTHING,
        ]
        for name, value in state.items()
        if value is not None
    ]
    unknown = ", ".join(name.replace("_", " ") for name, value in state.items() if value is None)
    names = ("field", "value", "true from", "grade", "told by")
    heads = [Head(text, right=False, main=text in {"value", "true from"}) for text in names]
    cards = [
        Card(name.removesuffix("_id").replace("_", " "), _card(reader, filters, life, name, company), words)
        for name in CARDS[life.entity]
        for words in (_currency(state, life.entity) if name in {"arr", "budget"} else "",)
    ]
    notes = [f"Not known: {unknown}."] if unknown else []
    notes += [KEPT[life.entity]] if life.entity in KEPT else []
    return Section("What it is now", tables=(Table("Each field", heads, rows),), notes=notes, cards=cards)


def _currency(state: Mapping[str, object], entity: str) -> str:
    """Say in which currency an amount is: the record's own, which need not be the company's."""
    currency = state.get("currency")
    whose = CALLED.get(entity, entity).lower()
    return f"{clean(str(currency))}, as the {whose} has it" if currency else "its currency is not known"


def _card(reader: Reader, filters: Filters, life: Life, name: str, company: str) -> Cell:
    cell = _value(reader, life, name, filters)
    return replace(cell, text=clean(company), full=cell.text) if name == "account_id" and company else cell


def _since(reader: Reader, version: Version | None) -> str:
    if version is None or version.valid_from is None:
        return figures.NOTHING
    return figures.stamp(version.valid_from, reader.zone)


def _told_by(version: Version) -> str:
    return ", ".join(dict.fromkeys(f"{one.object} (pull {one.position})" for one in version.sources)) or figures.NOTHING


# -- its life


def life_records(reader: Reader, filters: Filters) -> Records:
    """Give every change of a record, the newest first: the whole of its life. Raises NotHereError."""
    life = _life(reader, filters)

    def make() -> Records:
        rows: list[list[object]] = []
        private: set[int] = set()
        for version in reversed(life.versions):
            flags = ", ".join("its state is not known" if flag == "missing" else flag for flag in version.flags)
            # A version without a change tells something all the same: a flag, or that it was told again.
            changes = [(one.field, one.old, one.new) for one in version.changes] or [("", None, None)]
            for name, old, new in changes:
                if name in PRIVATE[life.entity]:
                    private.add(len(rows))
                rows.append(
                    [life.record, version.valid_from, version.valid_to, version.heard_at, name, old, new,
                     version.grade.get(name), _told_by(version), flags or None]
                )  # fmt: skip
        told = (figures.counted(len(life.versions), "version"), figures.counted(len(rows), "change"))
        title = f"{', '.join(told)}, the newest first"
        columns = (replace(COLUMNS[0], entity=life.entity), *COLUMNS[1:])
        return Records(
            title, columns, rows, build_passport(reader), f"{life.entity}-{life.record}", "change", frozenset(private)
        )

    return kept_records(reader, filters, make)


def _changes(reader: Reader, filters: Filters) -> Section:
    return records_section(reader, filters, life_records(reader, filters), "Its life")


def _beside(reader: Reader, life: Life) -> Iterator[Section]:
    if life.entries:
        heads = [Head(text, right=False) for text in ("register", "entry", "into", "reason", "owner", "until")]
        rows = [
            [one.register, one.id, one.into or "", one.reason or "", one.owner or "",
             figures.stamp(one.ends_at, reader.zone) if one.ends_at else "no end"]
            for one in life.entries
        ]  # fmt: skip
        yield Section("Registers that name it", tables=(Table("Exclusions and merges", heads, rows),))
    if life.merged:
        heads = [Head(text, right=False) for text in ("field", "value", "from", "told by", "rule")]
        rows = [[one.field, one.value, one.record, one.object, one.rule] for one in life.merged]
        yield Section("What survived its merges", tables=(Table("Each value and where it is from", heads, rows),))


RECORD = Room(
    "record",
    "Record",
    "/record/<str:entity>/<path:record>",
    record_page,
    records=life_records,
    common=("period", "calendar"),
    bar=("period", "calendar"),
)
