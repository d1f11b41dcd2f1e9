"""Search: the rows of the ledger that tell a person, and what each becomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from tieout.connect.files.header import OURS
from tieout.history.erasure.cloak import Cloak
from tieout.history.erasure.erased import Erased
from tieout.history.erasure.roles import Kind, Roles
from tieout.history.erasure.rows import Row, Tie, Wearer
from tieout.history.ledger import Feed, Ledger
from tieout.warehouse.engine import identifier, literal

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

META = ("_position", "_row", "_key", "_digest")


@dataclass(frozen=True)
class Changed:
    """A row of a pull as it will be: its number there, its key and digest, and its values."""

    position: int
    row: int
    key: str
    digest: str
    values: Mapping[str, str | None]
    fields: tuple[str, ...]
    tie: Tie


@dataclass(frozen=True)
class Terms:
    """Whom a search is about: the key, the surrogate with its needles, the entry, and records erased before."""

    cloak: Cloak
    entry: Erased
    before: tuple[Erased, ...] = ()

    @property
    def key(self) -> str:
        """The key of keyed hashes."""
        return self.cloak.key

    def had(self, roles: Roles, record: str, row: Row) -> bool:
        """Whether an earlier erasure had this row already."""
        return any(one.tie(self.key, roles, record, row) >= Tie.TIED for one in self.before)


@dataclass
class Hits:
    """What was found in an object: the rows that change, by pull; `clean` pulls hold no row that could."""

    feed: Feed
    rows: dict[int, list[Changed]] = field(default_factory=dict)
    clean: frozenset[int] = frozenset()

    @property
    def fields(self) -> Counter[str]:
        """How many values change, by column."""
        return Counter(name for rows in self.rows.values() for row in rows for name in row.fields)

    @property
    def ties(self) -> Counter[Tie]:
        """How many rows change, by their tie."""
        return Counter(row.tie for rows in self.rows.values() for row in rows)

    def to_json(self) -> dict[str, Any]:
        """Give what becomes of the rows as JSON values; it holds surrogates only."""
        return {"feed": [self.feed.system, self.feed.object], "rows": [asdict(row) for row in self.every()]}

    def every(self) -> Iterator[Changed]:
        """Give every row that changes."""
        return (row for rows in self.rows.values() for row in rows)


def changed_from(told: Mapping[str, Any]) -> Changed:
    """Read a row that changes from JSON values."""
    return Changed(**{**told, "fields": tuple(told["fields"]), "tie": Tie(told["tie"])})


def hits_from(told: Mapping[str, Any]) -> Hits:
    """Read what `Hits.to_json` gave."""
    hits = Hits(Feed(*told["feed"]))
    for one in told["rows"]:
        row = changed_from(one)
        hits.rows.setdefault(row.position, []).append(row)
    return hits


def search(engine: DuckDBPyConnection, ledger: Ledger, roles: Roles, terms: Terms) -> Hits:
    """Find the rows of an object's pulls that tell the person."""
    pulls = ledger.pulls(roles.feed)
    hits = Hits(roles.feed)
    if not pulls:
        return hits
    columns = tuple(dict.fromkeys(column for pull in pulls for column in pull.columns))
    had = {pull.position: {name.casefold() for name in pull.columns} for pull in pulls}
    files = ", ".join(literal(str(ledger.path(pull))) for pull in pulls)
    relation = f"read_parquet([{files}], union_by_name = true, hive_partitioning = false)"
    shown = ", ".join(identifier(name) for name in (*META, *columns))
    condition = row_condition(roles, terms, columns)
    found = engine.execute(f"select {shown} from {relation} where {condition} order by 1, 2").fetchall()
    rows = [(row[:4], dict(zip(columns, row[4:], strict=True))) for row in found]

    def ask(shown: str) -> list[tuple[Sequence[str] | None, ...]]:
        return engine.execute(f"select {shown} from {relation}").fetchall()

    hits.clean = frozenset(had) - {meta[0] for meta, _ in rows}
    wearer = wearer_of(roles, terms, rows, ask)
    for (position, number, key, digest), values in rows:
        tie = terms.entry.tie(terms.key, roles, key, values)
        if (made := changed(wearer, terms, (key, digest), values, tie)) is None:
            continue
        new_key, new_digest, cloaked = made
        told = tuple(name for name, value in cloaked.items() if value != values[name])
        kept = {name: value for name, value in cloaked.items() if name.casefold() in had[position]}
        one = Changed(position, number, new_key, new_digest, kept, told, tie)
        hits.rows.setdefault(position, []).append(one)
    return hits


def telling_files(engine: DuckDBPyConnection, paths: Sequence[Path], roles: Roles, terms: Terms) -> list[Path]:
    """Give the change files of an object with rows that the erasure changes."""
    if not paths:
        return []
    listed = ", ".join(literal(str(path)) for path in paths)
    relation = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false, filename = true)"
    described = [str(row[0]) for row in engine.execute(f"describe select * from {relation}").fetchall()]
    columns = tuple(name for name in described if name not in OURS and name != "filename")
    shown = ", ".join(identifier(name) for name in ("filename", *META, *columns))
    query = f"select {shown} from {relation} where {row_condition(roles, terms, columns)}"
    wearer, found = Wearer(terms.cloak, roles), set()
    for row in engine.execute(query).fetchall():
        values = dict(zip(columns, row[5:], strict=True))
        tie = terms.entry.tie(terms.key, roles, row[3], values)
        if wearer.is_about(tie) or changed(wearer, terms, (row[3], row[4]), values, tie) is not None:
            found.add(str(row[0]))
    return [path for path in paths if str(path) in found]


def changed(
    wearer: Wearer, terms: Terms, meta: tuple[str, str], values: Row, tie: Tie
) -> tuple[str, str, dict[str, str | None]] | None:
    """Give the key, the digest and the values of a row as they become; None where nothing changes.

    Rows that are about the person always get another digest, whatever their values: else it would depend on what
    others have.
    """
    key, digest = meta
    cloaked = wearer.row(values, tie)
    always = wearer.is_about(tie) and not terms.had(wearer.roles, key, values)
    if cloaked == dict(values) and not always:
        return None
    new = terms.cloak.digest(digest)
    return wearer.key(cloaked, key, new), new, cloaked


def wearer_of(
    roles: Roles,
    terms: Terms,
    rows: Iterable[tuple[tuple[int, int, str, str], Row]],
    ask: Callable[[str], list[tuple[Sequence[str] | None, ...]]],
) -> Wearer:
    """Make what gives the rows their cloak: asks which values of the person's own rows others have too."""
    bare = Wearer(terms.cloak, roles)
    own = [(meta[2], row) for meta, row in rows if bare.is_about(terms.entry.tie(terms.key, roles, meta[2], row))]
    keys = ", ".join(literal(key) for key in sorted({key for key, _ in own}))
    shown: dict[str, str] = {}
    for column in own[0][1] if own else ():
        values = sorted({value for _, row in own if (value := row[column])})
        if not values or roles.kind(column) is not Kind.FREE:
            continue
        test = f"{_in(identifier(column), values)} and _key not in ({keys})"
        shown[column] = f"list(distinct {identifier(column)}) filter (where {test})"
    told = ask(", ".join(shown.values()))[0] if shown else ()
    common = {column: frozenset(found or ()) for column, found in zip(shown, told, strict=True)}
    return Wearer(terms.cloak, roles, common)


def row_condition(roles: Roles, terms: Terms, columns: tuple[str, ...]) -> str:
    """Spell which rows may tell the person: never too narrow."""
    entry, tests = terms.entry, []
    quoted = [identifier(column) for column in columns]
    if roles.person:
        tests.append(_in("_key", entry.kept(f"record {roles.feed}")))
        column = roles.column("id", columns)
        tests.append(_in(identifier(column) if column else "_key", entry.kept(f"id {roles.entity}")))
    pointers = roles.pointers(columns)
    tests += [_in(f"trim({identifier(column)})", entry.kept(f"id {entity}")) for column, entity in pointers.items()]
    names = terms.cloak.needles.everywhere
    tests.append(terms.cloak.needles.sql(quoted, names=names))
    account = roles.column("account_id", columns) or (
        roles.column("id", columns) if roles.entity == "account" else None
    )
    if not names and account:
        near = terms.cloak.needles.sql(quoted, names=True)
        tests.append(f"({_in(identifier(account), entry.kept('account'))}) and ({near})")
    return " or ".join(f"({test})" for test in tests if test != "false") or "false"


def _in(text: str, values: Iterable[str]) -> str:
    listed = ", ".join(literal(value) for value in sorted(values))
    return f"{text} in ({listed})" if listed else "false"
