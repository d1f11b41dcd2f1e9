"""A lens at many moments in one pass: each state with the run of moments in which the lens counts it.

A state holds from one moment to another. What lets it in or out meanwhile is cut into spans too: registers (merges,
exclusions), the period and the day of each moment against the state's dates, rates. Where all of them overlap the
state counts, with one value; so sums at the moments are those of what came in before, less those of what went out.
Spans are half-open and in the time of as-of; a moment lies in one where `run_from` <= as-of < `run_to`.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from tieout.measure.lens_sql import (
    RATES,
    LensView,
    Spans,
    lens_day,
    native_sql,
    quoted,
    sourced,
    standing_sql,
    value_sql,
)
from tieout.measure.run_sql import rows as fetch
from tieout.measure.states import ORGANIZATION, STATE, Parameters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from tieout.basics.calendars import Period
    from tieout.contract.model import Contract
    from tieout.measure.moments import Moment
    from tieout.warehouse.engine import Connection

TICK = timedelta(microseconds=1)
REGISTERED = ("merged", "duplicate", "excluded", "into_record", "created_on", "closed_on")
"""Columns of a state that do not stand in `opportunity_states`."""
Span = tuple[datetime, datetime]


def spannable(view: LensView) -> bool:
    """Say whether the view's moments can be looked at as spans: they rise, and all are known in one way."""
    moments = [moment for moment, _ in view.many]
    rising = all(one.as_of < other.as_of for one, other in pairwise(moments))
    restated = all(moment.restated for moment in moments)
    alike = restated or all(moment.known_at == moment.as_of for moment in moments)
    fixed = len({moment.known_at for moment in moments}) == 1
    dated = view.lens.rates_on == "close_date" and "open" in view.lens.outcomes
    return bool(moments) and rising and (alike or fixed) and view.lens.grain != "claim" and not dated


def spans_sql(view: LensView, contract: Contract, *, late: bool = False) -> tuple[str, Parameters]:
    """Compile one row for each state and span: as counted_sql, with `run_from` and `run_to` in place of `asked`.

    `run_from` is never before the first moment; what lasts until after the last one ends with `$after`. `late` keeps
    of each span what lies after the close date has passed. The view must be `spannable`.
    """
    moments = [moment for moment, _ in view.many]
    parameters: Parameters = {"first": moments[0].as_of, "last": moments[-1].as_of, "known_at": moments[0].known_at}
    parameters |= {"first_day": moments[0].day, "after": moments[-1].as_of + TICK}
    passing, (opened, closed) = _passing(view, parameters, late=late)
    joins, opens, closes = [], ["s.passing_from"], ["s.passing_to"]
    spans = view.spans
    for there, name, key in (
        (spans and spans.barred, "barred", "s.record"),
        (spans and spans.barred_accounts, "barred_account", "s.told_account_id"),
    ):
        if there:
            joins.append(f"left join ({_free(name)}) as {name} on {name}.key = {key}")
            opens.append(f"coalesce({name}.run_from, $first)")
            closes.append(f"coalesce({name}.run_to, $after)")
    joins.append(_rates(view))
    if view.lens.rates_on != "close_date" and not (spans and spans.steady):
        parameters |= {"moments": [moment.as_of for moment in moments]}
        parameters |= {"moment_days": [moment.day for moment in moments]}
        opens.append("coalesce(r.run_from, $first)")
        closes.append("coalesce(r.run_to, $after)")
    sql = f"""
      with {_bars(view)},
      passing as (
        select s.*, {opened} as passing_from, {closed} as passing_to
        from ({_held(view, contract)}) as s
        {" ".join(passing)}
        where {opened} < {closed}
      ),
      units as (
        select s.*, greatest({", ".join(opens)}) as run_from, least({", ".join(closes)}) as run_to, r.rate, r.short_rate
        from passing as s
        {" ".join(joins)}
      )
      select u.*, u.record as unit, {native_sql("u", view.lens)} as original,
        {value_sql("u", view.lens, "u.rate", short="u.short_rate")} as value
      from units as u
      where u.run_from < u.run_to"""
    return sql, parameters


def terms_of(view: LensView, engine: Connection) -> Spans:
    """Look up which cuts there are to be made at all: most lenses meet few registers, and rates seldom change."""
    bars = _bars(view)
    parameters = {"known_at": view.many[0][0].known_at}
    barred, accounts = (
        bool(fetch(engine, f"with {bars} select 1 from {name} limit 1", parameters))
        for name in ("barred_told", "barred_account_told")
    )
    days = {"first_day": view.many[0][0].day, "last_day": view.many[-1][0].day, "kind": view.lens.rates or "plan"}
    changing = """select 1 from exchange_rates
      where kind = $kind and (starts_on > $first_day and starts_on <= $last_day
        or ends_on > $first_day and ends_on <= $last_day) limit 1"""
    return Spans(barred=barred, barred_accounts=accounts, steady=not fetch(engine, changing, days))


def _passing(view: LensView, parameters: Parameters, *, late: bool) -> tuple[list[str], tuple[str, str]]:
    """Give the joins by which days pass: the period of each moment, and the close date that has passed by then.

    With them from when and until when it holds by these alone: most states are left out by it.
    """
    days, lens = _Days(view), view.lens
    joins, opens, closes = [], ["s.held_from"], ["s.held_to"]
    dated = any(period for _, period in view.many) and lens.date_field != "none"
    due = late or not lens.past_due
    only_open = dated and due and not late and lens.outcomes == ("open",) and lens.date_field == "close_date"
    if dated:
        found = days.periods_until_due if only_open else days.periods
        joins.append(f"join ({_table('period', found, parameters)}) as p on p.day = {lens_day(lens, 's')}")
        opens.append("p.run_from")
        closes.append("p.run_to")
    else:
        opens.append("$first")
        closes.append("$after")
    if due and not only_open:
        joins.append(f"left join ({_table('due', days.due, parameters)}) as d on d.day = s.close_date")
        passed = "case when s.close_date < $first_day then $first else d.run_from end"
        if late:
            opens.append(f"coalesce({passed}, $after)")
        else:
            closes.append(f"case when s.outcome = 'open' then coalesce({passed}, $after) else $after end")
    return joins, (f"greatest({', '.join(opens)})", f"least({', '.join(closes)})")


def _held(view: LensView, contract: Contract) -> str:
    """Give the states that meet what does not change while they last, with from when to when they hold."""
    restated = view.many[0][0].restated
    held_from, held_to, known = "s.valid_from", "s.valid_to", "s.seen_to = timestamp '9999-12-31'"
    if not restated:
        held_from, held_to, known = "s.said_from", "s.said_to", "true"
        if len({moment.known_at for moment, _ in view.many}) == 1:
            held_from = "s.valid_from"
            held_to = (
                "least(s.gone_at, s.valid_end, case when $known_at < s.end_heard then s.gone_at else s.valid_to end)"
            )
            known = "s.seen_from <= $known_at and $known_at < s.seen_to"
    zone = quoted(contract.company.time_zone)
    joins = "left join organization_now as n on n.record = s.record " if view.as_is else ""
    joins += "left join source_classes as c on c.record = s.record" if sourced(view) else ""
    source_class = "c.class" if sourced(view) else "cast(null as varchar)"
    columns = ", ".join(
        f"n.{name}" if view.as_is and name in ORGANIZATION else f"s.{name}" for name in STATE if name not in REGISTERED
    )
    return f"""
      select u.* from (
        select s.record, s.told_account_id, {columns}, {source_class} as source_class,
          {held_from} as held_from, {held_to} as held_to,
          cast(s.created_at at time zone 'UTC' at time zone {zone} as date) as created_on,
          coalesce(s.close_date, cast(s.closed_at at time zone 'UTC' at time zone {zone} as date)) as closed_on
        from opportunity_states as s {joins}
        where {known} and {held_from} <= $last and {held_to} > $first
      ) as u
      where {standing_sql(view, contract)}"""


# -- registers


def _bars(view: LensView) -> str:
    """Give the spans in which registers keep a record or an account out, as `barred_told` and `barred_account_told`."""
    ever = "timestamp '0001-01-01' as run_from, timestamp '9999-12-31' as run_to"
    merged = "m.told_by = 'system'"
    if view.many[0][0].restated or len({moment.known_at for moment, _ in view.many}) == 1:
        span, merged = ever, f"{merged} and m.seen_from <= $known_at and $known_at < m.seen_to"
    else:
        span = "m.seen_from as run_from, m.seen_to as run_to"
    records = ["select null as key, timestamp '0001-01-01' as run_from, timestamp '0001-01-01' as run_to where false"]
    accounts = list(records)
    if not view.lens.merged:
        records.append(f"select m.record, {span} from opportunity_merges as m where {merged}")
        records.append(
            """select m.record, timestamp '0001-01-01', m.ends_at from opportunity_merges as m
            where m.told_by = 'register'"""
        )
    if view.lens.exclusions:
        out = "select x.id, x.starts_at, x.ends_at from exclusions as x where x.object ="
        records.append(f"{out} 'opportunity'")
        accounts.append(f"{out} 'account'")
    return f"barred_told as ({' union all '.join(records)}), barred_account_told as ({' union all '.join(accounts)})"


def _free(name: str) -> str:
    """Give the spans between those that bar a key; a key that is barred for ever has one of no length."""
    return f"""
      select key, reach as run_from, coalesce(following, timestamp '9999-12-31') as run_to
      from (
        select key, max(run_to) over w as reach,
          lead(run_from) over (partition by key order by run_from, run_to) as following
        from {name}_told
        window w as (partition by key order by run_from, run_to rows between unbounded preceding and current row)
      )
      where following is null or following > reach
      union all
      select key, timestamp '0001-01-01', min(run_from) from {name}_told group by key"""


# -- days and rates


class _Days:
    """What the days of the moments mean for dates: spans between moments, from the first that counts."""

    def __init__(self, view: LensView) -> None:
        self.moments: Sequence[Moment] = [moment for moment, _ in view.many]
        self.asked: Sequence[Period | None] = [period for _, period in view.many]

    def at(self, place: int) -> datetime:
        """Give the moment at a place; after the last one there is none."""
        return self.moments[place].as_of if place < len(self.moments) else self.moments[-1].as_of + TICK

    @property
    def periods(self) -> Iterator[tuple[date, Span]]:
        """Give each day with the spans in whose period it lies."""
        place = 0
        for period, run in groupby(self.asked):
            count = len(list(run))
            if period:
                span = (self.at(place), self.at(place + count))
                yield from ((period.start + timedelta(days=number), span) for number in range(period.days))
            place += count

    @property
    def due(self) -> Iterator[tuple[date, Span]]:
        """Give each day with the span in which it has passed; of days not listed, those before have passed always."""
        first, last = self.moments[0].day, self.moments[-1].day
        days = [moment.day for moment in self.moments]
        for number in range((last - first).days):
            day = first + timedelta(days=number)
            yield day, (self.at(bisect_left(days, day + timedelta(days=1))), self.at(len(days)))

    @property
    def periods_until_due(self) -> Iterator[tuple[date, Span]]:
        """Give each day with the spans in whose period it lies before it has passed."""
        days = [moment.day for moment in self.moments]
        for day, (begun, ended) in self.periods:
            due = self.at(bisect_left(days, day + timedelta(days=1)))
            if begun < due:
                yield day, (begun, min(ended, due))


def _table(name: str, found: Iterable[tuple[date, Span]], parameters: Parameters) -> str:
    told = list(found)
    parameters |= {
        f"{name}_days": [day for day, _ in told],
        f"{name}_from": [span[0] for _, span in told],
        f"{name}_to": [span[1] for _, span in told],
    }
    return f"""select unnest(cast(${name}_days as date[])) as day,
      unnest(cast(${name}_from as timestamp[])) as run_from, unnest(cast(${name}_to as timestamp[])) as run_to"""


def _rates(view: LensView) -> str:
    """Join the rate of the close date, or, as spans, those of each moment's day; where there is none it is unknown."""
    kind = quoted(view.lens.rates or "plan")
    if view.lens.rates_on == "close_date":
        return f"""left join {RATES} as r on r.kind = {kind} and r.currency = s.currency
          and r.starts_on <= s.closed_on and s.closed_on < r.ends_on"""
    if view.spans and view.spans.steady:
        return f"""left join {RATES} as r on r.kind = {kind} and r.currency = s.currency
          and r.starts_on <= $first_day and $first_day < r.ends_on"""
    return f"""left join (
        with moments as (
          select unnest(cast($moments as timestamp[])) as as_of, unnest(cast($moment_days as date[])) as day
        ),
        known as (
          select r.currency, r.rate, r.short_rate, min(m.as_of) as run_from,
            coalesce((select min(n.as_of) from moments as n where n.day >= r.ends_on), timestamp '9999-12-31') as run_to
          from {RATES} as r join moments as m on r.starts_on <= m.day and m.day < r.ends_on
          where r.kind = {kind}
          group by r.currency, r.rate, r.short_rate, r.starts_on, r.ends_on
        )
        select currency, rate, short_rate, run_from, run_to from known
        union all
        select currency, null, null, run_to, lead(run_from, 1, timestamp '9999-12-31') over (
          partition by currency order by run_from) from known
        union all
        select currency, null, null, timestamp '0001-01-01', min(run_from) from known group by currency
      ) as r
      on r.currency = s.currency and r.run_from < r.run_to and r.run_from < s.held_to and s.held_from < r.run_to"""
