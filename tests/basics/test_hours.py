"""Working hours: days on which the clock changes, nights, absences, and the deadlines of numbers agreed on paper."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tieout.basics.hours import HoursError, Week, business_time, cut_days, deadline, joined, parse_hours, spans, without

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
OFFICE = ((9 * 60, 17 * 60),)
WORKWEEK = (OFFICE,) * 5 + ((), ())
HOUR = timedelta(hours=1)


def utc(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def days(*told: tuple[int, tuple[tuple[int, int], ...]]) -> tuple[tuple[tuple[int, int], ...], ...]:
    by_day = dict(told)
    return tuple(by_day.get(number, ()) for number in range(7))


def test_the_weekend_on_which_the_clocks_go_forward() -> None:
    worked = spans(Week(BERLIN, WORKWEEK), date(2026, 3, 23), date(2026, 4, 3))
    due = deadline(worked, utc("2026-03-27 16:30"), 4 * HOUR)
    assert due == utc("2026-03-30 12:30") == datetime(2026, 3, 30, 10, 30)


def test_the_same_with_a_holiday_on_monday() -> None:
    worked = spans(Week(BERLIN, WORKWEEK), date(2026, 3, 23), date(2026, 4, 3), {date(2026, 3, 30)})
    assert deadline(worked, utc("2026-03-27 16:30"), 4 * HOUR) == utc("2026-03-31 12:30")


def test_a_night_in_which_the_clocks_change_is_as_long_as_the_clock_on_the_wall_says() -> None:
    night = Week(BERLIN, days((5, ((22 * 60, 30 * 60),))))
    for saturday, hours in ((date(2026, 3, 21), 8), (date(2026, 3, 28), 7), (date(2026, 10, 24), 9)):
        (span,) = spans(night, saturday, saturday)
        assert span[1] - span[0] == hours * HOUR


@pytest.mark.parametrize(
    ("minutes", "worked"),
    [
        (((90, 150),), [("2026-03-29 00:30", "2026-03-29 01:00")]),  # 01:30-02:30: 02:00 is 03:00 already
        (((135, 165),), []),  # 02:15-02:45 does not exist
        (((120, 240),), [("2026-03-29 01:00", "2026-03-29 02:00")]),  # 02:00-04:00 is one hour
    ],
)
def test_an_hour_that_does_not_exist_is_not_worked(
    minutes: tuple[tuple[int, int], ...], worked: list[tuple[str, str]]
) -> None:
    sunday = date(2026, 3, 29)
    expected = [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in worked]
    assert spans(Week(BERLIN, days((6, minutes))), sunday, sunday) == expected


def test_an_hour_that_comes_twice_is_worked_once() -> None:
    sunday = date(2026, 10, 25)
    (span,) = spans(Week(BERLIN, days((6, ((135, 165),)))), sunday, sunday)
    assert span == (datetime(2026, 10, 25, 1, 15), datetime(2026, 10, 25, 1, 45))


def test_a_clock_across_two_years_stands_still_on_new_year() -> None:
    worked = spans(Week(NEW_YORK, WORKWEEK), date(2025, 12, 29), date(2026, 1, 9), {date(2026, 1, 1)})
    start = utc("2025-12-31 16:00", NEW_YORK)
    assert deadline(worked, start, 2 * HOUR) == utc("2026-01-02 10:00", NEW_YORK)
    assert business_time(worked, start, utc("2026-01-05 09:00", NEW_YORK)) == 9 * HOUR


def test_a_deadline_at_the_end_of_a_day_is_that_evening() -> None:
    worked = spans(Week(BERLIN, WORKWEEK), date(2026, 7, 6), date(2026, 7, 10))
    assert deadline(worked, utc("2026-07-06 09:00"), 8 * HOUR) == utc("2026-07-06 17:00")
    assert deadline(worked, utc("2026-07-05 12:00"), 8 * HOUR) == utc("2026-07-06 17:00")


def test_beyond_what_is_laid_out_there_is_no_deadline() -> None:
    worked = spans(Week(BERLIN, WORKWEEK), date(2026, 7, 6), date(2026, 7, 6))
    assert deadline(worked, utc("2026-07-06 09:00"), 9 * HOUR) is None


def test_an_absence_is_not_worked() -> None:
    worked = spans(Week(BERLIN, WORKWEEK), date(2026, 7, 6), date(2026, 7, 10))
    left = without(
        worked, [(utc("2026-07-07 00:00"), utc("2026-07-09 00:00")), (utc("2026-07-09 10:00"), utc("2026-07-09 11:00"))]
    )
    told = [(start.strftime("%d %H"), (end - start) // HOUR) for start, end in left]
    assert told == [("06 07", 8), ("09 07", 1), ("09 09", 6), ("10 07", 8)]


def test_a_day_is_cut_at_midnight_and_where_work_begins_and_ends() -> None:
    worked = [(datetime(2026, 7, 6, 22), datetime(2026, 7, 7, 6))]
    pieces = cut_days(worked, datetime(2026, 7, 6), datetime(2026, 7, 8))
    assert [(start.strftime("%d %H"), working) for start, _, working in pieces] == [
        ("06 00", False),
        ("06 22", True),
        ("07 00", True),
        ("07 06", False),
    ]
    assert pieces[-1][1] == datetime(2026, 7, 8)


def test_hours_are_read() -> None:
    assert parse_hours("09:00-17:00") == (540, 1020)
    assert parse_hours(" 9:30 - 24:00 ") == (570, 1440)
    assert parse_hours("22:00-06:00") == (1320, 1800)
    assert parse_hours("00:00-00:00") == (0, 1440)


@pytest.mark.parametrize("text", ["9-17", "09:00", "09:60-17:00", "24:00-25:00", "", "09:00-17:00 Uhr"])
def test_what_are_no_hours_is_told(text: str) -> None:
    with pytest.raises(HoursError, match="Write them as 09:00-17:00"):
        parse_hours(text)


def test_parts_that_touch_are_one() -> None:
    assert joined([(13, 17), (9, 12), (12, 13), (20, 22)]) == [(9, 17), (20, 22)]
