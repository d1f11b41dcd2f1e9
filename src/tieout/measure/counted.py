"""In which numbers a record is counted, and why; where it is not, the first thing that keeps it out, in words.

Each number is asked of the one record, by the same compiled rules that count all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.basics.calendars import local_day
from tieout.contract.definitions import counting_lenses
from tieout.measure.answers import Question
from tieout.measure.lens_sql import FACETS, LensView, units_sql
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.facts import facts_of
from tieout.measure.numbers.question import view_of
from tieout.measure.reasons import not_created, rejected, standing, within
from tieout.measure.run_sql import rows as fetch
from tieout.measure.run_sql import run

if TYPE_CHECKING:
    from tieout.measure.numbers.metric import Metric
    from tieout.measure.numbers.question import Asked

AGREED = "pipeline.open_qualified"
OF_DEALS = (
    "pipeline.open", "pipeline.past_due", "pipeline.created", "bookings", "win_rate.closed.count", "stages.stalled",
    "pipeline.stale", "pipeline.evidenced",
)  # fmt: skip
OF_LEADS = (
    "leads.new", "conversion.lead_to_won", "mql.count", "mql_to_sal.cohort_90d", "mql_to_sql.cohort_90d",
    "lead_to_opportunity", "sla.response_rate", "sla.compliance",
)  # fmt: skip
"""The numbers that are told of each record; every other one is asked for in the same way."""
CLOSED = {"outcomes": ("won", "lost"), "stages": "all", "omitted": (), "past_due": True}
OWN = {
    "past_due": "its close date has not passed",
    "closed": "it did not reach the qualifying stage before it closed",
    "stalled": "it has not been in its stage for longer than nine of ten stays of its segment in it",
    "stale": "nothing that makes a deal stale holds of it",
    "evidenced": "not all evidence that its stage asks for is there",
}
"""What a number asks beside the facets of its count, told where it does not hold."""
NEVER = {
    "mql.count": "nobody behind it became an MQL",
    "mql_to_sal.cohort_90d": "nobody behind it became an MQL",
    "mql_to_sql.cohort_90d": "nobody behind it became an MQL",
    "lead_to_opportunity": "nobody behind it became a lead in the funnel",
    "sla.response_rate": "no hand-off of it is due yet, or was ever made",
    "sla.compliance": "no hand-off of it is due yet, or was ever made",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A number, and whether a record is in it; `facet` is the first that rejects it, `why` says it in words.

    `value` is what it adds where it adds something, `day` the day by which it falls into a period.
    """

    number: str
    lens: str
    period: str | None
    counted: bool
    why: str
    facet: str | None = None
    value: Decimal | None = None
    day: date | None = None


def counted_in(
    asked: Asked, entity: str, record: str, period: str | None = None, calendar: str | None = None
) -> tuple[Counted, ...]:
    """Say of each lens and of the main numbers whether a deal or a lead is counted. Raises QuestionError."""
    run(asked.engine, "create or replace temp table looked_at as select $record as record", {"record": record})
    if entity == "opportunity":
        lenses = ("agreed", *counting_lenses(asked.contract))
        told = [deal_in(asked, record, Question(AGREED, period, calendar=calendar, lens=name)) for name in lenses]
        return (*told, *(deal_in(asked, record, Question(name, period, calendar=calendar)) for name in OF_DEALS))
    if entity == "lead":
        return tuple(lead_in(asked, record, Question(name, period, calendar=calendar)) for name in OF_LEADS)
    return ()


# -- deals


def deal_in(asked: Asked, record: str, question: Question) -> Counted:
    """Say whether a number counts a deal."""
    metric = BY_ID[question.metric]
    view = view_of(asked, question, metric)
    period = view.period.name if view.period else None
    if metric.fact == "created":
        return _created(asked, record, metric, view)
    judged = replace(view, lens=view.lens.model_copy(update=CLOSED)) if metric.fact == "closed" else view
    unit = _unit(asked, record, judged)
    if unit is None:
        return Counted(metric.id, view.name, period, counted=False, why="it did not exist then", facet="exists")
    if unit["rank"]:
        facet = FACETS[int(str(unit["rank"])) - 1]
        return Counted(metric.id, view.name, period, counted=False, why=rejected(facet, unit, judged), facet=facet)
    if metric.fact == "units":
        return Counted(
            metric.id, view.name, period, counted=True, why=standing(unit, judged), value=_money(unit["value"]),
            day=_day(unit["closed_on"]),
        )  # fmt: skip
    facts = _facts(asked, record, metric, view)
    if not facts:
        return Counted(metric.id, view.name, period, counted=False, why=OWN[metric.fact], facet="condition")
    value, hit, day = facts[0]
    why = standing(unit, judged) if metric.unit == "money" else "it was won" if hit else "it was lost"
    return Counted(metric.id, view.name, period, counted=True, why=why, value=_money(value), day=day)


def _unit(asked: Asked, record: str, view: LensView) -> dict[str, object] | None:
    """Give the verdict on a deal: the claim that is counted, else the one that comes farthest."""
    sql, parameters = units_sql(replace(view, among="looked_at"), asked.contract, "a")
    cursor = run(
        asked.engine,
        f"select * from ({sql}) where record = $record order by rank = 0 desc, rank desc, unit",
        {**parameters, "record": record},
    )
    names = [column[0] for column in cursor.description or ()]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if not found:
        return None
    counted = [row["value"] for row in found if not row["rank"] and row["value"] is not None]
    return found[0] | ({"value": sum(counted)} if counted else {})


def _facts(asked: Asked, record: str, metric: Metric, view: LensView) -> list[tuple[object, bool, date]]:
    """Give the rows of a record in a number. What is usual is told by all records, so that of stays looks at all."""
    near = view if metric.fact == "stalled" else replace(view, among="looked_at")
    facts = facts_of(metric, near, asked.contract)
    sql = f"select f.value, f.hit, f.day from ({facts.sql}) as f where f.record = $record order by f.day"
    return fetch(asked.engine, sql, {**facts.parameters, "record": record})


def _created(asked: Asked, record: str, metric: Metric, view: LensView) -> Counted:
    period = view.period.name if view.period else None
    found = _facts(asked, record, metric, view)
    if found:
        value, _, day = found[0]
        why = f"on {day} all qualifying conditions held for the first time"
        return Counted(metric.id, view.name, period, counted=True, why=why, value=_money(value), day=day)
    facet, why = not_created(asked, record, _unit(asked, record, view), view)
    return Counted(metric.id, view.name, period, counted=False, why=why, facet=facet)


# -- leads


def lead_in(asked: Asked, record: str, question: Question) -> Counted:
    """Say whether a number counts a lead, or the person behind it."""
    metric = BY_ID[question.metric]
    view = view_of(asked, question, metric)
    period = view.period.name if view.period else None
    found, whom = _facts(asked, record, metric, view), ""
    if not found and metric.id in NEVER and (behind := _person(asked, record)) != record:
        found, whom = _facts(asked, behind, metric, view), f" as {behind}, the same person's,"
    if found:
        _, hit, day = found[0]
        told = "" if metric.unit == "count" else "; it did" if hit else "; it did not so far"
        why = f"counted{whom} on {day}{told}"
        return Counted(metric.id, view.name, period, counted=True, why=why, day=day)
    facet, why = ("condition", NEVER[metric.id]) if metric.id in NEVER else _no_lead(asked, record, view)
    return Counted(metric.id, view.name, period, counted=False, why=why, facet=facet)


def _person(asked: Asked, record: str) -> str:
    found = fetch(
        asked.engine, "select person from persons where entity = 'lead' and record = $record", {"record": record}
    )
    return str(found[0][0]).removeprefix("lead:") if found else record


def _no_lead(asked: Asked, record: str, view: LensView) -> tuple[str, str]:
    """Say why a lead is not counted as one."""
    given = {"record": record, "as_of": view.moment.as_of}
    merged = fetch(asked.engine, "select merged_into from leads_told where record = $record", given)
    if merged and merged[0][0]:
        return "merged", f"it was merged into {merged[0][0]}"
    sql = """select first_contact_at is null, first_contact_at > $as_of, duplicate_until > $as_of, first_contact_at
      from leads where record = $record"""
    found = fetch(asked.engine, sql, given)
    if not found or found[0][2]:
        return "duplicate", "it is a duplicate of another lead"
    unknown, later, _, contact = found[0]
    if unknown:
        return "exists", "its first contact is not known"
    if later:
        return "exists", "its first contact came later"
    return "close date", f"its first contact, {local_day(contact, asked.zone)}, lies outside {within(view)}"


def _money(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None
