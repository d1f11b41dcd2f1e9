"""company.yaml: currency, time zone, calendars, segments."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from tieout.contract.model.base import Model, Placing

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Calendar(Model):
    """A fiscal calendar of months, or of whole weeks where `weeks` is given.

    Of months, its year begins on the first of `start_month`. Of weeks, `weeks` are those of the three months of a
    quarter; the year ends on the last `weekday` of `month` or on the one `nearest` to the month's end; the fiscal month
    `week_53` takes the 53rd week of a long year; `starts` are first days of years that follow no rule. A year is named
    by its end, or by its start.
    """

    start_month: int = Field(default=1, ge=1, le=12)
    weeks: Literal["4-4-5", "4-5-4", "5-4-4"] | None = None
    year_ends: Literal["last", "nearest"] | None = None
    weekday: Weekday | None = None
    month: int | None = Field(default=None, ge=1, le=12)
    week_53: int | None = Field(default=None, ge=1, le=12)
    starts: tuple[date, ...] = ()
    named_by: Literal["end", "start"] = "end"


class Segment(Placing):
    """A segment of accounts: the first whose criterion holds is the account's segment."""


class Company(Model):
    """Who the contract is for: base currency, time zone, calendars (the first is the default), segments."""

    name: str = "Our company"
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")
    time_zone: str = "UTC"
    calendars: dict[str, Calendar] = Field(default_factory=lambda: {"calendar": Calendar()})
    segments: tuple[Segment, ...] = ()
    rates: str = "rates.csv"
    spot_days: int = Field(default=100, ge=1)
