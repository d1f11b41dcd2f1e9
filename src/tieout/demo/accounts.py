"""The companies Marlow sells to, and their people."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from random import Random

from tieout.demo.people import sellers
from tieout.demo.recipes import table
from tieout.demo.world import Record, Row, World, between, moment, stream, workday

TITLES = (
    "VP Operations",
    "Head of Finance",
    "IT Director",
    "Controller",
    "Chief Revenue Officer",
    "Operations Manager",
    "Analyst",
)
INDUSTRIES = (
    "Software",
    "Financial Services",
    "Healthcare",
    "Manufacturing",
    "Retail",
    "Logistics",
    "Professional Services",
)
PLACES = (
    ("Americas", "US", ("New York", "Chicago", "Austin", "Boston", "Denver", "Seattle")),
    ("Americas", "CA", ("Toronto", "Montréal")),
    ("EMEA", "DE", ("Berlin", "München", "Köln")),
    ("EMEA", "FR", ("Paris", "Lyon")),
    ("EMEA", "GB", ("London", "Leeds")),
    ("APAC", "AU", ("Sydney", "Melbourne")),
)
PLACE_WEIGHTS = (60, 7, 11, 8, 9, 5)
SIZES = {"SMB": (15, 199), "Mid-Market": (200, 999), "Enterprise": (1000, 24000)}
PRICES = {"SMB": (6, 19), "Mid-Market": (16, 40), "Enterprise": (42, 112)}
"""ARR of a first contract, thousands."""
SEGMENT_WEIGHTS = {"SMB": 45, "Mid-Market": 40, "Enterprise": 15}
ODD_NAMES = (
    'The "Quoted" Company, Inc.',
    "O'Hara & Sons; Freight",
    "Café Zürich 🚀 Labs",
    "شركة النور للتجارة",
    'חברת אלון בע"מ',
    "Line\nBreak Industries",
    "  Spaced   Out  Ltd ",
    "株式会社みらい",
    "=SUM(A1:A9) Ltd",
    "Ünïcødé Wörks GmbH",
)


@cache
def words(name: str) -> tuple[str, ...]:
    """Give a list of words that names are made of."""
    lines = (line.partition(": ") for line in table("words.txt").splitlines())
    return next(tuple(rest.split()) for found, _, rest in lines if found == name)


def any_segment(rng: Random) -> str:
    """Draw a segment as they come."""
    return rng.choices(list(SEGMENT_WEIGHTS), list(SEGMENT_WEIGHTS.values()))[0]


def segment_of(account: Record) -> str:
    """Give the segment of a company as first seen."""
    employees = int(account.versions[0][1]["NumberOfEmployees"])
    return next(segment for segment, (_, most) in SIZES.items() if employees <= most)


def price(rng: Random, segment: str) -> int:
    """Draw the ARR of a deal, in hundreds."""
    low, high = PRICES[segment]
    return round(rng.triangular(low, high, low + (high - low) / 3) * 10) * 100


def new_account(world: World, rng: Random, segment: str, day: date) -> Record:
    """Make a company and one to three of its people, first seen on `day`."""
    number = len(world.accounts) + 1
    record = Record(f"001Mw{number:07d}")
    first, second = words("first"), words("second")
    name = f"{first[number * 7 % len(first)]} {second[number * 11 % len(second)]}"
    name += ("", " Group", " Co")[number // (len(first) * len(second) // 2) % 3]
    region, country, cities = rng.choices(PLACES, PLACE_WEIGHTS)[0]
    employees = rng.randint(*SIZES[segment])
    domain = f"{name.lower().replace(' ', '-')}-{number}.example"
    record.put(
        moment(rng, workday(day)),
        {
            "Name": name,
            "Domain__c": domain,
            "Website": f"https://www.{domain}/",
            "Industry": rng.choice(INDUSTRIES),
            "NumberOfEmployees": str(employees),
            "AnnualRevenue": str(employees * rng.randint(90, 240) * 1000),
            "BillingCountry": country,
            "BillingCity": rng.choice(cities),
            "Region__c": region,
            "OwnerId": rng.choice(sellers(world, segment, region)),
        },
    )
    world.accounts.append(record)
    for _ in range(rng.choice((1, 2, 2, 3))):
        new_contact(world, rng, record, day)
    return record


def domain_of(account: Record) -> str:
    """Give the mail domain of a company, or a free one where it has none."""
    return account.versions[0][1]["Domain__c"] or "mail.example"


def person(rng: Random, domain: str) -> Row:
    """Draw a person's own fields."""
    first, family = rng.choice(words("persons")), rng.choice(words("families"))
    return {
        "FirstName": first,
        "LastName": family,
        "Email": f"{first}.{family}{rng.randint(1, 99)}@{domain}".lower(),
        "Phone": f"+1 555 {rng.randint(100, 999)} {rng.randint(1000, 9999)}",
        "Title": rng.choice(TITLES),
    }


def new_contact(world: World, rng: Random, account: Record, day: date) -> Record:
    """Make one person at a company."""
    record = Record(f"003Mw{len(world.contacts) + 1:07d}")
    record.put(moment(rng, workday(day)), {**person(rng, domain_of(account)), "AccountId": account.id})
    world.contacts.append(record)
    return record


def disturb(world: World) -> None:
    """Lay the traps about companies and people, after everything else refers to them."""
    rng = stream("accounts/traps")
    _names(world, rng)
    _segments(world, rng)
    _without_domain(world, rng)
    _doubles(world, rng)


def _names(world: World, rng: Random) -> None:
    for deal, name in zip(rng.sample(world.deals, len(ODD_NAMES)), ODD_NAMES, strict=True):
        account = deal.account
        account.versions[:] = [(at, {**row, "Name": name}) for at, row in account.versions]
        deal.record.versions[:] = [(at, {**row, "Name": f"{name} - {deal.kind}"}) for at, row in deal.record.versions]
        world.trap("a name with quotes, newline, emoji, right-to-left text, spaces or a formula", account.id, deal.id)


def _segments(world: World, rng: Random) -> None:
    """Let companies grow or shrink into another segment, outside the quarter under review."""
    for account in rng.sample([a for a in world.accounts if a.born.year < 2025], 24):
        size = int(account.now["NumberOfEmployees"])
        grown = rng.choice((size * 4, max(5, size // 4)))
        day = between(rng, date(2025, 3, 3), date(2026, 6, 30))
        account.put(moment(rng, day), {"NumberOfEmployees": str(grown)})
        world.trap("a company whose head count (and segment) changed", account.id)


def _without_domain(world: World, rng: Random) -> None:
    for account in rng.sample(world.accounts, 12):
        account.versions[:] = [(at, {**row, "Website": "", "Domain__c": ""}) for at, row in account.versions]
        world.trap("a company without a domain", account.id)
    for account in rng.sample(world.accounts[: len(world.accounts) // 2], 6):
        account.put(moment(rng, date(2026, 7, 14)), {"NumberOfEmployees": ""})
        world.trap("a company whose head count became unknown", account.id)


def _doubles(world: World, rng: Random) -> None:
    used = {deal.account.id for deal in world.deals} | set(world.customers)
    for original in rng.sample(world.accounts[:400], 8):
        double = new_account(world, rng, "Mid-Market", original.born.date() + timedelta(days=40))
        double.versions[0][1].update(
            {
                "Name": original.now["Name"].upper(),
                "Website": original.now["Website"],
                "Domain__c": original.now["Domain__c"],
            }
        )
        later = max(between(rng, date(2025, 2, 3), date(2025, 12, 19)), double.born.date() + timedelta(days=30))
        double.put(moment(rng, workday(later)), {"MergedInto__c": original.id})
        world.trap("a company merged into another", double.id)
    for contact in rng.sample([c for c in world.contacts if c.now["AccountId"] in used], 15):
        double = Record(f"003Mw{len(world.contacts) + 1:07d}")
        double.put(
            moment(rng, between(rng, date(2025, 1, 6), date(2026, 7, 31))),
            {**contact.versions[0][1], "Email": contact.versions[0][1]["Email"].title(), "Phone": ""},
        )
        world.contacts.append(double)
        world.trap("a person twice, the email in another case", f"{contact.id}/{double.id}")
