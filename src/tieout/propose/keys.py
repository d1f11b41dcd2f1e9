"""The key of a table: columns whose values tell its rows apart, proven by counting all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from tieout.propose.look import Desk, Looked
from tieout.propose.plain import plain, tokens
from tieout.propose.plan import Plan, Sure
from tieout.propose.words import FIELDS
from tieout.warehouse.engine import EngineError

_NUMBERED = frozenset({"id", "nr", "no", "key", "guid", "uuid", "code", "number", "nummer", "numero", "codigo", "ref"})
MOST_SINGLE, MOST_PAIRED = 12, 7


def candidates(plan: Plan) -> list[tuple[str, ...]]:
    """List what may be the key, the likeliest first: the shape's own, then columns by name and by their sample."""
    listed = list(_shaped(plan))
    looked = plan.looked
    single = [
        column
        for column in looked.source.columns
        if looked.of(column).unique and looked.of(column).share > 0.999 and not _measures(looked, column)
    ]
    ranked = sorted(single, key=lambda column: (-likely(column, plan), looked.index(column)))
    listed += [(column,) for column in ranked[:MOST_SINGLE] if likely(column, plan) > 0]
    if not listed or not ranked:
        listed += _pairs(looked)
    return list(dict.fromkeys(listed))


def _shaped(plan: Plan) -> Iterator[tuple[str, ...]]:
    by_plain = {plain(column): column for column in plan.looked.source.columns}
    for choice in plan.shape.key if plan.shape else ():
        names = tuple(by_plain.get(plain(one), "") for one in choice)
        if all(names):
            yield names


def _measures(looked: Looked, column: str) -> bool:
    facts = looked.of(column)
    return facts.dated or facts.kind in {"number", "flag"}


def likely(column: str, plan: Plan) -> float:
    """Say how much a column's name speaks for being the key."""
    words = tokens(column)
    if not words:
        return 0
    own = set(tokens(plan.table.label)) | {"opportunity", "deal", "lead", "record", plan.entity or ""}
    numbered = words[-1] in _NUMBERED or words[0] in _NUMBERED or words[-1].endswith(("id", "nr"))
    if plain(column) in FIELDS["id"]:
        return 4
    if numbered and any(_like(word, name) for word in words[:-1] or words for name in own if name):
        return 3.5
    if numbered:
        return 3 if plan.looked.index(column) == 0 else 2
    if plan.looked.index(column) == 0:
        return 1.5
    return 1 if "name" in words or plain(column) in FIELDS["name"] or plan.looked.of(column).kind == "email" else 0


def _like(one: str, other: str) -> bool:
    return len(one) > 2 and len(other) > 2 and (one.startswith(other[:6]) or other.startswith(one[:6]))


def _pairs(looked: Looked) -> list[tuple[str, ...]]:
    """Try two and three columns at once, on the sample."""
    columns = [
        column
        for column in looked.source.columns
        if looked.of(column).share > 0.999 and looked.of(column).kind not in {"number", "flag"}
    ]
    by_worth = sorted(columns, key=lambda column: (-len(looked.of(column).values), looked.index(column)))
    best = sorted(by_worth[:MOST_PAIRED], key=looked.index)
    found: list[tuple[str, ...]] = []
    for size in (2, 3):
        for group in combinations(best, size):
            if not any(set(one) <= set(group) for one in found) and _tells_apart(looked, group):
                found.append(group)
    return sorted(found, key=lambda group: (len(group), -_said(group)))[:4]


def _said(group: Sequence[str]) -> int:
    words = ("id", "nr", "key", "seq", "no", "index", "line", "date", "day", "month", "time", "datum", "data", "fecha")
    return sum(any(word in tokens(column) or plain(column).endswith(word) for word in words) for column in group)


def _tells_apart(looked: Looked, columns: Sequence[str]) -> bool:
    places = [looked.index(column) for column in columns]
    rows = [tuple(row[place] for place in places) for row in looked.sample]
    return len(set(rows)) == len(rows) and bool(rows)


def prove_key(desk: Desk, plan: Plan) -> None:
    """Propose the first candidate that tells all rows apart; say so where none does."""
    tried = candidates(plan)
    if tried and plan.shape and plan.shape.terms.get("mode") == "delta":
        plan.key = tried[0]
        plan.say("key", _told(plan.key), Sure.HIGH, "a record has several rows: its versions")
        return
    if plan.looked.rows == 0 and tried:
        plan.key = tried[0]
        plan.say("key", _told(plan.key), Sure.LOW, "the file holds no rows, so nothing proves it")
        return
    near: tuple[tuple[str, ...], int, int] | None = None
    for columns in tried:
        counted = _count(desk, plan.looked, columns)
        if counted is None:
            break
        rows, distinct, empty = counted
        if distinct == rows and not empty:
            plan.key = columns
            plan.say("key", _told(columns), Sure.HIGH, f"{rows:,} rows, {rows:,} different values, none empty")
            return
        if near is None or rows - distinct + empty < near[1] + near[2]:
            near = columns, rows - distinct - empty, empty
    _unproven(plan, near)


def _told(columns: Sequence[str]) -> str | list[str]:
    return columns[0] if len(columns) == 1 else list(columns)


def _unproven(plan: Plan, near: tuple[tuple[str, ...], int, int] | None) -> None:
    if near is None:
        plan.ask("key", "No column, and no two or three together, tell its rows apart.")
        return
    columns, repeated, empty = near
    told = " and ".join(
        [f"{repeated:,} rows repeat a value"] * bool(repeated > 0) + [f"{empty:,} rows have none"] * bool(empty)
    )
    plan.key = columns
    plan.say("key", _told(columns), Sure.MEDIUM, f"the likeliest; {told or 'not proven'}")


def _count(desk: Desk, looked: Looked, columns: Sequence[str]) -> tuple[int, int, int] | None:
    """Count rows, different keys, and rows where a part of the key is empty."""
    parts = [f"nullif(trim({looked.sql(column)}), '')" for column in columns]
    listed = ", ".join(f"{part} as k{number}" for number, part in enumerate(parts))
    empty = " or ".join(f"k{number} is null" for number in range(len(parts)))
    # Grouping is done by all processors at once, a distinct count by one.
    query = (
        f"select sum(n), count(*) filter (where not ({empty})), sum(n) filter (where {empty}) from"
        f" (select {listed}, count(*) as n from {looked.relation} group by all)"
    )
    try:
        rows, distinct, lacking = desk.engine.execute(query).fetchall()[0]
    except EngineError:
        return None
    return int(rows or 0), int(distinct), int(lacking or 0)
