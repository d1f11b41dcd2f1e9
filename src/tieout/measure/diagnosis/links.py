"""The links between systems that are missing, ranked by the money that nobody can follow across them.

Each says how many records stand alone, of how many, what they are worth, and which integration would explain them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.contract.definitions import AGREED, agreed_lens
from tieout.measure.lens_sql import LensView, counted_sql
from tieout.measure.moments import moment_of
from tieout.measure.numbers.metric import CLOSED_WON
from tieout.measure.run_sql import rows

if TYPE_CHECKING:
    from tieout.measure.numbers.question import Asked

RATED = """left join exchange_rates as r
  on r.kind = 'plan' and r.currency = upper(v.currency) and r.starts_at <= $as_of_a and $as_of_a < r.ends_at"""
WORTH = "cast(round(sum({amount} * r.rate) filter (where {lone}), 2) as decimal(18, 2))"

LEADS = """select count(*), count(*) filter (where account_id is null and opportunity_id is null), null from leads"""
DEALS = """select count(*), count(*) filter (where lone), sum(value) filter (where lone) from (
    select u.value, u.lead_id is null and k.record is null as lone
    from ({agreed}) as u
    left join (select distinct opportunity_id as record from leads_told where opportunity_id is not null) as k
      on k.record = u.record
    where lower(u.type) = 'new')"""
CUSTOMERS = """select count(*), count(*) filter (where lone), sum(won) filter (where lone) from (
    select u.account_id, sum(u.value) as won, max(case when r.account_id is null then 1 else 0 end) = 1 as lone
    from ({won}) as u
    left join (select distinct account_id from revenue) as r on r.account_id = u.account_id
    where u.account_id is not null group by u.account_id)"""
REVENUE = f"""select count(*), count(*) filter (where {{lone}}), {WORTH.format(amount="v.amount", lone="{lone}")}
  from revenue as v {RATED}
  left join (select distinct record from account_versions) as a on a.record = v.account_id"""
CLAIMS = f"""select count(*), count(*) filter (where {{lone}}), {WORTH.format(amount="v.amount", lone="{lone}")}
  from claims as v {RATED}
  left join (select distinct record from opportunity_versions) as o on o.record = v.opportunity_id
  where v.seen_to = timestamp '9999-12-31' and v.valid_to = timestamp '9999-12-31'"""
ACTIVITIES = """select count(*), count(*) filter (where account_id is null), null from activities"""


@dataclass(frozen=True, slots=True)
class Link:
    """A link between two functions' systems: of `n` records `alone` have no counterpart; `worth` is their money."""

    start: str
    end: str
    what: str
    would: str
    n: int
    alone: int
    worth: Decimal | None


def missing_links(asked: Asked) -> tuple[Link, ...]:
    """Give the links that are missing, those with most money first, then those with most records."""
    found = [link for link in _links(asked) if link.n and link.alone]
    return tuple(sorted(found, key=lambda link: (-(link.worth or 0), -link.alone)))


def _links(asked: Asked) -> list[Link]:
    moment = moment_of(asked.facts.heard_until, None, asked.zone)
    agreed = agreed_lens(asked.contract.pipeline, moment.day)
    any_date = agreed.model_copy(update={"date_field": "none", "past_due": True})
    won = agreed.model_copy(update={**CLOSED_WON, "date_field": "none"})
    open_sql, parameters = counted_sql(LensView(AGREED, any_date, moment, None), asked.contract, "a")
    won_sql, _ = counted_sql(LensView(AGREED, won, moment, None), asked.contract, "a")
    asked_for = (
        ("marketing", "CRM", "new deals without a lead", "say what sourced them", DEALS.format(agreed=open_sql)),
        ("CRM", "finance", "customers without revenue", "show what was billed of what was won",
         CUSTOMERS.format(won=won_sql)),
        ("finance", "CRM", "revenue of no known account", "say whose it is, and what sourced it",
         REVENUE.format(lone="a.record is null")),
        ("marketing", "CRM", "claims on no known deal", "let claims be counted as deals",
         CLAIMS.format(lone="o.record is null")),
        ("marketing", "CRM", "leads of no account", "show what became of them", LEADS),
        ("activities", "CRM", "activities of no account", "let touches count for deals", ACTIVITIES),
    )  # fmt: skip
    links = []
    for start, end, what, would, sql in asked_for:
        n, alone, worth = rows(asked.engine, sql, parameters)[0]
        links.append(Link(start, end, what, would, n, alone, worth))
    return links
