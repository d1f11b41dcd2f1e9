"""Plant the quarter under review: each record is made together with the postings it must produce.

A recipe says how a record looks and who counts it; its sheet (sheet.py) gives the sums. Nothing reads the exports back.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

from tieout.demo.accounts import any_segment, new_account, price
from tieout.demo.deals import LIKELIHOOD, Terms, terms
from tieout.demo.many import Case, cases
from tieout.demo.plot import Plot
from tieout.demo.recipes import Recipe, recipes
from tieout.demo.shape import OPENED, Made, make
from tieout.demo.sheet import Posting, Sheet, post
from tieout.demo.world import Deal, Record, World, stream

EURO_SHARE = 0.18

ENOUGH = 8
"""A recipe of at least this many records has some at the edges of its window."""

NO_EDGE = 9
"""A number of record that takes no close date at the edge of its window."""


def plant(world: World, renewing: list[Record]) -> Plot:
    """Plant every recipe of the table and the cases worked by hand, then balance the totals."""
    plot = Plot(world, stream("plant"), renewing)
    for recipe in recipes("recipes.txt"):
        plot.rng = stream(f"plant/{recipe.name}")
        for number in range(recipe.count):
            _plant_one(plot, recipe, number if recipe.count >= ENOUGH else NO_EDGE)
    for number, case in enumerate(cases()):
        plot.rng = stream(f"plant/case {number}")
        _plant_case(plot, case)
    return plot


def _plant_one(plot: Plot, recipe: Recipe, number: int) -> None:
    """Plant one record of a recipe: its looks, then the sums of its sheet."""
    rng = plot.rng
    account, segment = whose(plot, recipe)
    stage0 = pick(rng, recipe.stage0)
    stages = stage0, stage0 if recipe.stage == recipe.stage0 else pick(rng, recipe.stage)
    worth = draw(rng, segment, recipe, euro=rng.random() < EURO_SHARE and recipe.kind != "renewal")
    before = _terms_before(rng, worth) if recipe.twist == "amount" else worth
    made = Made(account, segment, stages, worth, before)
    deal, claims = make(plot, recipe, made, number)
    likelihood = Decimal(LIKELIHOOD.get(stage0, "0"))
    sheet = Sheet(
        worth.arr, worth.acv, worth.tcv, before.arr, before.acv, before.tcv, likelihood, worth.currency, claims
    )
    enter(plot, deal, recipe, sheet)
    if recipe.name == "plain":
        plot.survivors.append(deal)


def _plant_case(plot: Plot, case: Case) -> None:
    """Plant a record worked by hand: its postings and values are the constants of the case."""
    recipe = case.recipe
    account, segment = whose(plot, recipe)
    worth, before = (Terms(*amounts, case.months, case.currency) for amounts in (case.today, case.before))
    deal, _ = make(plot, recipe, Made(account, segment, (recipe.stage0, recipe.stage), worth, before), NO_EDGE)
    postings = [Posting(bridge, deal.id, name, amount, note) for bridge, name, amount, note in case.postings]
    plot.truth.postings += postings
    plot.truth.by_hand += postings
    for lens, amount in case.values.items():
        plot.truth.count(lens, amount)
    plot.world.trap(f"{recipe.name} (worked by hand)", deal.id)


def enter(plot: Plot, deal: Deal, recipe: Recipe, sheet: Sheet) -> None:
    """Write a record's postings and add it to the totals of those who count it."""
    plot.truth.postings += post(deal.id, sheet, recipe.verdicts, recipe.name)
    for lens, amount in sheet.values().items():
        if not recipe.verdicts[lens]:
            plot.truth.count(lens, amount)
    plot.world.trap(f"{recipe.name} (recipe)", deal.id)


def pick(rng: Random, stage: str) -> str:
    """Read `late` as Proposal or Negotiation."""
    return rng.choice(("Proposal", "Negotiation")) if stage == "late" else stage


def whose(plot: Plot, recipe: Recipe) -> tuple[Record, str]:
    """Find the company of a record: a prospect, a customer, or the survivor's where it is a duplicate."""
    rng = plot.rng
    if {"merged", "duplicate"} & set(recipe.twist.split(", ")):
        survivor = rng.choice(plot.survivors)
        return survivor.account, survivor.segment
    if recipe.kind == "renewal" and plot.renewing:
        account = plot.renewing.pop(0)
    elif recipe.kind in {"renewal", "expansion"}:
        account = rng.choice(list(plot.world.customers.values()))
    else:
        segment = any_segment(rng)
        first, _ = OPENED[recipe.opened]
        return new_account(plot.world, rng, segment, first - timedelta(days=rng.randint(5, 200))), segment
    employees = int(account.versions[0][1]["NumberOfEmployees"])
    return account, "SMB" if employees < 200 else "Mid-Market" if employees < 1000 else "Enterprise"


def draw(rng: Random, segment: str, recipe: Recipe, *, euro: bool) -> Terms:
    """Draw what a record is worth."""
    arr = price(rng, segment)
    if recipe.kind == "expansion":
        arr = max(3000, arr * 6 // 1000 * 100)
    worth = terms(rng, arr, "EUR" if euro else "USD")
    if euro and rng.random() < 0.5:
        odd = rng.randrange(1, 99)
        worth = Terms(worth.arr + odd, worth.acv + odd, worth.tcv + odd * (worth.months // 12), worth.months, "EUR")
    if recipe.twist == "only ARR":
        return Terms(worth.arr, worth.arr, worth.arr, 12, worth.currency)
    if recipe.twist in {"zero", "missing"}:
        return Terms(0, 0, 0, 12, worth.currency)
    return worth


def _terms_before(rng: Random, worth: Terms) -> Terms:
    arr = worth.arr * rng.choice((7, 8, 12, 13)) // 1000 * 100
    return Terms(arr, arr, arr * (worth.months // 12), worth.months, worth.currency)
