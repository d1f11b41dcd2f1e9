"""In which numbers the deals, leads and revenue of an account are counted, how many, and what keeps out the rest.

No number counts accounts: each counts what belongs to them. So of an account is told how much of it there is in each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.contract.definitions import counting_lenses
from tieout.measure.answers import Question
from tieout.measure.counted import AGREED, OF_DEALS, OF_LEADS, Counted
from tieout.measure.lens_sql import FACETS, units_sql
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.facts import facts_of
from tieout.measure.numbers.question import view_of
from tieout.measure.run_sql import rows as fetch
from tieout.measure.run_sql import run

if TYPE_CHECKING:
    from tieout.measure.lens_sql import LensView
    from tieout.measure.numbers.question import Asked

REVENUE = "revenue.realised"
HITS = {
    "win_rate.closed.count": "won", "conversion.lead_to_won": "won", "mql_to_sal.cohort_90d": "became an SAL",
    "mql_to_sql.cohort_90d": "became an SQL", "lead_to_opportunity": "became an opportunity",
    "sla.response_rate": "answered", "sla.compliance": "answered in time",
}  # fmt: skip
"""What those did that are the numerator of a rate."""
UNITS = (
    (REVENUE, "amount"), ("sla.", "hand-off"), ("leads.", "lead"), ("conversion.", "lead"), ("mql", "lead"),
    ("lead_", "lead"),
)  # fmt: skip
"""What a number counts, by how its name begins; else deals."""


def account_in(
    asked: Asked, account: str, period: str | None = None, calendar: str | None = None
) -> tuple[Counted, ...]:
    """Say of each lens and of the main numbers how much of an account is counted. Raises QuestionError, PeriodError."""
    _look_at(asked, "looked_at", "opportunity_versions", account)
    lenses = ("agreed", *counting_lenses(asked.contract))
    told = [_by_lens(asked, account, Question(AGREED, period, calendar=calendar, lens=name)) for name in lenses]
    names = (*OF_DEALS, *OF_LEADS, REVENUE)
    return (*told, *(_in_number(asked, account, Question(name, period, calendar=calendar)) for name in names))


def _look_at(asked: Asked, table: str, told: str, account: str) -> None:
    """Name the deals that were ever the account's: whose a deal is, its state at the moment says."""
    sql = f"create or replace temp table {table} as select distinct record from {told} where account_id = $account"
    run(asked.engine, sql, {"account": account})


def _by_lens(asked: Asked, account: str, question: Question) -> Counted:
    """Count the account's deals by what a lens decides of them."""
    metric = BY_ID[question.metric]
    view = view_of(asked, question, metric)
    units, parameters = units_sql(replace(view, among="looked_at"), asked.contract, "a")
    sql = f"select rank, count(*), sum(value) from ({units}) where account_id = $account group by rank order by rank"
    found = fetch(asked.engine, sql, {**parameters, "account": account})
    n, every = sum(count for rank, count, _ in found if not rank), sum(count for _, count, _ in found)
    out = Counter({FACETS[rank - 1]: count for rank, count, _ in found if rank})
    why = _share(n, every, "claim" if view.lens.grain == "claim" else "deal") + (
        f"; not counted: {_causes(out)}" if out else ""
    )
    value = next((value for rank, _, value in found if not rank), None)
    facet = None if n else next(iter(out), "exists")
    return Counted(metric.id, view.name, _period(view), counted=n > 0, why=why, facet=facet, value=_money(value))


def _in_number(asked: Asked, account: str, question: Question) -> Counted:
    metric = BY_ID[question.metric]
    view = view_of(asked, question, metric)
    of_deals = metric.id in OF_DEALS and metric.fact != "stalled"  # what is usual is told by all records
    facts = facts_of(metric, replace(view, among="looked_at") if of_deals else view, asked.contract)
    sql = f"""select count(*), count(*) filter (where hit), sum(value) from ({facts.sql}) as f
      where {facts.dimensions["account"]} = $account"""
    n, hits, value = fetch(asked.engine, sql, {**facts.parameters, "account": account})[0]
    what = next((word for start, word in UNITS if metric.id.startswith(start)), "deal")
    why = _counted(n, what) + (f", {hits} {HITS[metric.id]}" if n and metric.id in HITS else "")
    adds = _money(value) if metric.unit == "money" else None
    facet = None if n else "condition"
    return Counted(metric.id, view.name, _period(view), counted=n > 0, why=why, facet=facet, value=adds)


def _period(view: LensView) -> str | None:
    return view.period.name if view.period else None


def _share(n: int, every: int, what: str) -> str:
    return f"{n} of its {every} {what}s" if every else f"it has no {what}s"


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'} of it" if n else f"no {what} of it"


def _causes(out: Counter[str]) -> str:
    return ", ".join(f"{n} by {facet}" for facet, n in out.most_common())


def _money(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None
