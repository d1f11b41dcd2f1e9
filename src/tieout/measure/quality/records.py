"""The records that checks look at: for each entity its records as now known, one row each, as the row `u`.

Deals are those that any lens could count: not deleted, merged, duplicate or excluded. Of the other entities it is what
was told last, without what was deleted or merged away. Only while a build is filled are the source views there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.contract.definitions import AGREED, agreed_lens
from tieout.measure.lens_sql import LensView, counted_sql
from tieout.measure.moments import moment_of
from tieout.measure.quality.deals import all_evidence, deals_sql
from tieout.measure.states import Parameters

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from tieout.contract.model import Contract, Lens

ALL = {
    "types": "all", "stages": "all", "omitted": (), "date_field": "none", "past_due": True,
    "outcomes": ("open", "won", "lost", "disqualified"),
}  # fmt: skip
ANY_DATE = {"date_field": "none", "past_due": True}

ACCOUNTS = """
  select a.*, p.segment as told_segment, lower(trim(a.industry)) as industry_key
  from account_versions as a
  left join account_places as p
    on p.record = a.record and p.seen_to = timestamp '9999-12-31'
    and p.valid_from <= $as_of_a and $as_of_a < p.valid_to
  left join exclusions as x
    on x.object = 'account' and x.id = a.record and x.starts_at <= $as_of_a and $as_of_a < x.ends_at
  where a.valid_to = timestamp '9999-12-31' and a.seen_to = timestamp '9999-12-31' and not a.deleted
    and a.merged_into is null and x.id is null"""

NEWEST = """
  select s.*
  from source_{entity} as s
  where s.record is not null
  qualify row_number() over (
    partition by s.record order by s.taken_at desc, s.position desc, s.row_number desc, s.object) = 1"""

LEADS = f"""
  select s.*, coalesce(g.stage, $first_stage) as lifecycle_stage
  from ({NEWEST.format(entity="lead")}) as s
  join leads as l on l.record = s.record and l.duplicate_until <= $as_of_a
  left join lead_stages as g on g.lead_id = s.record and g.entered_at <= $as_of_a and $as_of_a < g.left_at
  where s.op = 'put'"""


def records_sql(entity: str, contract: Contract, as_of: datetime, zone: ZoneInfo) -> tuple[str, Parameters]:
    """Compile the records of an entity as of a moment, as now known."""
    if entity == "opportunity":
        view = LensView(AGREED, _lens(contract, as_of, zone, ALL), moment_of(as_of, None, zone), None, classes=True)
        units, parameters = counted_sql(view, contract, "a")
        return deals_sql(units, contract, all_evidence(contract)), parameters
    first = contract.lifecycle.stages[0].name if contract.lifecycle.stages else ""
    parameters = {"as_of_a": as_of, "first_stage": first}
    if entity == "account":
        return ACCOUNTS, parameters
    if entity == "lead":
        return LEADS, parameters
    merged = " and s.merged_into is null" if entity == "contact" else ""
    return f"select s.* from ({NEWEST.format(entity=entity)}) as s where s.op = 'put'{merged}", parameters


def worth_sql(entity: str, contract: Contract, as_of: datetime, zone: ZoneInfo) -> tuple[str, Parameters] | None:
    """Compile the agreed open pipeline of each record, any close date; None where deals do not name the entity."""
    keys = {"opportunity": "record", "account": "account_id", "lead": "lead_id", "user": "owner_id"}
    if entity not in keys:
        return None
    view = LensView(AGREED, _lens(contract, as_of, zone, ANY_DATE), moment_of(as_of, None, zone), None)
    units, parameters = counted_sql(view, contract, "w")
    key = keys[entity]
    return f"select {key} as record, sum(value) as worth from ({units}) where {key} is not null group by {key}", (
        parameters
    )


def _lens(contract: Contract, as_of: datetime, zone: ZoneInfo, facets: dict[str, object]) -> Lens:
    day = moment_of(as_of, None, zone).day
    return agreed_lens(contract.pipeline, day).model_copy(update=facets)
