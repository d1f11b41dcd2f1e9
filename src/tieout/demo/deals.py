"""Opportunities: how one is made and moves. `past.py` lays the closed history, `plant.py` the quarter under review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from tieout.demo.people import sellers, team_members
from tieout.demo.world import Deal, Record, Row, World, moment, workday

COLUMNS = (
    "Id",
    "Name",
    "AccountId",
    "OwnerId",
    "Type",
    "StageName",
    "ForecastCategoryName",
    "CloseDate",
    "CreatedDate",
    "ARR__c",
    "ACV__c",
    "TCV__c",
    "CurrencyIsoCode",
    "Win_Likelihood__c",
    "LeadSource",
    "Lead__c",
    "Sales_Accepted__c",
    "Region__c",
    "Loss_Reason__c",
    "Competitor__c",
    "MergedInto__c",
    "LastModifiedDate",
)
OPEN_STAGES = ("Discovery", "Qualification", "Proposal", "Negotiation")
LIKELIHOOD = {"Discovery": "0.1", "Qualification": "0.25", "Proposal": "0.5", "Negotiation": "0.75", "Closed Won": "1"}
CATEGORY = {"Discovery": "Pipeline", "Qualification": "Pipeline", "Proposal": "Best Case", "Negotiation": "Commit"}
TYPES = {"new": "New Business", "expansion": "Expansion", "renewal": "Renewal", "": ""}
SOURCES = {
    "Organic Search": 11,
    "Paid Search": 10,
    "Webinar": 9,
    "Event": 7,
    "Content Syndication": 5,
    "Referral": 8,
    "Partner": 8,
    "Outbound": 42,
}
"""Sources of new business, with how often they are named."""
REASONS = ("Price", "No decision", "Lost to competitor", "Missing feature", "Timing", "No budget")
RIVALS = ("Ledgerly", "Pipehouse", "Tallyform", "")
RENAMED_ON = date(2025, 6, 10)
OLD_STAGE = "Solution Design"
"""What the stage Proposal was called before RENAMED_ON: every export then says the new name, with no modified time."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a deal is worth, in its own currency."""

    arr: int
    acv: int
    tcv: int
    months: int
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Opening:
    """How a deal begins: what kind of business, in which segment, on which day, worth what."""

    kind: str
    segment: str
    opened: date
    worth: Terms


def terms(rng: Random, arr: int, currency: str = "USD") -> Terms:
    """Draw a contract around an ARR: one to three years, services on top in some; ACV is TCV over the years."""
    months = rng.choices((12, 24, 36), (55, 25, 20))[0]
    years = months // 12
    services = rng.choices((0, 6, 12), (50, 30, 20))[0] * arr // 100
    services -= services % years
    return Terms(arr, arr + services // years, arr * years + services, months, currency)


def new_deal(world: World, rng: Random, account: Record, start: Opening) -> Deal:
    """Open a deal in Discovery on `opened`; a deal's region is its company's."""
    kind, segment, opened, worth = start.kind, start.segment, start.opened, start.worth
    record = Record(f"006Mw{len(world.deals) + 1:07d}")
    region = account.versions[0][1]["Region__c"]
    at = moment(rng, opened)
    what = {"new": "New", "expansion": "Expansion", "renewal": "Renewal"}[kind]
    record.put(
        at,
        {
            "Name": f"{account.versions[0][1]['Name'].strip()} - {what} {opened:%b %Y}",
            "AccountId": account.id,
            "OwnerId": rng.choice(
                sellers(world, segment, region) if kind == "new" else team_members(world, "Customer Success")
            ),
            "Type": TYPES[kind],
            "CreatedDate": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "CurrencyIsoCode": worth.currency,
            "LeadSource": rng.choices([*SOURCES], [*SOURCES.values()])[0] if kind == "new" else "Customer",
            "Sales_Accepted__c": "false",
            "Region__c": region,
            **stage_row("Discovery"),
            **worth_row(worth),
        },
    )
    deal = Deal(record, account, kind, segment, worth.currency, worth.arr, worth.acv, worth.tcv, worth.months)
    world.deals.append(deal)
    return deal


def stage_row(stage: str) -> Row:
    """Give the columns that follow the stage."""
    row = {
        "StageName": stage,
        "Win_Likelihood__c": LIKELIHOOD.get(stage, "0"),
        "ForecastCategoryName": CATEGORY.get(stage, "Closed"),
    }
    return row if stage == "Discovery" else {**row, "Sales_Accepted__c": "true"}


def worth_row(worth: Terms) -> Row:
    """Give the amount columns."""
    return {"ARR__c": f"{worth.arr}.00", "ACV__c": f"{worth.acv}.00", "TCV__c": f"{worth.tcv}.00"}


def advance(rng: Random, deal: Deal, stages: Sequence[str], last: date) -> None:
    """Walk a deal through `stages`, spread over the days from its last change to `last`."""
    start = deal.record.versions[-1][0].date()
    for step, stage in enumerate(stages, 1):
        day = workday(start + timedelta(days=max(1, (last - start).days * step // (len(stages) + 1))))
        deal.record.put(moment(rng, max(day, start)), stage_row(stage))


def close(rng: Random, deal: Deal, day: date, *, won: bool, stage: str = "") -> None:
    """Win or lose a deal on `day`."""
    row = stage_row(stage or ("Closed Won" if won else "Closed Lost"))
    if not won:
        row |= {"Loss_Reason__c": rng.choice(REASONS), "Competitor__c": rng.choice(RIVALS)}
        row["Sales_Accepted__c"] = deal.record.now["Sales_Accepted__c"]
    deal.record.put(moment(rng, day), {**row, "CloseDate": str(day)})
    deal.closed_on, deal.won = day, won


def renamed(row: Row, day: date) -> Row:
    """Give the row as an export of `day` shows it, before or after the stage was renamed."""
    if day < RENAMED_ON and row["StageName"] == "Proposal":
        return {**row, "StageName": OLD_STAGE}
    return row


TRACKED = ("StageName", "ARR__c", "CloseDate")
TRACKED_FROM = datetime(2025, 3, 22)


def log_changes(world: World) -> None:
    """Write the CRM's own field history: stage, ARR and close date, for the last eighteen months."""
    for deal in world.deals:
        before: Row = {}
        for at, row in deal.record.versions:
            if at >= TRACKED_FROM:
                then, was = renamed(row, at.date()), renamed(before, at.date()) if before else {}
                for name in TRACKED:
                    if then.get(name, "") != was.get(name, ""):
                        number = len(world.logs.get("opportunity_history", ())) + 1
                        world.log(
                            "opportunity_history",
                            at,
                            {
                                "Id": f"017Mw{number:08d}",
                                "OpportunityId": deal.id,
                                "Field": name,
                                "OldValue": was.get(name, ""),
                                "NewValue": then.get(name, ""),
                                "CreatedDate": f"{at:%Y-%m-%dT%H:%M:%SZ}",
                            },
                        )
            before = row
