"""Marketing automation: campaigns, leads, their touches and how far they came."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from tieout.demo.accounts import INDUSTRIES, SIZES, any_segment, domain_of, person, words
from tieout.demo.people import team_members
from tieout.demo.world import LAST_PULL, Deal, Record, Row, World, between, moment, stamp, stream, workday

CHANNELS = {
    "Organic Search": "Organic Search",
    "Paid Search": "Paid Search",
    "Webinar": "Webinar",
    "Event": "Event",
    "Content Syndication": "Content Syndication",
    "Referral": "Email",
    "Partner": "Email",
    "Outbound": "Email",
    "": "Website",
    "unknown": "Website",
}
"""Lead source to the channel whose campaigns bring it."""
LEAD_SOURCES = (*CHANNELS,)
SOURCE_WEIGHTS = (20, 17, 14, 9, 12, 6, 4, 10, 5, 3)
QUARTERS = tuple(date(2023 + (4 + 3 * step) // 12, (4 + 3 * step) % 12 + 1, 1) for step in range(14))
TARGET = 12000


def campaign_of(channel: str, day: date) -> str:
    """Give the campaign of a channel that runs on `day`."""
    start = max((first for first in QUARTERS if first <= day), default=QUARTERS[0])
    return f"CMP-{start:%y%m}-{channel.replace(' ', '').upper()[:7]}"


def campaigns() -> list[Record]:
    """Make a campaign for each channel and fiscal quarter."""
    rng = stream("campaigns")
    made = []
    for start in QUARTERS:
        ends = (start + timedelta(days=95)).replace(day=1) - timedelta(days=1)
        for channel in dict.fromkeys(CHANNELS.values()):
            record = Record(campaign_of(channel, start))
            row = {
                "name": f"{channel} {start:%b %Y}",
                "channel": channel,
                "start_date": str(start),
                "end_date": str(ends),
            }
            record.put(
                moment(rng, workday(start - timedelta(days=5))),
                {**row, "budget": f"{rng.randint(8, 60)}000.00", "currency": "USD"},
            )
            made.append(record)
    return made


def new_lead(world: World, rng: Random, at: datetime, fields: Row) -> Record:
    """Make a lead at a time, with its first touch."""
    record = Record(f"LD{len(world.leads) + 1:06d}")
    source = rng.choices(LEAD_SOURCES, SOURCE_WEIGHTS)[0]
    row = {
        **person(rng, fields.get("domain") or "mail.example"),
        "lead_source": source,
        "status": "new",
        "score": str(rng.randint(1, 6)),
        "campaign_id": campaign_of(CHANNELS[source], at.date()),
        "landing_page": f"/{rng.choice(('pricing', 'webinar', 'guide', 'demo', 'blog'))}",
        "created_at": stamp(at),
        **fields,
    }
    row.pop("domain", "")
    record.put(at, row)
    world.leads.append(record)
    touch(world, rng, record, at)
    return record


def lead_of(world: World, rng: Random, deal: Deal | None, day: date) -> Record:
    """Give the lead behind a claim: the deal's own the first time, later another person of the company."""
    opened = deal.record.born.date() if deal else day
    at = moment(rng, workday(min(opened, day) - timedelta(days=rng.randint(6, 50))))
    if not deal:
        return new_lead(world, rng, at, company_fields(rng))
    if deal.lead:
        return new_lead(world, rng, at, fields_of(deal.account))
    deal.lead = convert(world, rng, deal, at)
    return deal.lead


def convert(world: World, rng: Random, deal: Deal, at: datetime) -> Record:
    """Make the lead that became this deal, and let the deal name it."""
    source = deal.record.now["LeadSource"]
    known = source if source in CHANNELS else "Webinar"
    fields = {**fields_of(deal.account), "lead_source": known, "campaign_id": campaign_of(CHANNELS[known], at.date())}
    lead = new_lead(world, rng, at, fields)
    opened = deal.record.born
    grow(world, rng, lead, opened, ("mql", "sal", "sql"))
    lead.put(
        opened,
        {
            "status": "converted",
            "score": str(rng.randint(6, 10)),
            "account_id": deal.account.id,
            "opportunity_id": deal.id,
        },
    )
    world.log("lifecycle_changes", opened, change(world, lead, "opportunity", opened))
    deal.record.versions[:] = [(when, {**row, "Lead__c": lead.id}) for when, row in deal.record.versions]
    return lead


def grow(world: World, rng: Random, lead: Record, until: datetime, stages: tuple[str, ...]) -> None:
    """Take a lead through lifecycle stages before `until`, with touches on the way."""
    start = lead.versions[-1][0]
    span = (until - start) / (len(stages) + 1)
    for number, stage in enumerate(stages, 1):
        at = start + span * number
        at = at.replace(hour=14 + at.hour % 8, microsecond=0)
        at = min(max(at, lead.versions[-1][0] + timedelta(minutes=1)), until)
        lead.put(
            at,
            {
                "status": {"mql": "marketing qualified", "sal": "accepted", "sql": "sales qualified"}[stage],
                "score": str(rng.randint(6, 10)),
                "owner_id": rng.choice(team_members(world, "SDR")),
            },
        )
        at = lead.versions[-1][0]
        world.log("lifecycle_changes", at, change(world, lead, stage, at))
        if stage != "sql":
            touch(world, rng, lead, at - timedelta(minutes=rng.randint(2, 50)))


def change(world: World, lead: Record, stage: str, at: datetime, reason: str = "") -> Row:
    """Write a lifecycle change."""
    number = len(world.logs.get("lifecycle_changes", ())) + 1
    return {
        "change_id": f"LC{number:07d}",
        "lead_id": lead.id,
        "new_stage": stage,
        "changed_at": stamp(at),
        "reason": reason,
        "changed_by": lead.now.get("owner_id", ""),
    }


def touch(world: World, rng: Random, lead: Record, at: datetime) -> None:
    """Write a campaign touch of a lead."""
    row = lead.now
    campaign = row["campaign_id"] if rng.random() < 0.6 else campaign_of(rng.choice(list(CHANNELS.values())), at.date())
    number = len(world.logs.get("touches", ())) + 1
    world.log(
        "touches",
        at,
        {
            "touch_id": f"T{number:07d}",
            "lead_id": lead.id,
            "campaign_id": campaign,
            "touch_type": rng.choice(("form fill", "click", "attended", "download")),
            "channel": row["lead_source"] or "Website",
            "touched_at": stamp(at),
        },
    )


def fields_of(account: Record) -> Row:
    """Give a lead's company fields as its company has them."""
    row = account.versions[0][1]
    return {
        "domain": domain_of(account),
        "company_name": row["Name"].strip(),
        "industry": row["Industry"],
        "employees": row["NumberOfEmployees"],
        "country": row["BillingCountry"],
    }


def company_fields(rng: Random) -> Row:
    """Draw a company that never became an account."""
    name = rng.choice(words("first")) + rng.choice(words("second"))
    size = rng.randint(*SIZES[any_segment(rng)])
    return {
        "domain": f"{name.lower()}.example",
        "company_name": name,
        "industry": rng.choice(INDUSTRIES),
        "employees": str(size) if rng.random() < 0.9 else "",
        "country": rng.choice(("US", "US", "CA", "DE", "FR", "GB", "AU", "")),
    }


def lay_leads(world: World) -> None:
    """Give past deals their leads, then fill up with the leads that came to nothing, then lay traps."""
    rng = stream("leads")
    for deal in world.deals:
        if deal.kind == "new" and not deal.lead and deal.record.now["LeadSource"] not in {"Outbound", "Partner"}:
            born = deal.record.born
            convert(world, rng, deal, moment(rng, workday(born.date() - timedelta(days=rng.randint(6, 60)))))
    while len(world.leads) < TARGET:
        _unconverted(world, rng)
    _peculiar(world, rng)


def _unconverted(world: World, rng: Random) -> None:
    day = between(rng, date(2023, 9, 1), LAST_PULL)
    known = rng.random() < 0.12
    fields = fields_of(rng.choice(world.accounts)) if known else company_fields(rng)
    lead = new_lead(world, rng, moment(rng, day), fields)
    depth = rng.choices((0, 1, 2, 3), (74, 18, 5, 3))[0]
    end = datetime(day.year, day.month, day.day, 20) + timedelta(days=rng.randint(5, 60))
    if depth and end.date() < LAST_PULL:
        grow(world, rng, lead, end, ("mql", "sal", "sql")[:depth])
        reason = rng.choice(("No budget", "Not a fit", "No answer", "Student", "Competitor"))
        later = lead.versions[-1][0] + timedelta(days=1)
        if later.date() <= LAST_PULL:
            lead.put(later, {"status": "recycled" if rng.random() < 0.4 else "disqualified"})
            world.log("lifecycle_changes", later, change(world, lead, "lead", later, reason))


def _peculiar(world: World, rng: Random) -> None:
    """Lay the traps about leads."""
    open_leads = [lead for lead in world.leads if lead.now["status"] == "new" and lead.born.year < 2026]
    for original in rng.sample(open_leads, 40):
        at = original.born + timedelta(days=rng.randint(3, 90))
        fields = {**original.now, "Email": original.now["Email"].upper(), "created_at": stamp(at)}
        double = new_lead(world, rng, at, fields)
        if rng.random() < 0.5:
            double.put(at + timedelta(days=20), {"merged_into": original.id})
            world.trap("a lead merged into another", double.id)
        else:
            world.trap("a lead twice, the email in another case", f"{original.id}/{double.id}")
    for lead in rng.sample(open_leads, 60):
        account = rng.choice(list(world.customers.values()))
        at = max(lead.versions[-1][0], account.born) + timedelta(days=4)
        if at.date() <= LAST_PULL:
            lead.put(at, {"status": "converted", "account_id": account.id})
            world.trap("a lead converted into a company that was a customer", lead.id)
    won = [(deal, deal.lead) for deal in world.deals if deal.won and deal.lead and deal.kind == "new"]
    for deal, lead in rng.sample(won, 5):
        late = stamp(deal.record.versions[-1][0] + timedelta(days=6))
        lead.versions[:] = [(at, {**row, "created_at": late}) for at, row in lead.versions]
        world.trap("a deal won before its lead's first contact", f"{deal.id}/{lead.id}")


LEAD_COLUMNS = (
    "lead_id",
    "FirstName",
    "LastName",
    "Email",
    "Phone",
    "Title",
    "company_name",
    "industry",
    "employees",
    "country",
    "lead_source",
    "status",
    "score",
    "campaign_id",
    "landing_page",
    "owner_id",
    "account_id",
    "opportunity_id",
    "merged_into",
    "created_at",
    "updated_at",
)


def null_sources(world: World) -> None:
    """Note the leads whose source is missing or says so."""
    for lead in world.leads:
        if lead.now["lead_source"] in {"", "unknown"}:
            world.trap("a lead whose source is null or 'unknown'", lead.id)
