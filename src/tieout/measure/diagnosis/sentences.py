"""What figures say is wrong, in sentences: pipeline added at the last minute, an inflated pipeline, weak hand-offs.

A sentence gives its figures, what they mean and what to do. None is said of too few records, or of what nobody told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.measure.answers import Question
from tieout.measure.numbers.arithmetic import BELOW
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.count import count, counting
from tieout.measure.numbers.question import view_of
from tieout.measure.quality.number_facts import nothing_asked

if TYPE_CHECKING:
    from datetime import date

    from tieout.measure.answers import Row
    from tieout.measure.clocks.table import ClockRow
    from tieout.measure.numbers.question import Asked

LEAST = 10
"""Of fewer records nothing is said."""
LAST_DAYS = 14
TWICE = 2
"""How many times as much as its days would bring comes at the last minute."""


def at_the_last_minute(asked: Asked, question: Question, days: tuple[date, date]) -> str | None:
    """Say that much of the pipeline created between two days was created in the last two weeks of them.

    `question` has lens and condition. Said where it is more than twice of what two weeks would bring.
    """
    first, last = days
    length = (last - first).days + 1
    if length < LAST_DAYS * TWICE * TWICE:
        return None
    late = last - timedelta(days=LAST_DAYS - 1)
    whole, end = (_created(asked, question, begun, last) for begun in (first, late))
    if whole.n < LEAST or not whole.value or end.value is None:
        return None
    share = Decimal(end.value) / Decimal(whole.value)
    if share * length <= TWICE * LAST_DAYS:
        return None
    currency = asked.contract.company.currency
    return (
        f"Of {_money(whole.value, currency)} of pipeline created since {first}, {_money(end.value, currency)} "
        f"({float(share):.1%}) was created in the last {LAST_DAYS} days: it was added at the last minute. Review the "
        "pipeline every month, and weigh it by what history won rather than by close dates that were hoped for."
    )


def _created(asked: Asked, question: Question, first: date, last: date) -> Row:
    return ask(asked, replace(question, metric="pipeline.created", period=f"{first}..{last}", by=())).total


def inflated(asked: Asked, question: Question) -> str | None:
    """Say how much of the qualified pipeline is stale by the contract, or lacks the evidence of its stage."""
    metric = BY_ID["pipeline.stale"]
    plain = replace(question, metric=metric.id, by=(), period=None, records=False, original=False)

    def summed(fact: str) -> Row:
        like = replace(metric, fact=fact)
        return count(counting(asked, plain, like, view_of(asked, plain, like)))[0]

    whole = summed("units")
    if whole.n < LEAST or not whole.value:
        return None
    told = []
    if not nothing_asked("stale", asked.contract) and (stale := _amount(summed("stale"))):
        told.append(f"{_of(stale, whole)} is stale by the contract")
    if not nothing_asked("evidenced", asked.contract):
        lacking = _amount(summed("claimed_stage")) - _amount(summed("evidenced"))
        if lacking:
            told.append(f"{_of(lacking, whole)} lacks the evidence that its stage asks for")
    if not told:
        return None
    amount = _money(whole.value, asked.contract.company.currency)
    return (
        f"Of {amount} of open qualified pipeline {' and '.join(told)}: by so much it is inflated. Hold deals to the "
        "criteria of their stage, and close what is stale; the records of pipeline.stale name the deals."
    )


def weak_handoffs(total: ClockRow) -> str | None:
    """Say what most breaches have in common; nothing of few of them, nor while compliance is within a band it has."""
    if total.breached < LEAST or total.row.verdict not in (None, BELOW):
        return None
    name, n = max(total.classes.items(), key=lambda one: one[1])
    if name not in REMEDIES or n * TWICE < total.breached:
        return None
    return f"{n:,} of {total.breached:,} breaches are of the class {name}: {REMEDIES[name]}"


REMEDIES = {
    "system delay": "the hand-offs themselves came late. Look at what passes them on between the systems.",
    "assignment delay": "nobody who could answer owned them in time: routing has gaps. Say who owns the edge cases, "
    "and let what has no owner escalate.",
    "human delay": "they had their owner in time and were followed up late. Watch deadlines before they pass, "
    "escalate, and review the exceptions every week.",
    "bad data": "what was handed over could not be worked. Hold hand-offs to the fields that their stage requires.",
}


def _amount(row: Row) -> Decimal:
    return Decimal(row.value or 0)


def _of(amount: Decimal, whole: Row) -> str:
    return f"{amount:,.2f} ({float(amount / _amount(whole)):.1%})"


def _money(amount: object, currency: str) -> str:
    return f"{Decimal(str(amount)):,.2f} {currency}"
