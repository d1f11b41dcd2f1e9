"""A team that works from the last month end: of calendar months, or of its own fiscal months of weeks."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tieout.basics.calendars import FiscalCalendar, Weeks, end_of_day
from tieout.contract.model import Freshness
from tieout.measure.moments import ALL_KNOWN, Moment, refreshed

UTC = ZoneInfo("UTC")
WEEKS = FiscalCalendar("weeks", weeks=Weeks((4, 4, 5), 6, 12, nearest=True))
"""Fiscal 2026 begins on 29 December 2025; its months end on 25 January, 22 February and 29 March."""


@pytest.mark.parametrize(
    ("calendar", "day", "fresh"),
    [
        (FiscalCalendar("fiscal", 2), "2026-02-28", "2026-02-28"),
        (FiscalCalendar("fiscal", 2), "2026-02-27", "2026-01-31"),
        (FiscalCalendar("fiscal", 2), "2026-03-29", "2026-02-28"),
        (WEEKS, "2026-03-29", "2026-03-29"),
        (WEEKS, "2026-03-28", "2026-02-22"),
        (WEEKS, "2026-02-28", "2026-02-22"),
        (None, "2026-02-28", "2026-02-28"),
    ],
)
def test_the_last_month_end(calendar: FiscalCalendar | None, day: str, fresh: str) -> None:
    moment = Moment(end_of_day(date.fromisoformat(day), UTC), ALL_KNOWN, date.fromisoformat(day))
    found = refreshed(moment, Freshness(last="month_end"), UTC, calendar)
    assert (str(found.day), found.as_of) == (fresh, end_of_day(date.fromisoformat(fresh), UTC))


def test_a_month_end_that_is_not_over_is_not_one() -> None:
    noon = Moment(datetime(2026, 3, 29, 12), ALL_KNOWN, date(2026, 3, 29))
    assert str(refreshed(noon, Freshness(last="month_end"), UTC, WEEKS).day) == "2026-02-22"
