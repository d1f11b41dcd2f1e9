"""A moment: as of when, known at when; and what is asked about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.basics.calendars import FiscalCalendar, Period, end_of_day, local_day
from tieout.contract.calendars import fiscal_calendar

if TYPE_CHECKING:
    from tieout.contract.model import Contract, Freshness

ALL_KNOWN = datetime(9999, 12, 30)
"""The known-at of a restated figure: everything heard until now."""


@dataclass(frozen=True, slots=True)
class Moment:
    """As of `as_of`, known at `known_at` (both UTC without zone); `day` is the company's day that holds `as_of`."""

    as_of: datetime
    known_at: datetime
    day: date

    @property
    def restated(self) -> bool:
        """Whether everything heard since is counted in."""
        return self.known_at == ALL_KNOWN


def moment_of(as_of: datetime, known_at: datetime | None, zone: ZoneInfo) -> Moment:
    """Make a moment; without `known_at` it is restated."""
    return Moment(as_of, known_at or ALL_KNOWN, local_day(as_of, zone))


def refreshed(moment: Moment, freshness: Freshness, zone: ZoneInfo, calendar: FiscalCalendar | None = None) -> Moment:
    """Give the moment at which a team's data was fresh: some days back, or the last end of a month of its calendar."""
    if freshness.last == "month_end":
        month = (calendar or FiscalCalendar("months")).month_of(moment.day)
        is_end = moment.day == month.last_day and end_of_day(moment.day, zone) <= moment.as_of
        day = moment.day if is_end else month.start - timedelta(days=1)
        return replace(moment, as_of=end_of_day(day, zone), day=day)
    day = moment.day - timedelta(days=freshness.days)
    back = end_of_day(moment.day, zone) - end_of_day(day, zone)
    return replace(moment, as_of=moment.as_of - back, day=day)


def calendar_of(contract: Contract, name: str | None) -> FiscalCalendar:
    """Give a calendar of the contract by name; the first is the default."""
    calendars = contract.company.calendars
    chosen = name or next(iter(calendars))
    return fiscal_calendar(chosen, calendars[chosen])


def default_period(contract: Contract, moment: Moment, calendar: str | None = None) -> Period:
    """Give the fiscal quarter that holds the moment."""
    return calendar_of(contract, calendar).quarter_of(moment.day)
