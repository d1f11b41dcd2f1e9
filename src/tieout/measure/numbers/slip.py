"""Slips: of the deals that were to close in a period when it began, those that are still open when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.basics.calendars import end_of_day, local_day
from tieout.measure.lens_sql import counted_sql
from tieout.measure.numbers.knowable import begins
from tieout.measure.numbers.metric import Metric
from tieout.measure.pushes import date_before_sql, pushed_sql
from tieout.measure.quality.number_facts import DIMENSIONS
from tieout.measure.states import Parameters, parameters_of, states_sql

if TYPE_CHECKING:
    from tieout.basics.calendars import Period
    from tieout.contract.model import Contract
    from tieout.measure.lens_sql import LensView
    from tieout.measure.moments import Moment
    from tieout.measure.numbers.question import Asked

SLIP = "slip"
SLIP_METRICS: tuple[Metric, ...] = (
    Metric(
        id="slip_rate.count",
        question="Of the deals that were to close in the period when it began, how many did not?",
        formula="Open qualified deals at the end of the day before the period, with a close date in it, that at its "
        "end were neither won, lost nor disqualified / all such deals; deleted, merged and excluded ones left out. "
        "By pushes it tells how often a deal had been pushed before the period, by reason the reason it has at the "
        "end. Absent until the period is over.",
        unit="rate",
        fact=SLIP,
        aggregate="rate",
        owner="sales",
        better="lower",
        cadence="quarterly",
        minimum_n=10,
        needs_period=True,
        event=True,
        of_moment=True,
    ),
    Metric(
        id="slip_rate.value",
        question="Of the amount that was to close in the period when it began, how much did not?",
        formula="As slip_rate.count, of amounts as they were before the period.",
        unit="rate",
        fact=SLIP,
        aggregate="share",
        owner="sales",
        better="lower",
        cadence="quarterly",
        minimum_n=10,
        needs_period=True,
        event=True,
        of_moment=True,
    ),
)

PUSHES = f"""
  select record, count(*) filter (where {pushed_sql("stage_outcome", "close_before")}) as pushed
  from (
    select v.record, v.stage_outcome, v.close_date, {date_before_sql("stage_outcome", "ordinal")} as close_before
    from opportunity_versions as v semi join opening using (record)
    where v.valid_from <= $as_of_a and v.seen_from <= $known_at_a and $known_at_a < v.seen_to
  )
  group by record"""


def slip_sql(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    """Compile one row for each open qualified deal at the period's beginning; `hit` where it is open at its end.

    It stands where it stood at the beginning; reason and outcome are those of the end.
    """
    zone = ZoneInfo(contract.company.time_zone)
    opening = replace(view, moment=_at_end(view.moment, _day_before(view.period), zone))
    last = view.period.last_day if view.period else view.moment.day
    closing = replace(view, moment=_at_end(view.moment, last, zone), as_is=False)
    units, parameters = counted_sql(opening, contract, "a")
    told = DIMENSIONS.replace("u.reason", "e.reason").replace("u.outcome", "e.outcome")
    sql = f"""
      with opening as ({units}), pushed as ({PUSHES}), closing as ({states_sql(closing, "b")})
      select u.record, u.unit, u.value, e.outcome = 'open' as hit, u.closed_on as day,
        cast(null as timestamp) as moment,
        greatest(u.stage_grade, u.type_grade, u.close_date_grade) as grade, u.original, u.rate, {told},
        case when p.pushed < 3 then cast(p.pushed as varchar) else '3 or more' end as pushes
      from opening as u
      join closing as e on e.record = u.record
      left join pushed as p on p.record = u.record
      where not e.missing and not e.deleted and not e.merged and not e.duplicate and not e.excluded"""
    return sql, parameters | parameters_of(closing, "b")


def not_over(asked: Asked, fact: str, view: LensView) -> str | None:
    """Say why nobody can tell what slipped: the period is not over, or nothing is known of its beginning."""
    if fact != SLIP or view.period is None:
        return None
    if view.moment.as_of < end_of_day(view.period.last_day, asked.zone):
        begun = view.period.start <= view.moment.day
        return f"the period is not over: it ends on {view.period.last_day}" if begun else "the period has not begun"
    first, start = begins(asked), end_of_day(_day_before(view.period), asked.zone)
    if first is None or first > start:
        told = f": history begins on {local_day(first, asked.zone)}" if first else ""
        return f"nothing is known of the period's beginning{told}"
    return None


def _day_before(period: Period | None) -> date:
    return period.start - timedelta(days=1) if period else date.min


def _at_end(moment: Moment, day: date, zone: ZoneInfo) -> Moment:
    """Give the end of a day, as known when the moment is."""
    return replace(moment, as_of=end_of_day(day, zone), day=day)
