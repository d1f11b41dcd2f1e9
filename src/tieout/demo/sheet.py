"""The arithmetic of a planted record: what each lens counts it at, and the postings between each two lenses.

This knows nothing of facets. A record's recipe says who counts it and why the others do not; these are the sums that
follow, one short formula per pair of lenses, as one would write them on paper.

a, c, t are ARR, ACV and TCV today; the same with 0 at the last month end; p the probability of the stage at month end.
The agreed lens counts a at plan, marketing t at spot once per claim, sales c at plan, finance p of t0 at plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

LENSES = ("agreed", "marketing", "sales", "finance")
PAIRS = tuple((LENSES[i], LENSES[j]) for i in range(4) for j in range(i + 1, 4))
PLAN = {"USD": Decimal(1), "EUR": Decimal("1.08")}
SPOT = {"USD": Decimal(1), "EUR": Decimal("1.15")}
CENT = Decimal("0.01")
Step = tuple[str, Decimal]
Amount = Decimal | int


def cents(amount: Decimal) -> Decimal:
    """Round to the cent, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of truth: between two lenses, a record's cause and amount."""

    bridge: str
    record: str
    cause: str
    amount: Decimal
    note: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The amounts of one record in its own currency, with its number of counted claims."""

    a: Amount
    c: Amount
    t: Amount
    a0: Amount
    c0: Amount
    t0: Amount
    p: Decimal
    currency: str = "USD"
    claims: int = 0

    def plan(self, amount: Amount) -> Decimal:
        """Give an amount at the plan rate."""
        return cents(amount * PLAN[self.currency])

    def spot(self, amount: Amount) -> Decimal:
        """Give an amount at the spot rate."""
        return cents(amount * SPOT[self.currency])

    @property
    def weighted(self) -> Decimal:
        """TCV at month end, weighted, in its own currency."""
        return cents(self.t0 * self.p)

    def values(self) -> dict[str, Decimal]:
        """Give what each lens counts the record at, if it counts it."""
        return {
            "agreed": self.plan(self.a),
            "marketing": self.claims * self.spot(self.t),
            "sales": self.plan(self.c),
            "finance": self.plan(self.weighted),
        }

    def walk(self, pair: tuple[str, str]) -> list[Step]:
        """Give the steps between two lenses that both count the record."""
        more = (self.claims - 1) * self.spot(self.t)
        a, c, t, a0, c0, t0 = self.a, self.c, self.t, self.a0, self.c0, self.t0
        weigh = self.plan(self.weighted) - self.plan(t0)
        match pair:
            case ("agreed", "marketing"):
                return [
                    ("basis", self.plan(t) - self.plan(a)),
                    ("rate", self.spot(t) - self.plan(t)),
                    ("several claims", more),
                ]
            case ("agreed", "sales"):
                return [("basis", self.plan(c) - self.plan(a))]
            case ("agreed", "finance"):
                return [
                    ("freshness", self.plan(a0) - self.plan(a)),
                    ("basis", self.plan(t0) - self.plan(a0)),
                    ("probability", weigh),
                ]
            case ("marketing", "sales"):
                return [
                    ("several claims", -more),
                    ("basis", self.spot(c) - self.spot(t)),
                    ("rate", self.plan(c) - self.spot(c)),
                ]
            case ("marketing", "finance"):
                w = self.weighted
                return [
                    ("several claims", -more),
                    ("freshness", self.spot(t0) - self.spot(t)),
                    ("probability", self.spot(w) - self.spot(t0)),
                    ("rate", self.plan(w) - self.spot(w)),
                ]
            case _:
                return [
                    ("freshness", self.plan(c0) - self.plan(c)),
                    ("basis", self.plan(t0) - self.plan(c0)),
                    ("probability", weigh),
                ]


def post(record: str, sheet: Sheet, verdicts: Mapping[str, str], note: str) -> list[Posting]:
    """Write a record's postings: verdicts name, by lens, why it is not counted; empty where it is.

    A verdict "x/y" is x against the lenses of the fiscal calendar and y against finance.
    """
    values = sheet.values()
    postings = []
    for first, second in PAIRS:
        why1, why2 = (cause(verdicts[lens], other) for lens, other in ((first, second), (second, first)))
        if why1 and why2:
            continue
        if why1:
            steps = [(why1, values[second])]
        elif why2:
            steps = [(why2, -values[first])]
        else:
            steps = sheet.walk((first, second))
        postings += [Posting(f"{first}>{second}", record, name, amount, note) for name, amount in steps if amount]
    return postings


def cause(verdict: str, other: str) -> str:
    """Read a verdict against the other lens."""
    usual, _, against_finance = verdict.partition("/")
    return against_finance if against_finance and other == "finance" else usual
