"""numbers.yaml and plan.yaml: bands, owners, and what the targets count."""

from __future__ import annotations

from pydantic import Field

from tieout.contract.model.base import Basis, Model, Rates


class Band(Model):
    """Where a number is healthy: from `low` to `high`; outside is a warning, below `breach` a breach."""

    low: float | None = None
    high: float | None = None
    breach: float | None = None


class NumberTerms(Model):
    """What the contract adds to a number of the catalogue."""

    owner: str | None = None
    band: Band | None = None
    minimum_n: int | None = Field(default=None, ge=0)


class Plan(Model):
    """The terms of the plan of record's targets: what they count, so that a coverage compares like with like.

    `sales_cost` names the categories of spend that are together the fully-loaded cost of sales.
    """

    types: tuple[str, ...] = ("new", "expansion")
    basis: Basis = "arr"
    rates: Rates = "plan"
    calendar: str | None = None
    sales_cost: tuple[str, ...] = ()
