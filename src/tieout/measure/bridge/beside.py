"""What stands beside a bridge over time: what came and went in between, and what became of the deals that were won."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.measure.answers import Line
from tieout.measure.bridge.gross import between
from tieout.measure.bridge.movements import movement_sql
from tieout.measure.bridge.pairs import step_causes
from tieout.measure.lens_sql import units_sql
from tieout.measure.run_sql import rows, run

if TYPE_CHECKING:
    from tieout.measure.bridge.pairs import Ends
    from tieout.measure.bridge.slices import Slicing
    from tieout.warehouse.engine import Connection


def take_came_and_went(engine: Connection, ends: Ends, slicing: Slicing | None) -> None:
    """Create the table of the records that both ends count or neither does, and that were the other in between."""
    states, parameters = units_sql(between(ends), ends.right.contract, "a")
    inside = slicing.columns_sql() if slicing else "true as inside"
    engine.execute(f"use {ends.right.database}")
    run(
        engine,
        f"""create temp table between_seen as
        select record, asked_as_of as began_at, {SEEN}, {inside} from ({states})""",
        parameters,
    )
    engine.execute(
        """create temp table came_and_went as
        select b.record
        from (
          select record, bool_or(rank = 0) as was_in, bool_or(rank <> 0) as was_out
          from temp.between_seen group by record
        ) as b
        left join temp.left_counted as l on l.record = b.record
        left join temp.right_counted as r on r.record = b.record
        where case when l.record is not null and r.record is not null then was_out else was_in end
          and (l.record is null) = (r.record is null)"""
    )


SEEN = "rank, outcome, closed_on, created_at, coalesce(value, 0) as value"
MEMO = """
    with lives as (
      select record, timestamp '0001-01-01' as began_at, 0 as part, {seen}, {left} as inside from temp.left_units
      union all
      select record, began_at, 1, {seen}, inside from temp.between_seen
      union all
      select record, timestamp '9999-12-31', 2, {seen}, {left} from temp.through_units
      union all
      select record, timestamp '9999-12-31', 3, {seen}, {left} from temp.right_units
    ),
    ordered as (
      select b as r, lag(b) over life as l, b.record, row_number() over life as seq
      from lives as b
      where b.record in (select record from temp.came_and_went)
      window life as (partition by b.record order by b.part, b.began_at)
    ),
    ranked as (
      select
        *, coalesce(l.rank, 1) as left_rank, r.rank as right_rank,
        case when r.part = 3 then coalesce(l.rank, 1) else r.rank end as through_rank
      from ordered
      where r.part > 0
    ),
    moves as (
      select
        record, seq, {cause} as cause, case when right_rank = 0 then r.value else l.value end as value,
        row_number() over (partition by record order by seq) as place, count(*) over (partition by record) as moves
      from ranked
      where (left_rank = 0) <> (right_rank = 0) and case when right_rank = 0 then r.inside else l.inside end
    ),
    born as (select distinct record from temp.left_units)
    select
      concat(case when b.record is null then 'created' else f.cause end, ' and ', l.cause) as cause,
      sum(abs(f.value)) as amount, count(*) as n
    from moves as f
    join moves as l on l.record = f.record and l.place = l.moves
    left join born as b on b.record = f.record
    where f.place = 1 and f.moves > 1
    group by all
    order by 1"""


def memo_lines(engine: Connection, ends: Ends, slicing: Slicing | None) -> tuple[Line, ...]:
    """Tell what came and went between the two moments, and so is in neither; and what went and came back.

    It is worth what it was when it first did. What was not there at the earlier moment was created.
    """
    cause = movement_sql(ends.left, ends.right)
    sql = MEMO.format(seen=SEEN, left="inside" if slicing else "true", cause=cause)
    return tuple(Line(cause, amount, n) for cause, amount, n in rows(engine, sql))


def won_lines(engine: Connection, ends: Ends, *, within: bool) -> tuple[Line, ...]:
    """Walk from what the won deals were worth at the earlier end to what they are worth at the later one.

    In the waterfall they leave at the former. The lines: opening, the steps of the walk, closing; none without a win.
    """
    won = f"from temp.net_walked where member = 'won' {'and l_inside' if within else ''}"
    steps = " union all ".join(
        f"select {place} as step, {cause} as cause, v{place} - v{place - 1} as amount {won}"
        for place, cause in enumerate(step_causes(ends), start=1)
    )
    whole = rows(engine, f"select count(*), coalesce(sum(v0), 0), coalesce(sum(v6), 0) {won}")[0]
    if not whole[0]:
        return ()
    walk = rows(
        engine,
        f"""select cause, sum(amount), count(*) from ({steps}) where amount <> 0
          group by step, cause order by step, cause desc""",
    )
    return (Line("opening", whole[1], whole[0]), *(Line(*line) for line in walk), Line("closing", whole[2], whole[0]))
