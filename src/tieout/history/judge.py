"""What is right and wrong with an extract before it is committed: its columns, its keys, what it would delete."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from tieout.basics.findings import Finding, Level, nearest
from tieout.connect.files import TABLE, Extract, Reject
from tieout.connect.files.careful import read_carefully
from tieout.connect.files.record import Record
from tieout.contract.model import SourceObject
from tieout.contract.typing_sql import Writing, typed
from tieout.contract.vocabulary import Kind
from tieout.history.ledger import Feed, Pull
from tieout.warehouse.engine import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


NO_KEY = "the key is empty"
SUBTOTALS = ("grand total", "grand totals", "subtotal", "subtotals", "sub-total", "gesamtsumme", "zwischensumme")
TOTALS = ("total", "totals", "sum", "summe", "gesamt", "total general", "totale", *SUBTOTALS)
"""What a row of totals says; the first ones are no names of anything, so they are totals anywhere."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a contract names for an object: groups of which one must be there, and texts of SQL."""

    keys: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    sql: str

    @property
    def known(self) -> frozenset[str]:
        """Every column that is named."""
        return frozenset((*self.keys, *(name for group in self.groups for name in group)))


def named_columns(source: SourceObject) -> Columns:
    """List the columns that the contract names for an object."""
    columns = [mapping.column for mapping in source.fields.values() if mapping.column]
    groups = [(column,) if isinstance(column, str) else column for column in columns]
    groups += [(name,) for name in (source.modified, source.at, source.sequence) if name]
    groups += [(event.at,) for event in source.events]
    texts = [mapping.sql for mapping in source.fields.values() if mapping.sql]
    return Columns(source.keys, tuple(dict.fromkeys(groups)), "\n".join([*texts, source.where or ""]).casefold())


def missing_columns(named: Columns, columns: Iterable[str]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """List the key columns, and the groups of other named columns, that a header does not have."""
    there = {name.casefold() for name in columns}
    keys = tuple(name for name in named.keys if name.casefold() not in there)
    groups = tuple(group for group in named.groups if not any(name.casefold() in there for name in group))
    return keys, groups


def unmapped_columns(named: Columns, columns: Iterable[str]) -> tuple[str, ...]:
    """List the columns of a file that the contract does not name."""
    known = {name.casefold() for name in named.known}
    return tuple(name for name in columns if name.casefold() not in known and name.casefold() not in named.sql)


def missing_finding(place: str, feed: Feed, group: Sequence[str], columns: Sequence[str], code: str) -> Finding:
    """Tell that a named column is not in a file."""
    told = " or ".join(f"'{name}'" for name in group)
    what = "key column" if code == "file.key_missing" else "column"
    return Finding(
        code,
        Level.ERROR,
        place,
        f"The {what} {told} of {feed} is not in the file.",
        "Export it again with that column, or correct contract/sources.yaml.",
        given=group[0],
        allowed=tuple(columns),
        nearest=nearest(group[0], columns),
    )


# -- keys


def key_sql(extract: Extract, keys: Sequence[str]) -> str:
    """Spell a record's key: one column as it is, several joined so that no two keys look alike; none: the digest."""
    if not keys:
        return digest_sql(extract)
    if len(keys) == 1:
        return extract.column(keys[0])
    parts = (f"replace(replace({extract.column(name)}, '\\', '\\\\'), '|', '\\|')" for name in keys)
    return "concat_ws('|', " + ", ".join(parts) + ")"


def digest_sql(extract: Extract) -> str:
    """Spell a record's digest: md5 over name, length and value of the columns that are not null, sorted by name."""
    parts = []
    for name in sorted(extract.columns):
        column, start = extract.column(name), literal(f"{len(name)}:{name}")
        parts.append(f"case when {column} is null then '' else concat({start}, strlen({column}), ':', {column}) end")
    digest = f"md5(concat({', '.join(parts)}))"
    return f"coalesce(kept_digest, {digest})" if extract.digested else digest


@dataclass(frozen=True, slots=True)
class Look:
    """What the rows of an extract are: how many say that they are totals, how many lack a key, whether no two agree."""

    totals: int
    keyless: int
    unique: bool


def look(engine: DuckDBPyConnection, keys: Sequence[str], extract: Extract) -> Look:
    """Look at all rows in one pass; `unique` is of the keys, else of all columns.

    By hashes: two that collide count as agreeing, which is safe.
    """
    totals = f"{_says(keys, extract)} in ({_listed(TOTALS)})" if keys else "false"
    shown = ", ".join(extract.column(name) for name in keys or extract.columns)
    query = (
        f"select count(*) filter (where {totals}), count(*) filter (where {_lacking(keys, extract)}),"
        f" count(*) = count(distinct hash({shown})) from {TABLE}"
    )
    return Look(*engine.execute(query).fetchall()[0])


def drop_keyless(engine: DuckDBPyConnection, keys: Sequence[str], extract: Extract) -> tuple[Reject, ...]:
    """Take the rows without a key out of the extract."""
    return _take_out(engine, extract, f"select rowid from {TABLE} where {_lacking(keys, extract)}", NO_KEY)


def _lacking(keys: Sequence[str], extract: Extract) -> str:
    return " or ".join(f"coalesce(trim({extract.column(name)}), '') = ''" for name in keys) or "false"


def drop_totals(engine: DuckDBPyConnection, keys: Sequence[str], extract: Extract) -> tuple[Reject, ...]:
    """Take rows of totals out: the last rows whose key (or first cell) says so, and grand totals anywhere."""
    says = _says(keys, extract)
    last = f"rowid > (select coalesce(max(rowid), -1) from {TABLE} where {says} not in ({_listed(TOTALS)}))"
    query = f"select rowid from {TABLE} where {last} or {says} in ({_listed(SUBTOTALS)})"
    return tuple(replace(reject, spare=True) for reject in _take_out(engine, extract, query, "it is a row of totals"))


def _says(keys: Sequence[str], extract: Extract) -> str:
    shown = [f"nullif(trim({extract.column(name)}), '')" for name in (*keys, *extract.columns)]
    return f"coalesce(lower(trim(coalesce({', '.join(shown)}), ' :')), '')"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(literal(word) for word in words)


def drop_repeats(
    engine: DuckDBPyConnection, source: SourceObject, extract: Extract, zone: str
) -> tuple[int, tuple[Reject, ...]]:
    """Leave one row for each key of a full extract: the last modified, else the last. Count those that were the same.

    A row that differs from the one that stays is rejected.
    """
    key, newest = key_sql(extract, source.keys), "null"
    if source.modified and source.modified.casefold() in {name.casefold() for name in extract.columns}:
        text = exp.column(extract.column(source.modified))
        newest = typed(text, Kind.TIME, zone, Writing(source.dates)).sql("duckdb")
    engine.execute(
        f"create or replace temp table repeated as"
        f" select rowid as id, {digest_sql(extract)} as digest, first_value(digest) over same as stays,"
        f" row_number() over same as place from (select rowid, * from {TABLE} where {key} in"
        f" (select {key} from {TABLE} group by all having count(*) > 1))"
        f" window same as (partition by {key} order by {newest} desc nulls last, rowid desc) qualify place > 1"
    )
    reason = "the key is there twice with other values; the row modified last, else the last one, was kept"
    rejects = _take_out(engine, extract, "select id from repeated where digest <> stays", reason)
    same = engine.execute("select count(*) from repeated where digest = stays").fetchall()[0][0]
    engine.execute(f"delete from {TABLE} where rowid in (select id from repeated where digest = stays)")
    return same, rejects


def _take_out(engine: DuckDBPyConnection, extract: Extract, rows: str, reason: str) -> tuple[Reject, ...]:
    number = "record, line" if extract.numbered else "rowid + 1, null"
    shown = ", ".join(extract.column(name) for name in extract.columns)
    found = engine.execute(f"select {number}, {shown} from {TABLE} where rowid in ({rows}) order by rowid").fetchall()
    if not found:
        return ()
    lines = _lines_of(extract, {row[0] for row in found})
    engine.execute(f"delete from {TABLE} where rowid in ({rows})")
    sign = extract.header.delimiter if extract.header else ","
    return tuple(Reject(row[1] or lines[row[0]], reason, _joined(row[2:], sign)) for row in found)


def _lines_of(extract: Extract, numbers: set[int]) -> dict[int, int]:
    """Find the lines on which records begin: at once where each has one line, else by reading the file again."""
    prepared, header = extract.prepared, extract.header
    if extract.numbered or not header:
        return {number: number for number in numbers}
    if prepared.lines == prepared.records:
        return {number: number + header.lines for number in numbers}
    items = read_carefully(prepared.path, header)
    return {item.number: item.line for item in items if isinstance(item, Record) and item.number in numbers}


def _joined(values: Sequence[str | None], sign: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=sign, lineterminator="").writerow(["" if value is None else value for value in values])
    return text.getvalue()


# -- what a full extract would delete


@dataclass(frozen=True, slots=True)
class Loss:
    """How many records stood, and how many of them a full extract would delete."""

    stood: int
    gone: int


def standing(pulls: Sequence[Pull]) -> tuple[Pull, ...]:
    """Give the pulls, of those before one in taken order, whose records still stand: from the last complete one on."""
    last = max((index for index, pull in enumerate(pulls) if pull.deletions), default=0)
    return tuple(pulls[last:])


def would_delete(engine: DuckDBPyConnection, extract: Extract, keys: Sequence[str], files: Sequence[str]) -> Loss:
    """Compare the records that stand, in the files of pulls, with those of a full extract."""
    listed = ", ".join(literal(file) for file in files)
    known = f"select _key from read_parquet([{listed}], union_by_name = true)"
    if len(files) > 1:
        known = f"select distinct _key from ({known})"
    query = (
        f"with now as (select {key_sql(extract, keys)} as key from {TABLE}) select count(*),"
        f" count(*) filter (where not exists (select 1 from now where now.key = known._key)) from ({known}) as known"
    )
    return Loss(*engine.execute(query).fetchall()[0])


def guard_finding(place: str, feed: Feed, loss: Loss) -> Finding | None:
    """Hold back a full extract that would delete too much at once: a tenth and more than twenty, or all there is."""
    if not loss.gone or not (loss.gone == loss.stood or (loss.gone * 10 > loss.stood and loss.gone > 20)):
        return None
    return Finding(
        "pull.deletions",
        Level.ERROR,
        place,
        f"This full extract of {feed} would delete {loss.gone:,} of {loss.stood:,} records; it is held back.",
        f"If it is half an export, export it again. If the records are really gone: tieout pull --accept {feed}",
        count=loss.gone,
    )
