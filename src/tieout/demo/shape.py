"""How a planted record looks: when it was opened, what it was at the last month end, and what changed since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from tieout.demo.deals import CATEGORY, SOURCES, Opening, Terms, advance, close, new_deal, stage_row, worth_row
from tieout.demo.plot import Plot
from tieout.demo.recipes import Recipe
from tieout.demo.twists import claim, twist
from tieout.demo.world import Deal, Record, between, moment

OPENED = {
    "old": (date(2026, 5, 4), date(2026, 7, 24)),
    "aug": (date(2026, 8, 3), date(2026, 8, 11)),
    "sep": (date(2026, 9, 2), date(2026, 9, 10)),
}

SETTLED = {"old": date(2026, 8, 12), "aug": date(2026, 8, 17), "sep": date(2026, 9, 17)}
"""By when a record has reached its stage at month end, or today's where it was opened since."""

DUE = {
    "jul": (date(2026, 6, 15), date(2026, 7, 31)),
    "aug": (date(2026, 8, 3), date(2026, 8, 31)),
    "sep": (date(2026, 9, 1), date(2026, 9, 21)),
    "oct": (date(2026, 9, 22), date(2026, 10, 30)),
    "nov": (date(2026, 11, 2), date(2026, 11, 30)),
    "far": (date(2026, 12, 1), date(2027, 1, 29)),
}

SINCE = (date(2026, 9, 2), date(2026, 9, 18))


@dataclass(frozen=True, slots=True)
class Made:
    """What a record is made from: company, segment, stages at month end and today, terms today and at month end."""

    account: Record
    segment: str
    stages: tuple[str, str]
    worth: Terms
    before: Terms


def make(plot: Plot, recipe: Recipe, made: Made, number: int) -> tuple[Deal, int]:
    """Make the record a recipe describes; give it with how many of its claims count."""
    world, rng, worth = plot.world, plot.rng, made.worth
    opened = between(rng, *OPENED[recipe.opened])
    deal = new_deal(world, rng, made.account, Opening(recipe.kind or "new", made.segment, opened, made.before))
    _shape(rng, deal, recipe, made.stages, number)
    if made.before != worth:
        deal.record.put(moment(rng, between(rng, *SINCE)), worth_row(worth))
        deal.arr, deal.acv, deal.tcv, deal.months = worth.arr, worth.acv, worth.tcv, worth.months
    for name in filter(None, (*recipe.twist.split(", "), "" if recipe.kind else "no type")):
        twist(plot, deal, name)
    return deal, claim(plot, deal, recipe, number)


def due_day(rng: Random, due: str, number: int) -> date:
    """Draw a close date; the first records of a recipe take the edges of the window, weekend or not."""
    first, last = DUE[due]
    edges = {"oct": (date(2026, 10, 31), first), "nov": (date(2026, 11, 1), last), "sep": (last, first)}.get(due, ())
    return edges[number] if number < len(edges) else between(rng, first, last)


def _shape(rng: Random, deal: Deal, recipe: Recipe, stages: tuple[str, str], number: int) -> None:
    """Give the record its way: the stage and close date at month end, then what changed since."""
    first = deal.record.versions[0][1]
    stage0, stage = stages
    settled = stage0 or stage
    first |= {"CloseDate": str(due_day(rng, recipe.due0, number)), "Sales_Accepted__c": "true"}
    if recipe.kind in {"", "new"}:
        known = {source: weight for source, weight in SOURCES.items() if source != "Partner"}
        first["LeadSource"] = rng.choices([*known], [*known.values()])[0]
    by = SETTLED[recipe.opened]
    if settled in CATEGORY:
        way = list(CATEGORY)[1 : list(CATEGORY).index(settled) + 1]
        if recipe.twist == "re-opened":
            close(rng, deal, between(rng, date(2026, 7, 27), date(2026, 7, 30)), won=False)
            deal.record.put(
                moment(rng, date(2026, 8, 5)),
                {"CloseDate": first["CloseDate"], "Loss_Reason__c": "", "Competitor__c": "", **stage_row(settled)},
            )
            deal.closed_on = None
        else:
            advance(rng, deal, way, by)
    else:
        advance(rng, deal, ("Qualification", "Proposal"), date(2026, 8, 4))
        close(rng, deal, between(rng, date(2026, 8, 10), date(2026, 8, 20)), won=settled == "Closed Won")
    _since(rng, deal, recipe, stages, number)


def _since(rng: Random, deal: Deal, recipe: Recipe, stages: tuple[str, str], number: int) -> None:
    """Change what changed after the month end."""
    stage0, stage = stages
    day = between(rng, *SINCE)
    if stage0 and stage.startswith("Closed") and stage != stage0:
        close(rng, deal, day, won=stage == "Closed Won")
        return
    changes = stage_row(stage) if stage0 and stage != stage0 else {}
    if recipe.due != recipe.due0:
        changes["CloseDate"] = str(due_day(rng, recipe.due, number))
    if changes:
        deal.record.put(moment(rng, day), changes)
