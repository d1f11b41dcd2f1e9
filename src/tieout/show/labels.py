"""What an answer is never shown without: of which number, how it was asked, of which days, how far it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.show import figures
from tieout.show.terminal import clean

if TYPE_CHECKING:
    from datetime import date

    from tieout.contract.model import Company
    from tieout.measure.answers import Answer, Passport


def label_of(
    answer: Answer, company: Company, *, number: str = "", then: bool = False, figure: bool = True
) -> list[str]:
    """Give the label of an answer; `number` where it is shown as another one's.

    `then` says that it was asked as it was said then. Without `figure` the page has a figure of its own, which the n,
    the interval and the grade of the answer are not about.
    """
    zone, total = ZoneInfo(company.time_zone), answer.total
    told = [
        number or answer.metric,
        *chosen_of(answer.passport, company),
        period_of(answer.period, answer.days) or "no period",
        f"as of {figures.stamp(answer.as_of, zone)}",
        "as said then" if then else figures.known(answer.known_at, zone),
    ]
    if figure:
        told += [f"n {figures.count(total.n)}", figures.interval(total.interval), figures.graded(total.grade)]
    return [part for part in told if part]


def chosen_of(passport: Passport, company: Company) -> list[str]:
    """Say what was chosen: lens and condition, the calendar where it is not the default, the organization of now."""
    told = [f"lens {passport.lens}" if passport.lens else "", clean(passport.filters or "")]
    # Calendars name their periods alike: which one it is decides what 2027-Q3 is.
    told += [f"calendar {passport.calendar}" if passport.calendar != next(iter(company.calendars)) else ""]
    told += ["as-is" if passport.org == "as-is" else ""]
    return [part for part in told if part]


def period_of(name: str | None, days: tuple[date, date] | None) -> str:
    """Name a period with its days."""
    return f"{name} ({days[0]} to {days[1]})" if name and days else name or ""
