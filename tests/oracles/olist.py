"""A recount of the Olist funnel: loops over the raw leads, deals and order items.

The files' time stamps have no offset and stand for local time, so that days compare as they are written.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.oracles.arithmetic import Days, Tally, percentile, tally

UNKNOWN = "(unknown)"
NO_LEAD = "(no lead)"
SECONDS_PER_DAY = 86_400


class Lead(NamedTuple):
    """A lead: the day of its first contact, and where it came from."""

    contacted: date
    source: str


class Deal(NamedTuple):
    """A won deal: its lead, the seller it became, when and in which segment."""

    lead: str
    seller: str
    won_at: datetime
    segment: str


class Item(NamedTuple):
    """An order item sold by a seller."""

    seller: str
    day: date
    price: Decimal


@dataclass(frozen=True, slots=True)
class Funnel:
    """The three systems' files."""

    leads: dict[str, Lead]
    deals: list[Deal]
    items: list[Item]


def read(folder: Path) -> Funnel:
    """Read the three systems' files."""
    base = folder / "olist"
    leads = {
        row["mql_id"]: Lead(date.fromisoformat(row["first_contact_date"]), source_of(row["origin"]))
        for row in _rows(base / "olist_marketing_qualified_leads_dataset.csv")
    }
    deals = [
        Deal(row["mql_id"], row["seller_id"], _time(row["won_date"]), row["business_segment"] or UNKNOWN)
        for row in _rows(base / "olist_closed_deals_dataset.csv")
    ]
    items = [
        Item(row["seller_id"], date.fromisoformat(row["shipping_limit_date"][:10]), Decimal(row["price"]))
        for row in _rows(base / "olist_order_items_dataset.csv.gz")
    ]
    return Funnel(leads, deals, items)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def source_of(origin: str) -> str:
    """Give the source that an origin means: an empty one and the word 'unknown' both mean not known."""
    return UNKNOWN if origin in {"", "unknown"} else origin


def won_by(funnel: Funnel, as_of: date) -> set[str]:
    """List the leads that were won by the end of a day."""
    return {deal.lead for deal in funnel.deals if deal.won_at <= datetime.combine(as_of, time.max)}


def conversion(funnel: Funnel, period: Days, as_of: date = date.max) -> dict[str, tuple[int, int]]:
    """Count, by source, the leads first contacted in the period: those won by the end of `as_of`, and all of them."""
    won = won_by(funnel, as_of)
    cohort: dict[str, list[bool]] = defaultdict(list)
    for name, lead in funnel.leads.items():
        if period.holds(lead.contacted):
            cohort[lead.source].append(name in won)
    return {source: (sum(found), len(found)) for source, found in cohort.items()}


def pooled(parts: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """Add up won and all over the sources."""
    return sum(won for won, _ in parts.values()), sum(n for _, n in parts.values())


def days_to_win(funnel: Funnel, as_of: date = date.max) -> list[float]:
    """List the days from the start of the day of first contact to winning, of the leads won by the end of `as_of`."""
    won = won_by(funnel, as_of)
    return [
        (deal.won_at - datetime.combine(funnel.leads[deal.lead].contacted, time.min)).total_seconds() / SECONDS_PER_DAY
        for deal in funnel.deals
        if deal.lead in won
    ]


def youngest_age(period: Days, as_of: date) -> int:
    """Give the days between the last day of a cohort and as-of."""
    return (as_of - period.last).days


def immature(funnel: Funnel, period: Days, as_of: date) -> bool:
    """Say whether a cohort's last leads have had less time than nine of ten wins took."""
    return youngest_age(period, as_of) < percentile(days_to_win(funnel, as_of), 0.9)


def revenue(funnel: Funnel, period: Days) -> dict[str, Tally]:
    """Add up the prices of the items dated in the period, by the source of the lead that became the seller."""
    sources = {deal.seller: funnel.leads[deal.lead].source for deal in funnel.deals}
    prices: dict[str, list[Decimal]] = defaultdict(list)
    for item in funnel.items:
        if period.holds(item.day):
            prices[sources.get(item.seller, NO_LEAD)].append(item.price)
    return {source: tally(found) for source, found in prices.items()}


def deals_won(funnel: Funnel, period: Days) -> dict[str, int]:
    """Count the deals won in the period by the seller's segment."""
    counts: dict[str, int] = defaultdict(int)
    for deal in funnel.deals:
        if period.holds(deal.won_at.date()):
            counts[deal.segment] += 1
    return dict(counts)


def won_before_contact(funnel: Funnel) -> list[Deal]:
    """List the deals that were won on a day before their lead's first contact."""
    return [deal for deal in funnel.deals if deal.won_at.date() < funnel.leads[deal.lead].contacted]


def moment(at: date | datetime) -> datetime:
    """Give the moment of a local time, or of the beginning of a local day."""
    told = at if isinstance(at, datetime) else datetime.combine(at, time.min)
    return told.replace(tzinfo=ZoneInfo("America/Sao_Paulo")).astimezone(UTC)


def within(funnel: Funnel, period: Days, days: int) -> dict[str, tuple[int, int]]:
    """Count, by month of first contact, the leads won within so many days of 24 hours, and all of them."""
    won = {deal.lead: moment(deal.won_at) for deal in funnel.deals}
    counts: dict[str, tuple[int, int]] = {}
    for name, lead in funnel.leads.items():
        if period.holds(lead.contacted):
            hits, n = counts.get(month := f"{lead.contacted:%Y-%m}", (0, 0))
            due = moment(lead.contacted) + timedelta(days=days)
            counts[month] = (hits + (name in won and won[name] <= due), n + 1)
    return counts


def waits(funnel: Funnel, period: Days, as_of: date) -> list[tuple[int, bool]]:
    """List, for the leads of a period, the hours from first contact to winning, or to the end of `as_of` without."""
    won = {deal.lead: moment(deal.won_at) for deal in funnel.deals}
    end = moment(as_of + timedelta(days=1))
    found = []
    for name, lead in funnel.leads.items():
        if period.holds(lead.contacted):
            got = name in won and won[name] < end
            until = won[name] if got else end - timedelta(microseconds=1)
            hours = int(until.timestamp() // 3600) - int(moment(lead.contacted).timestamp() // 3600)
            found.append((max(hours, 0), got))
    return found
