"""A number on the same day of each of the trailing quarters, so that quarters of different lengths compare."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from tieout.basics.calendars import end_of_day
from tieout.measure.answers import Question, QuestionError, Row
from tieout.measure.moments import calendar_of
from tieout.measure.numbers.question import Asked, metric_named, view_of
from tieout.measure.numbers.series import series

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tieout.basics.calendars import Period

Aligned = Literal["day", "end"]
MOST = 40


@dataclass(frozen=True, slots=True)
class QuarterDay:
    """A number in one quarter, as of the day that is as far into it, or as far from its end, as the day of as-of.

    `as_of` and `day` are None where the quarter has no such day.
    """

    quarter: Period
    day: date | None
    as_of: datetime | None
    rows: tuple[Row, ...]

    @property
    def day_of_quarter(self) -> int | None:
        """The day's place in the quarter, from 1."""
        return (self.day - self.quarter.start).days + 1 if self.day else None

    @property
    def days_to_end(self) -> int | None:
        """How many days of the quarter follow."""
        return (self.quarter.last_day - self.day).days if self.day else None


def aligned(asked: Asked, question: Question, quarters: int, by: Aligned = "day") -> tuple[QuarterDay, ...]:
    """Answer a question in each of the trailing quarters, the oldest first and the one that holds as-of last.

    Each is as of the same day of its quarter, counted from the beginning (`day`) or back from the `end`, at the same
    time of the day; a number that is dated counts its own quarter's. A quarter without such a day, or before history
    begins, is absent with the reason. `question.said_then` asks for each as it was said then. Raises QuestionError for
    a number of events, for a question with a period, and for fewer than 1 or more than 40 quarters.
    """
    if question.period:
        message = f"'{question.period}' cannot be aligned: each quarter is its own period. Leave the period out."
        raise QuestionError(message)
    if not 1 <= quarters <= MOST:
        message = f"{quarters} quarters cannot be aligned. Allowed: 1 to {MOST}."
        raise QuestionError(message)
    view = view_of(asked, question, metric_named(question.metric))
    moment = view.asked_at or view.moment.as_of
    today = moment.replace(tzinfo=UTC).astimezone(asked.zone)
    calendar = calendar_of(asked.contract, question.calendar or view.lens.calendar)
    current = calendar.quarter_of(today.date())
    trailing = [calendar.quarter_before(current, back) for back in range(quarters - 1, -1, -1)]
    days = [_same_day(today.date(), current, quarter, by) for quarter in trailing]
    there = [(quarter, day) for quarter, day in zip(trailing, days, strict=True) if day]
    moments = {day: _at(day, today, moment) for _, day in there}
    periods = [quarter.name for quarter, _ in there] if view.lens.date_field != "none" else None
    asking = replace(question, calendar=calendar.name)
    counted = iter(series(asked, asking, [moments[day] for _, day in there], periods))
    return tuple(
        QuarterDay(quarter, day, moments[day], next(counted)) if day else _without(quarter, by)
        for quarter, day in zip(trailing, days, strict=True)
    )


def aligned_days(
    asked: Asked, question: Question, found: Sequence[QuarterDay]
) -> tuple[tuple[tuple[date, Row], ...], ...]:
    """Give the total at the end of each day of each quarter of `aligned`, up to the end of the last one's day.

    So the quarters can be drawn over each other. Raises QuestionError as `aligned` does.
    """
    lens = view_of(asked, question, metric_named(question.metric)).lens
    now, days = found[-1].as_of, list(_days_of(found))
    moments = [min(end_of_day(day, asked.zone), now) if now else end_of_day(day, asked.zone) for _, day in days]
    periods = [quarter.name for quarter, _ in days] if lens.date_field != "none" else None
    calendar = calendar_of(asked.contract, question.calendar or lens.calendar).name
    rows = iter(series(asked, replace(question, calendar=calendar, as_of=None, by=()), moments, periods))
    told = [(quarter, day, next(rows)[0]) for quarter, day in days]
    return tuple(tuple((day, row) for quarter, day, row in told if quarter == one.quarter) for one in found)


def _days_of(found: Sequence[QuarterDay]) -> Iterator[tuple[Period, date]]:
    last = found[-1].day or found[-1].quarter.last_day
    for one in found:
        for number in range((min(one.quarter.last_day, last) - one.quarter.start).days + 1):
            yield one.quarter, one.quarter.start + timedelta(days=number)


def _same_day(today: date, current: Period, quarter: Period, by: Aligned) -> date | None:
    day = quarter.last_day - (current.last_day - today) if by == "end" else quarter.start + (today - current.start)
    return day if quarter.holds(day) else None


def _at(day: date, today: datetime, moment: datetime) -> datetime:
    """Give the time of today's clock on another day, as UTC without zone."""
    if day == today.date():
        return moment
    return datetime.combine(day, today.time(), today.tzinfo).astimezone(UTC).replace(tzinfo=None)


def _without(quarter: Period, by: Aligned) -> QuarterDay:
    end = " so far from its end" if by == "end" else ""
    reason = f"the quarter has {quarter.days} days, and so no such day{end}"
    return QuarterDay(quarter, None, None, (Row({}, None, 0, absent=reason),))
