"""company.yaml: currency, time zone, calendars, segments, working hours."""

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


class WorkingHours(Model):
    """When a team works, or one user; an entry that names neither holds for all others.

    Each day has the hours that are worked, in the local time of `time_zone` (the company's by default): `09:00-17:00`,
    or several. `holidays` are public ones, by country or country and subdivision (`DE`, `US-CA`); `closed` are days of
    the team's own. A later entry of the same team or user takes the place of the earlier one from its day on.
    """

    team: str | None = None
    user: str | None = None
    from_: date | None = Field(default=None, alias="from")
    time_zone: str | None = None
    monday: str | tuple[str, ...] = ()
    tuesday: str | tuple[str, ...] = ()
    wednesday: str | tuple[str, ...] = ()
    thursday: str | tuple[str, ...] = ()
    friday: str | tuple[str, ...] = ()
    saturday: str | tuple[str, ...] = ()
    sunday: str | tuple[str, ...] = ()
    holidays: tuple[str, ...] = ()
    closed: tuple[date, ...] = ()

    @property
    def days(self) -> tuple[tuple[str, ...], ...]:
        """The hours of each weekday as they are written, Monday first."""
        told = (self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday)
        return tuple((hours,) if isinstance(hours, str) else hours for hours in told)


class Company(Model):
    """Who the contract is for: base currency, time zone, calendars (the first is the default), segments, hours."""

    name: str = "Our company"
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")
    time_zone: str = "UTC"
    calendars: dict[str, Calendar] = Field(default_factory=lambda: {"calendar": Calendar()})
    segments: tuple[Segment, ...] = ()
    working_hours: tuple[WorkingHours, ...] = ()
    absences: str = "absences.csv"
    rates: str = "rates.csv"
    spot_days: int = Field(default=100, ge=1)
