"""The bridge: from one figure to another, every difference a posting with its record and its cause; residual 0.00.

A record that one side counts has one posting: the first facet, in the fixed order, by which the other side rejects it,
valued as the counting side values it. A record that both count is walked through the amount facets, rounded to the cent
at each step. Of several claims on one record the first takes part in the walk, the others are postings of their own.

There is one forward direction (the agreed lens first, then the contract's order, then the earlier moment), so that the
bridge back has the same lines with the opposite sign.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.measure.answers import Bridge, Chosen, Line, Posting, QuestionError, Side
from tieout.measure.bridge.beside import memo_lines, memo_postings, take_came, won_lines
from tieout.measure.bridge.changes import changes
from tieout.measure.bridge.gross import gross_pairs, take_between
from tieout.measure.bridge.movements import MOVEMENTS
from tieout.measure.bridge.pairs import ZERO, Ends, further_sql, net_pairs, postings_sql, walk_of, walked_sql
from tieout.measure.bridge.postings import postings
from tieout.measure.bridge.records import (
    UNIT_COLUMNS,
    End,
    needed,
    take,
    take_rates,
    take_rejected,
    take_through,
    take_together,
    unit_columns_sql,
)
from tieout.measure.bridge.reported import REPORTED_CAUSES, reported_sql, take_reported, take_walks
from tieout.measure.bridge.slices import MOVED, Slicing
from tieout.measure.grades import GRADES, grade_of
from tieout.measure.lens_sql import FACETS
from tieout.measure.run_sql import rows

if TYPE_CHECKING:
    from tieout.warehouse.builds import BuildFacts
    from tieout.warehouse.engine import Connection

Key = tuple[str, ...]

CAUSES = (*FACETS, *MOVED, "several claims", "freshness", "basis", "probability", "rate")
"""The causes between two lenses, in their fixed order."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How much a bridge tells: net or every version (`gross`), cut by `slicing`, how many postings of each cause.

    `postings` may also choose those of one cause, the largest first. With `deals` also how often the deals
    were pushed and changed, where it is over time.
    """

    gross: bool = False
    slicing: Slicing | None = None
    postings: int | Chosen | None = None
    deals: bool = False


def bridge(
    engine: Connection, start: End, end: End, facts: tuple[BuildFacts, BuildFacts], detail: Detail = Detail()
) -> Bridge:
    """Explain the difference between two figures, from `start` to `end`; `facts` are those of the builds they are in.

    Gross, for one lens at two moments, posts every version in between. Sliced, each slice has a bridge of its own.
    Raises QuestionError where that cannot be.
    """
    ends = _forward(start, end, facts)
    over_time, slicing = _is_over_time(ends), detail.slicing
    if detail.gross and not over_time:
        message = (
            "A gross bridge is between two moments of one lens that counts opportunities, with one known-at and the "
            "same options."
        )
        raise QuestionError(message)
    if ends.right.reported:
        _take_reported(engine, ends)
        _make(engine, "net_postings", reported_sql(ends, net_pairs(ends), further_sql()))
    else:
        _take_both(engine, ends, detail, over_time=over_time)
        pairs = net_pairs(ends)
        walk = walk_of(ends, pairs)
        _make(engine, "net_walked", walked_sql(ends, pairs, walk, slicing))
        further = further_sql(slicing) if "claim" in (ends.left.view.lens.grain, ends.right.view.lens.grain) else None
        _make(engine, "net_postings", postings_sql(walk, "temp.net_walked", further, slicing))
    if detail.gross:
        pairs = gross_pairs(needed(start.view, end.view), slicing)
        every = walk_of(ends, pairs)
        _make(engine, "gross_walked", walked_sql(ends, pairs, every, slicing))
        _make(engine, "gross_postings", postings_sql(every, "temp.gross_walked", None, slicing))
    memo = memo_lines(engine, ends, slicing) if over_time and not detail.gross else ()
    told = _is_movement(ends) and not ends.reversed
    won = won_lines(engine, walk_of(ends, net_pairs(ends)), within=slicing is not None) if told else ()
    deals = changes(engine, ends, slicing) if detail.deals and _is_movement(ends) else ()
    made = _made(engine, ends, "gross_postings" if detail.gross else "net_postings", detail)
    if isinstance(detail.postings, Chosen) and detail.postings.cause in [line.cause for line in memo]:
        made = replace(made, postings=memo_postings(engine, detail.postings.cause))
    _drop(engine, ends)
    return replace(made, memo=memo, won=won, deals=deals)


def _drop(engine: Connection, ends: Ends) -> None:
    views = ("through_units", *(("left_units", "right_units") if ends.together else ()))
    for view in views:
        engine.execute(f"drop view if exists temp.{view}")
    for table in TABLES:
        if table not in views:
            engine.execute(f"drop table if exists temp.{table}")


def _made(engine: Connection, ends: Ends, table: str, detail: Detail) -> Bridge:
    """Put the bridge of the whole together, and that of each slice."""
    slicing = detail.slicing
    left = _sides(engine, "left_units", ends.left, ends.left_facts, slicing)
    right = _sides(engine, "right_units", ends.right, ends.right_facts, slicing)
    first, last = (right, left) if ends.reversed else (left, right)
    sign = -1 if ends.reversed else 1
    order = REPORTED_CAUSES if ends.right.reported else MOVEMENTS if ends.same_lens else CAUSES
    lines = _lines(engine, table, sign, order, slicing)
    told = detail.postings != 0
    posted = postings(engine, table, ends, slicing, detail.postings) if told else []
    period = ends.left.view.period.name if ends.left.view.period else None
    where = slicing.where.text if slicing and slicing.where else None

    def made(key: Key, under: tuple[Posting, ...]) -> Bridge:
        begin, finish = first.get(key, _none(first[()])), last.get(key, _none(last[()]))
        mine, posted = lines.get(key, ((), 0))
        residual = finish.value - begin.value - sum((line.amount for line in mine), ZERO)
        return Bridge(begin, finish, period, mine, under, residual, where=where, posted=posted)

    whole = made((), tuple(posting for posting, _, internal in posted if not internal))
    if slicing is None or not slicing.by:
        return whole
    keys = sorted({*first, *last, *lines} - {()})
    parts: dict[Key, list[Posting]] = {key: [] for key in keys}
    for posting, key, _ in posted:
        parts[key].append(posting)
    slices = [replace(made(key, tuple(parts[key])), by=dict(zip(slicing.by, key, strict=True))) for key in keys]
    return replace(whole, slices=tuple(slices))


TABLES = (
    "net_postings", "gross_postings", "net_walked", "gross_walked", "seen_counted", "left_counted", "right_counted",
    "left_sought", "right_sought", "left_units", "right_units", "left_rates", "between_states", "between_seen",
    "between_counted", "both_ends", "sought", "lives", "memo_moves", "through_seen_units", "reported_walks",
    "reported_states", "reported_rates",
)  # fmt: skip


def _take_both(engine: Connection, ends: Ends, detail: Detail, *, over_time: bool) -> None:
    """Read both ends, each with its verdict on what the other counts; all else is in neither figure."""
    columns = unit_columns_sql(needed(ends.left.view, ends.right.view), detail.slicing)
    if ends.together:
        also = None
        if detail.gross:
            take_between(engine, ends, columns)
            also = "between_counted"
            _make(engine, also, "select distinct record from temp.between_states where rank = 0")
        elif over_time:
            take_came(engine, ends)
            also = "between_counted"
        names = tuple(name for name in needed(ends.left.view, ends.right.view) if name != "lone")
        take_together(engine, (ends.left, ends.right), unit_columns_sql(names, detail.slicing), also)
    else:
        take(engine, ends.left, "left", columns)
        take(engine, ends.right, "right", columns)
        seen = "select record from temp.left_counted union select record from temp.right_counted"
        _make(engine, "seen_counted", seen)
        take_rejected(engine, ends.left, "left", columns)
        take_rejected(engine, ends.right, "right", columns)
    if ends.same_lens:
        take_through(engine, ends.right, ends.left.view.lens, columns)
    take_rates(engine, ends.left, "left_rates")


def _take_reported(engine: Connection, ends: Ends) -> None:
    """Read a lens and a team's own figures, each with what it knows of the other's records."""
    if ends.left.reported:
        message = "Two teams' own sheets cannot be bridged to each other. Bridge each of them to the agreed number."
        raise QuestionError(message)
    take_reported(engine, "right_units")
    columns = unit_columns_sql(UNIT_COLUMNS)
    take(engine, ends.left, "left", columns)
    counted = "select record from temp.left_counted union select record from temp.right_units"
    _make(engine, "seen_counted", counted)
    take_rejected(engine, ends.left, "left", columns)
    take_rates(engine, ends.left, "left_rates")
    take_walks(engine, ends.left, ends.right.reported, ZoneInfo(ends.left.contract.company.time_zone))


def _is_movement(ends: Ends) -> bool:
    """Whether it tells what happened from one moment to a later one, even if less was known at the first."""
    return ends.same_lens and ends.left.view.moment.as_of < ends.right.view.moment.as_of


def _is_over_time(ends: Ends) -> bool:
    left, right = ends.left.view, ends.right.view
    return (
        ends.same_lens
        and left.lens.grain == "opportunity"
        and ends.left.database == ends.right.database
        and left.moment.known_at == right.moment.known_at
        and (left.as_is, left.options) == (right.as_is, right.options)
        and left.moment.as_of < right.moment.as_of
    )


def _lines(
    engine: Connection, table: str, sign: int, order: tuple[str, ...], slicing: Slicing | None
) -> dict[Key, tuple[tuple[Line, ...], int]]:
    """Sum the postings by cause in the fixed order, of the whole under () and of each slice; with how many they are."""
    keys = slicing.keys[1:] if slicing else ()
    select = f"select {{}} cause, {sign} * sum(amount), count(distinct record), count(*) from temp.{table}"
    found = [((), *line) for line in rows(engine, f"{select.format('')} {_external(slicing)} group by cause")]
    if keys:
        cut = rows(engine, f"{select.format(', '.join(keys) + ',')} group by {', '.join(keys)}, cause")
        found += [(tuple(line[: len(keys)]), *line[len(keys) :]) for line in cut]
    place = {cause: number for number, cause in enumerate(order)}
    parts: dict[Key, list[tuple[Line, int]]] = {}
    for key, cause, amount, n, posted in found:
        parts.setdefault(key, []).append((Line(cause, amount, n), posted))
    return {
        key: (tuple(line for line, _ in sorted(told, key=lambda one: place[one[0].cause])), sum(n for _, n in told))
        for key, told in parts.items()
    }


def _external(slicing: Slicing | None) -> str:
    """Leave out moves from one slice of the whole to another: they cancel out of it."""
    return "where not internal" if slicing else ""


def _forward(start: End, end: End, facts: tuple[BuildFacts, BuildFacts]) -> Ends:
    def place(side: End, fact: BuildFacts) -> tuple[object, ...]:
        names = ["agreed", *side.contract.lenses]
        moment = side.view.moment
        lens = names.index(side.view.name) if side.view.name in names else len(names)
        asked = (side.view.as_is, side.view.options)
        return side.reported > 0, lens, moment.as_of, moment.known_at, fact.position, fact.key, asked

    if place(start, facts[0]) <= place(end, facts[1]):
        return Ends(start, end, *facts)
    return Ends(end, start, facts[1], facts[0], reversed=True)


def _sides(engine: Connection, table: str, end: End, facts: BuildFacts, slicing: Slicing | None) -> dict[Key, Side]:
    """Give the figure of an end, of the whole under () and of each slice under its values."""
    known_at = None if end.view.moment.restated else end.view.moment.known_at
    keys = slicing.keys[1:] if slicing else ()
    sets = f"group by grouping sets ((), ({', '.join(keys)}))" if keys else ""
    unvalued = "0" if end.reported else "count(*) filter (where unvalued)"
    weight = "0" if end.reported else "sum(case when grade = {} then abs(value) end)"
    weights = ", ".join(weight.format(place) for place in range(len(GRADES)))
    sql = f"""select {", ".join((*keys, f"grouping({keys[0]})" if keys else "1"))}, coalesce(sum(value), 0), count(*),
        {unvalued}, {weights}
      from temp.{table} where rank = 0 {"and inside" if slicing else ""} {sets}"""
    found: dict[Key, Side] = {}
    for record in rows(engine, sql):
        *key, whole, value, n, unvalued = record[: -len(GRADES)]
        figure = Decimal(value).quantize(ZERO)
        side = Side(end.view.name, end.view.moment.as_of, known_at, figure, n, facts.key, facts.fingerprint)
        side = replace(side, options=end.view.options, sheet=end.sheet, unvalued=unvalued)
        side = replace(side, grade=grade_of(record[-len(GRADES) :]))
        found[() if whole else tuple(key)] = side
    return found


def _none(side: Side) -> Side:
    """Give the end of a slice that counts nothing there."""
    return replace(side, value=ZERO, n=0, unvalued=0, grade={})


def _make(engine: Connection, table: str, sql: str) -> None:
    engine.execute(f"create temp table {table} as {sql}")
