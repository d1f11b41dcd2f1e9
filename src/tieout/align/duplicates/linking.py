"""Linking by Splink on the embedded engine: candidates by blocking, weights by a bounded EM, pairs above a threshold.

Splink compares the pairs and scores them. The weights start from defaults that hold for most data; what the data shows
is added to them as to so many earlier cases, so that twenty rows move them little and a million decide alone.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tieout.warehouse.engine import Connection

EARLIER = 40.0
"""How many matching pairs the defaults are worth beside those that the data shows."""
EARLIER_SHARE = 1.0
"""How much they are worth in any case, as a share of what the data shows: it bends the defaults and never breaks them."""
EARLIER_APART = 4000.0
"""The same for pairs that do not match."""
ROUNDS = 12
SAMPLED = 60_000
"""Of how many records the candidates are taken, at most, to learn the weights."""
LEAST = 1e-7
SEED = 7
FEW = 500
RANDOM = 300_000.0
"""How many random pairs tell how often a level holds of records that have nothing to do with each other."""


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison: its condition, how often it holds of the same and of different persons, in words."""

    sql: str
    same: float
    apart: float
    words: str = ""
    term: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one thing about two records is compared: the first level whose condition holds; the last is `else`."""

    name: str
    unknown: str
    levels: tuple[Level, ...]
    otherwise: Level


@dataclass(frozen=True, slots=True)
class Block:
    """A key that two records must share to be compared at all; `name` is its column of the prepared table."""

    name: str
    sql: str
    each: float = 4.0
    """How many pairs a record may bring on average before the largest blocks are left out."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned: the share of all pairs that match, and for each comparison how often each level holds."""

    prior: float
    same: dict[str, list[float]] = field(default_factory=dict)
    apart: dict[str, list[float]] = field(default_factory=dict)
    rarity: float = 1.0
    """How much it counts that a value is rare: among few records every value looks common."""


def link(
    engine: Connection,
    table: str,
    comparisons: Sequence[Comparison],
    blocks: Sequence[str],
    at_least: float,
) -> tuple[str, Weights]:
    """Give the table of scored pairs of a prepared table (`unique_id` and the columns compared), and the weights.

    1. How often levels hold of any two records. 2. Candidates of a sample, counted by outcome. 3. EM on the counts.
    4. All candidates scored. The table has `unique_id_l`, `unique_id_r`, `match_probability`, `gamma_<comparison>`.
    """
    count = engine.execute(f"select count(*) from {table}").fetchall()[0][0]
    weights = defaults(count, comparisons)
    if count < 2 or not blocks:
        return _none(engine, comparisons), weights
    counted = _sampled(engine, table, count, comparisons)
    weights = apart(counted, comparisons, weights)
    one_of = max(1, count // SAMPLED)
    only = f"hash(l.unique_id) % {one_of} = 0" if one_of > 1 else ""
    patterns = _patterns(engine, table, comparisons, blocks, weights, only)
    pairs = count * (count - 1) / 2 / one_of
    weights = learn(patterns, pairs, comparisons, weights)
    weights = learn(patterns, pairs, comparisons, apart(counted, comparisons, weights))
    scored = _linker(engine, table, comparisons, blocks, weights).inference.predict(
        threshold_match_probability=at_least, warning_mode="never"
    )
    return str(scored.physical_name), weights


def defaults(count: int, comparisons: Sequence[Comparison]) -> Weights:
    """Give the weights before any data is looked at: about one record in five has a double."""
    prior = min(0.1, 0.2 / max(count, 2))
    return Weights(
        prior,
        {each.name: [level.same for level in (*each.levels, each.otherwise)] for each in comparisons},
        {each.name: [level.apart for level in (*each.levels, each.otherwise)] for each in comparisons},
        count / (count + FEW),
    )


# -- how often a level holds of two records that have nothing to do with each other


def apart(counted: dict[str, list[float]], comparisons: Sequence[Comparison], weights: Weights) -> Weights:
    """Tell how often levels hold by chance; matching pairs, in small data not so few, are taken out of what was counted."""
    start = defaults(2, comparisons)
    found = {}
    for each in comparisons:
        numbers, earlier, same = counted[each.name], start.apart[each.name], weights.same[each.name]
        known = sum(numbers)
        rid = [max(number - weights.prior * known * share, 0.0) for number, share in zip(numbers, same, strict=True)]
        whole = sum(rid) + EARLIER_APART
        mixed = [(number + EARLIER_APART * share) / whole for number, share in zip(rid, earlier, strict=True)]
        found[each.name] = [max(share, LEAST) for share in mixed]
    return Weights(weights.prior, weights.same, found, weights.rarity)


def _sampled(engine: Connection, table: str, count: int, comparisons: Sequence[Comparison]) -> dict[str, list[float]]:
    """Count the levels over random pairs of records."""
    pairs = min(RANDOM, count * (count - 1) / 2)
    cases = ", ".join(f"{_case(each)} as g_{each.name}" for each in comparisons)
    if count <= 1500:
        joined = f"{table} as l join {table} as r on l.unique_id < r.unique_id"
    else:
        steps = max(1, round(pairs / count))
        engine.execute(f"""create or replace temp table numbered as
          select *, row_number() over (order by hash(unique_id)) - 1 as place from {table}""")
        engine.execute(f"""create or replace temp table sampled_pairs as
          select a.place as one, cast((a.place + 1 + hash(s.range, {SEED}) % {count - 1}) % {count} as bigint) as other
          from numbered as a cross join range({steps}) as s
          where a.place < {round(pairs / steps)}""")
        joined = "sampled_pairs as p join numbered as l on l.place = p.one join numbered as r on r.place = p.other"
    engine.execute(f"create or replace temp table sampled_levels as select {cases} from {joined}")
    found = {}
    for each in comparisons:
        rows = engine.execute(f"select g_{each.name}, count(*) from sampled_levels group by 1").fetchall()
        numbers = dict(rows)
        found[each.name] = [float(numbers.get(place, 0)) for place in range(len(each.levels) + 1)]
    engine.execute("drop table sampled_levels")
    return found


def _case(each: Comparison) -> str:
    """Give the place of the level that two records reach; -1 where something is unknown."""
    arms = " ".join(f"when {of_two(level.sql)} then {place}" for place, level in enumerate(each.levels))
    return f"case when {of_two(each.unknown)} then -1 {arms} else {len(each.levels)} end"


def of_two(sql: str) -> str:
    """Turn the names of columns as Splink has them, with `_l` and `_r`, into those of two rows `l` and `r`."""
    return re.sub(r"\b([a-z_]+)_(l|r)\b", r"\2.\1", sql)


# -- learning


def _patterns(
    engine: Connection,
    table: str,
    comparisons: Sequence[Comparison],
    blocks: Sequence[str],
    weights: Weights,
    only: str,
) -> list[tuple[tuple[int, ...], float]]:
    """Count the candidates by outcome: for each, the place of the level of every comparison."""
    linker = _linker(engine, table, comparisons, blocks, weights, only)
    scored = linker.inference.predict(warning_mode="never")
    gammas = ", ".join(f"gamma_{each.name}" for each in comparisons)
    rows = engine.execute(f"select {gammas}, count(*) from {scored.physical_name} group by all").fetchall()
    engine.execute(f"drop table {scored.physical_name}")
    sizes = [len(each.levels) for each in comparisons]
    return [
        (tuple(-1 if g < 0 else size - g for g, size in zip(row[:-1], sizes, strict=True)), float(row[-1]))
        for row in rows
    ]


def learn(
    patterns: Sequence[tuple[tuple[int, ...], float]],
    pairs: float,
    comparisons: Sequence[Comparison],
    weights: Weights,
) -> Weights:
    """Fit how often each level holds of matching pairs, and their share, by EM; the defaults count as earlier pairs."""
    start = defaults(2, comparisons).same
    prior, same = weights.prior, {name: list(shares) for name, shares in weights.same.items()}
    first = weights.prior * pairs
    for _ in range(ROUNDS):
        total = 0.0
        held = {each.name: [0.0] * (len(each.levels) + 1) for each in comparisons}
        for places, number in patterns:
            odds = prior / (1 - prior)
            for each, place in zip(comparisons, places, strict=True):
                if place >= 0:
                    odds *= same[each.name][place] / weights.apart[each.name][place]
            mass = number * odds / (1 + odds)
            total += mass
            for each, place in zip(comparisons, places, strict=True):
                if place >= 0:
                    held[each.name][place] += mass
        for each in comparisons:
            counts = held[each.name]
            earlier = EARLIER + EARLIER_SHARE * sum(counts)
            whole = sum(counts) + earlier
            same[each.name] = [
                max((n + earlier * p) / whole, 1e-5) for n, p in zip(counts, start[each.name], strict=True)
            ]
        prior = min(max((total + 0.05 * first) / (1.05 * pairs), 1e-12), 10 * weights.prior, 0.3)
    return Weights(prior, same, weights.apart, weights.rarity)


# -- Splink


def _linker(
    engine: Connection,
    table: str,
    comparisons: Sequence[Comparison],
    blocks: Sequence[str],
    weights: Weights,
    only: str = "",
) -> Any:  # noqa: ANN401 - Splink is loaded when it is used
    from splink import DuckDBAPI, Linker  # noqa: PLC0415 - costly

    logging.getLogger("splink").setLevel(logging.ERROR)
    rules = [f"l.{block} = r.{block}" + (f" and {only}" if only else "") for block in blocks]
    settings = {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": weights.prior,
        "comparisons": [_settings(each, weights) for each in comparisons],
        "blocking_rules_to_generate_predictions": [{"blocking_rule": rule, "sql_dialect": "duckdb"} for rule in rules],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
        "sql_dialect": "duckdb",
    }
    api = DuckDBAPI(engine)
    return Linker(api.register(table), settings, log_level=None, validate_settings=False)


def _settings(each: Comparison, weights: Weights) -> dict[str, Any]:
    same, apart = weights.same[each.name], weights.apart[each.name]
    levels: list[dict[str, Any]] = [
        {"sql_condition": each.unknown, "label_for_charts": "unknown", "is_null_level": True}
    ]
    for place, level in enumerate((*each.levels, each.otherwise)):
        told: dict[str, Any] = {
            "sql_condition": level.sql,
            "label_for_charts": level.words or "differs",
            "m_probability": same[place],
            "u_probability": apart[place],
        }
        if level.term:
            told |= {
                "tf_adjustment_column": level.term,
                "tf_adjustment_weight": weights.rarity,
                "tf_minimum_u_value": 0.0002,
                "disable_tf_exact_match_detection": True,
            }
        levels.append(told)
    return {"output_column_name": each.name, "comparison_levels": levels, "comparison_description": each.name}


def _none(engine: Connection, comparisons: Sequence[Comparison]) -> str:
    gammas = "".join(f", 0 as gamma_{each.name}" for each in comparisons)
    engine.execute(f"""create or replace temp table no_pairs as
      select '' as unique_id_l, '' as unique_id_r, 0.0 as match_probability, 0.0 as match_weight{gammas} where false""")
    return "no_pairs"
