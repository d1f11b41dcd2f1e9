"""company.yaml: currency, time zone, calendars, segments."""

from __future__ import annotations

from pydantic import Field

from tieout.contract.model.base import Model


class Calendar(Model):
    """A fiscal calendar of months; its year begins on the first of `start_month` and is named by its end."""

    start_month: int = Field(default=1, ge=1, le=12)


class Segment(Model):
    """A segment of accounts: the first whose criterion holds is the account's segment."""

    name: str
    when: str


class Company(Model):
    """Who the contract is for: base currency, time zone, calendars (the first is the default), segments."""

    name: str = "Our company"
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")
    time_zone: str = "UTC"
    calendars: dict[str, Calendar] = Field(default_factory=lambda: {"calendar": Calendar()})
    segments: tuple[Segment, ...] = ()
    rates: str = "rates.csv"
