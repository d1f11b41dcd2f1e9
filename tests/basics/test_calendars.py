"""Fiscal calendars against dates that others published, and the names of periods."""

from __future__ import annotations

from datetime import date

import pytest

from tieout.basics.calendars import FiscalCalendar, PeriodError, Weeks, parse_period

SATURDAY, SUNDAY = 5, 6
RETAIL = FiscalCalendar("retail", weeks=Weeks((4, 5, 4), SATURDAY, 1, nearest=True), by_start=True)
APPLE = FiscalCalendar("apple", weeks=Weeks((4, 4, 5), SATURDAY, 9, nearest=False, week_53=3))
CISCO = FiscalCalendar("cisco", weeks=Weeks((4, 4, 5), SATURDAY, 7, nearest=False))
JOHNSON = FiscalCalendar("johnson", weeks=Weeks((5, 4, 4), SUNDAY, 12, nearest=True))
FEBRUARY = FiscalCalendar("fiscal", 2)


# -- what others published


def test_the_retail_federations_long_years() -> None:
    """National Retail Federation, "4-5-4 Calendar": 53 weeks in FY'00, FY'06, FY'12, FY'17 and FY'23."""
    long = [year for year in range(2000, 2025) if RETAIL.year(year).days == 53 * 7]
    assert long == [2000, 2006, 2012, 2017, 2023]


def test_the_retail_federations_years() -> None:
    """National Retail Federation, the 4-5-4 calendars of 2017 to 2025: the first day of each year."""
    first = {
        2017: "2017-01-29", 2018: "2018-02-04", 2019: "2019-02-03", 2020: "2020-02-02", 2021: "2021-01-31",
        2022: "2022-01-30", 2023: "2023-01-29", 2024: "2024-02-04", 2025: "2025-02-02",
    }  # fmt: skip
    assert {year: str(RETAIL.year_start(year)) for year in first} == first
    assert RETAIL.year(2023).last_day == date(2024, 2, 3)


def test_the_retail_federations_months_of_a_long_year() -> None:
    """The same calendar of 2023: February 4 weeks, March 5, April 4; its January has 5 weeks instead of 4."""
    starts = [RETAIL.month(2023, number).start for number in (1, 2, 3, 4, 12)]
    assert list(map(str, starts)) == ["2023-01-29", "2023-02-26", "2023-04-02", "2023-04-30", "2023-12-31"]
    assert RETAIL.month(2023, 12).days == 5 * 7


def test_a_year_that_ends_on_the_last_saturday_of_september() -> None:
    """Apple's annual reports: fiscal 2017 and 2023 had 53 weeks, the extra one in the first quarter."""
    ended = {2016: "2016-09-24", 2017: "2017-09-30", 2018: "2018-09-29", 2022: "2022-09-24", 2023: "2023-09-30"}
    assert {year: str(APPLE.year(year).last_day) for year in ended} == ended
    assert [year for year in range(2013, 2025) if APPLE.year(year).days == 53 * 7] == [2017, 2023]
    assert APPLE.quarter(2023, 1).last_day == date(2022, 12, 31)
    assert APPLE.quarter(2023, 2).last_day == date(2023, 4, 1)


def test_a_year_that_ends_on_the_last_saturday_of_july() -> None:
    """Cisco's annual reports: fiscal 2016 ended on 30 July 2016 and 2021 on 31 July 2021, each after 53 weeks."""
    ended = {2015: "2015-07-25", 2016: "2016-07-30", 2020: "2020-07-25", 2021: "2021-07-31", 2022: "2022-07-30"}
    assert {year: str(CISCO.year(year).last_day) for year in ended} == ended
    assert [year for year in range(2012, 2023) if CISCO.year(year).days == 53 * 7] == [2016, 2021]


def test_a_year_is_named_by_its_month_even_where_it_ends_in_january() -> None:
    """Johnson & Johnson's annual reports: the Sunday nearest to the end of December."""
    ended = {2018: "2018-12-30", 2019: "2019-12-29", 2020: "2021-01-03", 2021: "2022-01-02"}
    assert {year: str(JOHNSON.year(year).last_day) for year in ended} == ended
    assert JOHNSON.year(2020).days == 53 * 7
    assert JOHNSON.quarter_of(date(2021, 1, 3)).name == "2020-Q4"


# -- names


@pytest.mark.parametrize(
    ("given", "calendar", "name", "first", "last"),
    [
        ("2027-Q3", FEBRUARY, "2027-Q3", "2026-08-01", "2026-10-31"),
        ("fy2027q3", FEBRUARY, "2027-Q3", "2026-08-01", "2026-10-31"),
        ("2027-H1", FEBRUARY, "2027-H1", "2026-02-01", "2026-07-31"),
        ("FY2027", FEBRUARY, "2027", "2026-02-01", "2027-01-31"),
        ("2027-P07", FEBRUARY, "2027-P07", "2026-08-01", "2026-08-31"),
        ("2027-p7", FEBRUARY, "2027-P07", "2026-08-01", "2026-08-31"),
        ("2026-07", FEBRUARY, "2026-07", "2026-07-01", "2026-07-31"),
        ("2026-07", RETAIL, "2026-07", "2026-07-01", "2026-07-31"),
        ("2026-W07", FEBRUARY, "2026-W07", "2026-02-09", "2026-02-15"),
        ("2023-W01", RETAIL, "2023-W01", "2023-01-29", "2023-02-04"),
        ("2023-W53", RETAIL, "2023-W53", "2024-01-28", "2024-02-03"),
        ("2023-Q4", RETAIL, "2023-Q4", "2023-10-29", "2024-02-03"),
        ("2023-H2", RETAIL, "2023-H2", "2023-07-30", "2024-02-03"),
        ("2026-07-06", RETAIL, "2026-07-06", "2026-07-06", "2026-07-06"),
        ("2026-07-06..2026-07-08", RETAIL, "2026-07-06..2026-07-08", "2026-07-06", "2026-07-08"),
    ],
)
def test_a_period_is_read(given: str, calendar: FiscalCalendar, name: str, first: str, last: str) -> None:
    period = parse_period(given, calendar)
    assert (period.name, str(period.start), str(period.last_day)) == (name, first, last)


def test_a_year_named_by_its_start() -> None:
    calendar = FiscalCalendar("fiscal", 2, by_start=True)
    assert (calendar.year(2026).start, calendar.quarter_of(date(2027, 1, 31)).name) == (date(2026, 2, 1), "2026-Q4")
    january = FiscalCalendar("calendar", 1, by_start=True)
    assert january.year(2026).start == date(2026, 1, 1)


@pytest.mark.parametrize("given", ["2026-P00", "2026-P13", "2026-Q5", "2026-H3", "2026-13", "2026-W", "26-Q1", ""])
def test_what_is_no_period_is_refused(given: str) -> None:
    for calendar in (FEBRUARY, RETAIL):
        with pytest.raises(PeriodError, match="Allowed: 2026-Q3"):
            parse_period(given, calendar)


def test_a_week_that_a_year_does_not_have() -> None:
    with pytest.raises(
        PeriodError, match=r"2022 has no week 53 in the calendar 'retail'. Allowed: 2022-W01 to 2022-W52"
    ):
        parse_period("2022-W53", RETAIL)
    with pytest.raises(PeriodError, match=r"2026-W01 to 2026-W53"):
        parse_period("2026-W54", FEBRUARY)  # 2026 is one of ISO's long years


def test_listed_years_take_the_place_of_the_rules() -> None:
    """A company that let fiscal 2024 run a week longer, and came back to its rule with 2027."""
    weeks = Weeks((4, 4, 5), SUNDAY, 12, nearest=True, starts=(date(2025, 1, 6), date(2026, 1, 5)))
    calendar = FiscalCalendar("moved", weeks=weeks)
    assert FiscalCalendar("ruled", weeks=Weeks((4, 4, 5), SUNDAY, 12)).year_start(2025) == date(2024, 12, 30)
    assert [calendar.year(year).days // 7 for year in (2024, 2025, 2026)] == [53, 52, 52]
    assert calendar.year_of(date(2025, 1, 5)) == 2024


def test_years_that_no_date_has() -> None:
    for calendar in (FEBRUARY, RETAIL):
        for given in ("0000", "0000-Q1"):
            with pytest.raises(PeriodError, match="does not reach the year"):
                parse_period(given, calendar)
        with pytest.raises(PeriodError, match="does not reach"):
            calendar.quarter_of(date(9999, 12, 31))
