"""What stands beside a bridge over time: what came and went in between, and what became of the deals that were won."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.measure.answers import Line, Posting
from tieout.measure.bridge.gross import between
from tieout.measure.bridge.movements import movement_sql
from tieout.measure.lens_sql import RANK, counted_sql, units_sql
from tieout.measure.run_sql import rows, run

if TYPE_CHECKING:
    from tieout.measure.bridge.pairs import Ends, Walk
    from tieout.measure.bridge.slices import Slicing
    from tieout.warehouse.engine import Connection


def take_came(engine: Connection, ends: Ends) -> None:
    """Create the table `between_counted` of the records that were counted when a state of theirs began in between."""
    # What time alone made past due is not counted: to find what was, its states need not be looked at.
    view = replace(between(ends), passed=False)
    counted, parameters = counted_sql(view, ends.right.contract, "a")
    engine.execute(f"use {ends.right.database}")
    run(engine, f"create temp table between_counted as select distinct record from ({counted})", parameters)


SEEN = "rank, outcome, closed_on, created_at, value"
LIVES = """create temp table lives as
    select number, timestamp '0001-01-01' as began_at, 0 as part, {left}, {left_inside} as inside
    from temp.sought where l.record is not null
    union all
    select s.number, u.began_at, 1, {seen}, u.inside
    from temp.between_seen as u join temp.sought as s on s.record = u.record
    union all
    select number, timestamp '9999-12-31', {last}, {right}, {right_inside}
    from temp.sought where r.record is not null"""
REDEFINED = """
    union all
    select s.number, timestamp '9999-12-31', 2, {seen}, {inside}
    from temp.through_units as u join temp.sought as s on s.record = u.record"""
"""The later end by the earlier one's definition, where that is another one; its own is then the last part."""
PASSED = """
    union all
    select l.number, d.ends_at, 1, {past_due}, l.outcome, l.closed_on, l.created_at, l.value, l.inside
    from (
      select *, lead(began_at) over (partition by number order by part, began_at) as next_at from followed
    ) as l
    join (select distinct day, ends_at from calendar_days where ends_at > {since} and ends_at <= {until}) as d
      on d.day = l.closed_on and l.began_at < d.ends_at and d.ends_at < l.next_at
    where l.rank = 0 and l.outcome = 'open'"""
"""When the close date of what is counted passes, time alone makes it past due."""
MEMO = """create temp table memo_moves as
    with followed as (
      select l.* from temp.lives as l
      semi join (
        select number from temp.sought where came
        union
        select number from temp.lives where rank <> 0 or (part < 2 and closed_on < date '{day}')
      ) using (number)
    ),
    every as (select number, began_at, part, {seen}, inside from followed {passed}),
    ordered as (
      select
        e.*, row_number() over life as seq, lag(number) over life as record_before, lag(rank) over life as rank_before,
        lag(outcome) over life as outcome_before, lag(closed_on) over life as closed_before,
        lag(value) over life as value_before, lag(inside) over life as inside_before
      from every as e
      window life as (partition by number order by part, began_at)
    ),
    flips as (
      select
        o as r,
        struct_pack(
          record := record_before, outcome := outcome_before, closed_on := closed_before, value := value_before,
          inside := inside_before
        ) as l,
        number, seq, coalesce(rank_before, 1) as left_rank, rank as right_rank,
        case when part = 3 then coalesce(rank_before, 1) else rank end as through_rank
      from ordered as o
      where part > 0 and (coalesce(rank_before, 1) = 0) <> (rank = 0)
    ),
    moves as (
      select
        number, seq, {cause} as cause, case when right_rank = 0 then r.value else l.value end as value,
        row_number() over (partition by number order by seq) as place, count(*) over (partition by number) as moves
      from flips
      where case when right_rank = 0 then r.inside else l.inside end
    )
    select
      concat(case when s.born then 'created' else f.cause end, ' and ', l.cause) as cause,
      abs(f.value) as amount, s.record
    from moves as f
    join moves as l on l.number = f.number and l.place = l.moves
    join temp.sought as s on s.number = f.number
    where f.place = 1 and f.moves % 2 = 0"""


def memo_lines(engine: Connection, ends: Ends, slicing: Slicing | None) -> tuple[Line, ...]:
    """Tell what came and went between the two moments, and so is in neither; and what went and came back.

    It is worth what it was when it first did. What was not there at the earlier moment was created.
    """
    same = "coalesce(l.rank = 0, false) = coalesce(r.rank = 0, false)"
    if slicing and slicing.where:  # what one end counts outside the condition may have been within it in between
        same += " or coalesce(l.rank = 0 and l.inside, false) = coalesce(r.rank = 0 and r.inside, false)"
    engine.execute(
        f"""create temp table sought as
        select coalesce(l.record, r.record) as record, not coalesce(l.rank = 0, false) as came,
          l.record is null as born, row_number() over () as number, l, r
        from temp.both_ends
        where {same}"""
    )
    view = replace(between(ends), passed=False, among="sought")
    inside = slicing.inside_sql() if slicing else "true"
    states, parameters = units_sql(view, ends.right.contract, "a")
    engine.execute(f"use {ends.right.database}")
    seen = SEEN.replace("value", "coalesce(value, 0) as value")
    run(
        engine,
        f"""create temp table between_seen as
        select record, asked_as_of as began_at, {seen}, {inside} as inside from ({states})""",
        parameters,
    )
    alike = ends.left.view.lens == ends.right.view.lens
    told = {side: ", ".join(f"{side[0]}.{name.strip()}" for name in SEEN.split(",")) for side in ("left", "right")}
    lives = (LIVES if alike else LIVES + REDEFINED).format(
        seen=SEEN, last=2 if alike else 3, inside="u.inside" if slicing else "true", **told,
        **{f"{side}_inside": f"{side[0]}.inside" if slicing else "true" for side in ("left", "right")},
    )  # fmt: skip
    engine.execute(lives)
    since, until = (f"timestamp '{end.view.moment.as_of}'" for end in (ends.left, ends.right))
    passed = PASSED.format(past_due=RANK["past due"], since=since, until=until)
    sql = MEMO.format(
        seen=SEEN,
        day=ends.right.view.moment.day,
        passed="" if view.lens.past_due else passed,
        cause=movement_sql(ends.left, ends.right),
    )
    engine.execute(sql)
    lines = "select cause, sum(amount), count(*) from temp.memo_moves group by cause order by cause"
    return tuple(Line(cause, amount, n) for cause, amount, n in rows(engine, lines))


def memo_postings(engine: Connection, cause: str) -> tuple[Posting, ...]:
    """Give the records of a memo line, the largest first, each with what it was worth when it first came or went."""
    sql = "select record, cause, amount from temp.memo_moves where cause = $cause order by amount desc, record"
    return tuple(Posting(*one) for one in rows(engine, sql, {"cause": cause}))


def won_lines(engine: Connection, walk: Walk, *, within: bool) -> tuple[Line, ...]:
    """Walk from what the won deals were worth at the earlier end to what they are worth at the later one.

    In the waterfall they leave at the former. The lines: opening, the steps of the walk, closing; none without a win.
    """
    won = f"from temp.net_walked where member = 'won' {'and l_inside' if within else ''}"
    whole = rows(engine, f"select count(*), coalesce(sum(v0), 0), coalesce(sum({walk.last}), 0) {won}")[0]
    if not whole[0]:
        return ()
    steps = " union all ".join(
        f"select {step.place} as step, {step.cause} as cause, {step.after} - {step.before} as amount {won}"
        for step in walk.steps
    )
    lines = rows(
        engine,
        f"""select cause, sum(amount), count(*) from ({steps}) where amount <> 0
          group by step, cause order by step, cause desc""",
    )
    return (Line("opening", whole[1], whole[0]), *(Line(*line) for line in lines), Line("closing", whole[2], whole[0]))
