"""What is wrong with the register of exchange rates, held against the money that needs it.

Only kinds of rate that something counts by are looked at: the agreed definition, a lens, the plan. Nothing is guessed
where a rate is missing; the finding says which amounts add nothing, and on which days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from tieout.basics.calendars import local_day
from tieout.basics.findings import Finding, Level, nearest
from tieout.contract.calendars import fiscal_calendar
from tieout.contract.definitions import definition_periods

if TYPE_CHECKING:
    from tieout.contract.model import Contract
    from tieout.warehouse.engine import Connection

EARLY = timedelta(days=45)
"""A rate of a new year may be dated some weeks before it."""

NEEDS = """
  with needs as (
    select object || ' ' || record as place, record, upper(currency) as currency, coalesce(arr, acv, tcv) as amount,
      valid_from as since, valid_to as until
    from opportunity_versions
    where seen_to = timestamp '9999-12-31' and valid_to > valid_from and not missing and not deleted
    union all
    select 'claim ' || record, record, upper(currency), amount, valid_from, valid_to
    from claims where seen_to = timestamp '9999-12-31'
    union all
    select 'revenue ' || record, record, upper(currency), amount, "at", "at" from revenue_told
    union all
    select 'target ' || record, record, upper(currency), amount, cast($heard as timestamp), cast($heard as timestamp)
    from targets
  )"""
"""One row for each span in which an amount in a currency wants a rate."""

UNMET = f"""{NEEDS},
  unmet as (
    select n.*, r.first_on,
      row_number() over (partition by n.place order by n.since desc, n.until desc, n.amount) as newest
    from needs as n
    left join (
      select currency, min(starts_at) as first_at, min(starts_on) as first_on from exchange_rates
      where kind = $kind group by currency
    ) as r on r.currency = n.currency
    where n.currency <> (select currency from company) and n.amount is not null
      and (r.first_at is null or n.since < r.first_at)
  )
  select currency, first_on, min(place), count(distinct place), sum(amount) filter (where newest = 1), min(since)
  from unmet group by currency, first_on order by 4 desc, 1"""

SPANS = f"""{NEEDS}
  select currency, min(place), count(distinct place) filter (where until >= $heard), min(since)
  from needs where currency <> (select currency from company) and amount is not null group by currency order by 1"""


class _Unmet(NamedTuple):
    """What wants a rate of a kind and has none: the columns of the query."""

    currency: str
    first_on: date | None
    place: str
    n: int
    amount: Decimal | None
    since: datetime


@dataclass(frozen=True, slots=True)
class _Rated:
    """What the register has, and the last day that the data tells of."""

    contract: Contract
    zone: ZoneInfo
    today: date

    def days(self, kind: str, currency: str) -> list[date]:
        """Give the days on which rates of a kind and currency begin."""
        found = (rate.from_ for rate in self.contract.rates if (rate.kind, rate.currency) == (kind, currency))
        return sorted(day for day in found if day <= self.today)


def rate_findings(engine: Connection, contract: Contract, heard: datetime) -> tuple[Finding, ...]:
    """Hold the register of rates against a build that has just been filled and knows what was heard until a moment."""
    zone = ZoneInfo(contract.company.time_zone)
    rated = _Rated(contract, zone, local_day(heard, zone))
    kinds = _kinds(contract)
    unmet: dict[_Unmet, list[str]] = {}
    for kind in kinds:
        for row in engine.execute(UNMET, {"kind": kind, "heard": heard}).fetchall():
            unmet.setdefault(_Unmet(*row), []).append(kind)
    spans = engine.execute(SPANS, {"heard": heard}).fetchall()
    aged = [found for row in spans for found in (_year(rated, kinds, *row), _stale(rated, kinds, *row)) if found]
    return (*(_unmet(rated, found, row) for row, found in unmet.items()), *aged)


def _kinds(contract: Contract) -> tuple[str, ...]:
    """Give the kinds of rate that something counts by."""
    agreed = [definition.rates for _, _, definition in definition_periods(contract.pipeline)]
    used = {*agreed, *(lens.rates for lens in contract.lenses.values()), contract.plan.rates}
    return tuple(sorted(kind for kind in used if kind))


def _unmet(rated: _Rated, kinds: list[str], row: _Unmet) -> Finding:
    kind = " or ".join(kinds)
    begun = local_day(row.since, rated.zone) if row.since.year > 1 else None
    currency = row.currency
    money = f"{_records(row.n)} ({Decimal(row.amount or 0):,.2f} {currency})"
    entry = f"{kinds[0]},{currency},{begun or row.first_on or rated.today},RATE"
    if row.first_on:
        since = f"from {begun} on" if begun else "from the beginning"
        begin = f"the {' and '.join(kinds)} rates of {currency} begin on {row.first_on}"
        message = f"{begin}: before that, {since}, {money} add nothing."
        remedy = f"Add a row to rates.csv for the days before: {entry}."
        return Finding("rate.late", Level.WARNING, row.place, message, remedy, given=currency, count=row.n)
    allowed = tuple(sorted({rated.contract.company.currency, *(rate.currency for rate in rated.contract.rates)}))
    message = f"there is no {kind} rate of '{currency}': {money} add nothing{f' from {begun} on' if begun else ''}."
    remedy = f"Add it to rates.csv: {entry}. If it is a slip, mend the currency in the system."
    near = nearest(currency, allowed)
    return Finding("rate.missing", Level.ERROR, row.place, message, remedy, currency, allowed, near, row.n)


def _records(n: int) -> str:
    return f"{n} record{'' if n == 1 else 's'}"


def _year(rated: _Rated, kinds: tuple[str, ...], currency: str, place: str, n: int, since: datetime) -> Finding | None:
    """Find fiscal years in use that have no plan rate of their own."""
    days = rated.days("plan", currency)
    if "plan" not in kinds or not days:
        return None
    name, terms = next(iter(rated.contract.company.calendars.items()))
    calendar = fiscal_calendar(name, terms)
    needed = max(days[0], local_day(since, rated.zone)) if since.year > 1 else days[0]
    years = range(calendar.year_of(needed), calendar.year_of(rated.today) + 1)
    without = [
        year
        for year in years
        if not any(calendar.year(year).start - EARLY <= day < calendar.year(year).end for day in days)
    ]
    if not without:
        return None
    used = max(day for day in days if day < calendar.year(without[-1]).end)
    told = ", ".join(map(str, without[-5:]))
    message = (
        f"fiscal {told} {'has' if len(without) == 1 else 'have'} no plan rate of {currency}: that of {used} is used "
        f"on, now for {_records(n)}."
    )
    remedy = f"Add the plan rate of the year to rates.csv: plan,{currency},{calendar.year(without[-1]).start},RATE."
    return Finding("rate.year", Level.WARNING, place, message, remedy, given=currency, count=n)


def _stale(
    rated: _Rated, kinds: tuple[str, ...], currency: str, place: str, n: int, _since: datetime
) -> Finding | None:
    """Find spot rates that nobody has updated."""
    days, limit = rated.days("spot", currency), rated.contract.company.spot_days
    if "spot" not in kinds or not days or not n:
        return None
    age = (rated.today - days[-1]).days
    if age <= limit:
        return None
    message = (
        f"the newest spot rate of {currency} is of {days[-1]}, {age} days before the newest data, and is used for "
        f"{_records(n)}."
    )
    remedy = f"Add a newer one to rates.csv; `spot_days` of company.yaml says what is too old ({limit} days)."
    return Finding("rate.stale", Level.WARNING, place, message, remedy, given=currency, count=n)
