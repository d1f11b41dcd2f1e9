"""The bridge: from one figure to another, every difference a posting with its record and its cause; residual 0.00.

A record that one side counts has one posting: the first facet, in the fixed order, by which the other side rejects it,
valued as the counting side values it. A record that both count is walked through the amount facets, rounded to the cent
at each step. Of several claims on one record the first takes part in the walk, the others are postings of their own.

There is one forward direction (the agreed lens first, then the contract's order, then the earlier moment), so that the
bridge back has the same lines with the opposite sign.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.measure.answers import Bridge, Line, Posting, QuestionError, Side
from tieout.measure.bridge.gross import gross_pairs, memo_lines, take_between
from tieout.measure.bridge.movements import MOVEMENTS
from tieout.measure.bridge.pairs import ZERO, Ends, further_sql, net_pairs, postings_sql
from tieout.measure.bridge.records import End, take, take_counted, take_rates
from tieout.measure.bridge.reported import REPORTED_CAUSES, reported_sql, take_reported, take_walks
from tieout.measure.bridge.slices import MOVED, Slicing
from tieout.measure.lens_sql import FACETS
from tieout.measure.run_sql import rows, run

if TYPE_CHECKING:
    from tieout.warehouse.builds import BuildFacts
    from tieout.warehouse.engine import Connection

Key = tuple[str, ...]

CAUSES = (*FACETS, *MOVED, "several claims", "freshness", "basis", "probability", "rate")
"""The causes between two lenses, in their fixed order."""


def bridge(
    engine: Connection,
    start: End,
    end: End,
    facts: tuple[BuildFacts, BuildFacts],
    *,
    gross: bool = False,
    slicing: Slicing | None = None,
) -> Bridge:
    """Explain the difference between two figures, from `start` to `end`; `facts` are those of the builds they are in.

    `gross` posts every version in between, for one lens at two moments. `slicing` gives each slice a bridge of its own.
    Raises QuestionError where that cannot be.
    """
    ends = _forward(start, end, facts)
    over_time = _is_over_time(ends)
    if gross and not over_time:
        message = (
            "A gross bridge is between two moments of one lens that counts opportunities, with one known-at and the "
            "same options."
        )
        raise QuestionError(message)
    if ends.right.reported:
        _take_reported(engine, ends)
        _post(engine, "net_postings", reported_sql(ends, net_pairs(ends), further_sql()))
    else:
        _take_both(engine, ends, slicing, over_time=over_time)
        _post(engine, "net_postings", postings_sql(ends, net_pairs(ends), further_sql(slicing), slicing))
    if over_time:
        _post(engine, "gross_postings", postings_sql(ends, gross_pairs(slicing), slicing=slicing))
    within = slicing is not None and slicing.where is not None
    memo = memo_lines(engine) if over_time and not gross and not within else ()
    made = _made(engine, ends, "gross_postings" if gross else "net_postings", slicing)
    for table in TABLES:
        engine.execute(f"drop table if exists temp.{table}")
    return replace(made, memo=memo)


def _made(engine: Connection, ends: Ends, table: str, slicing: Slicing | None) -> Bridge:
    """Put the bridge of the whole together, and that of each slice."""
    left = _sides(engine, "left_units", ends.left, ends.left_facts, slicing)
    right = _sides(engine, "right_units", ends.right, ends.right_facts, slicing)
    first, last = (right, left) if ends.reversed else (left, right)
    posted = _postings(engine, table, -1 if ends.reversed else 1, slicing)
    order = REPORTED_CAUSES if ends.right.reported else MOVEMENTS if ends.same_lens else CAUSES
    period = ends.left.view.period.name if ends.left.view.period else None
    where = slicing.where.text if slicing and slicing.where else None

    def made(key: Key, postings: tuple[Posting, ...]) -> Bridge:
        begin, finish = first.get(key, _none(first[()])), last.get(key, _none(last[()]))
        residual = finish.value - begin.value - sum((posting.amount for posting in postings), ZERO)
        return Bridge(begin, finish, period, lines_of(postings, order), postings, residual, where=where)

    whole = made((), tuple(posting for posting, _, internal in posted if not internal))
    if slicing is None or not slicing.by:
        return whole
    parts: dict[Key, list[Posting]] = {key: [] for key in sorted({*first, *last} - {()})}
    for posting, key, _ in posted:
        parts.setdefault(key, []).append(posting)
    slices = [
        replace(made(key, tuple(parts[key])), by=dict(zip(slicing.by, key, strict=True))) for key in sorted(parts)
    ]
    return replace(whole, slices=tuple(slices))


TABLES = (
    "net_postings", "gross_postings", "seen_records", "left_units", "right_units", "through_units", "left_rates",
    "between_states", "reported_walks", "reported_states", "reported_rates",
)  # fmt: skip


def _take_both(engine: Connection, ends: Ends, slicing: Slicing | None, *, over_time: bool) -> None:
    """Read both ends, each with its verdict on what the other counts; all else is in neither figure."""
    take_counted(engine, ends.left, "seen_records")
    if over_time:
        take_between(engine, ends, slicing)
    take(engine, ends.right, "right_units", "seen_records", slicing=slicing)
    run(engine, "insert into temp.seen_records select distinct record from temp.right_units where rank = 0")
    take(engine, ends.left, "left_units", "seen_records", slicing=slicing)
    if ends.same_lens:
        take(engine, ends.right, "through_units", "seen_records", ends.left.view.lens, slicing)
    take_rates(engine, ends.left, "left_rates")


def _take_reported(engine: Connection, ends: Ends) -> None:
    """Read a lens and a team's own figures, each with what it knows of the other's records."""
    if ends.left.reported:
        message = "Two teams' own sheets cannot be bridged to each other. Bridge each of them to the agreed number."
        raise QuestionError(message)
    take_reported(engine, "right_units")
    run(engine, "create temp table seen_records as select distinct record from temp.right_units")
    take(engine, ends.left, "left_units", "seen_records")
    take_rates(engine, ends.left, "left_rates")
    take_walks(engine, ends.left, ends.right.reported, ZoneInfo(ends.left.contract.company.time_zone))


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


def lines_of(postings: tuple[Posting, ...], order: tuple[str, ...]) -> tuple[Line, ...]:
    """Sum postings by cause, in the fixed order of causes."""
    sums: dict[str, Decimal] = {}
    records: dict[str, set[str]] = {}
    for posting in postings:
        sums[posting.cause] = sums.get(posting.cause, ZERO) + posting.amount
        records.setdefault(posting.cause, set()).add(posting.record)
    causes = sorted(sums, key=order.index)
    return tuple(Line(cause, sums[cause], len(records[cause])) for cause in causes)


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
    sql = f"""select {", ".join((*keys, f"grouping({keys[0]})" if keys else "1"))}, coalesce(sum(value), 0), count(*)
      from temp.{table} where rank = 0 {"and inside" if slicing else ""} {sets}"""
    found: dict[Key, Side] = {}
    for *key, whole, value, n in rows(engine, sql):
        figure = Decimal(value).quantize(ZERO)
        side = Side(end.view.name, end.view.moment.as_of, known_at, figure, n, facts.key, facts.fingerprint)
        found[() if whole else tuple(key)] = replace(side, options=end.view.options, sheet=end.sheet)
    return found


def _none(side: Side) -> Side:
    """Give the end of a slice that counts nothing there."""
    return replace(side, value=ZERO, n=0)


def _post(engine: Connection, table: str, sql: str) -> None:
    engine.execute(f"create temp table {table} as {sql}")


def _postings(engine: Connection, table: str, sign: int, slicing: Slicing | None) -> list[tuple[Posting, Key, bool]]:
    """Read the postings in a total order, each with its slice; backwards they have the opposite sign.

    The last value says that it is a move from one slice to another of the whole, which cancels out of it.
    """
    told = "".join(f", {name}" for name in ("internal", *slicing.keys[1:])) if slicing else ""
    sql = f"""select record, cause, {sign} * amount, unit{told} from temp.{table}
      order by step, record, unit, seq, cause, amount"""
    if slicing is None:
        return [(posting, (), False) for posting in map(Posting._make, rows(engine, sql))]
    return [
        (Posting(record, cause, amount, unit), tuple(key), internal)
        for record, cause, amount, unit, internal, *key in rows(engine, sql)
    ]
