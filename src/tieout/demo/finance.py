"""Finance: contracts that run, what they earn each month, what Marlow spends, its plan and its quotas."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from tieout.demo.deals import Terms, terms
from tieout.demo.leads import campaign_of
from tieout.demo.world import LAST_PULL, Deal, Record, Row, World, moment, stream, workday

PRODUCTS = ("Core", "Core", "Core", "Insights", "Automation")


def add_months(day: date, months: int) -> date:
    """Move a day by whole months, to the month's last day where it is shorter."""
    total = day.year * 12 + day.month - 1 + months
    year, month = total // 12, total % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


@dataclass(slots=True)
class Contract:
    """A running contract, its subscription record in the billing system, and its terms so far."""

    account: Record
    record: Record
    worth: Terms
    starts: date
    ends: date
    product: str = "Core"
    cancelled: date | None = None
    steps: list[tuple[date, date, int]] = field(default_factory=list)
    """ARR by days, half-open."""

    def terms(self) -> Row:
        """Give what the billing system says when a contract begins."""
        return {
            "customer_id": self.account.id,
            "product": self.product,
            "arr": f"{self.worth.arr}.00",
            "currency": self.worth.currency,
            "start_date": str(self.starts),
            "end_date": str(self.ends),
            "status": "active",
        }

    def renew(self, rng: Random) -> None:
        """Go on for another term, sometimes for more or less."""
        change = rng.choices((90, 100, 106, 120), (8, 32, 44, 16))[0]
        self.worth = terms(rng, self.worth.arr * change // 10000 * 100, self.worth.currency)
        first, self.ends = self.ends, add_months(self.ends, self.worth.months)
        self.steps.append((first, self.ends, self.worth.arr))
        self.record.put(moment(rng, workday(first)), {"arr": f"{self.worth.arr}.00", "end_date": str(self.ends)})

    def cancel(self, rng: Random) -> None:
        """End with the term."""
        self.cancelled = self.ends
        self.record.put(moment(rng, workday(self.ends)), {"status": "cancelled", "cancelled_on": str(self.ends)})


def sign(world: World, rng: Random, deal: Deal) -> Contract:
    """Start the contract of a won deal."""
    worth = Terms(deal.arr, deal.acv, deal.tcv, deal.months, deal.currency)
    closed = deal.record.versions[-1][0]
    starts = closed.date() + timedelta(days=rng.choice((1, 1, 4, 12, 25)))
    contract = _start(world, rng, deal.account, worth, (starts, add_months(starts, worth.months)))
    contract.record.put(closed + timedelta(hours=1), {**contract.terms(), "opportunity_id": deal.id})
    return contract


def inherit(world: World, rng: Random, account: Record, worth: Terms, ends: date) -> Contract:
    """Start the contract of a customer older than the CRM."""
    starts = add_months(ends, -worth.months)
    contract = _start(world, rng, account, worth, (starts, ends))
    contract.record.put(moment(rng, workday(starts)), contract.terms())
    return contract


def _start(world: World, rng: Random, account: Record, worth: Terms, term: tuple[date, date]) -> Contract:
    record = Record(f"SUB-{len(world.subscriptions) + 1:05d}")
    world.subscriptions.append(record)
    world.customers[account.id] = account
    return Contract(account, record, worth, *term, product=rng.choice(PRODUCTS), steps=[(*term, worth.arr)])


def sign_rest(world: World) -> list[Contract]:
    """Start the contracts of the deals won in the quarter under review."""
    rng = stream("finance/quarter")
    signed = {record.now.get("opportunity_id") for record in world.subscriptions}
    return [sign(world, rng, deal) for deal in world.deals if deal.won and deal.kind == "new" and deal.id not in signed]


def earn(world: World, contracts: list[Contract]) -> None:
    """Write what each contract earned in each month, to the cent of a year; a credit note here and there."""
    rng = stream("revenue")
    for first in MONTHS:
        for contract in contracts:
            arr = next((arr for start, end, arr in contract.steps if start <= first < end), 0)
            if not arr or (contract.cancelled and first >= contract.cancelled):
                continue
            amount = monthly(arr, first.month)
            day = min(first.replace(day=3 + contract.starts.day % 20), LAST_PULL)
            _book(world, contract, day, f"{amount:.2f}", "recurring")
            if rng.random() < 0.004:
                later = add_months(first, 1).replace(day=9)
                if later <= LAST_PULL:
                    _book(world, contract, later, f"-{amount:.2f}", "credit")
                    world.trap(
                        "a credit note in the month after its invoice", world.logs["invoices"][-1][1]["invoice_line"]
                    )


def monthly(arr: int, month: int) -> Decimal:
    """Give a month's part of a yearly amount: twelve of them are the whole."""
    whole, more = divmod(arr * 100, 12)
    return Decimal(whole + (month <= more)) / 100


def _book(world: World, contract: Contract, day: date, amount: str, kind: str) -> None:
    number = len(world.logs.get("invoices", ())) + 1
    at = datetime(day.year, day.month, day.day, 16, number % 60)
    world.log(
        "invoices",
        at,
        {
            "invoice_line": f"INV-{number:06d}",
            "customer_id": contract.account.id,
            "subscription_id": contract.record.id,
            "amount": amount,
            "currency": contract.worth.currency,
            "invoice_date": str(day),
            "line_type": kind,
        },
    )


LEDGER = (
    ("6100 Advertising", "program", "Paid Search", 21000),
    ("6110 Webinars", "program", "Webinar", 9000),
    ("6120 Events", "program", "Event", 16000),
    ("6130 Content syndication", "program", "Content Syndication", 8000),
    ("6140 Search and content", "program", "Organic Search", 7000),
    ("6150 Referral rewards", "program", "Email", 3000),
    ("6200 Marketing salaries", "people", "", 52000),
    ("6210 Sales salaries", "people", "", 190000),
    ("6220 Commissions", "commission", "", 48000),
    ("6300 Sales and marketing tools", "tools", "", 17000),
    ("6310 Agencies", "agency", "", 11000),
    ("6400 Allocated overhead", "overhead", "", 24000),
)


def spend(world: World) -> None:
    """Write the general-ledger extract: what sales and marketing cost, month by month."""
    rng = stream("spend")
    for index, first in enumerate(MONTHS):
        day = add_months(first, 1) - timedelta(days=1)
        if day > LAST_PULL:
            continue
        for account, kind, channel, base in LEDGER:
            amount = base * (100 + 2 * index) // 100 * rng.randint(85, 118) // 100
            number = len(world.logs.get("general_ledger", ())) + 1
            world.log(
                "general_ledger",
                datetime(day.year, day.month, day.day, 20),
                {
                    "entry_id": f"GL-{number:06d}",
                    "gl_account": account,
                    "category": kind,
                    "channel": channel,
                    "campaign_id": campaign_of(channel, first) if channel else "",
                    "amount": f"{amount}.00",
                    "currency": "USD",
                    "posted_on": str(day),
                },
            )


SHARES = {"SMB": 21, "Mid-Market": 40, "Enterprise": 39}
QUARTER_TARGETS = {2024: 900, 2025: 1150, 2026: 1450, 2027: 1740}
"""New and expansion ARR of a quarter, thousands, before the rise within the year."""


def targets() -> list[Record]:
    """Make the plan of record: new and expansion ARR by fiscal quarter and segment, set as a year begins."""
    made = []
    for year, base in QUARTER_TARGETS.items():
        at = datetime(max(year - 1, 2023), 2 if year > FIRST_YEAR else 9, 1, 16)
        for quarter in (1, 2, 3, 4):
            whole = base + (quarter - 1) * 30
            for segment, share in SHARES.items():
                record = Record(f"{year}-Q{quarter}-{segment}")
                amount = whole * share * 10
                record.put(
                    at,
                    {
                        "fiscal_quarter": f"{year}-Q{quarter}",
                        "segment": segment,
                        "target": f"{amount}.00",
                        "currency": "USD",
                        "kind": "bookings",
                    },
                )
                made.append(record)
    return made


def quotas(world: World) -> list[Record]:
    """Make the quotas: each seller's part of each fiscal quarter, while employed."""
    made = []
    for user in world.users:
        team = user.versions[0][1]["Department"]
        if team not in QUOTAS:
            continue
        for year in QUARTER_TARGETS:
            for quarter in (1, 2, 3, 4):
                record = Record(f"{user.id}-{year}-Q{quarter}")
                at = datetime(max(year - 1, 2023), 2 if year > FIRST_YEAR else 9, 1, 16)
                if user.now["IsActive"] == "false" and year == QUARTER_YEAR:
                    continue
                amount = QUOTAS[team] * (100 + 8 * (year - FIRST_YEAR)) // 100
                record.put(
                    at,
                    {
                        "user_id": user.id,
                        "fiscal_quarter": f"{year}-Q{quarter}",
                        "quota": f"{amount}.00",
                        "currency": "USD",
                    },
                )
                made.append(record)
    return made


QUOTAS = {
    "Field East": 130000,
    "Field West": 125000,
    "EMEA": 115000,
    "Growth": 75000,
    "Channel": 60000,
    "Customer Success": 35000,
}
FIRST_YEAR, QUARTER_YEAR = 2024, 2027
MONTHS = tuple(date(2023 + (8 + month) // 12, (8 + month) % 12 + 1, 1) for month in range(37))
