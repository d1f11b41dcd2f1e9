"""Buckets of time, each end counted by hand: fiscal starts, years of 53 weeks, days of 23 and 25 hours."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tieout.basics.calendars import FiscalCalendar, Weeks
from tieout.measure.answers import QuestionError
from tieout.measure.numbers.buckets import Bucket, Every, buckets_of

BERLIN = ZoneInfo("Europe/Berlin")
CALENDAR = FiscalCalendar("calendar")
FISCAL = FiscalCalendar("fiscal", start_month=2)
RETAIL = FiscalCalendar("weeks", weeks=Weeks((4, 4, 5), weekday=6, month=12))
"""Years end on the Sunday nearest to 31 December: 2026 has 53 weeks and ends on 3 January 2027."""
LATE = datetime(2027, 6, 30, 12)


def cut(
    every: Every, first: str | None, last: str | None, calendar: FiscalCalendar = CALENDAR, now: datetime = LATE
) -> tuple[Bucket, ...]:
    days = tuple(date.fromisoformat(day) if day else None for day in (first, last))
    return buckets_of(calendar, every, (days[0], days[1]), now, BERLIN)


def told(found: tuple[Bucket, ...]) -> list[tuple[str, str, str, bool]]:
    return [(one.name, str(one.period.start), str(one.period.last_day), one.partial) for one in found]


def test_quarters_of_a_fiscal_year_that_begins_in_february() -> None:
    assert told(cut("quarter", "2026-02-01", "2026-07-31", FISCAL)) == [
        ("2027-Q1", "2026-02-01", "2026-04-30", False),
        ("2027-Q2", "2026-05-01", "2026-07-31", False),
    ]


def test_months_bear_the_names_of_the_calendar_and_the_last_is_cut() -> None:
    assert told(cut("month", "2026-01-01", "2026-03-10", FISCAL)) == [
        ("2026-01", "2026-01-01", "2026-01-31", False),
        ("2026-02", "2026-02-01", "2026-02-28", False),
        ("2026-03", "2026-03-01", "2026-03-10", True),
    ]


def test_a_cut_bucket_is_asked_by_its_days_and_a_whole_one_by_its_name() -> None:
    assert [one.days for one in cut("month", "2026-01-15", "2026-02-28")] == ["2026-01-15..2026-01-31", "2026-02"]


def test_the_week_53_and_the_month_that_has_it() -> None:
    weeks = told(cut("week", "2026-12-21", "2027-01-10", RETAIL))
    assert [one[:3] for one in weeks] == [
        ("2026-W52", "2026-12-21", "2026-12-27"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
        ("2027-W01", "2027-01-04", "2027-01-10"),
    ]
    (last,) = told(cut("month", "2026-11-23", "2027-01-03", RETAIL))
    assert last == ("2026-P12", "2026-11-23", "2027-01-03", False)


def test_the_last_quarter_of_53_weeks_is_fourteen_weeks_long() -> None:
    (last,) = cut("quarter", "2026-09-28", "2027-01-03", RETAIL)
    assert (last.name, last.period.days, last.partial) == ("2026-Q4", 98, False)


def test_weeks_of_a_calendar_of_months_are_those_of_iso() -> None:
    # 2026 has 53 of them: 1 January 2026 is a Thursday.
    assert [one.name for one in cut("week", "2026-12-28", "2027-01-04")] == ["2026-W53", "2027-W01"]


def test_days_of_23_and_25_hours_end_when_the_company_says() -> None:
    # On 29 March 2026 Berlin goes from +1 to +2, on 25 October back.
    spring = [one.as_of for one in cut("day", "2026-03-28", "2026-03-29")]
    assert spring == [datetime(2026, 3, 28, 22, 59, 59, 999999), datetime(2026, 3, 29, 21, 59, 59, 999999)]
    autumn = [one.as_of for one in cut("day", "2026-10-24", "2026-10-25")]
    assert autumn == [datetime(2026, 10, 24, 21, 59, 59, 999999), datetime(2026, 10, 25, 22, 59, 59, 999999)]


def test_the_last_bucket_ends_with_what_was_heard() -> None:
    now = datetime(2026, 3, 10, 9, 30)
    (march,) = cut("month", "2026-03-01", "2026-03-31", now=now)
    assert (march.as_of, march.partial, str(march.period.last_day)) == (now, True, "2026-03-10")
    (day,) = cut("day", "2026-03-10", None, now=now)
    assert (day.as_of, day.partial) == (now, True)


@pytest.mark.parametrize(("every", "count"), [("day", 60), ("week", 26), ("month", 13), ("quarter", 8)])
def test_without_a_first_day_there_are_as_many_as_fit_a_page(every: Every, count: int) -> None:
    found = cut(every, None, "2026-06-30")
    assert len(found) == count
    assert found[-1].period.last_day == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-06-02", "2026-06-01", "after its last day, 2026-06-01"),
        ("2027-07-01", None, "after what was last heard of, 2027-06-30"),
        ("1990-01-01", "2027-01-01", "more than 3,700 buckets"),
    ],
)
def test_days_that_cannot_be_cut_are_refused(first: str, last: str | None, words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        cut("day", first, last)


def test_buckets_hold_each_day_once() -> None:
    for every in ("week", "month", "quarter"):
        found = cut(every, "2024-02-03", "2027-05-17", RETAIL)
        ends = [one.period.end for one in found]
        assert [one.period.start for one in found[1:]] == ends[:-1]
        assert (found[0].period.start, found[-1].period.last_day) == (date(2024, 2, 3), date(2027, 5, 17))
