"""The registers: rows of the CSV tables beside the YAML files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from tieout.contract.model.base import Model, Rates


class Rate(Model):
    """What one unit of `currency` is worth in the base currency, from a day on."""

    kind: Rates
    currency: str
    from_: date = Field(alias="from")
    rate: Decimal = Field(gt=0)


class Exclusion(Model):
    """A record left out of every agreed figure, with the reason, its owner, and the day it runs out."""

    object: Literal["opportunity", "account"] = "opportunity"
    id: str
    reason: str
    owner: str
    from_: date | None = Field(default=None, alias="from")
    expires: date | None = None


class Distinct(Model):
    """Two records that look alike and that a person found to be different, so that they are not proposed again."""

    object: Literal["opportunity", "account", "contact", "lead"] = "account"
    id: str
    other: str
    reason: str
    owner: str


class Merge(Model):
    """A record that is a duplicate of another."""

    object: Literal["opportunity", "account", "contact", "lead"] = "opportunity"
    id: str
    into: str
    reason: str
    owner: str
    expires: date | None = None


class TeamEntry(Model):
    """Where a user stood in the organization, from a day through a day. What it leaves open is as the systems say."""

    user: str
    team: str | None = None
    region: str | None = None
    manager: str | None = None
    role: str | None = None
    territory: str | None = None
    from_: date | None = Field(default=None, alias="from")
    to: date | None = None
    reason: str
    owner: str


class Absence(Model):
    """An approved absence of a user, from a day through a day, in the time zone of the user's hours."""

    user: str
    from_: date = Field(alias="from")
    to: date
    reason: str
    owner: str | None = None
