"""Rules over systems, their objects and field mappings: one function is one rule, its docstring says it."""

# ruff: noqa: D401 - a rule's docstring is the rule as people read it

from __future__ import annotations

import codecs
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from tieout.basics.calendars import PeriodError, parse_moment
from tieout.basics.findings import Level
from tieout.contract.criteria import parse_expression
from tieout.contract.model import FieldMapping, SourceObject
from tieout.contract.places import Fault, Path, shorten
from tieout.contract.rulebook import Rule, Rulebook, folded, known, unique
from tieout.contract.rules_pipeline import PIPELINE, plain_name, stage_names
from tieout.contract.vocabulary import ENTITIES, FIELD_HISTORY, FIELD_HISTORY_FIELDS, Kind

SOURCES = "sources.yaml"
_FILE_NAME = r"[A-Za-z0-9_][A-Za-z0-9_-]{0,59}"


def objects(book: Rulebook) -> Iterator[tuple[Path, SourceObject]]:
    """List every object of every system, with its path."""
    for system, terms in book.contract.sources.items():
        for name, item in terms.objects.items():
            yield (SOURCES, system, "objects", name), item


def mappings(book: Rulebook) -> Iterator[tuple[Path, SourceObject, str, FieldMapping]]:
    """List every field mapping, with its path, object and field."""
    for path, item in objects(book):
        for name, mapping in item.fields.items():
            yield (*path, "fields", name), item, name, mapping


def fields_of(entity: str | None) -> dict[str, Kind]:
    """Give the fields that a mapping for an entity can fill."""
    return FIELD_HISTORY_FIELDS if entity == FIELD_HISTORY else ENTITIES.get(entity or "", {})


def sources_have_file_names(book: Rulebook) -> Iterator[Fault]:
    """The names of systems and objects can be names of folders, anywhere, and differ by more than case."""
    systems = book.contract.sources
    yield from unique(book, (((SOURCES, name), name) for name in systems), "system.duplicate", "system")
    for system, terms in systems.items():
        yield from plain_name(book, (SOURCES, system), system, "system", _FILE_NAME)
        at: Path = (SOURCES, system, "objects")
        yield from unique(book, (((*at, name), name) for name in terms.objects), "object.duplicate", "object")
        for name in terms.objects:
            yield from plain_name(book, (*at, name), name, "object", _FILE_NAME)


def objects_mean_an_entity(book: Rulebook) -> Iterator[Fault]:
    """The entity of an object is one of the vocabulary; fields are mapped only where there is one."""
    allowed = (*ENTITIES, FIELD_HISTORY)
    for path, item in objects(book):
        if item.entity is not None:
            if item.entity not in allowed:
                message = f"'{shorten(item.entity)}' is no entity."
                remedy = "Use an entity that there is, or delete the key to keep the object as it is."
                at = (*path, "entity")
                yield book.fault(at, "entity.unknown", message, remedy, given=item.entity, allowed=allowed)
        elif item.fields and book.intact(*path):
            message = "Fields are mapped, and nothing says what a record of the object is."
            yield book.fault((*path, "fields"), "object.no_entity", message, "Add 'entity:'.", allowed=allowed)


def objects_have_a_key(book: Rulebook) -> Iterator[Fault]:
    """An object names the column or columns that identify a record, unless it is a log."""
    for path, item in objects(book):
        if item.mode != "log" and not any(key.strip() for key in item.keys) and book.intact(*path):
            message = "The object does not say which column identifies a record."
            yield book.fault(path, "object.no_key", message, "Add 'key: COLUMN', or 'mode: log' for events.")


def objects_have_files(book: Rulebook) -> Iterator[Fault]:
    """An object names the files that hold it."""
    for path, item in objects(book):
        if not item.patterns or not all(pattern.strip() for pattern in item.patterns):
            message = "The object does not say which files hold it."
            yield book.fault((*path, "files"), "object.no_files", message, "Add 'files: PATTERN', such as deals_*.csv.")


def fields_are_in_the_vocabulary(book: Rulebook) -> Iterator[Fault]:
    """Mapped, assumed and set fields are fields of the object's entity."""
    for path, item in objects(book):
        if not (fields := fields_of(item.entity)):
            continue
        given: list[tuple[Path, str]] = [((*path, "fields", name), name) for name in item.fields]
        given += [((*path, "assume", index), name) for index, name in enumerate(item.assume)]
        for index, event in enumerate(item.events):
            given += [((*path, "events", index, "set", name), name) for name in event.set]
        for at, name in given:
            if name not in fields:
                message = f"'{shorten(name)}' is no field of {item.entity}."
                yield book.fault(at, "field.unknown", message, "Use one of its fields.", given=name, allowed=fields)


def mappings_say_where_from(book: Rulebook) -> Iterator[Fault]:
    """A field is read from a column, an expression or a constant, and from one of them only."""
    for path, _, name, mapping in mappings(book):
        ways = [key for key in ("column", "sql", "constant") if getattr(mapping, key) is not None]
        if len(ways) != 1 and book.intact(*path):
            told = f"by {' and '.join(ways)} at once" if ways else "from nowhere"
            message = f"The field '{shorten(name)}' is read {told}."
            yield book.fault(path, "mapping.ways", message, "Give one of column, sql and constant.")
        columns = (mapping.column,) if isinstance(mapping.column, str) else mapping.column
        if columns is not None and not all(column.strip() for column in columns or ("",)):
            yield book.fault(path, "mapping.blank", f"The column of '{shorten(name)}' has no name.", "Name the column.")


def expressions_hold(book: Rulebook) -> Iterator[Fault]:
    """The SQL of a mapping and of `where` is an allowed expression over the export's columns."""
    texts = [((*path, "sql"), mapping.sql) for path, _, _, mapping in mappings(book)]
    texts += [((*path, "where"), item.where) for path, item in objects(book)]
    for path, text in texts:
        if text is not None:
            _, findings = parse_expression(text, book.places.place(path))
            yield from (Fault(path, finding) for finding in findings)


FITTING = {
    "minor": frozenset({Kind.MONEY}),
    "decimal": frozenset({Kind.MONEY, Kind.NUMBER, Kind.INTEGER}),
    "dates": frozenset({Kind.DATE, Kind.TIME}),
}
"""Which kinds of field a way of writing says something about."""


def writing_fits_the_field(book: Rulebook) -> Iterator[Fault]:
    """`dates`, `decimal` and `minor` of a field fit what it holds."""
    for path, item, name, mapping in mappings(book):
        kind = fields_of(item.entity).get(name)
        for key, kinds in FITTING.items():
            if kind and kind not in kinds and getattr(mapping, key) is not None:
                message = f"'{key}' says nothing about '{shorten(name)}', which is {kind.value}."
                yield book.fault((*path, key), "mapping.writing", message, f"Delete '{key}'.", given=key)


def logs_say_when(book: Rulebook) -> Iterator[Fault]:
    """A log of opportunities or of field changes says in which column the time of an event stands."""
    for path, item in objects(book):
        timed = item.at is not None or (item.entity == FIELD_HISTORY and "at" in item.fields)
        if item.mode == "log" and item.entity in {"opportunity", FIELD_HISTORY} and not timed and book.intact(*path):
            message = "The log does not say which column holds the time of an event."
            yield book.fault(path, "object.no_at", message, "Add 'at: COLUMN'.")


def accounts_are_no_log(book: Rulebook) -> Iterator[Fault]:
    """Accounts and users are told as they are, in full or as what changed; a log of their events cannot be read yet."""
    for path, item in objects(book):
        if item.mode == "log" and item.entity in {"account", "user"} and book.intact(*path):
            message = f"An object of {item.entity}s cannot be a log."
            yield book.fault((*path, "mode"), "object.log", message, "Use 'mode: full' or 'mode: delta'.", given="log")


def field_histories_say_of_what(book: Rulebook) -> Iterator[Fault]:
    """A field history is a log, says whose fields changed, and which of their fields is which of ours."""
    for path, item in objects(book):
        if item.entity != FIELD_HISTORY or not book.intact(*path):
            continue
        if item.of not in ENTITIES:
            message = (
                "A field history must say whose fields changed." if item.of is None else f"'{item.of}' is no entity."
            )
            at = path if item.of is None else (*path, "of")
            yield book.fault(at, "object.of", message, "Add 'of: opportunity'.", given=item.of, allowed=ENTITIES)
        else:
            given = (((*path, "tracked", name), ours) for name, ours in item.tracked.items())
            yield from known(book, given, ENTITIES[item.of], "field.unknown", "field")
        if not item.tracked:
            message = "A field history must say which of their fields is which of ours."
            yield book.fault(path, "object.tracked", message, "Add 'tracked: {TheirField: our_field}'.")
        if item.mode != "log":
            message = f"A field history is a log of events, and its mode is '{item.mode}'."
            yield book.fault((*path, "mode"), "object.mode", message, "Write 'mode: log'.", given=item.mode)


def only_histories_track(book: Rulebook) -> Iterator[Fault]:
    """`of` and `tracked` belong to field histories."""
    for path, item in objects(book):
        if item.entity != FIELD_HISTORY and (item.of is not None or item.tracked) and book.intact(*path):
            key = "of" if item.of is not None else "tracked"
            message = f"'{key}' says something only where 'entity: {FIELD_HISTORY}'."
            yield book.fault((*path, key), "object.not_history", message, "Delete it, or change the entity.")


def files_can_be_read(book: Rulebook) -> Iterator[Fault]:
    """Encoding, delimiter, header and `taken_at` of an object are ones that there are."""
    for path, item in objects(book):
        if item.encoding is not None and not _encoding(item.encoding):
            message = f"'{shorten(item.encoding)}' is no encoding of text."
            allowed = ("utf-8", "utf-16", "cp1252", "latin-1")
            remedy = "Use a common one, or delete the key to have it recognized."
            at = (*path, "encoding")
            yield book.fault(at, "encoding.unknown", message, remedy, given=item.encoding, allowed=allowed)
        if item.delimiter is not None and not _delimiter(item.delimiter):
            message = f"'{shorten(item.delimiter)}' cannot part columns."
            remedy = "Use a sign, such as ',' or ';' or '\\t', or a few, such as '||'; no quotes, letters or line ends."
            yield book.fault((*path, "delimiter"), "delimiter.form", message, remedy, given=item.delimiter)
        rows = item.header_rows
        if rows and (rows[0] < 1 or rows != tuple(range(rows[0], rows[0] + min(len(rows), 2)))):
            message = f"'header' names the rows {', '.join(map(str, rows))}."
            remedy = "Give the row that names the columns, counted from 1; or two that follow each other: [1, 2]."
            yield book.fault((*path, "header"), "header.form", message, remedy, given=item.header)
        if item.taken_at is not None:
            try:
                parse_moment(item.taken_at, ZoneInfo(book.contract.company.time_zone))
            except PeriodError as error:
                remedy = "Give the time at which the export was taken."
                yield book.fault((*path, "taken_at"), "taken_at.form", str(error), remedy, given=item.taken_at)


def _delimiter(text: str) -> bool:
    plain = text.encode().decode("unicode_escape", "replace") if text.startswith("\\") else text
    return 0 < len(plain) <= 8 and not any(sign in '"\r\n\0\ufffd' or sign.isalnum() for sign in plain)


def _encoding(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding  # noqa: SLF001 - no public way
    except (LookupError, ValueError):
        return False


def mapped_values_are_known(book: Rulebook) -> Iterator[Fault]:
    """What a mapping turns stages, types and categories of opportunities into are names of the pipeline."""
    pipeline = book.contract.pipeline
    lists = {"stage": ("stages", stage_names(book)), "type": ("types", list(pipeline.types))}
    if pipeline.categories:
        lists["category"] = ("categories", list(pipeline.categories))
    for path, item, name, mapping in mappings(book):
        if item.entity != "opportunity" or name not in lists or not book.whole(PIPELINE, lists[name][0]):
            continue
        given: list[tuple[Path, str]] = [
            ((*path, "values", key), value) for key, value in mapping.values.items() if value
        ]
        given += [((*path, "constant"), mapping.constant)] if mapping.constant else []
        names = {folded(each) for each in lists[name][1]}
        for at, value in given:
            if folded(value) not in names:
                message = f"'{shorten(value)}' is no {name} of the pipeline."
                remedy = f"Use a {name} of pipeline.yaml, or add it there."
                allowed = lists[name][1]
                yield book.fault(
                    at, f"{name}.unknown", message, remedy, given=value, allowed=allowed, level=Level.WARNING
                )


SOURCE_RULES: tuple[Rule, ...] = (
    sources_have_file_names,
    objects_mean_an_entity,
    objects_have_a_key,
    objects_have_files,
    fields_are_in_the_vocabulary,
    mappings_say_where_from,
    expressions_hold,
    writing_fits_the_field,
    logs_say_when,
    accounts_are_no_log,
    field_histories_say_of_what,
    only_histories_track,
    files_can_be_read,
    mapped_values_are_known,
)
"""Every rule over sources.yaml, in the order in which people read it."""
