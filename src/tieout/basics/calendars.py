"""Periods and fiscal calendars: which days a quarter is, and where a day begins and ends in the company's zone.

Periods are half-open: `start` belongs to them, `end` does not. A fiscal year is named by the calendar year in which it
ends. A DATE given as a moment means the end of that day in the company's zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

TICK = timedelta(microseconds=1)


class PeriodError(ValueError):
    """A period or moment that cannot be read; the message says what was given and what is allowed."""


@dataclass(frozen=True, slots=True)
class Period:
    """A run of days, half-open, with the name that people use for it."""

    name: str
    start: date
    end: date

    @property
    def last_day(self) -> date:
        """The last day that belongs to the period."""
        return self.end - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FiscalCalendar:
    """A calendar of months whose year begins on the first of `start_month`."""

    name: str
    start_month: int = 1

    def year_start(self, year: int) -> date:
        """Give the first day of fiscal `year`, the year named by its end."""
        return date(year if self.start_month == 1 else year - 1, self.start_month, 1)

    def year_of(self, day: date) -> int:
        """Give the fiscal year that holds `day`."""
        return day.year if self.start_month == 1 or day.month < self.start_month else day.year + 1

    def quarter_of(self, day: date) -> Period:
        """Give the fiscal quarter that holds `day`."""
        year = self.year_of(day)
        months = (day.year - self.year_start(year).year) * 12 + day.month - self.start_month
        return self.quarter(year, months // 3 + 1)

    def quarter(self, year: int, number: int) -> Period:
        """Give quarter `number` (1 to 4) of fiscal `year`."""
        start = add_months(self.year_start(year), 3 * (number - 1))
        return Period(f"{year}-Q{number}", start, add_months(start, 3))

    def year(self, year: int) -> Period:
        """Give fiscal `year` as a period."""
        return Period(f"{year}", self.year_start(year), self.year_start(year + 1))

    def half(self, year: int, number: int) -> Period:
        """Give half `number` (1 or 2) of fiscal `year`."""
        start = add_months(self.year_start(year), 6 * (number - 1))
        return Period(f"{year}-H{number}", start, add_months(start, 6))


def add_months(first: date, months: int) -> date:
    """Move a first-of-month by whole months."""
    total = first.year * 12 + first.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


_ALLOWED = "2026-Q3, 2026-H1, 2026, 2026-07 or 2026-07-01..2026-09-30"


def parse_period(text: str, calendar: FiscalCalendar) -> Period:
    """Read a period: a fiscal quarter, half or year, a calendar month, one day, or `FIRST..LAST` (both days included).

    Raises PeriodError naming what was given and what is allowed.
    """
    try:
        period = _period(text.strip().upper().removeprefix("FY"), calendar)
    except (ValueError, OverflowError) as error:
        message = f"'{text}' is not a period. Allowed: {_ALLOWED}."
        raise PeriodError(message) from error
    if period.end <= period.start:
        message = f"The period '{text}' ends before it begins. Give the first day first: FIRST..LAST."
        raise PeriodError(message)
    return period


def _period(text: str, calendar: FiscalCalendar) -> Period:
    if ".." in text:
        first, last = (date.fromisoformat(part.strip()) for part in text.split("..", 1))
        return Period(f"{first}..{last}", first, last + timedelta(days=1))
    if match := re.fullmatch(r"(\d{4})-?Q([1-4])", text):
        return calendar.quarter(int(match[1]), int(match[2]))
    if match := re.fullmatch(r"(\d{4})-?H([12])", text):
        return calendar.half(int(match[1]), int(match[2]))
    if re.fullmatch(r"\d{4}", text):
        return calendar.year(int(text))
    if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
        start = date(int(match[1]), int(match[2]), 1)
        return Period(text, start, add_months(start, 1))
    day = date.fromisoformat(text)
    return Period(text, day, day + timedelta(days=1))


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Give the last microsecond of `day` in `zone`, as UTC without zone."""
    following = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
    return following.astimezone(UTC).replace(tzinfo=None) - TICK


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Give the first instant of `day` in `zone`, as UTC without zone."""
    return datetime.combine(day, datetime.min.time(), zone).astimezone(UTC).replace(tzinfo=None)


def parse_moment(text: str, zone: ZoneInfo) -> datetime:
    """Read a DATE (the end of that day in `zone`) or a time stamp (in `zone` where it has no offset); UTC without zone.

    Raises PeriodError naming what was given and what is allowed.
    """
    given = text.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", given):
            return end_of_day(date.fromisoformat(given), zone)
        moment = datetime.fromisoformat(given)
        if not moment.tzinfo:
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        message = f"'{text}' is not a date or time. Allowed: 2026-07-06 or 2026-07-06T09:30, with or without an offset."
        raise PeriodError(message) from error


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Give the day in `zone` that holds a UTC moment."""
    return moment.replace(tzinfo=UTC).astimezone(zone).date()
