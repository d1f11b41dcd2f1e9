"""Which of our fields each number reads, found in the SQL itself: of the steps of align, then of the number's facts.

A number reads what its value, its numerator and its date are computed from, and whatever decides which records there
are. The dimensions that it can be sliced by are not counted as read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope
from sqlglot.schema import MappingSchema

from tieout.align.mapping import fields_of
from tieout.align.placing_sql import ruled_accounts
from tieout.align.steps import step_order, step_texts
from tieout.contract.definitions import AGREED, counting_lenses, resolve_lens
from tieout.contract.vocabulary import ACCOUNT_COLUMNS, ENTITIES
from tieout.measure.lens_sql import LensView
from tieout.measure.moments import default_period, moment_of
from tieout.measure.numbers.catalogue import BY_ID, METRICS
from tieout.measure.numbers.facts import facts_of
from tieout.measure.run_sql import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tieout.contract.model import Contract, Lens
    from tieout.measure.numbers.metric import Aggregate, Metric
    from tieout.measure.numbers.question import Asked

Field = tuple[str, str]
"""An entity and one of its fields."""
NONE: frozenset[Field] = frozenset()
META = (
    "object", "record", "taken_at", "position", "sequence", "op", "voice", "assumes", "row_number", "unread",
    "happened_at", "flagged", "rowid",
)  # fmt: skip
NOT_FOLLOWED = frozenset({"opportunity_composed"})
"""A step whose columns lie in one structure: they come from the same fields as those of opportunity_told beside it."""
COUNTED = ("value", "hit", "day", "moment")
CLAUSES = ("where", "group", "having", "qualify", "distinct")
OPPORTUNITIES = "pipeline.open_qualified"
MADE_OF: dict[Aggregate, tuple[str, ...]] = {
    "coverage": (OPPORTUNITIES,),
    "required": (OPPORTUNITIES, "bookings"),
    "velocity": ("pipeline.open", "bookings", "win_rate.closed.count", "cycle_time.won.mean"),
    "efficiency": ("bookings",),
}
"""The numbers of which those of an aggregate are made, which have no rows of their own."""
BESIDE: dict[Aggregate, tuple[str, tuple[str, ...]]] = {
    "coverage": ("target", ("period", "segment", "amount", "currency", "kind")),
    "efficiency": ("spend", ("amount", "currency", "at", "category")),
}
"""What they read beside them: an entity and its fields."""


@dataclass
class Read:
    """What a relation is made of: the fields of each column, and those that decide which rows there are."""

    columns: dict[str, frozenset[Field]] = field(default_factory=dict)
    rows: frozenset[Field] = NONE


def uses_of(asked: Asked) -> Reads:
    """Give what the numbers of a build read; it takes seconds, so it is kept until another contract is asked about."""
    key = (asked.facts.fingerprint, asked.facts.version, str(asked.facts.heard_until))
    if key not in _KEPT:
        uses = Uses(asked)
        found = Reads(uses.numbers, uses.lenses)
        _KEPT.clear()
        _KEPT[key] = found
    return _KEPT[key]


@dataclass(frozen=True, slots=True)
class Reads:
    """The fields that each number reads, and each team's own count of the pipeline."""

    numbers: dict[str, frozenset[Field]]
    lenses: dict[str, frozenset[Field]]


_KEPT: dict[tuple[str, str, str], Reads] = {}


class Uses:
    """The fields that numbers and lenses read, for a build and its contract."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.contract = asked, asked.contract
        schema = _schema(asked)
        self.schema = MappingSchema(cast("dict[str, object]", schema), dialect="duckdb")
        self.seen: dict[str, Read] = {}
        self.tables = {name: Read(dict.fromkeys(columns, NONE)) for name, columns in schema.items()}
        self.tables |= _sources(self.contract)
        for name in step_order():
            self.tables[name] = self.step(name)

    @cached_property
    def numbers(self) -> dict[str, frozenset[Field]]:
        """Give the fields that each number of the catalogue reads."""
        return {metric.id: self.number(metric) for metric in METRICS}

    @cached_property
    def lenses(self) -> dict[str, frozenset[Field]]:
        """Give the fields that each team's own count of the pipeline reads."""
        return {name: self.number(BY_ID[OPPORTUNITIES], name) for name in counting_lenses(self.contract)}

    def number(self, metric: Metric, lens: str = AGREED) -> frozenset[Field]:
        """Find what one number reads; a coverage reads the pipeline and the targets."""
        if metric.aggregate in MADE_OF:
            entity, names = BESIDE.get(metric.aggregate, ("", ()))
            parts = (self.number(BY_ID[name], lens) for name in MADE_OF[metric.aggregate])
            return NONE.union(*parts, ((entity, name) for name in names))
        moment = moment_of(self.asked.facts.heard_until, None, self.asked.zone)
        terms: Lens = metric.counted(resolve_lens(self.contract, lens, moment.day))
        period = default_period(self.contract, moment)
        sql = facts_of(metric, LensView(lens, terms, moment, period), self.contract).sql
        found = self.seen[sql] = self.seen.get(sql) or self.read(sql)
        return found.rows.union(*(found.columns.get(name, NONE) for name in COUNTED))

    def step(self, name: str) -> Read:
        """Find what a step reads."""
        if name in NOT_FOLLOWED:
            return self.tables[name]
        return self.read(step_texts()[name])

    def read(self, sql: str) -> Read:
        """Follow the columns of a statement; one that cannot be followed reads nothing that is known."""
        try:
            tree = qualify(
                parse_one(sql, dialect="duckdb"),
                schema=self.schema,
                dialect="duckdb",
                validate_qualify_columns=False,
                identify=False,
            )
        except SqlglotError:
            return Read()
        scope = build_scope(cast("exp.Query", tree))
        return _Reader(self.tables).read(scope) if scope else Read()


def _schema(asked: Asked) -> dict[str, dict[str, str]]:
    sql = "select table_name, column_name from information_schema.columns order by table_name, ordinal_position"
    schema: dict[str, dict[str, str]] = {}
    for table, column in rows(asked.engine, sql):
        schema.setdefault(table, {})[column] = "varchar"
    for entity, known in _sources(asked.contract).items():
        schema[entity] = dict.fromkeys(known.columns, "varchar")
    return schema


def _sources(contract: Contract) -> dict[str, Read]:
    """Give the source views, whose columns are our fields."""
    found: dict[str, Read] = {}
    for entity in ENTITIES:
        columns = dict.fromkeys(META, NONE)
        for name in fields_of(entity):
            told = frozenset({(entity, "source" if name == "source_raw" else name)})
            columns[name] = told
            if entity == "opportunity":
                columns[f"set_{name}"] = told
        columns["record"] = frozenset({(entity, "id")})
        if "email" in ENTITIES[entity]:
            columns["email_key"] = frozenset({(entity, "email")})
        found[f"source_{entity}"] = Read(columns)
    placed = parse_one(ruled_accounts(contract), dialect="duckdb")
    names = {column.name for column in placed.find_all(exp.Column)} & set(ACCOUNT_COLUMNS)
    told = frozenset(("account", name) for name in names)
    accounts = found["source_account"].columns
    found["source_account_ruled"] = Read({**accounts, "rule_segments": told, "rule_territories": told})
    return found


class _Reader:
    """Walks the scopes of one statement."""

    def __init__(self, tables: dict[str, Read]) -> None:
        self.tables = tables
        self.known: dict[int, Read] = {}

    def read(self, scope: Scope) -> Read:
        """Give what a scope reads; each is walked once."""
        if id(scope) not in self.known:
            self.known[id(scope)] = self.union(scope) if scope.set_operation_scopes else self.select(scope)
        return self.known[id(scope)]

    def union(self, scope: Scope) -> Read:
        """Join the sides of a union, column by column."""
        sides = [self.read(side) for side in scope.set_operation_scopes]
        names = list(sides[0].columns)
        columns = {
            name: NONE.union(*(list(side.columns.values())[place] for side in sides if len(side.columns) > place))
            for place, name in enumerate(names)
        }
        return Read(columns, NONE.union(*(side.rows for side in sides)))

    def select(self, scope: Scope) -> Read:
        """Give the columns of a select, and what decides its rows: its own clauses and those of what it reads."""
        tree = scope.expression
        if not isinstance(tree, exp.Select):
            return Read()
        near = dict(self.near(scope))
        clauses = [tree.args.get(name) for name in CLAUSES]
        for join in tree.args.get("joins") or ():
            clauses += self.joined(join, near)
        columns = {one.alias_or_name: self.fields(one, near) for one in tree.selects}
        told = NONE.union(*(self.fields(clause, near) for clause in clauses if isinstance(clause, exp.Expr)))
        return Read(columns, told.union(*(read.rows for read in near.values())))

    def joined(self, join: exp.Join, near: dict[str, Read]) -> list[exp.Expr]:
        """Give what a join takes rows away by; a left join takes none, it decides what its own columns hold."""
        on, name = join.args.get("on"), join.this.alias_or_name
        if on is None or join.side != "LEFT" or name not in near:
            return [on] if on is not None else []
        beside = near[name]
        told = self.fields(on, near) | beside.rows
        near[name] = Read({column: fields | told for column, fields in beside.columns.items()})
        return []

    def near(self, scope: Scope) -> Iterator[tuple[str, Read]]:
        """Give what a scope reads from, by alias, that of its subqueries included."""
        for inner in scope.subquery_scopes:
            yield from self.near(inner)
        for name, (_, source) in scope.selected_sources.items():
            if isinstance(source, Scope):
                yield name, self.read(source)
            else:
                yield name, self.tables.get(source.name, Read())

    def fields(self, tree: exp.Expr, near: dict[str, Read]) -> frozenset[Field]:
        """Give the fields behind the columns of an expression."""
        found = (near[one.table].columns.get(one.name, NONE) for one in tree.find_all(exp.Column) if one.table in near)
        return NONE.union(*found)
