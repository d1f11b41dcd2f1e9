"""A recount of the Maven CRM sample: loops over the raw opportunities."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.oracles.arithmetic import Days, Tally, tally

PRICES = {
    "GTX Basic": 550,
    "GTX Pro": 4821,
    "GTXPro": 4821,
    "MG Special": 55,
    "MG Advanced": 3393,
    "GTX Plus Pro": 5482,
    "GTX Plus Basic": 1096,
    "GTK 500": 26768,
}
"""The list prices of products.csv, and the other spelling of one of them."""
END = date(2017, 12, 31)


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity as the file has it, with its agent's manager."""

    id: str
    agent: str
    manager: str
    product: str
    account: str
    stage: str
    engaged: date | None
    closed: date | None
    paid: Decimal | None

    @property
    def amount(self) -> Decimal:
        """What it closed at, else the list price."""
        return Decimal(PRICES[self.product]) if self.paid is None else self.paid

    def is_open(self, day: date) -> bool:
        """Say whether it is known to be open at the end of a day; without an engage date only the end tells."""
        if self.engaged is None:
            return day >= END and self.closed is None
        return self.engaged <= day and (self.closed is None or self.closed > day)


def read(folder: Path) -> list[Deal]:
    """Read the opportunities."""
    managers = {row["sales_agent"]: row["manager"] for row in _rows(folder / "maven" / "sales_teams.csv")}
    return [
        Deal(
            row["opportunity_id"],
            row["sales_agent"],
            managers[row["sales_agent"]],
            row["product"],
            row["account"],
            row["deal_stage"],
            date.fromisoformat(row["engage_date"]) if row["engage_date"] else None,
            date.fromisoformat(row["close_date"]) if row["close_date"] else None,
            Decimal(row["close_value"]) if row["close_value"] else None,
        )
        for row in _rows(folder / "maven" / "sales_pipeline.csv")
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def open_count(deals: list[Deal], day: date) -> int:
    """Count the deals that are open at the end of a day."""
    return sum(deal.is_open(day) for deal in deals)


def open_amount(deals: list[Deal]) -> Decimal:
    """Add up what is open at the end of the data."""
    return sum((deal.amount for deal in deals if deal.is_open(END)), Decimal())


def bookings(deals: list[Deal], period: Days, part: Callable[[Deal], str]) -> dict[str, Tally]:
    """Add up what was won in a period, by a part of the business."""
    found: dict[str, list[Decimal]] = defaultdict(list)
    for deal in deals:
        if deal.stage == "Won" and deal.closed and period.holds(deal.closed):
            found[part(deal)].append(deal.amount)
    return {name: tally(amounts) for name, amounts in found.items()}


def win_rate(deals: list[Deal], period: Days, part: Callable[[Deal], str]) -> dict[str, tuple[int, int]]:
    """Count won and closed deals of a period, by a part of the business."""
    won, closed = Counter[str](), Counter[str]()
    for deal in deals:
        if deal.closed and period.holds(deal.closed):
            closed[part(deal)] += 1
            won[part(deal)] += deal.stage == "Won"
    return {name: (won[name], n) for name, n in closed.items()}
