"""What the variants of the win rate count: cohorts by when they qualified, and deals that a competitor was in."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tieout.measure.lens_sql import LensView, counted_sql, quoted
from tieout.measure.numbers.stage_facts import Compiled
from tieout.measure.quality.number_facts import DIMENSIONS
from tieout.measure.states import Parameters

if TYPE_CHECKING:
    from tieout.contract.model import Contract

COHORT = {
    "cohort": "u.outcome = 'won'",
    "cohort_open": "u.outcome = 'open'",
    "cohort_ripe": "date_diff('microsecond', q.qualified_at, $as_of_a) > y.p90",
}


def cohort_sql(view: LensView, contract: Contract, fact: str = "cohort") -> tuple[str, Parameters]:
    """Compile one row for each deal that first reached the qualifying stage in the period, but disqualified ones."""
    units, parameters = _counted(view, contract, ("won", "lost", "open"))
    since, day = (_local(f"q.{name}", contract) for name in ("since", "qualified_at"))
    inside = f"{since} >= $start_a and {day} < $end_a" if view.period else "true"
    sql = f"""
      select u.record, u.unit, cast(null as bigint) as value, coalesce({COHORT[fact]}, false) as hit, {day} as day,
        {since} as since, q.qualified_at as moment, greatest(u.stage_grade, u.type_grade) as grade, {DIMENSIONS}
      from ({units}) as u
      join qualified as q on q.record = u.record
      cross join ({cycle_p90_sql(view, contract)}) as y
      where q.qualified_at <= $as_of_a and {inside}"""
    return sql, parameters


def cycle_p90_sql(view: LensView, contract: Contract) -> str:
    """Compile one row with `p90`: the 90th percentile, in microseconds, of the cycles of deals won until the moment."""
    units, _ = _counted(replace(view, period=None, extra=()), contract, ("won",))
    return f"""
      select percentile_cont(0.9) within group (
          order by date_diff('microsecond', q.qualified_at, u.outcome_since)) as p90
      from ({units}) as u
      join qualified as q on q.record = u.record and q.since = q.qualified_at and q.qualified_at <= u.outcome_since"""


def narrow_sql(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    """Compile won deals, and lost ones that name a competitor, of those that had reached the qualifying stage."""
    units, parameters = _counted(view, contract, ("won", "lost"))
    sql = f"""
      select u.record, u.unit, cast(null as bigint) as value, u.outcome = 'won' as hit, u.closed_on as day,
        cast(null as timestamp) as moment, greatest(u.stage_grade, u.type_grade) as grade, {DIMENSIONS}
      from ({units}) as u
      join qualified as q on q.record = u.record and q.qualified_at <= u.outcome_since
      where u.outcome = 'won' or u.competitor is not null"""
    return sql, parameters


def _counted(view: LensView, contract: Contract, outcomes: tuple[str, ...]) -> tuple[str, Parameters]:
    wide = {"outcomes": outcomes, "stages": "all", "omitted": (), "past_due": True}
    return counted_sql(replace(view, lens=view.lens.model_copy(update=wide)), contract, "a")


def _local(moment: str, contract: Contract) -> str:
    """Give the company's day of a moment."""
    return f"cast({moment} at time zone 'UTC' at time zone {quoted(contract.company.time_zone)} as date)"


WIN_FACTS: dict[str, Compiled] = {
    **{name: partial(cohort_sql, fact=name) for name in COHORT},
    "narrow": narrow_sql,
}
"""The facts of this file by name."""
