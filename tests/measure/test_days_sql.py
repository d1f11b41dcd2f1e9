"""The company's day of a time, by the offsets of its zone: against the calendar's own beginning of each day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

from tieout.basics.calendars import start_of_day
from tieout.measure.days_sql import MOST, day_sql, offsets

TICK = timedelta(microseconds=1)


def told(zone: str, times: list[datetime]) -> list[date]:
    day = day_sql("t", zone, min(times), max(times))
    with duckdb.connect() as engine:
        engine.execute("set TimeZone = 'UTC'")
        found = engine.execute(f"select {day} from (select unnest($1) as t) order by t", [times]).fetchall()
        return [row[0] for row in found]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
def test_a_day_begins_where_the_calendar_has_it(zone: str) -> None:
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(0, 730, 5)]
    days += [date(2024, 3, 31), date(2024, 4, 1), date(2024, 10, 27), date(2024, 10, 28)]
    days = sorted(set(days))
    starts = [start_of_day(day, ZoneInfo(zone)) for day in days]
    assert told(zone, starts) == days
    assert told(zone, [start - TICK for start in starts]) == [day - timedelta(days=1) for day in days]


def test_a_zone_changes_its_offset_at_a_moment() -> None:
    # Berlin: summer time begins on 2025-03-30 at 01:00 UTC and ends on 2025-10-26 at 01:00 UTC.
    found = offsets("Europe/Berlin", datetime(2025, 1, 1), datetime(2025, 12, 31))
    assert [until for until, _ in found[:-1]] == [datetime(2025, 3, 30, 1), datetime(2025, 10, 26, 1)]
    assert [offset // timedelta(hours=1) for _, offset in found] == [1, 2, 1]


def test_a_long_time_is_left_to_the_engine() -> None:
    first, last = datetime(2010, 6, 30, 22), datetime(2026, 1, 1)
    assert len(offsets("Europe/Berlin", first, last)) > MOST
    assert "at time zone" in day_sql("t", "Europe/Berlin", first, last)
    assert told("Europe/Berlin", [first, last]) == [date(2010, 7, 1), date(2026, 1, 1)]
