"""Periods and fiscal calendars: which days a quarter is, and where a day begins and ends in the company's zone.

Periods are half-open: `start` belongs to them, `end` does not. A calendar is made of months (its year begins on the
first of one) or of whole weeks (4-4-5 and its kin). A fiscal year is named by the calendar year in which it ends, or
begins. A DATE given as a moment means the end of that day in the company's zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from tieout.basics.wording import WordedError

TICK = timedelta(microseconds=1)
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HALF_A_YEAR = timedelta(days=183)


class PeriodError(WordedError):
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
        return self.end - DAY

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    def holds(self, day: date) -> bool:
        """Say whether a day belongs to the period."""
        return self.start <= day < self.end


@dataclass(frozen=True, slots=True)
class Weeks:
    """How years of whole weeks are cut: 52 of them, or 53.

    `pattern` is the weeks of the three months of a quarter. The year ends on a `weekday` (0 is Monday) of `month`: its
    last one, or the one `nearest` to the month's end. The fiscal month `week_53` (1 to 12) takes a 53rd week. `starts`
    are first days of years that follow no rule; each takes the place of the nearest that the rule gives.
    """

    pattern: tuple[int, int, int] = (4, 4, 5)
    weekday: int = 5
    month: int = 12
    nearest: bool = True
    week_53: int = 12
    starts: tuple[date, ...] = ()

    def start(self, year: int) -> date:
        """Give the first day of the year that ends with `month` of calendar year `year`."""
        ruled = self._ended(year - 1) + DAY
        return next((day for day in self.starts if abs(day - ruled) < HALF_A_YEAR), ruled)

    def _ended(self, year: int) -> date:
        last = add_months(date(year, self.month, 1), 1) - DAY
        back = (last.weekday() - self.weekday) % 7
        return last + timedelta(days=7 - back if self.nearest and back > 3 else -back)

    def lengths(self, weeks: int) -> list[int]:
        """Give the weeks of the twelve months of a year of 52 or 53 weeks."""
        found = list(self.pattern * 4)
        found[self.week_53 - 1] += weeks - sum(found)
        return found


@dataclass(frozen=True, slots=True)
class FiscalCalendar:
    """A calendar of months whose year begins on the first of `start_month`, or one of `weeks`.

    A year is named by the calendar year of the month with which it ends or, `by_start`, of that with which it begins.
    """

    name: str
    start_month: int = 1
    weeks: Weeks | None = None
    by_start: bool = False

    @property
    def _ahead(self) -> int:
        """How far the calendar year of the end is ahead of the year's name."""
        first = self.weeks.month % 12 + 1 if self.weeks else self.start_month
        return 1 if self.by_start and first != 1 else 0

    def year_start(self, year: int) -> date:
        """Give the first day of fiscal `year`. Raises PeriodError beyond the years 1 to 9999."""
        ends = year + self._ahead
        try:
            if self.weeks:
                return self.weeks.start(ends)
            return date(ends if self.start_month == 1 else ends - 1, self.start_month, 1)
        except (ValueError, OverflowError) as error:
            message = f"The calendar '{self.name}' does not reach the year {year}. Allowed: 0003 to 9997."
            raise PeriodError(message) from error

    def year_of(self, day: date) -> int:
        """Give the fiscal year that holds `day`."""
        year = day.year + 1 - self._ahead
        while self.year_start(year) > day:
            year -= 1
        return year

    def quarter_of(self, day: date) -> Period:
        """Give the fiscal quarter that holds `day`."""
        year = self.year_of(day)
        bounds = _bounds(self, year)
        return self.quarter(year, sum(start <= day for start in bounds[:12:3]))

    def month_of(self, day: date) -> Period:
        """Give the fiscal month that holds `day`."""
        year = self.year_of(day)
        return self.month(year, sum(start <= day for start in _bounds(self, year)[:12]))

    def week_of(self, day: date) -> Period:
        """Give the week that holds `day`: of the fiscal year in a calendar of weeks, else of ISO 8601."""
        if not self.weeks:
            year, number, _ = day.isocalendar()
            return self.week(year, number)
        year = self.year_of(day)
        return self.week(year, (day - self.year_start(year)).days // 7 + 1)

    def year(self, year: int) -> Period:
        """Give fiscal `year` as a period."""
        return self._part(f"{year}", year, 0, 12)

    def half(self, year: int, number: int) -> Period:
        """Give half `number` (1 or 2) of fiscal `year`."""
        return self._part(f"{year}-H{number}", year, 6 * number - 6, 6 * number)

    def quarter(self, year: int, number: int) -> Period:
        """Give quarter `number` (1 to 4) of fiscal `year`."""
        return self._part(f"{year}-Q{number}", year, 3 * number - 3, 3 * number)

    def month(self, year: int, number: int) -> Period:
        """Give fiscal month `number` (1 to 12) of fiscal `year`: `2026-P07`, where `2026-07` is always July."""
        return self._part(f"{year}-P{number:02d}", year, number - 1, number)

    def week(self, year: int, number: int) -> Period:
        """Give week `number` of a year. Raises PeriodError where the year has no such week."""
        first = self.year_start(year) if self.weeks else date.fromisocalendar(year, 1, 1)
        after = self.year_start(year + 1) if self.weeks else date.fromisocalendar(year + 1, 1, 1)
        last = (after - first).days // 7
        if not 1 <= number <= last:
            message = (
                f"{year} has no week {number} in the calendar '{self.name}'. Allowed: {year}-W01 to {year}-W{last}."
            )
            raise PeriodError(message)
        start = first + (number - 1) * WEEK
        return Period(f"{year}-W{number:02d}", start, start + WEEK)

    def quarter_before(self, quarter: Period, back: int) -> Period:
        """Give the quarter that lies some quarters before another."""
        year, number = int(quarter.name[:4]), int(quarter.name[-1])
        total = year * 4 + number - 1 - back
        return self.quarter(total // 4, total % 4 + 1)

    def _part(self, name: str, year: int, first: int, after: int) -> Period:
        bounds = _bounds(self, year)
        return Period(name, bounds[first], bounds[after])


@cache
def _bounds(calendar: FiscalCalendar, year: int) -> tuple[date, ...]:
    """Give the first days of the twelve months of a fiscal year, and the day after its last."""
    start, after = calendar.year_start(year), calendar.year_start(year + 1)
    if calendar.weeks is None:
        return (*(add_months(start, months) for months in range(12)), after)
    lengths = calendar.weeks.lengths((after - start).days // 7)
    return (*(start + weeks * WEEK for weeks in accumulate(lengths[:11], initial=0)), after)


def add_months(first: date, months: int) -> date:
    """Move a first-of-month by whole months."""
    total = first.year * 12 + first.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


_ALLOWED = "2026-Q3, 2026-H1, 2026, 2026-P07, 2026-W07, 2026-07 or 2026-07-01..2026-09-30"


def parse_period(text: str, calendar: FiscalCalendar) -> Period:
    """Read a period of a calendar, a calendar month (`2026-07`), one day, or `FIRST..LAST` (both days included).

    Of the calendar are its quarters, halves, years, fiscal months (`2026-P07`) and weeks (`2026-W07`). Raises
    PeriodError naming what was given and what is allowed.
    """
    try:
        period = _period(text.strip().upper().removeprefix("FY"), calendar)
    except PeriodError:
        raise
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
        return Period(f"{first}..{last}", first, last + DAY)
    if match := re.fullmatch(r"(\d{4})(?:-?(Q[1-4]|H[12]|P0?[1-9]|P1[0-2]|W\d{1,2}))?", text):
        year, part = int(match[1]), match[2]
        if part is None:
            return calendar.year(year)
        parts = {"Q": calendar.quarter, "H": calendar.half, "P": calendar.month, "W": calendar.week}
        return parts[part[0]](year, int(part[1:]))
    if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
        start = date(int(match[1]), int(match[2]), 1)
        return Period(text, start, add_months(start, 1))
    day = date.fromisoformat(text)
    return Period(text, day, day + DAY)


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
