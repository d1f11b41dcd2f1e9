"""Why so few mqls become sqls: they do not fit the ideal customer, or sales did not touch them in time.

Both are shares of one cohort of mqls. Whether a lead fits is judged by what was told of it, else of its account, when
it was first in contact; strictly, what is not known is not proven. A touch is the first by a human of sales at or after
the mql, in elapsed hours; an mql that nobody touched is late from its deadline on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.contract.criteria import parse_criterion
from tieout.contract.funnel import steps_of
from tieout.contract.vocabulary import LEAD_TOLD
from tieout.measure.numbers.funnel_facts import BY_MQL, rows_sql, touched_sql, within
from tieout.measure.run_sql import rows as fetch

if TYPE_CHECKING:
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
    """A cohort of mqls by fit and by touch. `hours` is the time to answer; `good` what became sqls of the rest.

    `outside` counts leads not proven to fit, `outside_known` those known not to; `late` of the mqls whose deadline has
    passed; `good` of those that fit and were touched in time, the ones that became sqls.
    """

    hours: float | None
    outside: Share
    outside_known: Share
    late: Share
    good: Share


def split(asked: Asked, view: LensView) -> Split:
    """Split the mqls of the view's period, as of its moment."""
    contract = asked.contract
    hours = answer_hours(contract)
    fits = _fit_sql(contract)
    start, due = "u.mql_told", f"u.mql_told + interval {round((hours or 0) * 60)} minute"
    late = f"({due} <= $as_of_a and coalesce(u.touched_at > {due}, true))"
    sources, parameters = rows_sql(view, contract, touched_sql(view, contract), "e.mql_told", "true as hit")
    sql = f"""
      select count(*), count(*) filter (where u.fits), count(*) filter (where not u.fits),
        count(*) filter (where {due} <= $as_of_a or u.touched_at <= {due}), count(*) filter (where {late}),
        count(*) filter (where u.fits and not {late}),
        count(*) filter (where u.fits and not {late} and {within("u.sql_reached", start, BY_MQL)})
      from (
        select u.*, {fits} as fits
        from ({sources}) as u
        left join lead_versions as v
          on v.record = u.first_lead_id and v.valid_from <= u.contacted_at and u.contacted_at < v.valid_to
        left join lead_matches as m on m.record = u.first_lead_id
        left join account_places as a
          on a.record = m.account_id and a.seen_to = timestamp '9999-12-31'
          and a.valid_from <= u.contacted_at and u.contacted_at < a.valid_to
      ) as u"""
    n, fit, unfit, due_n, late_n, rest, good = fetch(asked.engine, sql, parameters)[0]
    no_icp = None if contract.audience.icp else "no ideal customer profile: give `icp` in audience.yaml"
    no_hours = _untold(asked, hours)
    return Split(
        hours,
        Share(n - fit, n, no_icp),
        Share(unfit, fit + unfit, no_icp),
        Share(late_n, due_n, no_hours),
        Share(good, rest, no_icp or no_hours),
    )


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


def answer_hours(contract: Contract) -> float | None:
    """Give the hours within which sales has to answer an mql; None where the contract does not say."""
    steps = steps_of(contract.lifecycle)
    stages = (stage for stage in contract.lifecycle.stages if steps[stage.name] == "mql")
    return next((stage.answer_within_hours for stage in stages if stage.answer_within_hours), None)


def _untold(asked: Asked, hours: float | None) -> str | None:
    if hours is None:
        return "no time to answer: give `answer_within_hours` to the stage mql in lifecycle.yaml"
    touched = fetch(asked.engine, "select 1 from funnel_touches where touched_at is not null limit 1")
    return None if touched else "no activity by a human of sales touches an mql"
