"""The gross bridge: every version between two moments posted, where the net one compares only the two ends.

Each state that began in between is judged by the earlier end's lens, and the last one by the later end's too, so that a
change of the definition is the last step. What comes and goes in between cancels out of the net bridge; it is told in
its memo lines.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.measure.answers import Line
from tieout.measure.bridge.records import UNIT_COLUMNS, through, unit_columns_sql
from tieout.measure.lens_sql import units_sql
from tieout.measure.run_sql import rows, run

if TYPE_CHECKING:
    from tieout.measure.bridge.pairs import Ends
    from tieout.measure.bridge.slices import Slicing
    from tieout.warehouse.engine import Connection

MEMO = """
    with moves as (
      select
        record, cause, amount, row_number() over (partition by record order by seq) as place,
        count(*) over (partition by record) as moves
      from temp.gross_postings
      where step = 0
    ),
    told as (
      select distinct m.record from moves as m
      join temp.net_postings as n on n.record = m.record and n.cause = m.cause
    )
    select concat(f.cause, ' and ', l.cause) as cause, sum(abs(f.amount)) as amount, count(*) as n
    from moves as f
    join moves as l on l.record = f.record and l.place = l.moves
    left join told as t on t.record = f.record
    where f.place = 1 and f.moves > 1 and t.record is null
    group by all
    order by 1"""


def memo_lines(engine: Connection) -> tuple[Line, ...]:
    """Tell what came and went between the two moments, and so is in neither: what it was worth when it did."""
    return tuple(Line(cause, amount, n) for cause, amount, n in rows(engine, MEMO))


def take_between(engine: Connection, ends: Ends, slicing: Slicing | None = None) -> None:
    """Create the table of every state that began between the moments; what it counts joins the records to look at."""
    view = replace(through(ends.right.view, ends.left.view.lens), since=ends.left.view.moment.as_of)
    states, parameters = units_sql(view, ends.right.contract, "a")
    engine.execute(f"use {ends.right.database}")
    run(
        engine,
        f"""create temp table between_states as
        select record, unit, valid_from as began_at, {unit_columns_sql(slicing)}, coalesce(value, 0) as record_value
        from ({states})""",
        parameters,
    )
    run(engine, "insert into temp.seen_records select distinct record from temp.between_states where rank = 0")


def gross_pairs(slicing: Slicing | None = None) -> str:
    """Give consecutive states of each record as pairs.

    The parts: the state at the first moment, those that began since, the state at the last moment by the first one's
    definition (what only time did), and by its own: only that last step is the definition's.
    """
    columns = ", ".join((*UNIT_COLUMNS, *(slicing.columns if slicing else ())))
    return f"""
      select
        record, unit, coalesce(l.rank, 1) as left_rank, s.rank as right_rank,
        case when s.part = 3 then coalesce(l.rank, 1) else s.rank end as through_rank, l, s as r,
        case when s.part = 3 then l.rate when l.part = 0 then g.rate else s.rate end as carried_rate,
        case when s.part = 3 then l.rate else s.rate end as timed_rate,
        row_number() over (partition by record order by part, began_at) as seq
      from (
        select b.*, lag(b) over (partition by record order by part, began_at) as l
        from (
          select record, unit, timestamp '0001-01-01' as began_at, 0 as part, {columns}, record_value
          from temp.left_units
          union all
          select record, unit, began_at, 1, {columns}, record_value
          from temp.between_states where record in (select record from temp.seen_records)
          union all
          select record, unit, timestamp '9999-12-31', 2, {columns}, record_value
          from temp.through_units
          union all
          select record, unit, timestamp '9999-12-31', 3, {columns}, record_value
          from temp.right_units
        ) as b
      ) as s
      left join temp.left_rates as g
        on g.currency = s.currency and g.starts_on <= s.l.rate_on and s.l.rate_on < g.ends_on
      where s.part > 0"""
