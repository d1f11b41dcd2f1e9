"""A plain model of the line for one CRM that gives full extracts: what the agreed number must be, counted by hand.

It knows nothing of SQL. A file is a list of rows; a figure is asked as of a moment and as known at a moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

QUALIFIED = ("Qualification", "Proposal", "Negotiation")
COUNTED = ("new", "expansion")
RATES = {"USD": Decimal(1), "EUR": Decimal("1.10")}
QUARTER = (date(2026, 7, 1), date(2026, 10, 1))
HEADER = "id,type,stage,arr,tcv,currency,close,created,modified,merged_into"


@dataclass(frozen=True)
class Deal:
    """A deal as its system has it now."""

    name: str
    type: str
    stage: str
    amount: int
    currency: str
    close: date
    modified: datetime
    merged_into: str = ""

    @property
    def line(self) -> str:
        """Its line of an export."""
        told = (self.name, self.type, self.stage, self.amount, "", self.currency, self.close, "", self.modified)
        return ",".join(map(str, (*told, self.merged_into)))


@dataclass(frozen=True)
class Extract:
    """A full extract: when it was taken, what it says, and whether a line of it is broken."""

    taken_at: datetime
    deals: tuple[Deal, ...]
    broken: bool = False

    @property
    def name(self) -> str:
        """Its file name."""
        return f"opportunities_{self.taken_at:%Y-%m-%dT%H%M}.csv"

    @property
    def text(self) -> str:
        """Its content."""
        return "\n".join([HEADER, *(deal.line for deal in self.deals), *(["torn"] if self.broken else []), ""])


@dataclass
class Model:
    """What was pulled, and the registers as they are."""

    pulled: list[Extract] = field(default_factory=list)
    excluded: set[str] = field(default_factory=set)
    duplicates: dict[str, str] = field(default_factory=dict)

    def states(self, as_of: datetime, known_at: datetime) -> dict[str, Deal | None]:
        """Give each deal in its state as of a moment; None where it is deleted. A deal not yet heard of is absent."""
        known = sorted((one for one in self.pulled if one.taken_at <= known_at), key=lambda one: one.taken_at)
        last: dict[str, Deal | None] = {}
        then: dict[str, Deal | None] = {}
        before: datetime | None = None
        for extract in known:
            for deal in extract.deals:
                if last.get(deal.name) == deal:
                    continue
                inside = deal.modified <= extract.taken_at and (before is None or deal.modified > before)
                happened = deal.modified if inside else extract.taken_at
                last[deal.name] = deal
                if happened <= as_of:
                    then[deal.name] = deal
            if not extract.broken:
                gone = [name for name, deal in last.items() if deal and name not in {d.name for d in extract.deals}]
                for name in gone:
                    last[name] = None
                    if extract.taken_at <= as_of:
                        then[name] = None
            before = extract.taken_at
        merged = {name for name, deal in self._last_heard(known).items() if deal.merged_into}
        return {name: deal for name, deal in then.items() if name not in merged}

    @staticmethod
    def _last_heard(known: list[Extract]) -> dict[str, Deal]:
        """Give the last row heard of each deal: who is merged by it is no deal of its own, at any time."""
        return {deal.name: deal for extract in known for deal in extract.deals}

    def agreed(self, as_of: datetime, known_at: datetime) -> Decimal | None:
        """Give the agreed number of 2026-Q3; None where nothing was known then."""
        if not any(one.taken_at <= known_at for one in self.pulled):
            return None
        day = as_of.date()
        total = Decimal(0)
        for name, deal in self.states(as_of, known_at).items():
            if deal is None or name in self.excluded or name in self.duplicates:
                continue
            inside = QUARTER[0] <= deal.close < QUARTER[1] and deal.close >= day
            if inside and deal.stage in QUALIFIED and deal.type in COUNTED:
                total += (deal.amount * RATES[deal.currency]).quantize(Decimal("0.01"))
        return total


def changed(deal: Deal, now: datetime, what: str, value: object) -> Deal:
    """Give a deal after one change."""
    return replace(deal, modified=now, **{what: value})  # type: ignore[arg-type]
