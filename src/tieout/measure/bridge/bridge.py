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

from tieout.measure.answers import Bridge, Line, Posting, Side
from tieout.measure.bridge.movements import MOVEMENTS, movement_sql
from tieout.measure.bridge.records import End, amount_sql, take, take_rates
from tieout.measure.lens_sql import FACETS

if TYPE_CHECKING:
    from tieout.warehouse.builds import BuildFacts
    from tieout.warehouse.engine import Connection

CAUSES = (*FACETS, "several claims", "freshness", "basis", "probability", "rate")
"""The causes between two lenses, in their fixed order."""
ORDER = {cause: place for place, cause in enumerate((*CAUSES, *MOVEMENTS, "definition"))}
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends in forward direction, and whether that is how they were asked for."""

    left: End
    right: End
    left_facts: BuildFacts
    right_facts: BuildFacts
    reversed: bool = False

    @property
    def same_lens(self) -> bool:
        """Whether one lens is looked at in two moments or definitions, so that a cause is a movement."""
        return self.left.view.name == self.right.view.name


def bridge(engine: Connection, start: End, end: End, facts: tuple[BuildFacts, BuildFacts]) -> Bridge:
    """Explain the difference between two figures, from `start` to `end`; `facts` are those of the builds they are read from."""
    ends = _forward(start, end, facts)
    take(engine, ends.left, "left_units")
    take(engine, ends.right, "right_units")
    take(engine, ends.right, "through_units", ends.left.view.lens if ends.same_lens else ends.right.view.lens)
    take_rates(engine, ends.left, "left_rates")
    postings = tuple(_postings(engine, ends))
    if ends.reversed:
        postings = tuple(replace(posting, amount=-posting.amount) for posting in postings)
    sides = [_side(engine, "left_units", ends.left, ends.left_facts), _side(engine, "right_units", ends.right, ends.right_facts)]
    first, last = reversed(sides) if ends.reversed else sides
    residual = last.value - first.value - sum((posting.amount for posting in postings), ZERO)
    period = start.view.period.name if start.view.period else None
    for table in ("left_units", "right_units", "through_units", "left_rates"):
        engine.execute(f"drop table temp.{table}")
    return Bridge(first, last, period, lines_of(postings), postings, residual)


def lines_of(postings: tuple[Posting, ...]) -> tuple[Line, ...]:
    """Sum postings by cause, in the fixed order of causes."""
    sums: dict[str, Decimal] = {}
    records: dict[str, set[str]] = {}
    for posting in postings:
        sums[posting.cause] = sums.get(posting.cause, ZERO) + posting.amount
        records.setdefault(posting.cause, set()).add(posting.record)
    causes = sorted(sums, key=lambda cause: ORDER.get(cause, len(ORDER)))
    return tuple(Line(cause, sums[cause], len(records[cause])) for cause in causes)


def _forward(start: End, end: End, facts: tuple[BuildFacts, BuildFacts]) -> Ends:
    def place(side: End, fact: BuildFacts) -> tuple[object, ...]:
        names = ["agreed", *side.contract.lenses]
        moment = side.view.moment
        lens = names.index(side.view.name) if side.view.name in names else len(names)
        return lens, moment.as_of, moment.known_at, fact.position, fact.key

    if place(start, facts[0]) <= place(end, facts[1]):
        return Ends(start, end, *facts)
    return Ends(end, start, facts[1], facts[0], reversed=True)


def _side(engine: Connection, table: str, end: End, facts: BuildFacts) -> Side:
    sql = f"select coalesce(sum(value), 0), count(*) from temp.{table} where rank = 0"
    value, n = engine.execute(sql).fetchall()[0]
    known_at = None if end.view.moment.restated else end.view.moment.known_at
    value = Decimal(value).quantize(ZERO)
    return Side(end.view.name, end.view.moment.as_of, known_at, value, n, facts.key, facts.fingerprint)


def _postings(engine: Connection, ends: Ends) -> list[Posting]:
    found = engine.execute(_postings_sql(ends)).fetchall()
    return [
        Posting(record, cause, Decimal(amount).quantize(ZERO), unit if unit != record else None)
        for record, unit, cause, amount in found
        if amount
    ]


def _postings_sql(ends: Ends) -> str:
    """One statement: pairs of the first units of each record, then memberships, walks, and further claims."""
    return f"""
    with lefts as (select * from temp.left_units where place = 1),
    rights as (select * from temp.right_units where place = 1),
    throughs as (select * from temp.through_units where place = 1),
    pairs as (
      select
        coalesce(l.record, r.record) as record,
        coalesce(case when l.rank = 0 then l.unit end, r.unit, l.unit) as unit,
        coalesce(l.rank, 1) as left_rank, coalesce(r.rank, 1) as right_rank, coalesce(t.rank, 1) as through_rank,
        l, r, g.rate as carried_rate
      from lefts as l
      full join rights as r on r.record = l.record
      left join throughs as t on t.record = coalesce(r.record, l.record)
      left join temp.left_rates as g on g.currency = r.currency
    ),
    memberships as (
      select record, unit, {_membership_cause(ends)} as cause, case when right_rank = 0 then r.value else -l.value end as amount, 0 as step
      from pairs
      where (left_rank = 0) <> (right_rank = 0)
    ),
    values_walked as (
      select
        record, unit, l, r,
        {amount_sql("l", "l.rate", ends.left.view.lens)} as v0,
        {amount_sql("r", "carried_rate", ends.left.view.lens)} as v1,
        {amount_sql("r", "carried_rate", _mixed(ends, basis=True))} as v2,
        {amount_sql("r", "carried_rate", ends.right.view.lens)} as v3,
        {amount_sql("r", "r.rate", ends.right.view.lens)} as v4
      from pairs
      where left_rank = 0 and right_rank = 0
    ),
    walks as (
      select record, unit, {_freshness_cause(ends)} as cause, v1 - v0 as amount, 1 as step from values_walked
      union all select record, unit, {_amount_cause(ends, "basis")}, v2 - v1, 2 from values_walked
      union all select record, unit, {_amount_cause(ends, "probability")}, v3 - v2, 3 from values_walked
      union all select record, unit, {_amount_cause(ends, "rate")}, v4 - v3, 4 from values_walked
    ),
    further as (
      select record, unit, 'several claims' as cause, value as amount, 5 as step
      from temp.right_units where rank = 0 and place > 1
      union all
      select record, unit, 'several claims', -value, 5 from temp.left_units where rank = 0 and place > 1
    )
    select record, unit, cause, amount
    from (select * from memberships union all select * from walks union all select * from further)
    where amount <> 0
    order by step, record, unit"""


def _mixed(ends: Ends, *, basis: bool) -> object:
    """The left lens with the basis of the right one: what the walk stands on between basis and probability."""
    update = {"basis": ends.right.view.lens.basis} if basis else {}
    return ends.left.view.lens.model_copy(update=update)


def _membership_cause(ends: Ends) -> str:
    if ends.same_lens:
        return movement_sql(ends.left, ends.right)
    arms = " ".join(f"when {place} then '{name}'" for place, name in enumerate(FACETS, start=1))
    cause = f"case (case when left_rank = 0 then right_rank else left_rank end) {arms} end"
    left, right = ends.left.view.period, ends.right.view.period
    if left is None or right is None or (left.start, left.end) == (right.start, right.end):
        return cause
    by_calendar = f"""case
      when left_rank = 0 and right_rank = {FACETS.index("close date") + 1} and {_in(ends.right, "r", left)} then 'calendar'
      when right_rank = 0 and left_rank = {FACETS.index("close date") + 1} and {_in(ends.left, "l", right)} then 'calendar' """
    return f"{by_calendar} else {cause} end"


def _in(end: End, row: str, period: object) -> str:
    from tieout.measure.lens_sql import lens_day  # noqa: PLC0415

    day = lens_day(end.view.lens, row)
    return f"coalesce({day} >= date '{period.start}' and {day} < date '{period.end}', false)"  # type: ignore[attr-defined]


def _freshness_cause(ends: Ends) -> str:
    if not ends.same_lens:
        return "'freshness'"
    if ends.left.view.moment.as_of == ends.right.view.moment.as_of:
        return "'late history'"
    return "case when v1 > v0 then 'amount up' else 'amount down' end"


def _amount_cause(ends: Ends, facet: str) -> str:
    field = {"basis": "basis", "probability": "weighting", "rate": "rates"}[facet]
    changed = getattr(ends.left.view.lens, field) != getattr(ends.right.view.lens, field)
    return "'definition'" if ends.same_lens and changed else f"'{facet}'"
