"""Laws of calendars, whatever their rule: periods tile time, names lead back, days of a quarter count from 1."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tieout.align.contract_tables import days_told
from tieout.basics.calendars import FiscalCalendar, Period, Weeks, parse_period

YEARS = st.integers(2001, 2049)
DAYS = st.dates(date(2001, 1, 1), date(2049, 12, 31))
WEEKS = st.builds(
    Weeks,
    pattern=st.sampled_from([(4, 4, 5), (4, 5, 4), (5, 4, 4)]),
    weekday=st.integers(0, 6),
    month=st.integers(1, 12),
    nearest=st.booleans(),
    week_53=st.integers(1, 12),
)
CALENDARS = st.one_of(
    st.builds(FiscalCalendar, st.just("months"), start_month=st.integers(1, 12), by_start=st.booleans()),
    st.builds(FiscalCalendar, st.just("weeks"), weeks=WEEKS, by_start=st.booleans()),
)


def tiles(whole: Period, parts: list[Period]) -> bool:
    """Say whether the parts fill the whole, one after another, without gap or overlap."""
    joined = all(before.end == after.start for before, after in pairwise(parts))
    return joined and (parts[0].start, parts[-1].end) == (whole.start, whole.end)


@given(CALENDARS, YEARS)
def test_a_year_is_its_parts(calendar: FiscalCalendar, year: int) -> None:
    whole = calendar.year(year)
    assert whole.end == calendar.year(year + 1).start
    assert tiles(whole, [calendar.half(year, number) for number in (1, 2)])
    assert tiles(whole, [calendar.quarter(year, number) for number in range(1, 5)])
    for number in range(1, 5):
        months = [calendar.month(year, 3 * number - step) for step in (2, 1, 0)]
        assert tiles(calendar.quarter(year, number), months)


@given(CALENDARS.filter(lambda calendar: calendar.weeks is not None), YEARS)
def test_a_year_of_weeks_has_52_or_53(calendar: FiscalCalendar, year: int) -> None:
    whole = calendar.year(year)
    weeks = whole.days // 7
    assert whole.days % 7 == 0
    assert weeks in {52, 53}
    assert tiles(whole, [calendar.week(year, number) for number in range(1, weeks + 1)])
    quarters = [calendar.quarter(year, number).days // 7 for number in range(1, 5)]
    assert sorted(quarters) == [13, 13, 13, weeks - 39]


@given(CALENDARS, DAYS)
def test_each_day_is_in_its_periods_and_their_names_lead_back(calendar: FiscalCalendar, day: date) -> None:
    found = (
        calendar.quarter_of(day),
        calendar.month_of(day),
        calendar.week_of(day),
        calendar.year(calendar.year_of(day)),
    )
    for period in found:
        assert period.holds(day)
        assert parse_period(period.name, calendar) == period


@given(CALENDARS, DAYS, st.integers(0, 12))
def test_quarters_before_one_another(calendar: FiscalCalendar, day: date, back: int) -> None:
    quarter = calendar.quarter_of(day)
    found = [calendar.quarter_before(quarter, steps) for steps in range(back, -1, -1)]
    assert found[-1] == quarter
    assert all(before.end == after.start for before, after in pairwise(found))


@given(CALENDARS, YEARS)
def test_days_of_a_quarter_count_from_1_and_down_to_0(calendar: FiscalCalendar, year: int) -> None:
    whole = calendar.year(year)
    days = [whole.start + timedelta(days=number) for number in range(whole.days)]
    told = list(days_told(calendar, days))
    for number in range(1, 5):
        quarter = calendar.quarter(year, number)
        mine = [row for row, day in zip(told, days, strict=True) if quarter.holds(day)]
        assert {row[3] for row in mine} == {quarter.name}
        assert [row[5] for row in mine] == list(range(1, quarter.days + 1))
        assert [row[6] for row in mine] == [place // 7 + 1 for place in range(quarter.days)]
        assert [row[8] for row in mine] == list(range(quarter.days - 1, -1, -1))
        assert {row[7] for row in mine} == {quarter.days}
