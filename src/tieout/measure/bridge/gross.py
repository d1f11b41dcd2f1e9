"""The gross bridge: every version between two moments posted, where the net one compares only the two ends.

Each state that began in between is judged as of its beginning by the earlier end's lens, and so is the day on which
time alone made a deal past due; the last one by the later end's lens too, so that a change of the definition is the
last step. What comes and goes in between cancels out of the net bridge; `beside.py` tells of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.measure.bridge.pairs import Pairs
from tieout.measure.bridge.records import through
from tieout.measure.lens_sql import units_sql
from tieout.measure.run_sql import run

if TYPE_CHECKING:
    from tieout.measure.bridge.pairs import Ends
    from tieout.measure.bridge.slices import Slicing
    from tieout.measure.lens_sql import LensView
    from tieout.warehouse.engine import Connection


def take_between(engine: Connection, ends: Ends, columns: str) -> None:
    """Create the table of every state that began between the moments."""
    states, parameters = units_sql(between(ends), ends.right.contract, "a")
    engine.execute(f"use {ends.right.database}")
    run(
        engine,
        f"""create temp table between_states as
        select record, unit, asked_as_of as began_at, {columns}, coalesce(value, 0) as record_value
        from ({states})""",
        parameters,
    )


def between(ends: Ends) -> LensView:
    """Look at what lies between the ends through the earlier one's lens."""
    zone = ends.right.contract.company.time_zone
    return replace(through(ends.right.view, ends.left.view.lens), since=ends.left.view.moment.as_of, zone=zone)


def gross_pairs(names: tuple[str, ...], slicing: Slicing | None = None) -> Pairs:
    """Give consecutive states of each record as pairs.

    The parts: the state at the first moment, those that began since, the state at the last moment by the first one's
    definition (what only time did), and by its own: only that last step is the definition's.
    """
    columns = ", ".join((*names, *(slicing.columns if slicing else ())))
    source = f"""(
        select s.*, s.record as of, s as r, g.rate as carried
        from (
          select b.*, lag(b) over (partition by record order by part, began_at) as l,
            row_number() over (partition by record order by part, began_at) as nth
          from (
            select record, unit, timestamp '0001-01-01' as began_at, 0 as part, {columns}, record_value
            from temp.left_units
            union all
            select record, unit, began_at, 1, {columns}, record_value from temp.between_states
            where record in (select record from temp.seen_counted)
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
        where s.part > 0
      ) as p"""
    return Pairs(
        source=source,
        record="p.of",
        unit="p.unit",
        left_rank="coalesce(l.rank, 1)",
        right_rank="p.rank",
        through_rank="case when p.part = 3 then coalesce(l.rank, 1) else p.rank end",
        carried_rate="case when p.part = 3 then l.rate else p.carried end",
        timed_rate="case when p.part = 3 then l.rate else p.rate end",
        seq="p.nth",
    )
