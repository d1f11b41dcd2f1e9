"""What each object of a system holds: its pulls, and how far each column that is mapped, or is not, is filled.

Read from the ledger when it is asked for, so that a refresh costs no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.align.mapping import FeedFiles, fields_of, source_view
from tieout.contract.vocabulary import ENTITIES, FIELD_HISTORY
from tieout.history.judge import named_columns, unmapped_columns
from tieout.history.lateness import late_by
from tieout.history.ledger import Feed
from tieout.warehouse.engine import identifier, literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from tieout.contract.model import Contract, FieldMapping, SourceObject
    from tieout.history.ledger import Ledger
    from tieout.warehouse.engine import Connection

WINS = {
    "account": "the object that first told the record",
    "user": "the object that first told the record",
    "opportunity": "what became true last",
}
TOLD_LAST = "what was told last"


@dataclass(frozen=True, slots=True)
class Held:
    """One object: what it means, how it comes, how much of it there is. `rows` are those of the newest pull."""

    system: str
    name: str
    label: str
    entity: str | None
    mode: str
    owner: str | None
    every: str | None
    pulls: int
    rows: int
    all_rows: int
    first_taken: datetime | None
    last_taken: datetime | None
    late: timedelta | None
    empty: tuple[str, ...]
    """Fields that are mapped and never filled."""
    unmapped: tuple[tuple[str, int], ...]
    """Columns that the contract does not name and that hold something, with how many rows do."""


@dataclass(frozen=True, slots=True)
class Told:
    """A field as one object tells it: from where, and in how many of the rows that tell the record."""

    object: str
    read_from: str
    rows: int
    filled: int
    owner: str | None


@dataclass(frozen=True, slots=True)
class Shared:
    """A field that several objects tell of one record: which of them wins, and how often they differ."""

    entity: str
    field: str
    objects: tuple[str, ...]
    wins: str
    both: int
    differ: int
    example: str | None


def held_objects(
    engine: Connection | None, contract: Contract, ledger: Ledger, feeds: Sequence[FeedFiles], now: datetime
) -> tuple[Held, ...]:
    """Describe every object of the contract. `now` is UTC without zone.

    How far columns are filled is read from every row that was pulled; without an engine it is left out.
    """
    return tuple(_held(engine, contract, ledger, feed, now) for feed in feeds)


def _held(engine: Connection | None, contract: Contract, ledger: Ledger, feed: FeedFiles, now: datetime) -> Held:
    key = Feed(feed.system, feed.name)
    pulls = sorted(ledger.pulls(key), key=lambda pull: pull.order)
    item, system = feed.object, contract.sources[feed.system]
    named = named_columns(item)
    extra = unmapped_columns(named, feed.columns) if item.entity else feed.columns
    return Held(
        system=feed.system,
        name=feed.name,
        label=feed.label,
        entity=f"{item.of} history" if item.entity == FIELD_HISTORY else item.entity,
        mode=item.mode,
        owner=item.owner or system.owner,
        every=item.every,
        pulls=len(pulls),
        rows=pulls[-1].rows if pulls else 0,
        all_rows=sum(pull.rows for pull in pulls),
        first_taken=pulls[0].taken_at if pulls else None,
        last_taken=pulls[-1].taken_at if pulls else None,
        late=late_by(contract, ledger, key, now),
        empty=_empty(engine, feed) if engine else (),
        unmapped=tuple((name, n) for name, n in _filled(engine, feed, extra).items() if n) if engine else (),
    )


def _filled(engine: Connection, feed: FeedFiles, columns: Sequence[str]) -> dict[str, int]:
    """Count the rows in which each column of an object holds something."""
    if not feed.files or not columns:
        return {}
    counts = ", ".join(f"count(nullif(trim({identifier(name)}), ''))" for name in columns)
    files = ", ".join(literal(str(path)) for path in feed.files)
    sql = f"select {counts} from read_parquet([{files}], union_by_name = true) where _op = 'put'"
    return dict(zip(columns, engine.execute(sql).fetchall()[0], strict=True))


def _empty(engine: Connection, feed: FeedFiles) -> tuple[str, ...]:
    """Find the mapped fields whose columns never hold anything."""
    present = {column.casefold(): column for column in feed.columns}
    wanted: dict[str, list[str]] = {}
    for name, mapping in feed.object.fields.items():
        columns = (mapping.column,) if isinstance(mapping.column, str) else mapping.column or ()
        if columns:
            wanted[name] = [present[column.casefold()] for column in columns if column.casefold() in present]
    counts = _filled(engine, feed, sorted({column for columns in wanted.values() for column in columns}))
    if not feed.files:
        return ()
    return tuple(name for name, columns in wanted.items() if not any(counts.get(column) for column in columns))


# -- fields


def told_fields(
    engine: Connection, contract: Contract, feeds: Sequence[FeedFiles]
) -> tuple[dict[tuple[str, str], tuple[Told, ...]], tuple[Shared, ...]]:
    """Give for each field who tells it, and for those that several objects tell, how often they differ."""
    fields: dict[tuple[str, str], tuple[Told, ...]] = {}
    shared: list[Shared] = []
    for entity in ENTITIES:
        mine = [feed for feed in feeds if entity in (feed.object.entity, feed.object.of) and feed.files]
        if not mine:
            continue
        view = source_view(entity, feeds, contract)
        counts = _counts(engine, entity, view)
        for name in fields_of(entity):
            told = tuple(one for feed in mine if (one := _told(contract, feed, name, counts)) is not None)
            if told:
                fields[entity, name] = told
        shared += _shared(engine, entity, view, mine)
    return fields, tuple(shared)


def _counts(engine: Connection, entity: str, view: str) -> dict[str, dict[str, int]]:
    """Count, in one pass over an entity, the rows of each object and how many of them fill each field."""
    names = list(fields_of(entity))
    counts = ", ".join(f"count({identifier(name)})" for name in names)
    sql = f"select object, count(*), {counts} from ({view}) where op = 'put' group by object"
    return {
        label: {"": rows} | dict(zip(names, found, strict=True))
        for label, rows, *found in engine.execute(sql).fetchall()
    }


def _told(contract: Contract, feed: FeedFiles, name: str, counts: dict[str, dict[str, int]]) -> Told | None:
    read_from = _read_from(feed.object, name)
    if read_from is None:
        return None
    mine = counts.get(feed.label, {})
    mapping = feed.object.fields.get(name)
    owner = (mapping and mapping.owner) or feed.object.owner or contract.sources[feed.system].owner
    return Told(feed.label, read_from, mine.get("", 0), mine.get(name, 0), owner)


def _read_from(item: SourceObject, name: str) -> str | None:
    """Say from where an object reads a field: a column, an expression, a constant, a field's history, an event."""
    if item.entity == FIELD_HISTORY:
        return next((theirs for theirs, ours in item.tracked.items() if ours == name), None)
    if mapping := item.fields.get(name):
        return _words(mapping)
    return next((f"event of {event.at}" for event in item.events if name in event.set), None)


def _words(mapping: FieldMapping) -> str:
    if mapping.constant is not None:
        return f"always '{mapping.constant}'"
    if mapping.sql is not None:
        return "an expression"
    return mapping.column if isinstance(mapping.column, str) else " or ".join(mapping.column or ())


def _shared(engine: Connection, entity: str, view: str, mine: Sequence[FeedFiles]) -> list[Shared]:
    """Compare what several objects told last of the same record; logs tell events, which are not the same ones."""
    rows = [feed for feed in mine if feed.object.entity == entity and feed.object.mode != "log"]
    tellers = {
        name: [feed.label for feed in rows if name in feed.object.fields] for name in fields_of(entity) if name != "id"
    }
    several = {name: labels for name, labels in tellers.items() if len(labels) > 1}
    if not several:
        return []
    compared = ", ".join(
        f"count(*) filter (where n_{name} > 1), count(*) filter (where d_{name} > 1), "
        f"min(record) filter (where d_{name} > 1)"
        for name in several
    )
    grouped = ", ".join(
        f"count({identifier(name)}) as n_{name}, count(distinct {identifier(name)}) as d_{name}" for name in several
    )
    newest = f"""select * from ({view}) where record is not null and voice = 'row' qualify row_number() over (
      partition by object, record order by taken_at desc, position desc, row_number desc) = 1"""
    sql = f"select {compared} from (select record, {grouped} from ({newest}) where op = 'put' group by record)"
    found = engine.execute(sql).fetchall()[0]
    return [
        Shared(entity, name, tuple(labels), WINS.get(entity, TOLD_LAST), *found[3 * place : 3 * place + 3])
        for place, (name, labels) in enumerate(several.items())
    ]
