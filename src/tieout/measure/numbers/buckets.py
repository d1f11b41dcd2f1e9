"""Buckets of time: the days, weeks, months or quarters of a calendar that a series is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from tieout.basics.calendars import DAY, Period, end_of_day, local_day
from tieout.basics.wording import option
from tieout.measure.answers import QuestionError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from tieout.basics.calendars import FiscalCalendar

Every = Literal["day", "week", "month", "quarter"]
BACK: dict[Every, int] = {"day": 60, "week": 26, "month": 13, "quarter": 8}
"""How many buckets a series has where no first day is given."""
MOST = 3700
"""Ten years of days."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket: its days as far as they are asked for, and the moment of its end (UTC without zone).

    `name` is the whole bucket's; `partial` says that days of it are left out or not over yet.
    """

    name: str
    period: Period
    as_of: datetime
    partial: bool = False

    @property
    def days(self) -> str:
        """The name by which its days can be asked for: the bucket's own, or its first and last day."""
        return self.period.name


def buckets_of(
    calendar: FiscalCalendar, every: Every, days: tuple[date | None, date | None], now: datetime, zone: ZoneInfo
) -> tuple[Bucket, ...]:
    """Cut days into buckets, the oldest first; the last ends with `now` where its days are not over by then.

    `days` are the first and the last day (included); without a last one it is the day of `now`, without a first one
    there are as many buckets as fit a page. Nothing after `now` is cut. Raises QuestionError where nothing is left,
    or where there would be more than 3,700.
    """
    today = local_day(now, zone)
    last = min(days[1] or today, today)
    first = days[0] or _back(calendar, every, last)
    if first > last:
        after = f"its last day, {last}" if days[1] and days[1] < today else f"what was last heard of, {today}"
        message = f"A series cannot begin on {first}, after {after}. Give an earlier {option('from')}."
        raise QuestionError(message)
    found = []
    for whole in _wholes(calendar, every, first, last):
        start, end = max(whole.start, first), min(whole.end, last + DAY)
        cut = (start, end) != (whole.start, whole.end)
        period = Period(f"{start}..{end - DAY}", start, end) if cut else whole
        ends = end_of_day(end - DAY, zone)
        found.append(Bucket(whole.name, period, min(ends, now), partial=cut or ends > now))
        if len(found) > MOST:
            message = (
                f"From {first} to {last} there are more than {MOST:,} buckets. Give a later "
                f"{option('from')}, or {option('every', 'month')}."
            )
            raise QuestionError(message)
    return tuple(found)


def _back(calendar: FiscalCalendar, every: Every, last: date) -> date:
    whole = _holding(calendar, every, last)
    for _ in range(BACK[every] - 1):
        whole = _holding(calendar, every, whole.start - DAY)
    return whole.start


def _wholes(calendar: FiscalCalendar, every: Every, first: date, last: date) -> Iterator[Period]:
    day = first
    while day <= last:
        whole = _holding(calendar, every, day)
        yield whole
        day = whole.end


def _holding(calendar: FiscalCalendar, every: Every, day: date) -> Period:
    """Give the bucket that holds a day; a month that is a calendar month bears the calendar's name of it."""
    match every:
        case "day":
            return Period(day.isoformat(), day, day + DAY)
        case "week":
            return calendar.week_of(day)
        case "month":
            month = calendar.month_of(day)
            return month if calendar.weeks else Period(f"{day:%Y-%m}", month.start, month.end)
        case "quarter":
            return calendar.quarter_of(day)


def span_days(first: date, last: date) -> Iterator[date]:
    """Give every day from the first to the last."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
