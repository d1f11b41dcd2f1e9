"""lenses.yaml: how each team counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from tieout.contract.model.base import Basis, Model, Outcome, Rates


class Freshness(Model):
    """How old the data is that a team works from: some days behind, or the last end of a month."""

    days: int = Field(default=0, ge=0)
    last: Literal["month_end"] | None = None


class Reported(Model):
    """A team's own figure in place of rules: its list, or only a total, and the period that it is of.

    `file` lies in the workspace. `total` is the figure that the team says, beyond its list or without one. What is not
    recognized in the list can be told: the `sheet` of a workbook, columns by head or letter, the currency, what
    separates the cents, the unit (1000 where amounts are in thousands).
    """

    period: str
    file: str | None = None
    total: Decimal | None = None
    sheet: str | None = None
    id: str | None = None
    name: str | None = None
    account: str | None = None
    amount: str | None = None
    currency: str | None = None
    decimal: Literal[".", ","] | None = None
    unit: int | None = Field(default=None, ge=1)


class Lens(Model):
    """How a team counts today: each facet is the agreed one unless it is given.

    Membership: `grain` counts opportunities or marketing's claims; `deleted`, `merged` and `exclusions` say whether
    such records are still counted; `types`, `accepted` (a criterion), `outcomes`, `stage` (at least) or `stages`
    (exactly these), `omitted` (forecast categories left out); `date_field` must lie in the period (`none`: any date);
    `past_due` counts open deals whose date has passed; `calendar`; `slice` is a criterion.
    Amount: `freshness`, `basis`, `weighting` by stage or by the record's own probability, `rates`, and whether they are
    those of the day of as-of or of each record's close date (`rates_on`).
    With `reported` it has no facets: it is the team's own list or total.
    """

    owner: str | None = None
    question: str | None = None
    reported: Reported | None = None
    grain: Literal["opportunity", "claim"] = "opportunity"
    deleted: bool = False
    merged: bool = False
    exclusions: bool = True
    types: tuple[str, ...] | Literal["all"] | None = None
    accepted: str | None = None
    outcomes: tuple[Outcome, ...] = ("open",)
    stage: str | None = None
    stages: tuple[str, ...] | Literal["all"] | None = None
    omitted: tuple[str, ...] | None = None
    date_field: Literal["close_date", "created_at", "claimed_at", "none"] = "close_date"
    past_due: bool = False
    calendar: str | None = None
    slice: str | None = None
    freshness: Freshness = Freshness()
    basis: Basis | None = None
    weighting: Literal["none", "stage", "record"] = "none"
    rates: Rates | None = None
    rates_on: Literal["as_of", "close_date"] = "as_of"
