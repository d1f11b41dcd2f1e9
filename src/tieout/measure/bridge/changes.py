"""How often the deals of a bridge over time were pushed, pulled and changed in amount while they were open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.measure.answers import Changes
from tieout.measure.bridge.gross import between
from tieout.measure.lens_sql import converted_sql, native_sql
from tieout.measure.pushes import date_before_sql, pulled_sql, pushed_sql
from tieout.measure.run_sql import rows
from tieout.measure.states import parameters_of, states_sql

if TYPE_CHECKING:
    from tieout.measure.bridge.pairs import Ends
    from tieout.measure.bridge.slices import Slicing
    from tieout.warehouse.engine import Connection

TOLD = "record, asked_as_of as began_at, close_date, outcome, missing, deleted, arr, acv, tcv, currency"
CHANGES = """
    with told as (
      select *, lead(record) over (partition by record order by began_at) is null as last
      from (
        select {told} from ({first})
        union all
        select {told} from ({since})
      )
    ),
    valued as (
      select u.record, u.began_at, u.last, u.close_date, u.outcome, u.currency, {native} as native,
        coalesce({value}, 0) as value
      from told as u
      left join temp.left_rates as g
        on g.currency = u.currency and g.starts_on <= $day_a and $day_a < g.ends_on
      where not u.missing and not u.deleted
    ),
    followed as (
      select
        v.*, {date_before} as date_before,
        lag(outcome) over life as outcome_before,
        lag(native) over life as native_before, lag(currency) over life as currency_before,
        lag(value) over life as value_before
      from valued as v
      window life as (partition by record order by began_at)
    ),
    marked as (
      select
        *, {pushed} as is_push, {pulled} as is_pull,
        outcome_before = 'open' and (
          native is distinct from native_before or (native is not null and currency is distinct from currency_before)
        ) as is_change
      from followed
    ),
    summed as (
      select
        record, count(*) filter (where is_push) as pushed, count(*) filter (where is_pull) as pulled,
        coalesce(sum(date_diff('day', date_before, close_date)) filter (where is_push), 0) as days,
        count(*) filter (where is_change) as changed,
        coalesce(sum(value - value_before) filter (where is_change), 0) as change,
        coalesce(max(outcome) filter (where last), 'deleted') as outcome
      from marked
      group by record
    )
    select
      s.record, s.pushed, cast(s.days as integer), s.pulled, s.changed, cast(s.change as decimal(18, 2)),
      l.value, r.value, s.outcome
    from summed as s
    left join temp.left_units as l on l.record = s.record and l.rank = 0 {inside_left}
    left join temp.right_units as r on r.record = s.record and r.rank = 0 {inside_right}
    where s.pushed + s.pulled + s.changed > 0 and (l.record is not null or r.record is not null)
    order by s.days desc, s.pushed desc, abs(s.change) desc, s.record"""


def changes(engine: Connection, ends: Ends, slicing: Slicing | None) -> tuple[Changes, ...]:
    """Tell the changes of every deal that either end counts; those known at the later end.

    What a deal is changed to when it is won is a change of its amount.
    """
    lens = ends.left.view.lens.model_copy(update={"past_due": True, "weighting": "none"})
    since = replace(between(ends), lens=lens, among="seen_counted")
    known = replace(ends.left.view.moment, known_at=ends.right.view.moment.known_at)
    first = replace(ends.left.view, moment=known, among="seen_counted")
    native = native_sql("u", lens)
    sql = CHANGES.format(
        told=TOLD,
        first=states_sql(first, "a"),
        since=states_sql(since, "b"),
        native=native,
        date_before=date_before_sql("outcome", "began_at"),
        pushed=pushed_sql("outcome", "date_before"),
        pulled=pulled_sql("outcome", "date_before"),
        value=converted_sql(native, "g.rate"),
        inside_left="and l.inside" if slicing else "",
        inside_right="and r.inside" if slicing else "",
    )
    engine.execute(f"use {ends.right.database}")
    return tuple(Changes._make(row) for row in rows(engine, sql, parameters_of(first, "a") | parameters_of(since, "b")))
