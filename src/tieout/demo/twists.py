"""What is particular about a planted record, and how marketing claims it."""

from __future__ import annotations

from datetime import date
from random import Random

from tieout.demo.claims import add_claim
from tieout.demo.people import NOBODY
from tieout.demo.plot import Plot
from tieout.demo.recipes import Recipe
from tieout.demo.world import Deal, World, between, moment

FOREVER = date(2099, 1, 1)

CLAIMED = {
    "old": (date(2026, 8, 5), date(2026, 9, 18)),
    "aug": (date(2026, 8, 12), date(2026, 8, 17)),
    "sep": (date(2026, 9, 11), date(2026, 9, 18)),
}

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
        if name == "no source" and rng.random() < 0.5:
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
            world.merges.append(
                {
                    "object": "opportunity",
                    "id": deal.id,
                    "into": survivor.id,
                    "reason": "Same project, entered twice",
                    "owner": "Alice Moreau",
                    "expires": "",
                }
            )


REGISTER = (
    "Test deal",
    "Test deal",
    "Training example of the sales academy",
    "Pilot without a contract",
    "Grant, not pipeline",
)


def _exclude(world: World, deal: Deal, name: str) -> None:
    thing, key = ("account", deal.account.id) if name == "account excluded" else ("opportunity", deal.id)
    reason, expires = (
        ("Under dispute until June", "2026-06-30")
        if name == "expired"
        else (REGISTER[len(world.exclusions) % len(REGISTER)], "")
    )
    if name == "account excluded":
        reason = "Sister company, sold at cost"
    world.exclusions.append(
        {
            "object": thing,
            "id": key,
            "reason": reason,
            "owner": "Kofi Mensah",
            "from": "2026-03-01" if expires else "",
            "expires": expires,
        }
    )


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
            _redate(plot, rng, "2026-08-01T03:30:00Z")
        return 0
    many = 1 if recipe.claims == "in" else int(recipe.claims)
    for _ in range(many):
        first, last = CLAIMED[recipe.opened]
        add_claim(plot.world, rng, deal, between(rng, first, last))
    if recipe.claims == "2" and recipe.opened == "old" and not number:
        # the first minutes of the period, still 31 July west of New York
        _redate(plot, rng, "2026-08-01T04:10:00Z")
    return many


def _redate(plot: Plot, rng: Random, credited_at: str) -> None:
    """Let the newest claim be dated at the edge of the period; it was written down on the Monday after."""
    record = plot.world.claims[-1]
    row = {**record.now, "credited_at": credited_at}
    record.versions[:] = [(moment(rng, date(2026, 8, 3)), row)]
    plot.world.trap("a claim within an hour of the quarter's beginning", record.id)
