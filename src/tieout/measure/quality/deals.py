"""Deals with what quality is judged by: how long unchanged, in their stage, without activity; how often pushed.

Everything is as of the view's moment and as known then. `u` is the deal's row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.contract.asked_for import evidence_by_stage, stale_by_stage
from tieout.contract.criteria import parse_criterion
from tieout.contract.vocabulary import EVIDENCE_COLUMNS
from tieout.measure.lens_sql import quoted
from tieout.measure.pushes import date_before_sql, pushed_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tieout.contract.model import Contract, Evidence

HELD = """v.valid_from <= $as_of_a and $as_of_a < v.valid_end
  and v.seen_from <= $known_at_a and $known_at_a < v.seen_to
  and ($as_of_a < v.valid_to or $known_at_a < v.end_heard)"""
"""Which version of an opportunity holds at the moment."""

MOVED = f"""
  select
    record, count(*) filter (where {pushed_sql("stage_outcome", "close_before")}) as times_pushed,
    max(valid_from) filter (where not missing and not (flagged and position = first_position)) as changed_at,
    min(valid_from) filter (where voice in ('row', 'log')) as told_at
  from (
    select v.record, v.valid_from, v.close_date, v.stage_outcome, v.missing, v.flagged, v.position, v.voice,
      {date_before_sql("stage_outcome", "ordinal")} as close_before,
      min(v.position) over (partition by v.record) as first_position
    from opportunity_versions as v semi join counted using (record)
    where v.valid_from <= $as_of_a and v.seen_from <= $known_at_a and $known_at_a < v.seen_to
  )
  group by record"""
"""When a deal last changed, how often it was pushed, when the whole of it was first told.

What was first seen without its time is no change. Before `told_at` only single fields are known, by a field history or
columns with the time of an event: a field that is empty then may have been filled.
"""

ACTED = """
  select a.opportunity_id as record, max(a.at) as acted_at{kinds}
  from activity_versions as a
  where a.opportunity_id is not null and a.at <= $as_of_a and not a.automated and not a.deleted
    and a.seen_from <= $known_at_a and $known_at_a < a.seen_to
  group by a.opportunity_id"""
"""When people last did something about a deal, of all kinds and of those that are asked for."""


def deals_sql(units: str, contract: Contract, evidence: Iterable[Evidence] = ()) -> str:
    """Compile the units of a lens with the columns of `EVIDENCE_COLUMNS`; `acted_0` and so on for the evidence."""
    kinds = "".join(
        f", max(a.at) filter (where lower(trim(a.kind)) in ({_listed(entry.activity)})) as acted_{number}"
        for number, entry in enumerate(evidence)
        if entry.activity
    )
    carried = "".join(f", t.acted_{number}" for number, entry in enumerate(evidence) if entry.activity)
    zone = quoted(contract.company.time_zone)
    return f"""
      with counted as ({units}), moved as ({MOVED}), acted as ({ACTED.format(kinds=kinds)})
      select c.*, v.name, v.product, v.object, v.arr as told_arr, v.acv as told_acv, v.tcv as told_tcv,
        v.source_override,
        date_diff('day', cast($day_a as date), c.close_date) as closes_in_days,
        {_days("c.stage_since", zone)} as days_in_stage,
        {_days("m.changed_at", zone)} as days_unchanged,
        {_days(f"coalesce(t.acted_at, case when {ACTIVE} then c.created_at end)", zone)} as days_inactive,
        coalesce(m.times_pushed, 0) as times_pushed, m.told_at{carried}
      from counted as c
      left join opportunity_versions as v on v.record = c.record and {HELD}
      left join moved as m on m.record = c.record
      left join acted as t on t.record = c.record"""


ACTIVE = "exists (select 1 from activity_versions where opportunity_id is not null)"
"""Whether anything tells activities of deals; where nothing does, none of them is known to be inactive."""


def _days(moment: str, zone: str) -> str:
    return f"date_diff('day', {_day(moment, zone)}, cast($day_a as date))"


def _day(moment: str, zone: str) -> str:
    return f"cast({moment} at time zone 'UTC' at time zone {zone} as date)"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(quoted(name.strip().lower()) for name in names)


# -- evidence


def all_evidence(contract: Contract) -> tuple[Evidence, ...]:
    """List the pieces of evidence that any stage asks for, each once."""
    return tuple(dict.fromkeys(entry for asked in evidence_by_stage(contract.pipeline).values() for entry in asked))


def evidence_tests(contract: Contract) -> dict[Evidence, str]:
    """Compile each piece of evidence: true where it is there; what is not known is not there."""
    zone = quoted(contract.company.time_zone)
    return {entry: _found(entry, number, zone) for number, entry in enumerate(all_evidence(contract))}


def _found(entry: Evidence, number: int, zone: str) -> str:
    parts = []
    if entry.activity:
        parts.append(f"u.acted_{number} is not null")
        if entry.within_days is not None:
            parts.append(f"{_days(f'u.acted_{number}', zone)} <= {entry.within_days}")
    if entry.when:
        parts.append(criterion_sql(entry.when))
    return f"coalesce({' and '.join(parts) or 'true'}, false)"


def criterion_sql(text: str) -> str:
    """Compile a condition over deals; one that does not hold together says nothing, and loading has told of it."""
    criterion, _ = parse_criterion(text, EVIDENCE_COLUMNS, "quality")
    return f"({criterion.sql('u')})" if criterion else "null"


def evidenced_sql(contract: Contract) -> str:
    """Compile whether all evidence of a deal's stage is there; NULL in a stage that asks for none."""
    tests = evidence_tests(contract)
    asked = evidence_by_stage(contract.pipeline)
    return by_stage({stage: " and ".join(tests[entry] for entry in entries) for stage, entries in asked.items()})


def by_stage(values: Mapping[str, str]) -> str:
    """Compile an expression that differs from stage to stage; NULL where a stage has none."""
    arms = "".join(f" when {quoted(stage)} then {value}" for stage, value in values.items() if value)
    return f"case u.stage{arms} end" if arms else "null"


# -- staleness

PAST, PUSHED, INACTIVE, UNCHANGED = "close date passed", "pushed", "no activity", "unchanged"


def stale_tests(contract: Contract) -> dict[str, str]:
    """Compile each reason for which a deal is stale by the contract, in the order in which one of several is told."""
    terms = contract.pipeline.stale
    days = stale_by_stage(contract.pipeline)
    tests: dict[str, str] = {}
    if terms.past_due:
        tests[PAST] = "u.closes_in_days < 0"
    if terms.pushed is not None:
        tests[PUSHED] = f"u.times_pushed >= {terms.pushed}"
    for name, key, column in (
        (INACTIVE, "inactive_days", "days_inactive"),
        (UNCHANGED, "unchanged_days", "days_unchanged"),
    ):
        limits = {stage: getattr(own, key) for stage, own in days.items()}
        if any(limit is not None for limit in limits.values()):
            told = {stage: str(limit) for stage, limit in limits.items() if limit is not None}
            tests[name] = f"u.{column} > {by_stage(told)}"
    return {name: f"coalesce({test}, false)" for name, test in tests.items()}


def stale_sql(contract: Contract) -> str:
    """Compile the first reason for which a deal is stale; NULL where it is not."""
    arms = " ".join(f"when {test} then {quoted(name)}" for name, test in stale_tests(contract).items())
    return f"case {arms} end" if arms else "cast(null as varchar)"
