"""A table looked at: a sample of its rows for judging columns, all of its rows for proving what the sample hints at.

Small files are loaded whole, as a pull loads them. Of a big one the sample is its head and rows from many places of the
file, and only the columns that matter are read in full.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tieout.connect.files import ABOVE, TABLE, Reading, UnreadableError, load, prepare
from tieout.propose.group import Table
from tieout.propose.survey import Source
from tieout.propose.values import Facts, facts_of
from tieout.warehouse.engine import Connection, EngineError, literal

SMALL = 48 << 20
PACKED_RATIO = 8
SAMPLED = 4_000
HEAD_ROWS = 1_500
PLACES, PIECE = 48, 1 << 15


@dataclass(frozen=True, slots=True)
class Looked:
    """One file as it was looked at: `relation` gives its rows in the engine, as columns c1, c2 ... of text."""

    source: Source
    relation: str
    rows: int | None
    facts: tuple[Facts, ...]
    sample: tuple[tuple[str | None, ...], ...] = ()
    rejected: int = 0
    titles: str = ""
    """What stands above the names of the columns."""

    @property
    def part(self) -> bool:
        """Whether the sample is a part of the rows only: what is there once in it may be there again."""
        return self.rows is None or len(self.sample) < self.rows

    def index(self, column: str) -> int:
        """Give the place of a column."""
        return self.source.columns.index(column)

    def sql(self, column: str) -> str:
        """Give the column of the relation."""
        return f"c{self.index(column) + 1}"

    def of(self, column: str) -> Facts:
        """Give what a column's values look like."""
        return self.facts[self.index(column)]


@dataclass
class Desk:
    """The engine in which tables are looked at, and the scratch folder beside it."""

    engine: Connection
    scratch: Path
    count: int = 0
    loaded: int = field(default=0)

    def name(self) -> str:
        """Give a new name for a table of the engine."""
        self.count += 1
        return f"looked_{self.count}"


BUDGET = 400 << 20
"""How many bytes of small files are kept in the engine; those beyond are read again from disk."""


def look(desk: Desk, source: Source) -> Looked:
    """Look at one file. Raises UnreadableError where it is no table after all."""
    weight = source.size * (PACKED_RATIO if source.packed or source.parquet else 1)
    if weight <= SMALL and desk.loaded + weight <= BUDGET:
        desk.loaded += weight
        return _whole(desk, source)
    if source.parquet:
        return _parquet(desk, source)
    if not source.simple:
        return _whole(desk, source)
    return _big(source)


def _whole(desk: Desk, source: Source) -> Looked:
    reading = Reading(desk.scratch, source.name, sheet=source.sheet)
    extract = load(desk.engine, prepare(source.path, reading), reading)
    name = desk.name()
    desk.engine.execute(f"alter table {TABLE} rename to {name}")
    columns = ", ".join(f"c{number}" for number in range(1, len(source.columns) + 1))
    step = max(extract.rows // (SAMPLED - HEAD_ROWS), 1)
    query = f"select {columns} from {name} where rowid < {HEAD_ROWS} or rowid % {step} = 0"
    sample = tuple(desk.engine.execute(query).fetchall())
    told = " ".join(one.message.partition(ABOVE)[2] for one in extract.findings if one.code == "file.header")
    return Looked(source, name, extract.rows, _facts(sample, source), sample, len(extract.rejects), told)


def _facts(sample: Sequence[Sequence[str | None]], source: Source) -> tuple[Facts, ...]:
    if not sample:
        return tuple(Facts() for _ in source.columns)
    return tuple(facts_of(values) for values in zip(*sample, strict=True))


def _parquet(desk: Desk, source: Source) -> Looked:
    names = ", ".join(f"nullif(cast(\"{name}\" as varchar), '') as c{n}" for n, name in enumerate(source.columns, 1))
    relation = f"(select {names} from read_parquet({literal(str(source.path))}))"
    try:
        query = f"select * from {relation} using sample {SAMPLED} rows"
        sample = tuple(desk.engine.execute(query).fetchall())
        rows = desk.engine.execute(f"select count(*) from {relation}").fetchall()[0][0]
    except EngineError as error:
        message = f"The Parquet file cannot be read: {str(error).splitlines()[0]}."
        raise UnreadableError(message, "Export it again, whole.") from error
    return Looked(source, relation, rows, _facts(sample, source), sample)


def _big(source: Source) -> Looked:
    sample = tuple(_packed_rows(source) if source.packed else _scattered_rows(source))
    columns = ", ".join(f"c{number}: 'VARCHAR'" for number in range(1, len(source.columns) + 1))
    relation = (
        f"read_csv({literal(str(source.path))}, auto_detect = false, header = true,"
        f" delim = {literal(source.delimiter or ',')},"
        f" quote = '\"', escape = '\"', columns = {{{columns}}}, ignore_errors = true, max_line_size = 4000000,"
        f" hive_partitioning = false)"
    )
    return Looked(source, relation, None, _facts(sample, source), sample)


def _rows(text: str, source: Source) -> list[tuple[str | None, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=source.delimiter or ",")
    width = len(source.columns)
    try:
        return [tuple(value or None for value in row) for row in reader if len(row) == width]
    except csv.Error:
        return []


def _packed_rows(source: Source) -> list[tuple[str | None, ...]]:
    with gzip.open(source.path, "rt", encoding="utf-8", errors="replace", newline="") as file:
        head = file.read(PLACES * PIECE)
    return _rows(head[: head.rfind("\n") + 1], source)[1 : SAMPLED + 1]


def _scattered_rows(source: Source) -> list[tuple[str | None, ...]]:
    """Read the head, and whole lines from many places of the file."""
    with source.path.open("rb") as file:
        head = file.read(HEAD_ROWS * 400).decode("utf-8", "replace")
        rows = _rows(head[: head.rfind("\n") + 1], source)[1 : HEAD_ROWS + 1]
        share = max((SAMPLED - HEAD_ROWS) // PLACES, 1)
        for place in range(PLACES):
            file.seek(source.size * (place + 1) // (PLACES + 2))
            text = file.read(PIECE).decode("utf-8", "replace")
            piece = text[text.find("\n") + 1 : text.rfind("\n") + 1]
            rows += _rows(piece, source)[:share]
    return rows


# -- what is proven on all rows


def keep(desk: Desk, looked: Looked, columns: Sequence[str]) -> Looked:
    """Read the columns that matter of a big file into the engine, in one go; a small one is there already."""
    if not looked.relation.startswith(("read_csv", "(select")):
        return looked
    wanted = ", ".join(looked.sql(column) for column in dict.fromkeys(columns)) or "c1"
    name = desk.name()
    try:
        desk.engine.execute(f"create temp table {name} as select {wanted} from {looked.relation}")
        rows = desk.engine.execute(f"select count(*) from {name}").fetchall()[0][0]
    except EngineError:
        return looked
    return Looked(looked.source, name, rows, looked.facts, looked.sample, looked.rejected)


def newest(table: Table) -> Source:
    """Give the file that is looked at first: the newest, and of several parts the largest."""
    return max(table.sources, key=lambda source: source.size) if table.parts else table.sources[-1]
