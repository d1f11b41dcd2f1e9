"""Two years day by day, by segment: from spans, against the bare engine adding up the same spans by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bench.measuring import BenchError, Result, median_time
from tieout.basics.calendars import end_of_day, local_day
from tieout.measure.answers import Question
from tieout.measure.moments import calendar_of
from tieout.measure.numbers.series import series
from tieout.questions import opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tieout import Workspace
    from tieout.measure.answers import Row
    from tieout.measure.numbers.question import Asked

QUESTION = Question("pipeline.open_qualified", by=("segment",))
FIRST = date(2024, 1, 9)
Sums = dict[tuple[int, str], tuple[Decimal, int]]

STATEMENT = """
with days as (
  select unnest($day) as day, unnest($run_from) as run_from, unnest($run_to) as run_to
),
spans as (
  select s.segment, cast(round(s.arr * r.rate, 2) as decimal(18, 2)) as value,
    greatest({from_}, d.run_from, coalesce(x.ends_at, d.run_from)) as came, least({to}, d.run_to) as went
  from opportunity_states as s
  join days as d on d.day = s.close_date
  join exchange_rates as r on r.kind = 'plan' and r.currency = s.currency and r.ends_on = date '9999-12-31'
  left join exclusions as x on x.object = 'opportunity' and x.id = s.record
  where {known} and s.outcome = 'open' and s.stage_rank >= 1 and s.type in ('new', 'expansion')
    and s.category <> 'Omitted' and not s.deleted
),
moved as (
  select segment, date_trunc('hour', came) as hour, count(*) as n, sum(value) as value from spans where came < went
  group by all
  union all
  select segment, date_trunc('hour', went), -count(*), -sum(value) from spans where came < went group by all
),
levels as (
  select segment, place, sum(n) over running as n, sum(value) over running as value
  from (
    select segment, hour, -1 as place, n, value from moved
    union all
    select segment, date_trunc('hour', moment), place, 0, 0
    from (select distinct segment from moved), (select unnest($moment) as moment, unnest($place) as place)
  )
  window running as (partition by segment order by hour, case when place < 0 then 0 else 1 end rows unbounded preceding)
)
select place, segment, value, n from levels where place >= 0 and n > 0
"""
"""All moments end an hour, so that whatever begins within it has begun by then; no rate changes in the two years."""


def daily(workspace: Workspace, zone: ZoneInfo) -> list[Result]:
    """Measure the series restated and as said then, each beside the bare engine's sums, which must be the same."""
    results = []
    with opened(workspace) as asked:
        count = (local_day(asked.facts.heard_until, zone) - FIRST).days
        days = [FIRST + timedelta(days=number) for number in range(count)]
        moments = [end_of_day(day, zone) for day in days]
        for word, said in (("restated", False), ("as said then", True)):
            question = replace(QUESTION, said_then=said)
            taken, rows = median_time(partial(_series, workspace, question, moments))
            by_hand, sums = median_time(partial(_bare, asked, days, moments, said=said))
            if (ours := _sums(rows)) != sums or not sums:
                message = f"The series differs from the bare engine's: {len(ours)} sums against {len(sums)}."
                raise BenchError(message)
            note = f"{count} moments in one pass"
            results += [
                Result(f"two years day by day by segment, {word}", taken, "s", 0.5, note=note),
                Result("the same by the bare engine", by_hand, "s"),
            ]
    return results


def _series(workspace: Workspace, question: Question, moments: Sequence[datetime]) -> tuple[tuple[Row, ...], ...]:
    with opened(workspace) as asked:
        return series(asked, question, moments)


def _bare(asked: Asked, days: Sequence[date], moments: Sequence[datetime], *, said: bool) -> Sums:
    known, from_, to = "s.seen_to = timestamp '9999-12-31'", "s.valid_from", "s.valid_to"
    if said:
        known, from_ = "true", "greatest(s.valid_from, s.seen_from)"
        to = "least(s.gone_at, s.valid_end, s.seen_to, greatest(s.valid_to, s.end_heard))"
    spans = _due(asked, days, moments)
    given = {
        "day": [day for day, _, _ in spans],
        "run_from": [begun for _, begun, _ in spans],
        "run_to": [ended for _, _, ended in spans],
        "moment": list(moments),
        "place": list(range(len(moments))),
    }
    sql = STATEMENT.format(known=known, from_=from_, to=to)
    found = asked.engine.execute(sql, given).fetchall()
    return {(place, segment): (value, n) for place, segment, value, n in found}


def _due(asked: Asked, days: Sequence[date], moments: Sequence[datetime]) -> list[tuple[date, datetime, datetime]]:
    """Give each close date with the moments at which it lies ahead in their own quarter."""
    calendar = calendar_of(asked.contract, None)
    place = {day: number for number, day in enumerate(days)}
    spans = []
    quarter = calendar.quarter_of(days[0])
    while quarter.start <= days[-1]:
        first = max(quarter.start, days[0])
        for number in range((quarter.end - first).days):
            day = first + timedelta(days=number)
            last = place[min(day, days[-1])]
            spans.append((day, moments[place[first]], moments[last] + timedelta(microseconds=1)))
        quarter = calendar.quarter_of(quarter.end)
    return spans


def _sums(rows: Sequence[Sequence[Row]]) -> Sums:
    return {
        (moment, row.by["segment"]): (Decimal(row.value), row.n)
        for moment, told in enumerate(rows)
        for row in told
        if row.by and row.value is not None
    }
