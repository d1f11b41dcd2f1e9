"""What is being planted, and the truth about it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from tieout.demo.sheet import LENSES, Posting
from tieout.demo.world import Deal, Record, World

TOTALS = {
    "agreed": Decimal("5412350.00"),
    "marketing": Decimal("8400000.00"),
    "sales": Decimal("6100000.00"),
    "finance": Decimal("7200000.00"),
}


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
