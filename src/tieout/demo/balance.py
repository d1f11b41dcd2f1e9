"""Make the four totals exact: records that one lens alone counts, the last of each with the amount that is missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout.demo.accounts import any_segment, price
from tieout.demo.claims import add_claim
from tieout.demo.deals import LIKELIHOOD, Terms
from tieout.demo.plant import EURO_SHARE, NO_EDGE, enter, pick, whose
from tieout.demo.plot import TOTALS, Plot
from tieout.demo.recipes import Recipe, recipes
from tieout.demo.shape import Made, make
from tieout.demo.sheet import Posting, Sheet
from tieout.demo.world import Record, between, stream

MOST = 60000
"""A balancing record is worth no more than this."""

ORPHANS = 10


def orphan(plot: Plot, amount: Decimal, currency: str = "USD") -> Record:
    """Let marketing claim an amount without an opportunity: it counts there alone."""
    rng = plot.rng
    day = between(rng, date(2026, 8, 3), date(2026, 9, 18))
    record = add_claim(plot.world, rng, None, day, (f"{amount:.2f}", currency))
    sheet = Sheet(0, 0, 0, 0, 0, 0, Decimal(0), currency, 1)
    value = sheet.spot(amount)
    for bridge, sign in (("agreed>marketing", 1), ("marketing>sales", -1), ("marketing>finance", -1)):
        plot.truth.postings.append(Posting(bridge, record.id, "exists", sign * value, "claim without an opportunity"))
    plot.truth.count("marketing", value)
    return record


def balance(plot: Plot) -> None:
    """Plant records that one lens alone counts, the last of each with the amount that is missing to the total."""
    truth = plot.truth
    rng = plot.rng = stream("plant/claims")
    for _ in range(ORPHANS):
        euro = rng.random() < EURO_SHARE
        orphan(plot, Decimal(price(rng, any_segment(rng))), "EUR" if euro else "USD")
    rng = plot.rng = stream("plant/balance")
    for lens, recipe in zip(("agreed", "sales", "finance"), recipes("fillers.txt"), strict=True):
        number = NO_EDGE
        # finance counts a deal in Proposal at half of its TCV
        whole = 2 if lens == "finance" else 1
        while (missing := TOTALS[lens] - truth.totals[lens]) > MOST:
            _filler(plot, recipe, Decimal(price(rng, any_segment(rng)) * whole), number)
        truth.balancing.append(f"{lens}: {_filler(plot, recipe, missing * whole, number)}")
    while (missing := TOTALS["marketing"] - truth.totals["marketing"]) > MOST:
        orphan(plot, Decimal(price(rng, any_segment(rng))))
    truth.balancing.append(f"marketing: {orphan(plot, missing).id}")


def _filler(plot: Plot, recipe: Recipe, amount: Decimal, number: int) -> str:
    account, segment = whose(plot, recipe)
    worth = Terms(int(amount), int(amount), int(amount), 12)
    stage0 = pick(plot.rng, recipe.stage0)
    stage = stage0 if recipe.stage == recipe.stage0 else recipe.stage
    deal, _ = make(plot, recipe, Made(account, segment, (stage0, stage), worth, worth), number)
    exact = dict.fromkeys(("ARR__c", "ACV__c", "TCV__c"), f"{amount:.2f}")
    deal.record.versions[:] = [(at, {**row, **exact}) for at, row in deal.record.versions]
    enter(plot, deal, recipe, Sheet(amount, amount, amount, amount, amount, amount, Decimal(LIKELIHOOD[stage0])))
    return deal.id
