"""Plant the quarter under review: each record is made together with the postings it must produce.

A recipe (recipes.py) says how a record looks and who counts it; its sheet (sheet.py) gives the sums. Nothing reads the
exports back. The last few records of each lens take the amount that is missing to its total.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tieout.demo.accounts import any_segment, new_account, price
from tieout.demo.deals import CATEGORY, LIKELIHOOD, REASONS, SOURCES, Terms, advance, close, new_deal, stage_row, terms, worth_row
from tieout.demo.claims import add_claim
from tieout.demo.many import Case, cases
from tieout.demo.people import NOBODY
from tieout.demo.recipes import FILLERS, TABLE, Recipe, read
from tieout.demo.sheet import LENSES, Posting, Sheet, post
from tieout.demo.world import Deal, Record, World, between, moment, stream

TOTALS = {
    "agreed": Decimal("5412350.00"),
    "marketing": Decimal("8400000.00"),
    "sales": Decimal("6100000.00"),
    "finance": Decimal("7200000.00"),
}
OPENED = {"old": (date(2026, 5, 4), date(2026, 7, 24)), "aug": (date(2026, 8, 3), date(2026, 8, 11)), "sep": (date(2026, 9, 2), date(2026, 9, 10))}
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
CLAIMED = {"old": (date(2026, 8, 5), date(2026, 9, 18)), "aug": (date(2026, 8, 12), date(2026, 8, 17)), "sep": (date(2026, 9, 11), date(2026, 9, 18))}
FOREVER = date(2099, 1, 1)
EURO_SHARE = 0.18


@dataclass(slots=True)
class Truth:
    """What was planted: postings, each lens's total and count so far, and the postings worked by hand."""

    postings: list[Posting] = field(default_factory=list)
    totals: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(LENSES, Decimal(0)))
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LENSES, 0))
    by_hand: list[Posting] = field(default_factory=list)
    balancing: list[str] = field(default_factory=list)

    def count(self, lens: str, amount: Decimal) -> None:
        """Add a record to a lens's total."""
        self.totals[lens] += amount
        self.counts[lens] += 1


@dataclass(slots=True)
class Plot:
    """Where records are planted: the world, the truth, and what later recipes refer to."""

    world: World
    rng: Random
    renewing: list[Record]
    truth: Truth = field(default_factory=Truth)
    survivors: list[Deal] = field(default_factory=list)


def plant(world: World, renewing: list[Record]) -> Plot:
    """Plant every recipe of the table and the cases worked by hand, then balance the totals."""
    plot = Plot(world, stream("plant"), renewing)
    for recipe in read(TABLE):
        plot.rng = stream(f"plant/{recipe.name}")
        for number in range(recipe.count):
            _plant_one(plot, recipe, number if recipe.count >= ENOUGH else NO_EDGE)
    for number, case in enumerate(cases()):
        plot.rng = stream(f"plant/case {number}")
        _plant_case(plot, case)
    plot.rng = stream("plant/claims")
    for _ in range(ORPHANS):
        euro = plot.rng.random() < EURO_SHARE
        orphan(plot, Decimal(price(plot.rng, any_segment(plot.rng))), "EUR" if euro else "USD")
    balance(plot)
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
    sheet = Sheet(worth.arr, worth.acv, worth.tcv, before.arr, before.acv, before.tcv, likelihood, worth.currency, claims)
    enter(plot, deal, recipe, sheet)
    if recipe.name == "plain":
        plot.survivors.append(deal)


def enter(plot: Plot, deal: Deal, recipe: Recipe, sheet: Sheet) -> None:
    """Write a record's postings and add it to the totals of those who count it."""
    plot.truth.postings += post(deal.id, sheet, recipe.verdicts, recipe.name)
    for lens, amount in sheet.values().items():
        if not recipe.verdicts[lens]:
            plot.truth.count(lens, amount)
    plot.world.trap(f"{recipe.name} (recipe)", deal.id)


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
    return account, "SMB" if employees < 200 else "Mid-Market" if employees < 1000 else "Enterprise"  # noqa: PLR2004 the contract's segments


def draw(rng: Random, segment: str, recipe: Recipe, *, euro: bool) -> Terms:
    """Draw what a record is worth."""
    arr = price(rng, segment)
    if recipe.kind == "expansion":
        arr = max(3000, arr * 6 // 1000 * 100)
    worth = terms(rng, arr, "EUR" if euro else "USD")
    if euro and rng.random() < 0.5:  # noqa: PLR2004 half of the contracts in EUR are not in round hundreds
        odd = rng.randrange(1, 99)
        worth = Terms(worth.arr + odd, worth.acv + odd, worth.tcv + odd * (worth.months // 12), worth.months, "EUR")
    if recipe.twist == "only ARR":
        return Terms(worth.arr, worth.arr, worth.arr, 12, worth.currency)
    if recipe.twist in {"zero", "missing"}:
        return Terms(0, 0, 0, 12, worth.currency)
    return worth


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
    deal = new_deal(world, rng, made.account, kind=recipe.kind or "new", segment=made.segment, opened=opened, worth=made.before)
    _shape(rng, deal, recipe, made.stages, number)
    if made.before != worth:
        deal.record.put(moment(rng, between(rng, *SINCE)), worth_row(worth))
        deal.arr, deal.acv, deal.tcv, deal.months = worth.arr, worth.acv, worth.tcv, worth.months
    for name in filter(None, (*recipe.twist.split(", "), "" if recipe.kind else "no type")):
        twist(plot, deal, name)
    return deal, claim(plot, deal, recipe, number)


def _terms_before(rng: Random, worth: Terms) -> Terms:
    arr = worth.arr * rng.choice((7, 8, 12, 13)) // 1000 * 100
    return Terms(arr, arr, arr * (worth.months // 12), worth.months, worth.currency)


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
        first["LeadSource"] = rng.choice([source for source in SOURCES if source != "Partner"])
    by = SETTLED[recipe.opened]
    if settled in CATEGORY:
        way = list(CATEGORY)[1 : list(CATEGORY).index(settled) + 1]
        if recipe.twist == "re-opened":
            close(rng, deal, between(rng, date(2026, 7, 27), date(2026, 7, 30)), won=False)
            deal.record.put(moment(rng, date(2026, 8, 5)), {"CloseDate": first["CloseDate"], "Loss_Reason__c": "", "Competitor__c": "", **stage_row(settled)})
            deal.closed_on = None
        else:
            advance(rng, deal, way, by)
    else:
        advance(rng, deal, ("Qualification", "Proposal"), date(2026, 8, 4))
        close(rng, deal, between(rng, date(2026, 8, 10), date(2026, 8, 20)), won=settled == "Closed Won")
    _since(rng, deal, recipe, stage0, stage, number)


def _since(rng: Random, deal: Deal, recipe: Recipe, stage0: str, stage: str, number: int) -> None:
    """Change what changed after the month end."""
    day = between(rng, *SINCE)
    if stage0 and stage.startswith("Closed") and stage != stage0:
        close(rng, deal, day, won=stage == "Closed Won")
        return
    changes = stage_row(stage) if stage0 and stage != stage0 else {}
    if recipe.due != recipe.due0:
        changes["CloseDate"] = str(due_day(rng, recipe.due, number))
    if changes:
        deal.record.put(moment(rng, day), changes)


CONSTANT = {
    "no source": {"LeadSource": ""},
    "acceptance blank": {"Sales_Accepted__c": ""},
    "not accepted": {"Sales_Accepted__c": "false"},
    "partner": {"LeadSource": "Partner"},
    "omitted": {"ForecastCategoryName": "Omitted"},
    "no category": {"ForecastCategoryName": ""},
    "only ARR": {"ACV__c": "", "TCV__c": ""},
    "missing": {"ARR__c": "", "ACV__c": "", "TCV__c": ""},
    "no owner": {"OwnerId": NOBODY},
    "no type": {"Type": ""},
}
"""Twists that hold in every version of a record."""
GONE = {
    "deleted": (date(2026, 8, 25), FOREVER),
    "deleted since": (date(2026, 9, 8), FOREVER),
    "restored": (date(2026, 8, 25), date(2026, 9, 8)),
}


def twist(plot: Plot, deal: Deal, name: str) -> None:
    """Give a record the particular that its recipe names."""
    world, rng = plot.world, plot.rng
    record = deal.record
    if changes := CONSTANT.get(name):
        if name == "no source" and rng.random() < 0.5:  # noqa: PLR2004 half are null, half say so
            changes = {"LeadSource": "unknown"}
        record.versions[:] = [(at, {**row, **changes}) for at, row in record.versions]
    if name in GONE:
        record.gone.append(GONE[name])
    if name == "owner left":
        left = [user.id for user in world.users if user.now["IsActive"] == "false"]
        record.versions[:] = [(at, {**row, "OwnerId": rng.choice(left)}) for at, row in record.versions]
    if name in {"excluded", "account excluded", "expired"}:
        _exclude(world, deal, name)
    if name in {"merged", "duplicate"}:
        survivor = next(other for other in plot.survivors if other.account is deal.account)
        if name == "merged":
            record.put(moment(rng, between(rng, date(2026, 8, 19), date(2026, 8, 24))), {"MergedInto__c": survivor.id})
        else:
            world.merges.append({"object": "opportunity", "id": deal.id, "into": survivor.id, "reason": "Same project, entered twice", "owner": "Alice Moreau", "expires": ""})  # fmt: skip


def _exclude(world: World, deal: Deal, name: str) -> None:
    thing, key = ("account", deal.account.id) if name == "account excluded" else ("opportunity", deal.id)
    reason, expires = ("Under dispute until June", "2026-06-30") if name == "expired" else (REGISTER[len(world.exclusions) % len(REGISTER)], "")
    if name == "account excluded":
        reason = "Sister company, sold at cost"
    world.exclusions.append({"object": thing, "id": key, "reason": reason, "owner": "Kofi Mensah", "from": "2026-03-01" if expires else "", "expires": expires})


REGISTER = ("Test deal", "Test deal", "Training example of the sales academy", "Pilot without a contract", "Grant, not pipeline")


def claim(plot: Plot, deal: Deal, recipe: Recipe, number: int) -> int:
    """Let marketing claim the deal; give how many claims count in the period."""
    if recipe.claims == "none":
        return 0
    rng = plot.rng
    if recipe.claims == "old":
        day = between(rng, deal.record.born.date(), date(2026, 7, 30))
        add_claim(plot.world, rng, deal, day)
        if not number:
            # half past eleven on 31 July in New York, though already August in UTC
            record = plot.world.claims[-1]
            row = {**record.now, "credited_at": "2026-08-01T03:30:00Z"}
            record.versions[:] = [(moment(rng, date(2026, 8, 3)), row)]
        return 0
    many = 1 if recipe.claims == "in" else int(recipe.claims)
    for _ in range(many):
        first, last = CLAIMED[recipe.opened]
        add_claim(plot.world, rng, deal, between(rng, first, last))
    return many


def orphan(plot: Plot, amount: Decimal, currency: str = "USD") -> Record:
    """Let marketing claim an amount without an opportunity: it counts there alone."""
    rng = plot.rng
    day = between(rng, date(2026, 8, 3), date(2026, 9, 18))
    record = add_claim(plot.world, rng, None, day, f"{amount:.2f}", currency)
    sheet = Sheet(0, 0, 0, 0, 0, 0, Decimal(0), currency, 1)
    value = sheet.spot(amount)
    for bridge, sign in (("agreed>marketing", 1), ("marketing>sales", -1), ("marketing>finance", -1)):
        plot.truth.postings.append(Posting(bridge, record.id, "exists", sign * value, "claim without an opportunity"))
    plot.truth.count("marketing", value)
    return record


def balance(plot: Plot) -> None:
    """Plant records that one lens alone counts, the last of each with the amount that is missing to the total."""
    truth = plot.truth
    rng = plot.rng = stream("plant/balance")
    for lens, recipe in zip(("agreed", "sales", "finance"), read(FILLERS), strict=True):
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
    enter(plot, deal, recipe, Sheet(*[amount] * 6, p=Decimal(LIKELIHOOD[stage0])))
    return deal.id


MOST = 60000
"""A balancing record is worth no more than this."""
ORPHANS = 14
ENOUGH = 8
"""A recipe of at least this many records has some at the edges of its window."""
NO_EDGE = 9
"""A number of record that takes no close date at the edge of its window."""
