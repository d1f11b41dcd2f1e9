"""What the numbers of stages count: stages that deals reached, how long they stayed, deals that stay too long.

A deal that was in a stage which the contract does not have is left out: where it stood among the others nobody can say.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tieout.measure.lens_sql import LensView, counted_sql, quoted
from tieout.measure.states import ORGANIZATION, Parameters, parameters_of, states_sql
from tieout.measure.survival import quantiles_sql

if TYPE_CHECKING:
    from tieout.contract.model import Contract

Compiled = Callable[[LensView, "Contract"], tuple[str, Parameters]]
FOREVER = "timestamp '9999-12-31'"
LEAST = 10
"""How many stays of a stage and segment must have ended for their 90th percentile to judge a deal."""
THEN = (
    "account_id", "country", "currency", "industry", "type", "lead_id", "source", "vertical", "employees", "close_date",
    "arr", "acv", "tcv", "probability", "accepted", "category",
)  # fmt: skip
GOVERNED = "not g.deleted and not g.merged and not g.duplicate and not g.excluded"
ADVANCED = "coalesce(p.next_at <= $as_of_a, false) or coalesce(g.outcome = 'won', false)"
STEPS = {
    "steps": ADVANCED,
    "steps_open": f"not ({ADVANCED}) and coalesce(g.outcome = 'open', false)",
    "skips": "p.skipped",
    "regresses": "coalesce(p.fell_back_at <= $as_of_a, false)",
    "reentries": "coalesce(p.reentered_at <= $as_of_a, false)",
}
"""The facts of one row for each deal and stage that it reached, and what makes it a hit."""


def steps_sql(view: LensView, contract: Contract, fact: str = "steps") -> tuple[str, Parameters]:
    """Compile one row for each deal and open stage that it reached in the period; what it was then are its slices.

    Beside the columns of every fact: `outcome` as of the moment, and for each entry of STEPS whether it holds, by its
    name. A deal that existed before its history begins has no period and is left out of one.
    """
    flags = ", ".join(f"{test} as {name}" for name, test in STEPS.items())
    return _reached(view, contract, f"{flags}, {STEPS[fact]} as hit, cast(null as bigint) as value")


def lasting_sql(view: LensView, contract: Contract, fact: str = "latest") -> tuple[str, Parameters]:
    """Compile one row for each deal and stage that it was in, if it is known since when: how long, and whether it left.

    `latest` is its newest stay in the stage, `cumulative` all of them together: columns of both, one of them `value`. A
    stay that goes on lasts until as-of.
    """
    stay = "date_diff('microsecond', v.entered_at, least(v.left_at, $as_of_a))"
    times = {"latest": stay, "cumulative": f"cast(v.before_microseconds as bigint) + {stay}"}
    both = ", ".join(f"{time} as {name}" for name, time in times.items())
    told = f"v.left_at <= $as_of_a as hit, {times[fact]} as value, {both}"
    newest = "p.since = p.reached_at and v.entered_at <= $as_of_a and $as_of_a < v.again_at"
    return _reached(view, contract, told, STAYS, newest)


STAYS = f"join stage_stays as v on v.record = p.record and v.stage = p.stage and p.holds_to = {FOREVER}"
"""Stays beside the stage that was reached; one that only a win reached has none."""


def _reached(
    view: LensView, contract: Contract, told: str, join: str = "", condition: str = "$as_of_a < p.holds_to"
) -> tuple[str, Parameters]:
    zone = quoted(contract.company.time_zone)
    now = "left join organization_now as n on n.record = p.record" if view.as_is else ""
    stood = ", ".join(f"{'n' if view.as_is else 'p'}.{name}" for name in ORGANIZATION)
    sourced = "left join source_classes as c on c.record = p.record" if view.classes else ""
    inside = "u.since >= $start_a and u.day < $end_a" if view.period else "true"
    sql = f"""
      with at_moment as ({states_sql(view, "a")})
      select u.* from (
        select p.record, p.stage as unit, {told}, p.stage, p.place, p.stage_grade as grade, {stood},
          {", ".join(f"p.{name}" for name in THEN)}, g.outcome, g.reason, g.competitor,
          {"c.class" if view.classes else "cast(null as varchar)"} as source_class,
          cast(p.reached_at at time zone 'UTC' at time zone {zone} as date) as day,
          cast(p.since at time zone 'UTC' at time zone {zone} as date) as since, cast(null as timestamp) as moment
        from stage_steps as p
        join at_moment as g on g.record = p.record
        {join} {now} {sourced}
        where p.reached_at <= $as_of_a and p.unknown_at > $as_of_a and {condition} and {GOVERNED}
      ) as u
      where {inside} and {" and ".join(view.extra) or "true"}"""
    return sql, parameters_of(view, "a")


# -- stalls


def usual_sql(view: LensView) -> str:
    """Compile the 90th percentile of the time of a stay by stage and segment, of all stays until the moment.

    Columns: `stage`, `segment`, `n`, `ended_n`, `p90` in microseconds, NULL where too many still go on.
    """
    return quantiles_sql(
        f"""(
        select p.stage, p.segment, v.left_at <= $as_of_a as ended,
          date_diff('microsecond', v.entered_at, least(v.left_at, $as_of_a)) as duration
        from stage_steps as p
        join ({states_sql(view, "a")}) as g on g.record = p.record
        {STAYS}
        where v.entered_at <= $as_of_a and p.unknown_at > $as_of_a and (v.visit > 1 or p.since = p.reached_at)
          and {GOVERNED}
      )""",
        ("stage", "segment"),
        {"p90": 0.9},
    )


def stalled_sql(view: LensView, contract: Contract, condition: str = "f.hit") -> tuple[str, Parameters]:
    """Compile the open deals of a lens beside the 90th percentile of the stays in their stage and segment.

    It is judged by the segment of its step, as the stays beside it are: whether segments of then or of now are asked
    for says where a deal is told, not whether it stalls. `hit` where a deal has been there longer than that; `value`
    is its amount, `age` and `p90` microseconds, `ended_n` how many stays ended, `judged_by` that segment. `hit` is
    NULL, and the deal not judged, where fewer than 10 ended or the percentile is not reached.
    """
    units, parameters = counted_sql(view, contract, "a")
    sql = f"""
      select f.* from (
        select f.record, f.unit, f.value, f.original, f.rate, f.age, q.p90, q.ended_n, f.stage_since,
          case when q.ended_n >= {LEAST} then f.age > q.p90 end as hit, f.closed_on as day,
          cast(null as timestamp) as moment, greatest(f.stage_grade, f.grade) as grade, f.account_id, f.category,
          f.competitor, f.country, f.currency, f.industry, f.manager_id, f.outcome, f.owner_id, f.reason, f.region,
          f.segment, f.source, f.source_class, f.stage, f.team, f.territory, f.type, f.lead_id, f.vertical,
          p.segment as judged_by
        from (
          select f.*, date_diff('microsecond', f.stage_since, $as_of_a) as age,
            case when f.value is null then 0 else f.{view.lens.basis or "arr"}_grade end as grade
          from ({units}) as f
        ) as f
        left join stage_steps as p on p.record = f.record and p.stage = f.stage and p.holds_to = {FOREVER}
        left join ({usual_sql(view)}) as q on q.stage = f.stage and q.segment is not distinct from p.segment
      ) as f
      where {condition}"""
    return sql, parameters


STAGE_FACTS: dict[str, Compiled] = {
    **{name: partial(steps_sql, fact=name) for name in STEPS},
    "latest": lasting_sql,
    "cumulative": partial(lasting_sql, fact="cumulative"),
    "stalled": stalled_sql,
}
"""The facts of this file by name."""
