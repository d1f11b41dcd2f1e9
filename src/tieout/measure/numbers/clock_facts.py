"""The rows of hand-offs as of a moment: outcome, class of a breach, time until the touch, and their dimensions.

The outcome is *kept* (answered by its deadline), *breached* (the deadline has passed without), *running* (it has not
passed), *withdrawn* (sent back or closed before it) or *unknown* (nothing in the data can tell). A hand-off is *due*
once its deadline has passed, whenever it was answered: rates are of those that are due, so that today's quick answers
do not flatter today. `value` is microseconds on the hand-off's own clock until it was answered, or until it was last
looked at; `ended` says which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.basics.calendars import start_of_day
from tieout.contract.criteria import parse_criterion
from tieout.contract.handoffs import commitment_at, committed_handoff, handoffs_of
from tieout.contract.vocabulary import LEAD_COLUMNS, Kind
from tieout.measure.days_sql import day_sql
from tieout.measure.lens_sql import quoted
from tieout.measure.states import ORGANIZATION, Parameters, parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from tieout.contract.model import Contract
    from tieout.measure.lens_sql import LensView

OUTCOMES = ("kept", "breached", "running", "withdrawn", "unknown")
CLASSES = ("system delay", "assignment delay", "human delay", "bad data", "(unknown)")
"""Why a hand-off was breached, as far as the data tells."""
CLOCK_DIMENSIONS = {
    "account": "f.account_id", "answered_by": "coalesce(f.touched_by, '(nobody)')", "campaign": "f.campaign_id",
    "class": "coalesce(f.breach_class, '(not breached)')", "country": "f.country", "handoff": "f.handoff",
    "industry": "f.industry", "manager": "f.manager_id", "outcome": "f.outcome", "owner": "f.owner_id",
    "region": "f.region", "segment": "f.segment", "source": "f.source", "source_raw": "f.source_raw",
    "team": "f.team", "territory": "f.territory", "vertical": "f.vertical",
}  # fmt: skip
T = Kind.TEXT
CLOCK_COLUMNS: dict[str, Kind] = {
    **LEAD_COLUMNS, "handoff": T, "outcome": T, "breach_class": T, "account_id": T, "touched_by": T,
}  # fmt: skip
"""What `--where` may use of a hand-off."""

_DUE = "c.due_from + to_microseconds(c.due_after)"
_OWN_DUE = "c.own_due_from + to_microseconds(c.own_due_after)"
_LOOKED = "least($as_of_a, coalesce(c.ended_at, $as_of_a))"
_PLACE = (
    "team", "manager_id", "region", "segment", "territory", "source", "source_raw", "status", "score", "campaign_id",
    "landing_page", "industry", "vertical", "employees", "country", "domain",
)  # fmt: skip


def clock_rows(view: LensView, contract: Contract, condition: str = "true") -> str:
    """Compile one row for each hand-off that began by `$as_of_a` and lies in the view's period, as of that moment."""
    return f"""
      select u.* from (
        select r.*,
          case
            when r.outcome <> 'breached' then null
            when r.cause <> 'by the owner' then case when r.cause = 'unknown' then '(unknown)' else r.cause end
            when r.own_due_at < r.answered_at or r.answered_at is null and r.own_due_at <= r.looked_at
              then 'human delay'
            else 'assignment delay'
          end as breach_class
        from ({_decided(view, contract)}) as r
      ) as u
      where {condition} and {" and ".join(view.extra) or "true"}"""


def _decided(view: LensView, contract: Contract) -> str:
    return f"""
      select o.*, o.outcome in ('kept', 'breached') and o.due_at <= $as_of_a as due, o.outcome = 'kept' as hit,
        case
          when o.outcome = 'unknown' then null
          when o.ended then o.answered_after
          when o.ended_at <= $as_of_a then o.ended_after
          when o.business then o.worked_now - o.worked
          else date_diff('microsecond', o.started_at, $as_of_a)
        end as value
      from ({_as_of(view, contract)}) as o"""


def _as_of(view: LensView, contract: Contract) -> str:
    inside, day = _dated(view, contract.company.time_zone)
    answered = "c.answered_at <= $as_of_a"
    place = ", ".join(f"{'l' if view.as_is and name in ORGANIZATION else 'c'}.{name}" for name in ("owner_id", *_PLACE))
    now = "left join leads as l on l.record = c.lead_id" if view.as_is else ""
    return f"""
      select c.record, c.record || ' ' || c.stage || ' ' || c.time_number as unit, c.stage as handoff, c.place,
        c.lead_id, c.opportunity_id, c.account_id, c.started_at, c.started_at as moment, c.ended_at, c.ended_after,
        c.answered_after, c.business, c.worked, w.worked as worked_now, c.untold, c.cause, {place}, c.assigned_at,
        {_DUE} as due_at, {_OWN_DUE} as own_due_at, {_LOOKED} as looked_at,
        case when {answered} then c.answered_at end as answered_at,
        case when {answered} then c.activity end as activity,
        case when {answered} then c.touched_by end as touched_by,
        coalesce({answered}, false) as ended, 0 as grade,
        {day} as day,
        case
          when not c.told then 'unknown'
          when {answered} and c.answered_at <= {_DUE} then 'kept'
          when c.untold is not null then 'unknown'
          when c.ended_at <= $as_of_a and (c.ended_at <= {_DUE} or c.due_from is null) then 'withdrawn'
          when {_DUE} <= $as_of_a then 'breached'
          else 'running'
        end as outcome
      from handoff_clocks as c {now}
      left join (
        select p.calendar,
          p.worked + case when p.working then date_diff('microsecond', p.starts_at, $as_of_a) else 0 end as worked
        from working_pieces as p
        where p.day = cast($as_of_a as date) and p.starts_at <= $as_of_a and $as_of_a < p.ends_at
      ) as w on w.calendar = c.calendar
      left join exclusions as x
        on x.object = 'opportunity' and x.id = c.opportunity_id and x.starts_at <= $as_of_a and $as_of_a < x.ends_at
      left join exclusions as y
        on y.object = 'account' and y.id = c.account_id and y.starts_at <= $as_of_a and $as_of_a < y.ends_at
      where c.started_at <= $as_of_a and {inside} and x.id is null and y.id is null"""


def _dated(view: LensView, zone: str) -> tuple[str, str]:
    """Give the test of lying in the period, held against the time itself, and the expression of the day."""
    if view.period is None:
        return "true", f"cast(c.started_at at time zone 'UTC' at time zone {quoted(zone)} as date)"
    first, after = (start_of_day(day, ZoneInfo(zone)) for day in (view.period.start, view.period.end))
    inside = f"c.started_at >= timestamp '{first}' and c.started_at < timestamp '{after}'"
    return inside, day_sql("c.started_at", zone, first, after)


# -- the facts of the catalogue


def due_rows(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    """Give every hand-off that is due; those kept are the numerator."""
    return _counted(clock_rows(view, contract, "u.due")), parameters_of(view, "a")


def _counted(rows: str) -> str:
    """Leave out the waiting time: these rows are counted, not measured."""
    return f"select n.* exclude (value), cast(null as bigint) as value from ({rows}) as n"


def response_rows(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    """Give the leads of the agreed hand-off that are due; those answered in time are the numerator."""
    agreed = quoted(agreed_stage(view, contract))
    return _counted(clock_rows(view, contract, f"u.due and u.handoff = {agreed}")), parameters_of(view, "a")


def touch_rows(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    """Give every hand-off whose time until the answer is known, or known to last."""
    return clock_rows(view, contract, "u.value is not null"), parameters_of(view, "a")


def quality_rows(view: LensView, contract: Contract) -> tuple[str, Parameters]:
    """Give the hand-offs of the agreed stage that meet the agreed quality; unknown is not met."""
    commitment = commitment_at(contract.lifecycle, _first_day(view))
    stage = agreed_stage(view, contract)
    test = quality_sql(commitment.quality if commitment else None)
    return _counted(clock_rows(view, contract, f"u.handoff = {quoted(stage)} and {test}")), parameters_of(view, "a")


def quality_sql(text: str | None, *, known: bool = False) -> str:
    """Compile the condition of the agreed quality, or whether it can be judged; without one everything meets it."""
    if text is None:
        return "true"
    criterion, _ = parse_criterion(text, LEAD_COLUMNS, "quality")
    if criterion is None:
        return "false"
    condition = f"({criterion.sql('u')})"
    return f"{condition} is not null" if known else f"coalesce({condition}, false)"


def agreed_stage(view: LensView, contract: Contract) -> str:
    """Give the stage whose hand-off was agreed on in the view's period; empty where there is none."""
    lifecycle = contract.lifecycle
    handoff = committed_handoff(lifecycle, commitment_at(lifecycle, _first_day(view)))
    return handoff.stage if handoff else ""


def _first_day(view: LensView) -> date:
    return view.period.start if view.period else view.moment.day


CLOCK_FACTS: dict[str, Callable[[LensView, Contract], tuple[str, Parameters]]] = {
    "due_handoffs": due_rows,
    "responses": response_rows,
    "touch_times": touch_rows,
    "quality_volume": quality_rows,
    "target_accounts": quality_rows,
}
"""Every fact of hand-offs by name."""
NO_TARGETS = "the contract has no list of target accounts"


def unanswerable(fact: str, view: LensView, contract: Contract) -> str | None:
    """Say why a number of hand-offs has no answer: the contract does not name what it is about."""
    if fact == "target_accounts":
        return NO_TARGETS
    if fact in CLOCK_FACTS and view.period and view.period.start > view.moment.day:
        return "the period has not begun"
    if fact in {"responses", "quality_volume"} and not agreed_stage(view, contract):
        return "no stage of the lifecycle hands a lead over"
    return (
        "no stage of the lifecycle is handed over"
        if fact in CLOCK_FACTS and not handoffs_of(contract.lifecycle)
        else None
    )
