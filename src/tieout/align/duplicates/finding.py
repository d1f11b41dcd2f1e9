"""Duplicates found: a table of texts prepared, blocked, linked, held against what keeps records apart, and clustered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.align.duplicates.clusters import clusters_of
from tieout.align.duplicates.linking import Block, Comparison, Weights, link, of_two
from tieout.align.duplicates.phones import key_phones
from tieout.warehouse.engine import identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tieout.align.duplicates.clusters import Cluster
    from tieout.align.duplicates.kinds import Kind
    from tieout.warehouse.engine import Connection

THRESHOLD = 0.5
"""More likely the same than not."""
MANY = 150_000
"""From so many records on, a key may bring fewer pairs for each of them."""
LOOSE = 40_000
"""So many pairs a key may always bring, however few records there are."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be the same, with how likely, and the outcome of each comparison."""

    one: str
    other: str
    probability: float
    levels: dict[str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found among some records: pairs, clusters, and how many pairs were kept apart, by reason."""

    records: int
    pairs: tuple[Pair, ...]
    clusters: tuple[Cluster, ...]
    apart: dict[str, int]
    compared: tuple[str, ...]
    weights: Weights


def find_duplicates(
    engine: Connection,
    given: str,
    kind: Kind,
    threshold: float = THRESHOLD,
    distinct: str | None = None,
    progress: Callable[[str], None] | None = None,
    *,
    day_first: bool = False,
) -> Found:
    """Find the duplicates of a table of texts with `unique_id` and the kind's fields.

    `distinct` is a table of pairs (`one`, `other`) that a person found to be different.
    """
    tell = progress or (lambda _: None)
    count = engine.execute(f"select count(*) from {given}").fetchall()[0][0]
    tell("normalize")
    key_phones(engine, given)
    prepared = kind.prepare(engine, "with_phones", day_first=day_first)
    compared = _useful(engine, prepared, kind.comparisons)
    tell("block")
    blocks = _block(engine, prepared, kind.blocks, count)
    tell("compare")
    scored, weights = link(engine, "blocked", compared, blocks, threshold)
    tell("cluster")
    kept, apart = _kept_apart(engine, scored, kind.vetoes, distinct)
    names = [each.name for each in compared]
    gammas = "".join(f", gamma_{name}" for name in names)
    sizes = {each.name: len(each.levels) for each in compared}
    rows = engine.execute(f"""select unique_id_l, unique_id_r, match_probability{gammas} from {kept}
      order by match_probability desc, unique_id_l, unique_id_r""").fetchall()
    pairs = tuple(
        Pair(row[0], row[1], row[2], {n: sizes[n] - g if g >= 0 else -1 for n, g in zip(names, row[3:], strict=True)})
        for row in rows
    )
    clusters = clusters_of([(pair.one, pair.other, pair.probability) for pair in pairs])
    return Found(count, pairs, clusters, apart, tuple(names), weights)


def _useful(engine: Connection, table: str, comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Leave out comparisons of what is nowhere known."""
    found = []
    for each in comparisons:
        columns = engine.execute(f"describe {table}").fetchall()
        known = {row[0] for row in columns}
        used = {word[:-2] for word in _words(each.unknown) if word.endswith("_l") and word[:-2] in known}
        told = " + ".join(f"count({identifier(name)})" for name in sorted(used))
        if engine.execute(f"select {told} from {table}").fetchall()[0][0] > 1:
            found.append(each)
    return tuple(found)


def _words(sql: str) -> set[str]:
    return set(sql.replace("(", " ").replace(")", " ").replace(",", " ").split())


def _block(engine: Connection, table: str, blocks: Sequence[Block], count: int) -> list[str]:
    """Write the table with one column for each key, null where its block would make too much work."""
    columns, used = [], []
    for block in blocks:
        budget = max(LOOSE, block.each * count * min(1.0, (MANY / max(count, 1)) ** 0.5))
        sizes = engine.execute(f"""select size, count(*) from (
            select count(*) as size from {table} where {block.sql} is not null group by {block.sql}
          ) where size > 1 group by size order by size""").fetchall()
        most, pairs = 0, 0.0
        for size, number in sizes:
            pairs += number * size * (size - 1) / 2
            if pairs > budget:
                break
            most = size
        if most < 2:
            continue
        name = f"k_{block.name}"
        whole = most == sizes[-1][0]
        key = (
            f"hash({block.sql})"
            if whole
            else f"case when count(*) over (partition by {block.sql}) <= {most} then hash({block.sql}) end"
        )
        columns.append(f"case when {block.sql} is not null then {key} end as {name}")
        used.append(name)
    listed = "".join(f", {column}" for column in columns)
    engine.execute(f"create or replace temp table blocked as select *{listed} from {table}")
    return used


def _kept_apart(
    engine: Connection, scored: str, vetoes: dict[str, str], distinct: str | None
) -> tuple[str, dict[str, int]]:
    """Take out pairs that something keeps apart, and those that a person found to be different."""
    arms = " ".join(f"when {of_two(sql)} then {place}" for place, sql in enumerate(vetoes.values()))
    said = "case when d.one is not null then -2 end" if distinct else "null"
    join = (
        f"left join {distinct} as d on d.one = least(s.unique_id_l, s.unique_id_r) and d.other = greatest(s.unique_id_l, s.unique_id_r)"
        if distinct
        else ""
    )
    engine.execute(f"""create or replace temp table judged as
      select s.*, coalesce({said}, case {arms} else -1 end) as veto
      from {scored} as s
      join blocked as l on l.unique_id = s.unique_id_l join blocked as r on r.unique_id = s.unique_id_r {join}""")
    words = list(vetoes)
    rows = engine.execute("select veto, count(*) from judged where veto <> -1 group by veto order by veto").fetchall()
    apart = {"a person found them to be different" if place < 0 else words[place]: number for place, number in rows}
    engine.execute("create or replace temp table kept as select * from judged where veto = -1")
    return "kept", apart
