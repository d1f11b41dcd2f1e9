"""The calendars of the contract as calendars that cut time: what a person leaves open is filled in here."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tieout.basics.calendars import WEEKDAYS, FiscalCalendar, Weeks

if TYPE_CHECKING:
    from tieout.contract.model import Calendar

SATURDAY, DECEMBER = 5, 12


def fiscal_calendar(name: str, terms: Calendar) -> FiscalCalendar:
    """Give the calendar that the contract's terms describe."""
    by_start = terms.named_by == "start"
    return FiscalCalendar(name, terms.start_month, _weeks(terms), by_start)


def _weeks(terms: Calendar) -> Weeks | None:
    """Give the rule of a year of weeks: by default it ends on the Saturday nearest to the end of December.

    First days of years that are listed say the weekday and the month where nothing else does.
    """
    if terms.weeks is None:
        return None
    weekday, month = SATURDAY, DECEMBER
    if terms.starts:
        ended = min(terms.starts) - timedelta(days=1)
        weekday, month = ended.weekday(), (ended - timedelta(days=15)).month
    first, second, third = (int(weeks) for weeks in terms.weeks.split("-"))
    return Weeks(
        pattern=(first, second, third),
        weekday=WEEKDAYS.index(terms.weekday) if terms.weekday else weekday,
        month=terms.month or month,
        nearest=terms.year_ends != "last",
        week_53=terms.week_53 or 12,
        starts=terms.starts,
    )
