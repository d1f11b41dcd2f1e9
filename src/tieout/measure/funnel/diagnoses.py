"""What the steps of a funnel say together: whether leads, their qualifying or their selling fall short.

Each is said only of a cohort that had its time, and only where the numbers take a verdict: a band is given, and n is
large enough.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.measure.numbers.arithmetic import BELOW, band_of
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.funnel_notes import too_few_leads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tieout.measure.answers import Question, Row
    from tieout.measure.funnel.parts import Part
    from tieout.measure.numbers.question import Asked

HEALTHY = "healthy"
WON = "win_rate.closed.count"
CONVERSIONS = ("lead_to_opportunity", "qualified_to_opportunity")


def diagnoses(asked: Asked, question: Question, whole: Part, *, by_lead: bool) -> Iterator[str]:
    """Say what is wrong, in sentences; `question` names the period of the cohort. Raises nothing of its own."""
    if whole.immature:
        return
    if by_lead:
        yield from _leads(asked, question)
    band = band_of(asked.contract, BY_ID[WON])
    if question.where or band is None or band.low is None:
        return
    won = _total(asked, question, WON)
    if won.verdict == BELOW and any(_total(asked, question, name).verdict == HEALTHY for name in CONVERSIONS):
        yield (
            f"People become opportunities as they should, and of the deals closed in the period only {_told(won)} were "
            "won: look at how deals are sold before asking for more leads."
        )


def _leads(asked: Asked, question: Question) -> Iterator[str]:
    leads = _total(asked, question, "lead_to_opportunity")
    if leads.verdict != BELOW or leads.immature:
        return
    yield too_few_leads(leads)
    qualified = _total(asked, question, "qualified_to_opportunity")
    if qualified.verdict == BELOW:
        yield f"Of those qualified only {_told(qualified)} become an opportunity: sales' own step loses too many."
    if qualified.verdict == HEALTHY:
        yield f"Of those qualified {_told(qualified)} become an opportunity, as they should: too few qualify."


def _total(asked: Asked, question: Question, metric: str) -> Row:
    return ask(asked, replace(question, metric=metric, by=(), records=False)).total


def _told(row: Row) -> str:
    return f"{float(row.value or 0):.1%} of {row.n:,}"
