"""The facts that numbers count: for each, the SQL of one row per counted record.

Every fact gives `record`, `value` (money in base currency, whole microseconds, or NULL), `hit` (the numerator of a
rate), `grade` (0 observed, 1 derived, 2 assumed, 3 missing), `day` (of the company, by which it falls into a period),
`moment` (of leads: first contact), and its dimensions as columns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.basics.calendars import start_of_day
from tieout.contract.definitions import definition_at
from tieout.contract.vocabulary import LEAD_COLUMNS, OPPORTUNITY_COLUMNS, Kind
from tieout.measure.grades import grade_sql
from tieout.measure.leads_at import leads_sql
from tieout.measure.lens_sql import RATES, LensView, converted_sql, counted_sql, quoted
from tieout.measure.numbers.clock_facts import CLOCK_COLUMNS, CLOCK_DIMENSIONS, CLOCK_FACTS
from tieout.measure.numbers.funnel_facts import FUNNEL, FUNNEL_COLUMNS, FUNNEL_DIMENSIONS, FUNNEL_FACTS
from tieout.measure.numbers.slip import SLIP, slip_sql
from tieout.measure.numbers.stage_facts import STAGE_FACTS, Compiled
from tieout.measure.numbers.win_facts import WIN_FACTS
from tieout.measure.quality.deals import evidenced_sql
from tieout.measure.quality.number_facts import judged_sql, lead_required_sql, required_sql
from tieout.measure.spans_sql import spans_sql
from tieout.measure.states import ORGANIZATION, Parameters, parameters_of, stamps_of, states_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tieout.contract.model import Contract
    from tieout.measure.numbers.catalogue import Metric

OPPORTUNITY_DIMENSIONS = {
    "account": "f.account_id", "category": "f.category", "competitor": "f.competitor", "country": "f.country",
    "currency": "f.currency", "industry": "f.industry", "manager": "f.manager_id", "outcome": "f.outcome",
    "owner": "f.owner_id", "reason": "f.reason", "region": "f.region", "segment": "f.segment",
    "source": "coalesce(f.source, l.source)", "source_class": "f.source_class", "stage": "f.stage", "team": "f.team",
    "territory": "f.territory", "type": "f.type", "vertical": "f.vertical",
}  # fmt: skip
LEAD_DIMENSIONS = {
    "account": "f.account_id", "campaign": "f.campaign_id", "country": "f.country", "industry": "f.industry",
    "landing_page": "f.landing_page", "manager": "f.manager_id", "match": "f.match_reason", "owner": "f.owner_id",
    "region": "f.region", "segment": "f.segment", "source": "f.source", "source_raw": "f.source_raw",
    "status": "f.status", "team": "f.team", "territory": "f.territory", "vertical": "f.vertical",
}  # fmt: skip
REVENUE_DIMENSIONS = {
    "account": "f.account_id", "country": "f.country", "currency": "f.currency", "industry": "f.industry",
    "kind": "f.kind", "region": "f.region", "segment": "f.segment", "source": "f.source", "source_raw": "f.source_raw",
    "territory": "f.territory", "vertical": "f.vertical",
}  # fmt: skip
REVENUE_COLUMNS = dict.fromkeys(
    ("account_id", "country", "currency", "industry", "kind", "region", "segment", "source", "territory", "vertical"),
    Kind.TEXT,
)
TIME_DIMENSIONS = {
    "fiscal_month": "k.fiscal_month", "month": "k.month", "quarter": "k.quarter", "week": "k.week", "year": "k.year",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """The SQL of a fact's rows, its parameters, the dimensions it can be sliced by."""

    sql: str
    parameters: Parameters
    dimensions: Mapping[str, str]


def facts_of(metric: Metric, view: LensView, contract: Contract) -> Facts:
    """Compile the rows that a number counts, as of the view's moment and in its period."""
    return FACTS[metric.fact](view, contract)


def columns_of(metric: Metric) -> Mapping[str, Kind]:
    """Give the columns that `--where` may use for this number."""
    if metric.fact in ("leads", "lead_required"):
        return LEAD_COLUMNS
    if metric.fact in FUNNEL_FACTS:
        return FUNNEL_COLUMNS
    if metric.fact in CLOCK_FACTS:
        return CLOCK_COLUMNS
    return REVENUE_COLUMNS if metric.fact == "revenue" else OPPORTUNITY_COLUMNS


# -- opportunities in their state


def _units(
    view: LensView,
    contract: Contract,
    condition: str = "true",
    join: str = "",
    value: str = "f.value",
    hit: str = "f.outcome = 'won'",
    *,
    late: bool = False,
) -> Facts:
    units, parameters = spans_sql(view, contract, late=late) if view.spans else counted_sql(view, contract, "a")
    asked = "f.run_from, f.run_to," if view.spans else "f.asked," if view.many else ""
    sql = f"""
      select {asked} f.record, f.unit, {value} as value, {hit} as hit, f.closed_on as day,
        cast(null as timestamp) as moment,
        {grade_sql(view.lens, "f")} as grade, f.original, f.rate,
        f.account_id, f.category, f.competitor, f.country, f.currency, f.industry, f.manager_id, f.outcome, f.owner_id,
        f.reason, f.region, f.segment, f.source, f.source_class, f.stage, f.team, f.territory, f.type, f.lead_id,
        f.vertical
      from ({units}) as f {join}
      where {condition}"""
    return Facts(sql, parameters, OPPORTUNITY_DIMENSIONS)


def _sourced(view: LensView, contract: Contract) -> Facts:
    """Units of which those that marketing sourced are the numerator."""
    view = replace(view, classes=True)
    join = "cross join marketing_class as n"
    return _units(view, contract, join=join, hit="coalesce(f.source_class = n.class, false)")


def _past_due(view: LensView, contract: Contract) -> Facts:
    passed = "true" if view.spans else f"f.close_date < {stamps_of(view, 'a').day}"
    return _units(view, contract, f"f.outcome = 'open' and {passed}", late=True)


def _closed(view: LensView, contract: Contract) -> Facts:
    """Won and lost deals that reached the qualifying stage before they were closed."""
    return _units(
        decided(view), contract, join="join qualified as q on q.record = f.record and q.qualified_at <= f.outcome_since"
    )


def decided(view: LensView) -> LensView:
    """Look at won and lost deals, whatever their stage and category were."""
    wide = view.lens.model_copy(update={"outcomes": ("won", "lost"), "stages": "all", "omitted": (), "past_due": True})
    return replace(view, lens=wide)


def _cycles(view: LensView, contract: Contract) -> Facts:
    wide = view.lens.model_copy(update={"outcomes": ("won",), "stages": "all", "omitted": (), "past_due": True})
    closed = replace(view, lens=wide)
    return _units(
        closed,
        contract,
        join="join qualified as q on q.record = f.record and q.since = q.qualified_at",
        condition="q.qualified_at <= f.outcome_since",
        value="date_diff('microsecond', q.qualified_at, f.outcome_since)",
    )


# -- events of opportunities


def _created(view: LensView, contract: Contract) -> Facts:
    """Pipeline that was created; what straddles the beginning of its history has no period and is left out."""
    zone = quoted(contract.company.time_zone)
    amount, kind = _in_force(view, contract)
    value = converted_sql(amount, "r.rate", "r.short_rate")
    rows = f"""
      select p.record, p.record as unit, {value} as value, {amount} as original, r.rate,
        c.class = k.class as hit, p.account_id, p.category,
        null as competitor, p.country, p.currency, p.industry, 'open' as outcome, null as reason, {_stood(view, "p")},
        p.source, c.class as source_class, p.stage, p.type, p.lead_id, p.vertical,
        cast(p.created_at at time zone 'UTC' at time zone {zone} as date) as day,
        cast(p.since at time zone 'UTC' at time zone {zone} as date) as since,
        cast(null as timestamp) as moment, p.employees, p.close_date, p.arr, p.acv, p.tcv, p.probability, p.accepted,
        greatest(p.stage_grade, p.type_grade, p.currency_grade, p.{view.lens.basis or "arr"}_grade) as grade
      from pipeline_created as p
      cross join marketing_class as k
      left join source_classes as c on c.record = p.record
      left join {RATES} as r
        on r.kind = {kind} and r.currency = p.currency
        and r.starts_at <= p.created_at and p.created_at < r.ends_at
      {_now(view, "p.record")}
      where p.created_at <= $as_of_a and {_inside(view, "p.since", "p.created_at")}"""
    return _governed(rows, view, contract)


def _in_force(view: LensView, contract: Contract) -> tuple[str, str]:
    """Give amount and kind of rate of created pipeline: by the definition then in force, or as the lens says."""
    lens = view.lens
    agreed = definition_at(contract.pipeline, view.moment.day)
    basis = "case p.basis when 'tcv' then p.tcv when 'acv' then p.acv else p.arr end"
    amount = basis if view.name == "agreed" else f"p.{lens.basis or 'arr'}"
    as_agreed = view.name == "agreed" and lens.rates == agreed.rates
    return amount, "p.rates" if as_agreed else quoted(lens.rates or "plan")


def _visit_rows(moment: str, seen: str, view: LensView, contract: Contract) -> Facts:
    """Stays in a stage, each with the state of the record when it was entered, or just before it was left."""
    zone = quoted(contract.company.time_zone)
    entering = moment == "v.entered_at"
    begun = "v.since" if entering else moment
    holds = f"o.valid_from {'<=' if entering else '<'} {moment} and {moment} {'<' if entering else '<='} o.valid_to"
    rows = f"""
      select v.record, v.record as unit, v.microseconds as value, true as hit, o.account_id, null as category,
        null as competitor, o.country, o.currency, o.industry, v.outcome, null as reason, {_stood(view, "o")},
        o.source, c.class as source_class, v.stage, o.type, o.lead_id, o.vertical,
        cast({moment} at time zone 'UTC' at time zone {zone} as date) as day,
        cast(v.since at time zone 'UTC' at time zone {zone} as date) as since, cast(null as timestamp) as moment,
        v.grade,
        o.employees, o.close_date, o.arr, o.acv, o.tcv, o.probability, o.accepted
      from stage_visits as v
      left join opportunity_states as o
        on o.record = v.record and o.seen_to = timestamp '9999-12-31' and {holds}
      left join source_classes as c on c.record = v.record
      {_now(view, "v.record")}
      where {moment} <= $as_of_a and {seen} and {_inside(view, begun, moment)}"""
    return _governed(rows, view, contract)


def _visits(view: LensView, contract: Contract) -> Facts:
    """Entries into a stage; one that straddles the beginning of its history has no period and is left out."""
    return _visit_rows("v.entered_at", "true", view, contract)


def _stays(view: LensView, contract: Contract) -> Facts:
    """Stays that ended and whose beginning is known."""
    return _visit_rows("v.left_at", "v.since = v.entered_at", view, contract)


def _stood(view: LensView, then: str) -> str:
    """Give the columns of the place in the organization: that of then, or that of now."""
    return ", ".join(f"{'n' if view.as_is else then}.{name}" for name in ORGANIZATION)


def _now(view: LensView, record: str) -> str:
    return f"left join organization_now as n on n.record = {record}" if view.as_is else ""


def _inside(view: LensView, begun: str, moment: str) -> str:
    """Give the test of lying in the period, held against the times: to tell the days of all of them would be slow."""
    return f"{begun} >= $first_a and {moment} < $after_a" if view.period else "true"


def _governed(rows: str, view: LensView, contract: Contract) -> Facts:
    """Leave out deleted, merged, duplicate and excluded records."""
    states = states_sql(view, "a")
    sql = f"""
      with at_moment as ({states})
      select u.* from ({rows}) as u join at_moment as g on g.record = u.record
      where not g.deleted and not g.merged and not g.duplicate and not g.excluded
        and {" and ".join(view.extra) or "true"}"""
    parameters = parameters_of(view, "a")
    if view.period:
        zone = ZoneInfo(contract.company.time_zone)
        parameters |= {"first_a": start_of_day(view.period.start, zone), "after_a": start_of_day(view.period.end, zone)}
    return Facts(sql, parameters, OPPORTUNITY_DIMENSIONS)


def _of_deals(compiled: Compiled, view: LensView, contract: Contract) -> Facts:
    """Give the facts of deals that other files compile."""
    return Facts(*compiled(view, contract), OPPORTUNITY_DIMENSIONS)


def _slips(view: LensView, contract: Contract) -> Facts:
    return Facts(*slip_sql(view, contract), {**OPPORTUNITY_DIMENSIONS, "pushes": "f.pushes"})


# -- leads and revenue


def _leads(view: LensView, contract: Contract) -> Facts:
    zone = quoted(contract.company.time_zone)
    inside = "u.day >= $start_a and u.day < $end_a" if view.period else "true"
    sql = f"""
      select u.* from (
        select l.*, l.record as unit, null as value, w.lead_id is not null as hit, 0 as grade,
          cast(l.first_contact_at at time zone 'UTC' at time zone {zone} as date) as day, l.first_contact_at as moment
        from ({leads_sql(view)}) as l
        left join (
          select distinct w.lead_id
          from lead_wins as w
          left join exclusions as x
            on x.object = 'opportunity' and x.id = w.opportunity_id and x.starts_at <= $as_of_a and $as_of_a < x.ends_at
          left join exclusions as y
            on y.object = 'account' and y.id = w.told_account_id and y.starts_at <= $as_of_a and $as_of_a < y.ends_at
          where w.won_at <= $as_of_a and $as_of_a < w.reopened_at and x.id is null and y.id is null
            and w.holds_from <= $as_of_a and $as_of_a < w.holds_to
        ) as w on w.lead_id = l.record
        where l.first_contact_at <= $as_of_a and l.duplicate_until <= $as_of_a
      ) as u
      where {inside} and {" and ".join(view.extra) or "true"}"""
    return Facts(sql, parameters_of(view, "a"), LEAD_DIMENSIONS)


def _revenue(view: LensView, contract: Contract) -> Facts:
    zone = quoted(contract.company.time_zone)
    inside = "u.day >= $start_a and u.day < $end_a" if view.period else "true"
    stood = ", ".join(
        f"v.now_{name} as {name}" if view.as_is else f"v.{name}" for name in ("segment", "territory", "region")
    )
    sql = f"""
      select u.* from (
        select v.record, v.account_id, upper(v.currency) as currency, v.at, v.kind, v.lead_id, v.source, v.source_raw,
          {stood}, v.industry, v.vertical, v.country, v.amount as original, r.rate, v.record as unit,
          {converted_sql("v.amount", "r.rate")} as value, true as hit,
          0 as grade, cast(v.at at time zone 'UTC' at time zone {zone} as date) as day,
          cast(null as timestamp) as moment
        from revenue as v
        left join exchange_rates as r
          on r.kind = {quoted(view.lens.rates or "plan")} and r.currency = upper(v.currency)
          and r.starts_at <= v.at and v.at < r.ends_at
        where v.at <= $as_of_a
      ) as u
      where {inside} and {" and ".join(view.extra) or "true"}"""
    return Facts(sql, parameters_of(view, "a"), REVENUE_DIMENSIONS)


# -- data quality


def _required(view: LensView, contract: Contract) -> Facts:
    """Give the fields that deals must have in their stage."""
    dimensions = {**OPPORTUNITY_DIMENSIONS, "field": "f.field", "system": "f.system"}
    return Facts(*required_sql(view, contract), dimensions)


def _lead_required(view: LensView, contract: Contract) -> Facts:
    """Give the fields that leads must have in their stage of the lifecycle."""
    dimensions = {**LEAD_DIMENSIONS, "field": "f.field", "stage": "f.stage", "system": "f.system"}
    return Facts(*lead_required_sql(view, contract), dimensions)


def _claimed_stage(view: LensView, contract: Contract) -> Facts:
    """Deals in stages that ask for evidence; those that have all of it are the numerator."""
    return _judged(view, contract, evidenced_sql(contract), "f.hit is not null and f.told_at is not null")


def _evidenced(view: LensView, contract: Contract) -> Facts:
    return _judged(view, contract, evidenced_sql(contract), "f.hit and f.told_at is not null")


def _stale(view: LensView, contract: Contract) -> Facts:
    return _judged(view, contract, "true", "f.why is not null")


def _judged(view: LensView, contract: Contract, test: str, condition: str) -> Facts:
    sql, parameters = judged_sql(view, contract, test=test, condition=condition, grade=grade_sql(view.lens, "f"))
    return Facts(sql, parameters, {**OPPORTUNITY_DIMENSIONS, "why": "f.why"})


# -- the funnel and its hand-offs


def _of_funnel(
    view: LensView, contract: Contract, *, rows: Callable[[LensView, Contract], tuple[str, Parameters]]
) -> Facts:
    return Facts(*rows(view, contract), FUNNEL_DIMENSIONS)


def _of_clocks(
    view: LensView, contract: Contract, *, rows: Callable[[LensView, Contract], tuple[str, Parameters]]
) -> Facts:
    return Facts(*rows(view, contract), CLOCK_DIMENSIONS)


FACTS: dict[str, Callable[[LensView, Contract], Facts]] = {
    "units": _units,
    "sourced": _sourced,
    "past_due": _past_due,
    "closed": _closed,
    "cycles": _cycles,
    "created": _created,
    "visits": _visits,
    "stays": _stays,
    "leads": _leads,
    "revenue": _revenue,
    "required": _required,
    "lead_required": _lead_required,
    "claimed_stage": _claimed_stage,
    "evidenced": _evidenced,
    "stale": _stale,
    **{name: partial(_of_funnel, rows=rows) for name, rows in FUNNEL.items()},
    **{name: partial(_of_deals, compiled) for name, compiled in (STAGE_FACTS | WIN_FACTS).items()},
    SLIP: _slips,
    **{name: partial(_of_clocks, rows=rows) for name, rows in CLOCK_FACTS.items()},
}
"""Every fact by name."""
