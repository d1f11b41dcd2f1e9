"""Rules over the company's calendars: a function is a rule, its docstring says it."""

# ruff: noqa: D401 - a rule's docstring is the rule as people read it

from __future__ import annotations

from collections.abc import Iterator

from tieout.contract.calendars import fiscal_calendar
from tieout.contract.places import Fault, shorten
from tieout.contract.rulebook import Rule, Rulebook

COMPANY = "company.yaml"
OF_WEEKS = ("year_ends", "weekday", "month", "week_53", "starts")
YEARS = range(2000, 2051)
SHORT, LONG = 52 * 7, 53 * 7


def a_calendar_is_of_one_kind(book: Rulebook) -> Iterator[Fault]:
    """A calendar is made of months or of weeks; the keys of the other kind say nothing."""
    for name, terms in book.contract.company.calendars.items():
        at = (COMPANY, "calendars", name)
        if terms.weeks is None and book.intact(*at, "weeks"):
            for key in OF_WEEKS:
                if getattr(terms, key):
                    message = f"'{key}' belongs to a calendar of weeks, and '{name}' is one of months."
                    remedy = "Say `weeks: 4-4-5` (or 4-5-4, 5-4-4), or delete the key."
                    yield book.fault((*at, key), "calendar.mixed", message, remedy, given=key)
        elif terms.weeks and terms.start_month != 1:
            message = f"'start_month' belongs to a calendar of months, and '{name}' is one of weeks."
            remedy = "Say in which `month` its year ends, and delete `start_month`."
            yield book.fault((*at, "start_month"), "calendar.mixed", message, remedy, given=terms.start_month)


def a_year_has_52_or_53_weeks(book: Rulebook) -> Iterator[Fault]:
    """Each year of a calendar of weeks, listed or by the rule, has 52 or 53 whole weeks."""
    for name, terms in book.contract.company.calendars.items():
        if terms.weeks is None:
            continue
        at = (COMPANY, "calendars", name)
        if far := [day for day in terms.starts if day.year not in YEARS]:
            message = f"The year of '{name}' that begins on {far[0]} lies outside 2000 to 2050."
            yield book.fault((*at, "starts"), "calendar.year", message, "Mend the day, or delete it.", given=far[0])
            continue
        calendar = fiscal_calendar(name, terms)
        placed = {calendar.year_start(year) for year in range(YEARS[0] - 1, YEARS[-1] + 2)}
        if lost := sorted(set(terms.starts) - placed):
            message = f"The year of '{name}' that begins on {lost[0]} has another first day listed beside it."
            yield book.fault((*at, "starts"), "calendar.year", message, "List the first day of each year once.")
            continue
        for year in YEARS:
            first, after = calendar.year_start(year), calendar.year_start(year + 1)
            days = (after - first).days
            if days not in {SHORT, LONG}:
                message = (
                    f"Fiscal {year} of '{name}' runs from {first} to the day before {after}: {days} days, which is "
                    "neither 52 nor 53 weeks."
                )
                remedy = "Mend `starts`, or list the years around it too; `weekday` and `month` must agree with them."
                yield book.fault((*at, "starts"), "calendar.year", message, remedy, given=str(after))
                break


def the_plan_has_a_calendar(book: Rulebook) -> Iterator[Fault]:
    """The plan's targets are for periods of a calendar that there is."""
    named, calendars = book.contract.plan.calendar, book.contract.company.calendars
    if named is not None and named not in calendars and book.whole(COMPANY, "calendars"):
        message = f"'{shorten(named)}' is no calendar."
        remedy = "Use a calendar of company.yaml."
        yield book.fault(("plan.yaml", "calendar"), "calendar.unknown", message, remedy, given=named, allowed=calendars)


CALENDAR_RULES: tuple[Rule, ...] = (a_calendar_is_of_one_kind, a_year_has_52_or_53_weeks, the_plan_has_a_calendar)
"""Every rule over calendars."""
