"""Why so few mqls become sqls: they do not fit the ideal customer, or sales did not answer them in time.

Both are shares of one cohort of mqls. Whether a lead fits is judged by what was told of it, else of its account, when
it was first in contact; strictly, what is not known is not proven. In time is what the clock of the hand-off says, in
working time where the contract says so; of an mql that was sent back before its deadline it says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tieout.contract.criteria import parse_criterion
from tieout.contract.funnel import steps_of
from tieout.contract.handoffs import HOUR, handoffs_of
from tieout.contract.vocabulary import LEAD_TOLD
from tieout.measure.lens_sql import quoted
from tieout.measure.numbers.clock_facts import clock_rows
from tieout.measure.numbers.funnel_facts import BY_MQL, episodes_sql, rows_sql, within

if TYPE_CHECKING:
    from tieout.contract.handoffs import Handoff
    from tieout.contract.model import Contract
    from tieout.measure.lens_sql import LensView
    from tieout.measure.numbers.question import Asked

OF_ACCOUNT = frozenset({"industry", "employees", "country", "region", "segment"})
"""What an account tells where its lead does not."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a cohort: how many of how many; `absent` says why it is not known."""

    hits: int = 0
    n: int = 0
    absent: str | None = None

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.hits / self.n if self.n and not self.absent else None


@dataclass(frozen=True, slots=True)
class Split:
    """A cohort of mqls by fit and by answer.

    `hours` is the time to answer, in working time or elapsed, when the period begins; `times` are those that began to
    hold in it, from their days on.
    `outside` counts leads not proven to fit, `outside_known` those known not to; `late`, of the mqls whose deadline has
    passed, those not answered by then; `good`, of those that fit and were answered in time, the ones that became sqls.
    """

    hours: float | None
    working: bool
    outside: Share
    outside_known: Share
    late: Share
    good: Share
    times: tuple[tuple[date, float], ...] = ()


def split(asked: Asked, view: LensView) -> Split:
    """Split the mqls of the view's period, as of its moment."""
    contract = asked.contract
    handoff = mql_handoff(contract)
    clocks = clock_rows(replace(view, period=None, extra=(), as_is=False), contract, f"u.handoff = {_named(handoff)}")
    fits = _fit_sql(contract)
    sources, parameters = rows_sql(view, contract, episodes_sql(view, contract), "e.mql_told", "true as hit")
    in_time = within("u.sql_reached", "u.mql_told", BY_MQL)
    sql = f"""
      with clocks as (
        select lead_id, started_at, max(outcome) as outcome, bool_or(due) as due
        from ({clocks}) as c group by lead_id, started_at
      )
      select count(*), count(*) filter (where u.fits), count(*) filter (where not u.fits),
        count(*) filter (where u.due), count(*) filter (where u.due and u.outcome = 'breached'),
        count(*) filter (where u.fits and u.outcome = 'kept'),
        count(*) filter (where u.fits and u.outcome = 'kept' and {in_time})
      from (
        select u.*, c.outcome, coalesce(c.due, false) as due, {fits} as fits
        from ({sources}) as u
        left join survivors_now as n on n.object = 'lead' and n.record = u.lead_id
        left join clocks as c on c.lead_id = coalesce(n.survivor, u.lead_id) and c.started_at = u.mql_told
        left join lead_versions as v
          on v.record = u.first_lead_id and v.valid_from <= u.contacted_at and u.contacted_at < v.valid_to
        left join lead_matches as m on m.record = u.first_lead_id
        left join account_places as a
          on a.record = m.account_id and a.seen_to = timestamp '9999-12-31'
          and a.valid_from <= u.contacted_at and u.contacted_at < a.valid_to
      ) as u"""
    n, fit, unfit, due, late, kept, good = asked.rows(sql, parameters)[0]
    no_icp = None if contract.audience.icp else "no ideal customer profile: give `icp` in audience.yaml"
    no_clock = None if handoff else "no time to answer: give `answer_within_hours` to the stage mql in lifecycle.yaml"
    if handoff and not due:
        no_clock = "no clock tells when one of them was answered"
    first, last = _days(view)
    return Split(
        handoff.within_on(first) / HOUR if handoff else None,
        bool(handoff and handoff.business),
        Share(n - fit, n, no_icp),
        Share(unfit, fit + unfit, no_icp),
        Share(late, due, no_clock),
        Share(good, kept, no_icp or no_clock),
        tuple((day, within / HOUR) for day, within in handoff.changes(first, last)) if handoff else (),
    )


def mql_handoff(contract: Contract) -> Handoff | None:
    """Give the hand-off that begins with becoming an mql; None where the contract has none."""
    steps = steps_of(contract.lifecycle)
    found = (one for one in handoffs_of(contract.lifecycle) if one.begins == "stage" and steps[one.stage] == "mql")
    return next(found, None)


def _days(view: LensView) -> tuple[date, date]:
    """Give the first and the last day on which an mql of the view can be one."""
    if view.period is None:
        return date.min, view.moment.day
    return view.period.start, min(view.period.last_day, view.moment.day)


def _named(handoff: Handoff | None) -> str:
    return quoted(handoff.stage if handoff else "")


def _fit_sql(contract: Contract) -> str:
    """Compile whether a lead fits, over the versions `v` of the lead and `a` of its account."""
    if contract.audience.icp is None:
        return "cast(null as boolean)"
    criterion, _ = parse_criterion(contract.audience.icp, LEAD_TOLD, "icp")
    if criterion is None:
        return "cast(null as boolean)"
    told = (
        f"coalesce(v.{name}, a.{name}) as {name}" if name in OF_ACCOUNT else f"v.{name}" for name in criterion.columns
    )
    return f"(select {criterion.sql('q')} from (select {', '.join(told)}) as q)"
