"""What the numbers of data quality count: required fields, evidenced pipeline, stale pipeline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.contract.asked_for import evidence_by_stage, required_by_stage, required_of_leads
from tieout.contract.vocabulary import REQUIRABLE
from tieout.measure.leads_at import leads_sql
from tieout.measure.lens_sql import LensView, counted_sql, quoted
from tieout.measure.quality.deals import all_evidence, deals_sql, stale_sql, stale_tests
from tieout.measure.states import Parameters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tieout.contract.model import Contract

QUALITY_FACTS = ("required", "lead_required", "evidenced", "claimed_stage", "stale")
"""Facts that look at the past of each deal, so that several moments are counted one after another."""

DIMENSIONS = """u.account_id, u.category, u.competitor, u.country, u.currency, u.industry, u.manager_id,
  u.outcome, u.owner_id, u.reason, u.region, u.segment, u.source, u.source_class, u.stage, u.team, u.territory, u.type,
  u.lead_id, u.vertical"""
TOLD = {"arr": "told_arr", "acv": "told_acv", "tcv": "told_tcv"}
"""Amounts as told: those of a state stand in for one another."""


def nothing_asked(fact: str, contract: Contract) -> str | None:
    """Say why a number of data quality has no answer: the contract does not ask for what it judges."""
    match fact:
        case "required" if not any(required_by_stage(contract.pipeline).values()):
            return "no stage of the pipeline requires a field"
        case "lead_required" if not any(required_of_leads(contract.lifecycle).values()):
            return "no stage of the lifecycle requires a field"
        case "evidenced" | "claimed_stage" if not any(evidence_by_stage(contract.pipeline).values()):
            return "no stage asks for evidence"
        case "stale" if not stale_tests(contract):
            return "the contract does not say when a deal is stale"
        case _:
            return None


def required_sql(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    """Compile one row for each field that a deal must have in its stage; `hit` where it is filled."""
    units, parameters = counted_sql(view, contract, "a")
    asked = {field for fields in required_by_stage(contract.pipeline).values() for field in fields}
    return (
        f"""
      select u.record, q.field as unit, cast(null as decimal(18, 2)) as value, {filled_sql(asked)} as hit,
        u.closed_on as day, cast(null as timestamp) as moment, u.stage_grade as grade, {DIMENSIONS}, q.field,
        split_part(u.object, '.', 1) as system
      from ({deals_sql(units, contract)}) as u join stage_required as q on q.stage = u.stage
      where u.told_at is not null""",
        parameters,
    )


def filled_sql(fields: Iterable[str]) -> str:
    """Compile whether the field that `q` names is filled in the row `u`."""
    known = [field for field in REQUIRABLE if field in fields]
    arms = "".join(f" when {quoted(field)} then u.{TOLD.get(field, field)} is not null" for field in known)
    return f"case q.field{arms} end" if arms else "null"


def lead_required_sql(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    """Compile one row for each field that a lead must have in its stage of the lifecycle; `hit` where it is filled."""
    zone = quoted(contract.company.time_zone)
    asked = {field for fields in required_of_leads(contract.lifecycle).values() for field in fields}
    arms = "".join(f" when {quoted(field)} then w.{field}" for field in sorted(asked))
    first = contract.lifecycle.stages[0].name
    inside = "u.day >= $start_a and u.day < $end_a" if view.period else "true"
    parameters: Parameters = {"as_of_a": view.moment.as_of}
    if view.period:
        parameters |= {"start_a": view.period.start, "end_a": view.period.end}
    sql = f"""
      select u.* from (
        select l.*, q.stage, q.field as unit, q.field, w.system, cast(null as decimal(18, 2)) as value,
          case q.field{arms or " when null then null"} end as hit, 0 as grade, l.first_contact_at as moment,
          cast(l.first_contact_at at time zone 'UTC' at time zone {zone} as date) as day
        from ({leads_sql(view)}) as l
        join lead_filled as w
          on w.record = l.record and w.valid_from <= $as_of_a and $as_of_a < w.valid_to
          and not w.deleted and not w.merged
        left join lead_stages as s on s.lead_id = l.record and s.entered_at <= $as_of_a and $as_of_a < s.left_at
        join lifecycle_required as q on q.stage = coalesce(s.stage, {quoted(first)})
        where l.duplicate_until <= $as_of_a
      ) as u
      where {inside} and {" and ".join(view.extra) or "true"}"""
    return sql, parameters


def judged_sql(view: LensView, contract: Contract, *, test: str, condition: str, grade: str) -> tuple[str, Parameters]:
    """Compile the deals of a lens with a test of each as `hit`, `value` only where `condition` lets it be counted."""
    texts = [entry.when or "" for entry in all_evidence(contract)]
    view = replace(view, classes=view.classes or any("source_class" in text.lower() for text in texts))
    units, parameters = counted_sql(view, contract, "a")
    deals = deals_sql(units, contract, all_evidence(contract))
    sql = f"""
      select f.record, f.unit, f.value, f.hit, f.closed_on as day, cast(null as timestamp) as moment, {grade} as grade,
        f.original, f.rate, {DIMENSIONS.replace("u.", "f.")}, f.why
      from (select u.*, {test} as hit, {stale_sql(contract)} as why from ({deals}) as u) as f
      where {condition}"""
    return sql, parameters
