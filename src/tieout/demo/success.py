"""Customer success: health scores and product usage of customers, month by month; and the sellers' activities."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from tieout.demo.finance import MONTHS, Contract
from tieout.demo.world import LAST_PULL, Deal, World, moment, stamp, stream, workday


def care(world: World, contracts: list[Contract]) -> None:
    """Write a health score and two usage measures for each customer and month; they sink before a customer leaves."""
    rng = stream("success")
    for first in MONTHS:
        day = workday(first + timedelta(days=6))
        if day > LAST_PULL:
            continue
        seen: set[str] = set()
        for contract in contracts:
            running = contract.starts <= day and not (contract.cancelled and contract.cancelled <= day)
            if running and contract.account.id not in seen:
                seen.add(contract.account.id)
                leaving = contract.cancelled is not None and (contract.cancelled - day).days < 200
                _month(world, rng, contract, datetime(day.year, day.month, day.day, 15), 30 if leaving else 0)


def _month(world: World, rng: Random, contract: Contract, at: datetime, sunk: int) -> None:
    who = contract.account.id
    if rng.random() < 0.95:
        number = len(world.logs.get("health", ())) + 1
        row = {
            "score_id": f"H{number:06d}",
            "company_id": who,
            "score": str(rng.randint(55, 96) - sunk),
            "scored_at": stamp(at),
        }
        world.log("health", at, row)
    base = max(3, contract.worth.arr // 1200)
    for name, value in (
        ("active_users", base * rng.randint(70, 120) // (100 + sunk)),
        ("reports_run", base * rng.randint(4, 20) // (1 + sunk // 10)),
    ):
        number = len(world.logs.get("usage", ())) + 1
        world.log(
            "usage",
            at,
            {
                "usage_id": f"U{number:06d}",
                "company_id": who,
                "measure": name,
                "value": str(value),
                "measured_at": stamp(at),
            },
        )


KINDS = ("call", "meeting", "email", "email", "automated email")


def act(world: World) -> None:
    """Write the sellers' activities: on each deal from its lead's first call to its close, and on some leads alone."""
    rng = stream("activities")
    people: dict[str, list[str]] = {}
    for contact in world.contacts:
        people.setdefault(contact.now["AccountId"], []).append(contact.id)
    for deal in world.deals:
        _work(world, rng, deal, people.get(deal.account.id, [""]))
    for lead in world.leads:
        owner = lead.now.get("owner_id", "")
        if owner and rng.random() < 0.85:
            mql = next(at for at, row in lead.versions if row.get("owner_id"))
            at = mql + timedelta(minutes=round(rng.lognormvariate(5.6, 1.4)))
            if at.date() <= LAST_PULL:
                _activity(world, at, {"LeadId": lead.id, "OwnerId": owner, "ActivityType": "call", "Team": "sales"})
        elif rng.random() < 0.5:
            at = lead.born + timedelta(minutes=5)
            _activity(world, at, {"LeadId": lead.id, "ActivityType": "automated email", "Team": "marketing"})


def _work(world: World, rng: Random, deal: Deal, people: list[str]) -> None:
    first, last = deal.record.born, deal.record.versions[-1][0]
    last = max(last, first + timedelta(days=10))
    for _ in range(rng.randint(3, 9)):
        day = workday((first + (last - first) * rng.random()).date())
        at = max(moment(rng, day), first + timedelta(minutes=10))
        if at.date() > LAST_PULL:
            continue
        kind = rng.choice(KINDS)
        _activity(
            world,
            at,
            {
                "OpportunityId": deal.id,
                "AccountId": deal.account.id,
                "ContactId": rng.choice(people),
                "OwnerId": deal.record.now["OwnerId"],
                "ActivityType": kind,
                "Team": "sales",
                "LeadId": deal.lead.id if deal.lead and rng.random() < 0.2 else "",
            },
        )


def _activity(world: World, at: datetime, row: dict[str, str]) -> None:
    number = len(world.logs.get("activities", ())) + 1
    automated = "true" if row["ActivityType"] == "automated email" else "false"
    world.log(
        "activities",
        at,
        {
            **row,
            "Id": f"00TMw{number:07d}",
            "ActivityDateTime": stamp(at),
            "IsAutomated": automated,
            "Direction": "inbound" if number % 7 == 0 else "outbound",
            "Subject": row["ActivityType"].capitalize(),
        },
    )
