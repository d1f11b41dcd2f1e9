"""Field mappings compiled: each entity of the vocabulary becomes `source_<entity>`, a SELECT over its change files.

One row of it is one thing a system said of one record: the typed fields, when it became true (`happened_at`, UTC),
when and in which pull it was said, and which fields it speaks of (`set_<field>`, opportunities only). Fields that no
object maps are there and empty, so that every step's SQL is static. Everything is built as SQLGlot trees; text from a
contract or an export only ever becomes an identifier or a literal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from sqlglot import exp, parse_one
from sqlglot.expressions import replace_placeholders

from tieout.align.reading import Reader, writing_of
from tieout.contract.criteria import parse_expression
from tieout.contract.model import Contract, FieldMapping, SourceObject
from tieout.contract.typing_sql import currency_in, from_minor, typed
from tieout.contract.vocabulary import ENTITIES, FIELD_HISTORY, Kind
from tieout.warehouse.engine import literal


@dataclass(frozen=True, slots=True)
class FeedFiles:
    """One object of a system with the change files that hold what it said, and the columns they have."""

    system: str
    name: str
    object: SourceObject
    files: tuple[Path, ...]
    columns: tuple[str, ...]

    @property
    def label(self) -> str:
        """The object's full name, as in `crm.opportunities`."""
        return f"{self.system}.{self.name}"


def source_view(entity: str, feeds: Sequence[FeedFiles], contract: Contract) -> str:
    """Compile the SELECT of `source_<entity>`: a union over the objects that mean it, or an empty relation."""
    mine = [feed for feed in feeds if entity in (feed.object.entity, feed.object.of)]
    told = tuple(
        (feed.system, feed.name, feed.object.model_dump_json(by_alias=True), feed.columns, bool(feed.files))
        for feed in mine
    )
    compiled = _compiled(entity, told, contract.company.time_zone, contract.company.currency)
    for number, feed in enumerate(mine):
        files = ", ".join(literal(str(path)) for path in feed.files)
        compiled = compiled.replace(literal(str(_stand_in(number))), files)
    return compiled


def _stand_in(number: int) -> Path:
    return Path(f"the files of object {number} of a source view")


@lru_cache(maxsize=256)
def _compiled(
    entity: str, told: tuple[tuple[str, str, str, tuple[str, ...], bool], ...], zone: str, currency: str
) -> str:
    """Compile a source view with stand-ins for its files: the same in every build of a process, and dear to make."""
    feeds = [
        FeedFiles(
            system, name, SourceObject.model_validate_json(text), (_stand_in(number),) if has_files else (), columns
        )
        for number, (system, name, text, columns, has_files) in enumerate(told)
    ]
    base = None if _tells_currency(entity, feeds) else currency
    parts: list[exp.Select] = []
    for feed in _assuming_alike(entity, feeds):
        if not feed.files:
            continue
        if feed.object.entity == entity:
            parts.append(_rows(entity, feed, zone, base))
            parts += [_column_events(entity, feed, number, zone) for number in range(len(feed.object.events))]
        if feed.object.entity == FIELD_HISTORY and feed.object.of == entity:
            parts.append(_field_history(entity, feed, _value_names(feed, feeds), zone))
    if not parts:
        return _empty(entity)
    return " union all ".join(part.sql("duckdb") for part in parts)


def _assuming_alike(entity: str, feeds: Sequence[FeedFiles]) -> list[FeedFiles]:
    """Let every object of an entity say the same of which fields may be assumed: what any of them lets be."""
    mine = [feed for feed in feeds if entity in (feed.object.entity, feed.object.of)]
    assume = tuple(sorted({field for feed in mine for field in feed.object.assume}))
    return [replace(feed, object=feed.object.model_copy(update={"assume": assume})) for feed in mine]


def fields_of(entity: str) -> dict[str, Kind]:
    """Give the fields that an entity's source view carries; `id` became `record`."""
    fields = {name: kind for name, kind in ENTITIES[entity].items() if name != "id"}
    if "source" in fields:
        fields["source_raw"] = Kind.TEXT
    return fields


# -- the parts of a view


def _rows(entity: str, feed: FeedFiles, zone: str, base: str | None) -> exp.Select:
    mapped = _mapped(entity, feed)
    if base and "currency" in fields_of(entity):
        mapped["currency"] = FieldMapping(constant=base)
    is_log, reader = feed.object.mode == "log", Reader(zone)
    column = feed.object.at if is_log else feed.object.modified
    modified = _time(column, feed, reader)
    lost = [_unread("happened_at" if is_log else "modified", _raw(FieldMapping(column=column), feed), modified.copy())]
    select = _select(entity, feed, mapped, reader, voice="log" if is_log else "row", unread=lost if column else [])
    happened, flagged = _happened(feed, modified)
    made = _finish(select, feed, reader, happened=happened, flagged=flagged, limited=is_log)
    return made if is_log else _among(made, feed)


def _column_events(entity: str, feed: FeedFiles, number: int, zone: str) -> exp.Select:
    event, reader = feed.object.events[number], Reader(zone)
    mapped = {name: FieldMapping(constant=value) for name, value in event.set.items()}
    select = _select(entity, feed, mapped, reader, voice="event")
    place = exp.column("_row") * len(feed.object.events) + number  # events of one row are told in their order
    columns = [place.as_("row_number") if column.alias == "row_number" else column for column in select.selects]
    moment = _time(event.at, feed, reader)
    select = select.select(*columns, append=False)
    return _finish(select, feed, reader, happened=moment, flagged=exp.false()).where(
        exp.Not(this=exp.Is(this=moment.copy(), expression=exp.null())),
        exp.column("_op").eq("put"),
    )


def _field_history(entity: str, feed: FeedFiles, names: dict[str, FieldMapping], zone: str) -> exp.Select:
    """Give one row for each change of a tracked field; the view's other fields stay unset."""
    mapping, reader = feed.object.fields, Reader(zone)
    changed = exp.Lower(this=_raw(mapping.get("field", FieldMapping(column="field")), feed))
    value = _raw(mapping.get("new_value", FieldMapping(column="new_value")), feed)
    select = _meta(feed, _raw(mapping.get("record", FieldMapping(column="record")), feed), voice="history")
    unread: list[exp.Expr] = []
    theirs = {ours: name for name, ours in feed.object.tracked.items()}
    for field, kind in fields_of(entity).items():
        if field not in theirs:
            select = select.select(_null(kind).as_(field), exp.false().as_(f"set_{field}"), copy=False)
            continue
        is_it = changed.copy().eq(exp.Literal.string(theirs[field].lower()))
        told = names.get(field, FieldMapping())
        raw = _renamed(value.copy(), told)
        tree = reader.read(raw, kind, writing_of(feed.object, told, changed=True)) if not told.minor else _null(kind)
        select = select.select(
            exp.Case().when(is_it.copy(), tree).as_(field),
            exp.func("coalesce", is_it.copy(), exp.false()).as_(f"set_{field}"),
            copy=False,
        )
        unread.append(_unread(field, exp.Case().when(is_it, raw.copy()), tree.copy()))
    at = mapping.get("at", FieldMapping(column=feed.object.at or "at"))
    moment = reader.read(_raw(at, feed), Kind.TIME, writing_of(feed.object, at))
    unread.append(_unread("happened_at", _raw(at, feed), moment.copy()))
    select = select.select(_joined(unread).as_("unread"), copy=False)
    tracked = exp.In(
        this=changed.copy(), expressions=[exp.Literal.string(name.lower()) for name in feed.object.tracked]
    )
    return _finish(select, feed, reader, happened=moment, flagged=exp.false()).where(tracked)


def _select(
    entity: str,
    feed: FeedFiles,
    mapped: dict[str, FieldMapping],
    reader: Reader,
    *,
    voice: str,
    unread: Sequence[exp.Expr] = (),
) -> exp.Select:
    identity = feed.object.fields.get("id")
    record = _raw(identity, feed) if identity else exp.column("_key")
    select = _meta(feed, record, voice=voice)
    lost = list(unread)
    for field, field_kind in fields_of(entity).items():
        tree = _null(field_kind)
        if field in mapped:
            raw = _renamed(_text_of(field, mapped[field], feed), mapped[field])
            tree = reader.read(raw, field_kind, writing_of(feed.object, mapped[field]))
            if rule := mapped[field].minor:
                tree = from_minor(tree, _currency(mapped, feed), rule)
            if field == "merged_into":  # a survivor may name itself, and is then merged into nothing
                tree = exp.Nullif(this=tree, expression=typed(record.copy(), Kind.TEXT, "UTC"))
            if field_kind is not Kind.TEXT and not mapped[field].constant:
                lost.append(_unread(field, raw.copy(), tree.copy()))
        select = select.select(tree.as_(field), copy=False)
        if entity == "opportunity":
            select = select.select(exp.convert(field in mapped).as_(f"set_{field}"), copy=False)
    return select.select(_joined(lost).as_("unread"), copy=False)


def _meta(feed: FeedFiles, record: exp.Expr, *, voice: str) -> exp.Select:
    sequence: exp.Expr = exp.cast(exp.Literal.number(0), "bigint")
    if feed.object.sequence:
        text = _raw(FieldMapping(column=feed.object.sequence), feed)
        sequence = exp.func("coalesce", typed(text, Kind.INTEGER, "UTC"), sequence)
    assumes = "".join(f"|{name}" for name in feed.object.assume) + "|"
    return exp.select(
        exp.Literal.string(feed.label).as_("object"),
        typed(record, Kind.TEXT, "UTC").as_("record"),
        exp.column("_taken_at").as_("taken_at"),
        exp.column("_position").as_("position"),
        sequence.as_("sequence"),
        exp.column("_op").as_("op"),
        exp.Literal.string(voice).as_("voice"),
        exp.Literal.string(assumes).as_("assumes"),
        exp.column("_row").as_("row_number"),
    )


def _finish(
    select: exp.Select, feed: FeedFiles, reader: Reader, *, happened: exp.Expr, flagged: exp.Expr, limited: bool = True
) -> exp.Select:
    files = exp.Array(expressions=[exp.Literal.string(str(path)) for path in feed.files])
    by_name = exp.EQ(this=exp.column("union_by_name"), expression=exp.true())
    source = exp.Table(this=exp.Anonymous(this="read_parquet", expressions=[files, by_name]))
    select = select.select(happened.copy().as_("happened_at"), flagged.as_("flagged"), copy=False).from_(
        reader.over(source), copy=False
    )
    condition = _condition(feed) if limited else None
    return select if condition is None else select.where(condition)


def _condition(feed: FeedFiles) -> exp.Expr | None:
    return parse_expression(feed.object.where, f"{feed.label} where")[0] if feed.object.where else None


LEFT = "case when :condition then _op else 'delete' end"
EVER = """max(case when :condition then 1 else 0 end) over (
    partition by _key order by _taken_at, _position, _row rows between unbounded preceding and current row) = 1"""


def _among(select: exp.Select, feed: FeedFiles) -> exp.Select:
    """Keep the records that an object is limited to, from when they first are among them; who leaves is deleted."""
    condition = _condition(feed)
    if condition is None:
        return select
    left = replace_placeholders(parse_one(LEFT, dialect="duckdb"), condition=condition)
    ever = replace_placeholders(parse_one(EVER, dialect="duckdb"), condition=condition)
    columns = [left.as_("op") if column.alias == "op" else column for column in select.selects]
    return select.select(*columns, append=False).qualify(ever)


def _happened(feed: FeedFiles, modified: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """When a row became true: a log's own time; else its modified time within the pull's window, else the taking."""
    if feed.object.mode == "log":
        return modified, exp.false()
    inside = parse_one(
        ":m <= _taken_at and (_previous_taken_at is null or :m > _previous_taken_at) and _op = 'put'", dialect="duckdb"
    )
    inside = replace_placeholders(inside, m=modified)
    inside = exp.func("coalesce", inside, exp.false())
    return exp.Case().when(inside, modified).else_(exp.column("_taken_at")), exp.Not(this=inside.copy())


# -- small pieces


def _tells_currency(entity: str, feeds: Sequence[FeedFiles]) -> bool:
    """Say whether any object tells the currency of an entity's money; where none does, it is the company's own."""
    return any(
        "currency" in (feed.object.fields if feed.object.entity == entity else feed.object.tracked.values())
        for feed in feeds
        if entity in (feed.object.entity, feed.object.of)
    )


def _mapped(entity: str, feed: FeedFiles) -> dict[str, FieldMapping]:
    mapped = {name: mapping for name, mapping in feed.object.fields.items() if name in fields_of(entity)}
    if "source" in mapped:
        mapped["source_raw"] = mapped["source"].model_copy(update={"values": {}, "unknown": ()})
    return mapped


def _value_names(history: FeedFiles, feeds: Iterable[FeedFiles]) -> dict[str, FieldMapping]:
    """Find how the history's own system renames the values of the fields that it tracks."""
    found: dict[str, FieldMapping] = {}
    for feed in feeds:
        if feed.system == history.system and feed.object.entity == history.object.of:
            found |= feed.object.fields
    return found


def _raw(mapping: FieldMapping, feed: FeedFiles) -> exp.Expr:
    """Give the text that a mapping finds in the export, before any renaming."""
    if mapping.constant is not None:
        return exp.Literal.string(mapping.constant)
    if mapping.sql is not None:
        tree, _ = parse_expression(mapping.sql, feed.label)
        return exp.cast(tree, "varchar") if tree is not None else _null(Kind.TEXT)
    wanted = (mapping.column,) if isinstance(mapping.column, str) else mapping.column or ()
    present = {column.casefold(): column for column in feed.columns}
    columns = [
        exp.column(exp.to_identifier(present[c.casefold()], quoted=True)) for c in wanted if c.casefold() in present
    ]
    if not columns:
        return _null(Kind.TEXT)
    return columns[0] if len(columns) == 1 else exp.func("coalesce", *columns)


def _text_of(field: str, mapping: FieldMapping, feed: FeedFiles) -> exp.Expr:
    """Give the text of a field; a currency may stand in the text of an amount."""
    raw = _raw(mapping, feed)
    return currency_in(raw) if field == "currency" and mapping.column else raw


def _currency(mapped: dict[str, FieldMapping], feed: FeedFiles) -> exp.Expr:
    """Give the code of the currency in which a record's amounts are."""
    mapping = mapped.get("currency", FieldMapping())
    return exp.Upper(this=exp.Trim(this=_renamed(_text_of("currency", mapping, feed), mapping)))


def _renamed(raw: exp.Expr, mapping: FieldMapping) -> exp.Expr:
    names: dict[str, str | None] = {name.strip().lower(): ours for name, ours in mapping.values.items()}
    names |= dict.fromkeys((name.strip().lower() for name in mapping.unknown), None)
    if not names:
        return raw
    case = exp.Case(this=exp.Lower(this=exp.Trim(this=raw.copy())))
    for theirs, ours in names.items():
        case = case.when(exp.Literal.string(theirs), exp.null() if ours is None else exp.Literal.string(ours))
    return case.else_(raw)


def _time(column: str | None, feed: FeedFiles, reader: Reader) -> exp.Expr:
    if column is None:
        return _null(Kind.TIME)
    mapping = FieldMapping(column=column)
    return reader.read(_raw(mapping, feed), Kind.TIME, writing_of(feed.object, mapping))


def _unread(field: str, raw: exp.Expr, tree: exp.Expr) -> exp.Expr:
    lost = parse_one("nullif(trim(:raw), '') is not null and :tree is null", dialect="duckdb")
    return exp.Case().when(replace_placeholders(lost, raw=raw, tree=tree), exp.Literal.string(field))


def _joined(unread: list[exp.Expr]) -> exp.Expr:
    return (
        exp.func("concat_ws", exp.Literal.string(","), *unread, dialect="duckdb") if unread else exp.Literal.string("")
    )


def _null(kind: Kind) -> exp.Expr:
    return exp.cast(exp.null(), SQL_TYPES[kind])


SQL_TYPES = {
    Kind.TEXT: "varchar",
    Kind.MONEY: "decimal(18, 2)",
    Kind.NUMBER: "double",
    Kind.INTEGER: "bigint",
    Kind.DATE: "date",
    Kind.TIME: "timestamp",
    Kind.FLAG: "boolean",
}
"""The engine's type of each kind of field."""


@cache
def _empty(entity: str) -> str:
    meta = {
        "object": "varchar", "record": "varchar", "taken_at": "timestamp", "position": "bigint", "sequence": "bigint",
        "op": "varchar", "voice": "varchar", "assumes": "varchar", "row_number": "bigint",
    }  # fmt: skip
    select = exp.select(*(exp.cast(exp.null(), kind).as_(name) for name, kind in meta.items()))
    for field, kind in fields_of(entity).items():
        select = select.select(_null(kind).as_(field), copy=False)
        if entity == "opportunity":
            select = select.select(exp.false().as_(f"set_{field}"), copy=False)
    rest = {"unread": "varchar", "happened_at": "timestamp", "flagged": "boolean"}
    select = select.select(*(exp.cast(exp.null(), kind).as_(name) for name, kind in rest.items()))
    return select.where(exp.false()).sql("duckdb")
