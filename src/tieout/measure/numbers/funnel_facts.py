"""The facts of the funnel: episodes of persons as of a moment, and the rows that its numbers count.

A step is *told* where an event tells of it, and *reached* where it or a later one is told: a skip breaks nothing. The
time of reaching is the first of these. A cohort is of the episodes told to have entered a step, by the day of that; its
numerator are those that reached another step within a horizon, in elapsed days.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.basics.calendars import start_of_day
from tieout.contract.funnel import STEPS
from tieout.contract.vocabulary import Kind
from tieout.measure.days_sql import day_sql
from tieout.measure.lens_sql import quoted
from tieout.measure.states import ORGANIZATION, Parameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from tieout.contract.model import Contract
    from tieout.measure.lens_sql import LensView

T, N = Kind.TEXT, Kind.NUMBER
FUNNEL_DIMENSIONS = {
    "account": "f.account_id", "campaign": "f.campaign_id", "country": "f.country", "industry": "f.industry",
    "landing_page": "f.landing_page", "manager": "f.manager_id", "owner": "f.owner_id", "reason": "f.reason",
    "region": "f.region", "score_band": "f.score_band", "segment": "f.segment", "sent_back": "f.ended_by",
    "source": "f.source", "source_class": "f.source_class", "source_raw": "f.source_raw", "team": "f.team",
    "territory": "f.territory", "vertical": "f.vertical",
}  # fmt: skip
FUNNEL_COLUMNS: dict[str, Kind] = {
    "source": T, "source_class": T, "campaign_id": T, "landing_page": T, "score": N, "score_band": T, "segment": T,
    "territory": T, "region": T, "country": T, "industry": T, "vertical": T, "owner_id": T, "team": T, "manager_id": T,
    "account_id": T, "ended_by": T, "reason": T,
}  # fmt: skip
"""What `--where` may use of an episode."""
BY_MQL, BY_LEAD = 90, 180
"""The days within which a cohort of mqls, or of leads, has to get there."""
HORIZON = {
    "mql_to_sal": BY_MQL, "mql_to_sql": BY_MQL, "qualified_to_opportunity": BY_MQL, "quality_worked": BY_MQL,
    "quality_not_worked": BY_MQL, "lead_to_opportunity": BY_LEAD, "quality_sourced": BY_LEAD,
}  # fmt: skip
"""The horizon of each fact that has one, in days: a cohort that is younger is immature."""
FUNNEL_FACTS = (*HORIZON, "mqls", "mql_to_sql_flow", "touches_to_convert")


@dataclass(frozen=True, slots=True)
class Cohort:
    """Whose episodes are counted: those told to have entered `start`; `hit` is the time that has to come in time."""

    start: str
    hit: str
    horizon: int
    condition: str = "true"


def episodes_sql(view: LensView, contract: Contract) -> str:
    """Compile every episode as of `$as_of_a`: `<step>_at` as told, `<step>_reached` at or beyond, and its dimensions.

    What an opportunity adds is left out while it, or its account, is excluded. Times are UTC without zone.
    """
    told = ", ".join(f"{_then(f'e.{step}_at')} as {step}_told" for step in ("lead", "mql", "sal", "sql"))
    stood = ", ".join(f"{'l' if view.as_is else 'e'}.{name}" for name in ORGANIZATION)
    now = (
        """left join survivors_now as n on n.object = 'lead' and n.record = e.lead_id
        left join leads as l on l.record = coalesce(n.survivor, e.lead_id)"""
        if view.as_is
        else ""
    )
    return f"""
      with deals as ({_deals_sql()}),
      told as (
        select e.person, e.episode, e.entered_at, e.began_at, e.next_at, e.lead_id, e.first_lead_id, e.contacted_at,
          {_then("e.ended_at")} as ended_at,
          case when e.ended_at <= $as_of_a then e.ended_by end as ended_by,
          case when e.ended_at <= $as_of_a then e.reason end as reason,
          {told}, least({_then("e.opportunity_at")}, d.opened_at) as opportunity_told, d.qualified_at,
          case when d.person is null then {_then("e.won_at")} else d.won_at end as won_told,
          least({_then("e.renewal_at")}, d.renewed_at) as renewal_told,
          e.account_id, e.source, e.source_raw, e.campaign_id, e.landing_page, e.score, e.industry, e.vertical,
          e.country, {stood}, e.grade, c.class as source_class, {_band_sql(contract)} as score_band
        from funnel_episodes as e
        left join deals as d on d.person = e.person and d.episode = e.episode
        left join source_class_names as c on c.source_key = lower(trim(e.source))
        {now}
        where e.began_at <= $as_of_a
      )
      select t.*, {_reached_sql()} from told as t"""


def _then(column: str) -> str:
    return f"case when {column} <= $as_of_a then {column} end"


def _reached_sql() -> str:
    """Give, for each step, the first time at which it or a later one is told."""
    return ", ".join(
        f"least({', '.join(f't.{later}_told' for later in STEPS[place:])}, null) as {step}_reached"
        for place, step in enumerate(STEPS)
    )


def _deals_sql() -> str:
    """Give what the opportunities of each episode tell, those left out that are excluded then."""
    return """
        select e.person, e.episode, min(d.opened_at) filter (where d.opened_at <= $as_of_a) as opened_at,
          min(coalesce(d.qualified_at, d.won_at)) filter (
            where coalesce(d.qualified_at, d.won_at) <= $as_of_a
          ) as qualified_at,
          min(d.won_at) filter (where d.won_at <= $as_of_a and $as_of_a < d.reopened_at) as won_at,
          min(d.renewed_at) filter (
            where d.renewed_at <= $as_of_a and d.won_at <= $as_of_a and $as_of_a < d.reopened_at
          ) as renewed_at
        from funnel_deals as d
        join funnel_episodes as e
          on e.person = d.person and e.began_at <= coalesce(d.opened_at, d.won_at)
          and coalesce(d.opened_at, d.won_at) < e.next_at
        left join exclusions as x
          on x.object = 'opportunity' and x.id = d.record and x.starts_at <= $as_of_a and $as_of_a < x.ends_at
        left join exclusions as y
          on y.object = 'account' and y.id = d.told_account_id and y.starts_at <= $as_of_a and $as_of_a < y.ends_at
        where x.id is null and y.id is null
        group by e.person, e.episode"""


def _band_sql(contract: Contract) -> str:
    """Give the name of the band that the score falls into."""
    bands = sorted(contract.lifecycle.score_bands, key=lambda band: -band.from_)
    arms = " ".join(f"when e.score >= {band.from_:.9g} then {quoted(band.name)}" for band in bands)
    return f"case when e.score is null then null {arms} else '(no band)' end"


def persons_sql(view: LensView, contract: Contract) -> str:
    """Compile every person with a first contact, with what later episodes reached and how the last one ended.

    Only who came again is joined to later episodes: most did not.
    """
    times = [f"{step}_{how}" for step in STEPS for how in ("reached", "told")] + ["qualified_at"]
    ends = ("ended_at", "ended_by", "reason")
    both = ", ".join(f"least(a.{name}, b.{name}) as {name}" for name in times)
    last = ", ".join(f"case when b.person is null then a.{name} else b.ends.{name} end as {name}" for name in ends)
    kept = ", ".join([*times, *ends])
    first = "a.episode = 1 and a.lead_told is not null"
    return f"""
      with episodes as ({episodes_sql(view, contract)}),
      later as (
        select person, {", ".join(f"min({name}) as {name}" for name in times)},
          arg_max({{{", ".join(f"'{name}': {name}" for name in ends)}}}, episode) as ends
        from episodes where episode > 1 group by person
      )
      select a.* exclude ({kept}), {kept} from episodes as a where {first} and a.next_at = timestamp '9999-12-31'
      union all
      select a.* exclude ({kept}), {both}, {last}
      from episodes as a left join later as b on b.person = a.person
      where {first} and a.next_at < timestamp '9999-12-31'"""


def within(hit: str, start: str, days: int) -> str:
    """Give the condition that something came in time: at the latest `days` elapsed days after the start."""
    return f"coalesce({hit} <= {start} + interval {days} day, false)"


def _cohort(view: LensView, contract: Contract, *, cohort: Cohort) -> tuple[str, Parameters]:
    by_lead = cohort.start == "lead"
    source = (persons_sql if by_lead else episodes_sql)(view, contract)
    start = f"e.{cohort.start}_told"
    hit = within(f"e.{cohort.hit}", start, cohort.horizon)
    return rows_sql(view, contract, source, start, f"{hit} as hit", cohort.condition)


def rows_sql(
    view: LensView,
    contract: Contract,
    source: str,
    start: str,
    measured: str,
    condition: str = "true",
    value: str = "cast(null as bigint)",
) -> tuple[str, Parameters]:
    """Compile the rows of a fact: episodes of `source` dated by the time `start`, in the view's period.

    The period is held against the time itself, since the day of a million times is slow to tell. `measured`
    gives the column `hit`, `value` the value.
    """
    zone = contract.company.time_zone
    inside, day = "true", f"cast({start} at time zone 'UTC' at time zone {quoted(zone)} as date)"
    parameters: Parameters = {"as_of_a": view.moment.as_of}
    if view.period:
        first, last = (start_of_day(day, ZoneInfo(zone)) for day in (view.period.start, view.period.end))
        parameters |= {"first_a": first, "last_a": last}
        inside, day = f"{start} >= $first_a and {start} < $last_a", day_sql(start, zone, first, last)
    sql = f"""
      select u.* from (
        select e.*, coalesce(e.lead_id, e.person) as record,
          concat(coalesce(e.lead_id, e.person), '#', e.episode) as unit, {value} as value, {measured},
          {day} as day, {start} as moment
        from ({source}) as e
        where {start} is not null and {inside} and {condition}
      ) as u
      where {" and ".join(view.extra) or "true"}"""
    return sql, parameters


def _marketing(contract: Contract) -> str:
    return f"e.source_class = {quoted(contract.pipeline.source_class.marketing)}"


def _sourced(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    return _cohort(view, contract, cohort=Cohort("lead", "sql_reached", BY_LEAD, _marketing(contract)))


def touched_sql(view: LensView, contract: Contract) -> str:
    """Compile the episodes with `touched_at`: when sales first touched them after they became an mql, or took them."""
    return f"""
      select e.*, least(case when w.touched_at <= $as_of_a then w.touched_at end, e.sal_reached) as worked_at,
        case when w.touched_at <= $as_of_a then w.touched_at end as touched_at
      from ({episodes_sql(view, contract)}) as e
      left join funnel_touches as w on w.person = e.person and w.episode = e.episode"""


def _worked(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    """Of what marketing handed on and sales worked, what sales accepted."""
    worked = f"{_marketing(contract)} and {within('e.worked_at', 'e.mql_told', BY_MQL)}"
    hit = f"{within('e.sal_reached', 'e.mql_told', BY_MQL)} as hit"
    return rows_sql(view, contract, touched_sql(view, contract), "e.mql_told", hit, worked)


def _not_worked(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    hit = f"not {within('e.worked_at', 'e.mql_told', BY_MQL)} as hit"
    return rows_sql(view, contract, touched_sql(view, contract), "e.mql_told", hit, _marketing(contract))


def _mqls(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    return rows_sql(view, contract, episodes_sql(view, contract), "e.mql_told", "true as hit")


def _flow(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    """Entries of mql episodes into mql (value 1) and into sql (hit), each dated by itself."""
    episodes = episodes_sql(view, contract)
    source = f"""
      with e as ({episodes})
      select e.*, e.mql_told as entry_at, 1 as entry from e where mql_told is not null
      union all select e.*, e.sql_reached, 0 from e where mql_told is not null and sql_reached is not null"""
    return rows_sql(view, contract, source, "e.entry_at", "e.entry = 0 as hit", value="e.entry")


def _touches(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    """Episodes told to have become an opportunity, by that day, with the touches of marketing before."""
    source = f"""
      select e.*, coalesce(w.to_opportunity, 0) as touches
      from ({episodes_sql(view, contract)}) as e
      left join funnel_touches as w on w.person = e.person and w.episode = e.episode"""
    return rows_sql(view, contract, source, "e.opportunity_told", "true as hit", value="e.touches")


FUNNEL: dict[str, Callable[[LensView, Contract], tuple[str, Parameters]]] = {
    "mqls": _mqls,
    "mql_to_sal": partial(_cohort, cohort=Cohort("mql", "sal_reached", BY_MQL)),
    "mql_to_sql": partial(_cohort, cohort=Cohort("mql", "sql_reached", BY_MQL)),
    "mql_to_sql_flow": _flow,
    "lead_to_opportunity": partial(_cohort, cohort=Cohort("lead", "qualified_at", BY_LEAD)),
    "qualified_to_opportunity": partial(_cohort, cohort=Cohort("sql", "opportunity_reached", BY_MQL)),
    "quality_sourced": _sourced,
    "quality_worked": _worked,
    "quality_not_worked": _not_worked,
    "touches_to_convert": _touches,
}
"""The rows of each fact of the funnel."""
