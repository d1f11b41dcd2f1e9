"""Data: where everything is from, what is late, what is wrong with it by money at stake, and what the registers do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import simplejson

from tieout.history.lateness import told as length
from tieout.inventory import fields_held, objects_held
from tieout.measure.answers import Question
from tieout.measure.diagnosis.audit_tables import Broken, broken_checks
from tieout.measure.effects import BOOKINGS, Effects, Entry, effects_of
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import BY_ID
from tieout.questions import opened
from tieout.show import figures
from tieout.show.html.page import Card, Cell, Head, Page, Row, Section, Table, anchor_of
from tieout.show.terminal import clean
from tieout.show.web.reader import Eyes, kept
from tieout.show.web.records import (
    LIVES,
    Column,
    Records,
    asked_of,
    build_passport,
    kept_records,
    record_path,
    records_section,
)
from tieout.show.web.rooms import Room
from tieout.show.web.sight import CLOSED_FINDING, MASK, closed_to, record_of
from tieout.warehouse.contents import read_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tieout.measure.answers import Row as Answered
    from tieout.measure.diagnosis.holdings import Held
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

WORST = 5
"""So many records of each broken rule are named."""
HEADS = ("pipeline.open_qualified", "pipeline.open", BOOKINGS)


def data_page(reader: Reader, filters: Filters) -> Page:
    """Lay out the page of data. Raises QuestionError or PeriodError."""
    objects = objects_held(reader.workspace, _now(), reader.build)
    with opened(reader.workspace, reader.build) as asked:
        checks = broken_checks(asked.engine, WORST)
        filled = ask(asked, Question("completeness.required", by=("field",))).rows
        effects = effects_of(asked, filters["period"])
    broken = [check for check in checks if check.broken]
    stake = sum((check.worth or Decimal(0) for check in broken), Decimal(0))
    late = [one for one in objects if one.late]
    counts = (figures.counted(len(objects), "object"), figures.counted(len(broken), "rule"))
    title = f"{counts[0]}, {len(late) or 'none'} late; {counts[1]} broken"
    cards = (
        Card("objects", Cell(figures.count(len(objects))), f"{len(late) or 'none'} late"),
        Card("rules broken", Cell(figures.count(len(broken))), f"of {len(checks)} that are checked"),
        Card("required fields filled", _rate(filled[0]), f"as of now, n {figures.count(filled[0].n)}"),
        Card("entries in registers", Cell(figures.count(len(effects.entries))), "exclusions and merges"),
    )
    links = (Cell("Every field: who owns it, who tells it, what reads it", anchor="/data/fields"),)
    sections = (
        Section("In short", cards=cards, links=links), _sources(reader, objects), _checks(reader, broken),
        _findings(reader), _completeness(filled), *_effects(reader, filters, effects),
    )  # fmt: skip
    label = (
        f"as of {figures.stamp(reader.build.heard_until, reader.zone)}",
        f"looked at {figures.stamp(_now(), reader.zone)}",
    )
    notes = (f"At stake, a deal counted under each rule: {figures.money(stake)} {reader.contract.company.currency}.",)
    return Page(title, label, sections, build_passport(reader), notes=notes if broken else ())


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _rate(row: Answered) -> Cell:
    return Cell("n/a", row.absent or "") if row.value is None else Cell(figures.rate(float(row.value)))


def _words(*texts: str, main: tuple[str, ...] = ()) -> list[Head]:
    return [Head(text, right=False, main=text in main) for text in texts]


def _sources(reader: Reader, objects: Sequence[Held]) -> Section:
    labels = {name: system.label or name for name, system in reader.contract.sources.items()}
    rows: list[Row] = [
        [
            one.label,
            clean(labels.get(one.system, one.system)),
            one.entity or "nothing",
            one.mode,
            figures.count(one.rows if one.mode == "full" else one.all_rows),
            figures.stamp(one.last_taken, reader.zone) if one.last_taken else "never",
            one.every or figures.NOTHING,
            Cell(f"{length(one.late)} late", style="warning")
            if one.late
            else Cell("in time" if one.every else "", style="muted"),
            clean(one.owner or "nobody"),
        ]
        for one in objects
    ]
    heads = _words("object", "system", "is", "mode")
    heads += [Head("rows"), *_words("newest pull", "every", "", "owner", main=("newest pull", ""))]
    table = Table("What each system gives", heads, rows)
    return Section("Sources", tables=(table,))


# -- what is wrong


def _checks(reader: Reader, broken: Sequence[Broken]) -> Section:
    anchors = {check.number: anchor_of("check", str(check.number)) for check in broken}
    rows: list[Row] = [
        [
            Cell(check.name, check.code, anchor=anchors[check.number] if check.records else None),
            check.owner or "nobody",
            check.level,
            figures.count(check.broken),
            figures.count(check.checked),
            figures.money(check.worth) if check.worth is not None else figures.NOTHING,
            check.remedy,
        ]
        for check in broken
    ]
    heads = [*_words("rule", "owner", "level"), Head("broken", main=True), Head("of")]
    heads.append(Head(reader.contract.company.currency, main=True))
    table = Table(
        "Rules of the contract that records break, by what is at stake", [*heads, *_words("what to do")], rows
    )
    records = [_worst(reader, check, anchors[check.number]) for check in broken if check.records]
    notes = () if broken else ("Every record keeps every rule of the contract.",)
    return Section("What is wrong, by money at stake", tables=(table,) if rows else (), notes=notes, records=records)


def _worst(reader: Reader, check: Broken, anchor: str) -> Table:
    closed = closed_to(reader, (one.record for one in check.records), check.entity)
    rows: list[Row] = [
        [
            Cell(one.record, anchor=record_path(check.entity, one.record) if check.entity in LIVES else None),
            (one.given or "") if reader.eyes.personal else MASK if one.given else "",
            figures.money(one.worth) if one.worth is not None else figures.NOTHING,
        ]
        for one in check.records
        if one.record not in closed
    ]
    heads = [*_words("record", "value"), Head(reader.contract.company.currency)]
    note = f"the worst {len(rows)} of {figures.count(check.broken)}" + (
        f"; {len(closed)} you may not open" if closed else ""
    )
    return Table(check.name, heads, rows, anchor=anchor, note=note)


def _findings(reader: Reader) -> Section:
    order = {"error": 0, "warning": 1, "note": 2}
    found = sorted(read_findings(reader.workspace, reader.build), key=lambda one: (order[one.level.value], -one.count))
    closed = closed_to(reader, (record_of(one.place) for one in found))
    rows: list[Row] = []
    for one in found:
        hidden = record_of(one.place) in closed
        said = (one.message, one.remedy)
        if one.given and (hidden or not reader.eyes.personal):
            said = (one.message.replace(one.given, MASK), one.remedy.replace(one.given, MASK))
        told = CLOSED_FINDING if hidden else said[0]
        place = one.place.split(" ")[0] if hidden else one.place
        level = Cell(one.level.value, style="danger" if one.level.value == "error" else "muted")
        rows.append([place, level, one.code, figures.count(one.count), told, said[1]])
    heads = [*_words("where", "level", "finding"), Head("records")]
    heads += _words("what is wrong", "what to do", main=("what is wrong",))
    table = (Table("What the last refresh found", heads, rows),) if rows else ()
    return Section("Findings", tables=table, notes=() if rows else ("The last refresh found nothing to look at.",))


def _completeness(filled: Sequence[Answered]) -> Section:
    rows: list[Row] = [
        [row.by["field"], _rate(row), figures.count(row.n)] for row in sorted(filled[1:], key=_worst_first)
    ]
    table = Table(
        "Fields that open deals must have in their stage", [Head("field", right=False), Head("filled"), Head("n")], rows
    )
    ways = (Cell("Its records", anchor="/records/completeness.required"),)
    return Section("Completeness, as of now", tables=(table,) if rows else (), links=ways)


def _worst_first(row: Answered) -> float:
    return 1.0 if row.value is None else float(row.value)


# -- what the registers do


def _step(before: Answered, after: Answered, unit: str) -> str:
    if before.value is None or after.value is None or before.value == after.value:
        return figures.NOTHING
    step = Decimal(str(after.value)) - Decimal(str(before.value))
    if unit == "money":
        return figures.signed(step)
    return figures.points(float(step)) if unit == "rate" else f"{step:+,.2f}".replace("-", figures.MINUS)


def _effects(reader: Reader, filters: Filters, effects: Effects) -> list[Section]:
    rows: list[Row] = []
    for one in effects.headlines:
        unit = BY_ID[one.metric].unit
        ends = [figures.shown(end.total, unit) for end in (one.without, one.given)]
        step = _step(one.without.total, one.given.total, unit)
        rows.append([Cell(one.metric, anchor=filters.link(f"/glossary/{one.metric}")), ends[0], step, ends[1]])
    heads = [Head("number", right=False), Head("without registers"), Head("their effect"), Head("with them")]
    tables = [Table("Headlines without and with exclusions and merges", heads, rows)]
    named = [
        (place, entry)
        for place, entry in enumerate(effects.entries)
        if entry.object in LIVES or entry.object == "contact"
    ]
    closed = {
        (kind, record)
        for kind in {entry.object for _, entry in named}
        for record in closed_to(reader, (entry.id for _, entry in named if entry.object == kind), kind)
    }
    entries = [
        _entry(filters, effects, place, entry) for place, entry in named if (entry.object, entry.id) not in closed
    ]
    heads = [
        *_words("register", "record", "into", "reason", "owner", "until", "", main=("record",)),
        *(Head(name, main=name == HEADS[0]) for name in HEADS),
        Head("leads"),
    ]
    notes = [f"{len(closed)} more you may not open; the figures above count them."] if closed else []
    if entries:
        tables.append(
            Table("Entry by entry: what each leaves out; an expired one, what is counted again", heads, entries)
        )
    return [Section("Exclusions and merges, and what they do", tables=tables, notes=notes)]


def _entry(filters: Filters, effects: Effects, place: int, entry: Entry) -> Row:
    leads_on = entry.object in LIVES and entry.state != "unknown"
    way = record_path(entry.object, entry.id, asked_of(filters)) if leads_on else None
    state = Cell("" if entry.state == "holds" else entry.state, style="warning")
    sums = [effects.of_entry(place, name) for name in HEADS]
    leads = effects.of_entry(place, "leads.new")[1]
    told = [figures.money(money) if n else figures.NOTHING for money, n in sums]
    into, until = entry.into or "", entry.expires or "no end"
    mine: list[Cell | str] = [entry.register, Cell(entry.id, anchor=way), into, entry.reason, entry.owner, until, state]
    return [*mine, *told, figures.count(leads) if leads else figures.NOTHING]


# -- every field

FIELDS = (
    Column("field", main=True), Column("owner", main=True), Column("told_by", "told by"), Column("filled", unit="rate"),
    Column("required", "required in"), Column("numbers", unit="count"), Column("lenses"), Column("read_by", filed=True),
)  # fmt: skip


def field_records(reader: Reader, filters: Filters) -> Records:
    """Give every field: its owner, who tells it and how far it is filled, who requires it, what reads it."""

    def make() -> Records:
        # Every row that was pulled is read for it: once for all workers and all eyes, which see the same.
        anybody = replace(reader, eyes=Eyes(personal=False))
        rows = simplejson.loads(kept(anybody, "the rows of /data/fields", told))
        return Records(f"{len(rows)} fields", FIELDS, rows, build_passport(reader), "fields", "field")

    def told() -> str:
        rows: list[list[object]] = []
        for one in fields_held(reader.workspace, reader.build):
            n = sum(told.rows for told in one.told)
            filled = sum(told.filled for told in one.told) / n if n else None
            objects = ", ".join(dict.fromkeys(told.object for told in one.told))
            reads = [", ".join(names) or None for names in (one.required, one.lenses, one.numbers)]
            rows.append([one.name, one.owner, objects or None, filled, reads[0], len(one.numbers), *reads[1:]])
        return simplejson.dumps(rows)

    return kept_records(reader, filters, make)


def fields_page(reader: Reader, filters: Filters) -> Page:
    """Lay out every field with its flow."""
    found = field_records(reader, filters)
    unowned = sum(row[1] is None and row[2] is not None for row in found.rows)
    title = f"{found.title}, {unowned or 'none'} that nobody owns"
    label = (f"as of {figures.stamp(reader.build.heard_until, reader.zone)}",)
    return Page(
        title, label, (records_section(reader, filters, found, "From source to number"),), build_passport(reader)
    )


DATA = Room("data", "Data", "/data", data_page, "tools", "d", common=("period",), bar=("period",), hourly=True)
DATA_FIELDS = Room(
    "fields", "Fields", "/data/fields", fields_page, common=(), bar=(), records=field_records, ahead=True
)
