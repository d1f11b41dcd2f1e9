"""Money in its own currencies: what a figure is made of, at which rates, and what has none.

Each record is rounded to the cent in the base currency and then summed, so that the currencies add up to the total.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.measure.answers import UNKNOWN, InCurrency, QuestionError
from tieout.measure.numbers.count import plain

if TYPE_CHECKING:
    from tieout.measure.numbers.catalogue import Metric
    from tieout.measure.numbers.count import Counting

CENT = Decimal("0.01")
NOUNS = {"revenue": "records of revenue"}


def by_currency(counted: Counting) -> tuple[InCurrency, ...]:
    """Give one row for each currency and rate: the sum of the originals, and their value. The largest come first."""
    sql = f"""select coalesce(f.currency, '{UNKNOWN}'), f.rate, count(*), sum(f.original), sum(f.value), count(f.value)
      from ({counted.facts.sql}) as f group by all"""
    found = [
        InCurrency(currency, plain(rate), _cents(original), _cents(value), n, n - valued)
        for currency, rate, n, original, value, valued in counted.asked.rows(sql, counted.parameters)
    ]
    return tuple(sorted(found, key=lambda one: (-(one.value or Decimal(0)), one.currency, one.rate or Decimal(0))))


def only_money(metric: Metric) -> None:
    """Refuse to tell the currencies of what is no money. Raises QuestionError."""
    if metric.unit != "money":
        message = f"'{metric.id}' is no money, so it has no original currencies. Ask a number such as bookings."
        raise QuestionError(message)


def left_out(counted: Counting) -> tuple[str, ...]:
    """Say what counts and adds nothing: amounts that are not known, and those without a currency or a rate."""
    sql = f"""select f.original is null, f.currency, f.rate is null, count(*), sum(f.original)
      from ({counted.facts.sql}) as f where f.value is null group by all"""
    noun = NOUNS.get(counted.metric.fact, "opportunities")
    kind = counted.view.lens.rates or "plan"
    unknown, told = 0, []
    for no_amount, currency, no_rate, n, original in counted.asked.rows(sql, counted.parameters):
        if no_amount:
            unknown += n
        elif currency is None:
            told.append(f"{n} {noun} have an amount and no currency: they count and add nothing.")
        elif no_rate:
            amount = f"{Decimal(original):,.2f} {currency}"
            told.append(f"{n} {noun} ({amount}) have no {kind} rate of {currency} then: they count and add nothing.")
        else:
            told.append(f"{n} {noun} have an amount that is too large to keep: they count and add nothing.")
    first = [f"{unknown} {noun} have no known amount: they count and add nothing."] if unknown else []
    return (*first, *sorted(told))


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else Decimal(amount).quantize(CENT)
