"""Sales efficiency: what was won over the fully-loaded cost of sales of the same period."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.basics.calendars import DAY, Period, add_months
from tieout.measure.answers import Answer, Question, QuestionError, Row
from tieout.measure.lens_sql import converted_sql, quoted
from tieout.measure.numbers.catalogue import BY_ID, Metric
from tieout.measure.numbers.count import count, counting, records_of
from tieout.measure.numbers.knowable import unknowable
from tieout.measure.numbers.label import label
from tieout.measure.numbers.question import Asked, view_of
from tieout.measure.states import parameters_of

if TYPE_CHECKING:
    from datetime import date

    from tieout.measure.lens_sql import LensView

LAGGED = "efficiency_lagged"
DAYS_OF_MONTH = 365.25 / 12
UNSAID = "the contract does not say which spend is the fully-loaded cost of sales (plan: sales_cost)"
WHOLE = "Spend tells of no segment and no owner: the figure is of the whole."


def efficiency(asked: Asked, question: Question, metric: Metric) -> Answer:
    """Answer sales_efficiency for the whole. Raises QuestionError for original currencies."""
    if question.original:
        message = f"'{metric.id}' is no money, so it has no original currencies. Ask a number such as bookings."
        raise QuestionError(message)
    view = view_of(asked, question, metric)
    won = BY_ID["bookings"]
    won = replace(won, lens={**won.lens, "types": metric.lens["types"]})
    plain = replace(question, by=(), period=view.period.name if view.period else None)
    paid, lag, untold = _paid(asked, metric, view, plain)
    cost, reason = _cost(asked, replace(view, period=paid))
    reason = untold or reason or unknowable(asked, view)
    if question.where:
        reason = "spend cannot be filtered as deals are"
    inside = counting(asked, plain, won, view_of(asked, plain, won))
    total = count(inside)[0]
    value = float(Decimal(total.value or 0) / cost) if cost and not reason else None
    row = Row({}, value, total.n, grade=total.grade if value is not None else {}, absent=reason)
    answer = label(asked, question, metric, view, (row,), records_of(inside) if question.records else None)
    told = [f"{Decimal(total.value or 0):,.2f} won / {cost:,.2f} of sales cost{lag}."] if cost and not reason else []
    return replace(answer, notes=(*answer.notes, *told, *([WHOLE] if question.by else [])))


def _paid(asked: Asked, metric: Metric, view: LensView, question: Question) -> tuple[Period | None, str, str | None]:
    """Give the period of which the cost is, how to tell that it is another one, or why nobody knows which."""
    period = view.period
    if metric.fact != LAGGED or period is None:
        return period, "", None
    cycle = BY_ID["cycle_time.won.median"]
    days = count(counting(asked, question, cycle, view_of(asked, question, cycle)))[0].value
    if days is None:
        return period, "", "no deal that was won in the period has a known cycle"
    months = round(float(days) / DAYS_OF_MONTH)
    start, last = (_earlier(day, months) for day in (period.start, min(period.last_day, view.moment.day)))
    name = f"{start}..{last}"
    return Period(name, start, last + DAY), f" of {name}, {months} months earlier (median cycle {days:,.1f} days)", None


def _earlier(day: date, months: int) -> date:
    """Give the same day some months before; the last of a month is the last of another."""
    first = add_months(day.replace(day=1), -months)
    last = add_months(first, 1) - DAY
    is_last = (day + DAY).day == 1
    return last if is_last else first.replace(day=min(day.day, last.day))


def _cost(asked: Asked, view: LensView) -> tuple[Decimal | None, str | None]:
    """Sum the cost of sales dated in the period, at the rate of its own day; or say why there is none."""
    categories = asked.contract.plan.sales_cost
    if not categories:
        return None, UNSAID
    zone = quoted(asked.contract.company.time_zone)
    listed = ", ".join(quoted(name.strip().lower()) for name in categories)
    day = f"cast(s.at at time zone 'UTC' at time zone {zone} as date)"
    inside = f"{day} >= $start_a and {day} < $end_a" if view.period else "true"
    sql = f"""
      select sum({converted_sql("s.amount", "r.rate")}), count(*),
        count(*) filter (where s.amount is null or r.rate is null)
      from spend as s
      left join exchange_rates as r
        on r.kind = {quoted(view.lens.rates or "plan")} and r.currency = upper(s.currency)
        and r.starts_at <= s.at and s.at < r.ends_at
      where lower(trim(s.category)) in ({listed}) and s.at <= $as_of_a and {inside}"""
    ((amount, n, unvalued),) = asked.rows(sql, parameters_of(view, "a"))
    if not n:
        return None, "no cost of sales is told of the period"
    if unvalued:
        return None, f"{unvalued} postings of the cost of sales have no amount in the base currency"
    return (amount, None) if amount > 0 else (None, "the cost of sales is not above 0")
