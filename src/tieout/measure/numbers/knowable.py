"""What nobody could know: then a figure is absent with the reason, never 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.basics.calendars import end_of_day, local_day

if TYPE_CHECKING:
    from datetime import datetime

    from tieout.measure.lens_sql import LensView
    from tieout.measure.numbers.question import Asked


def unknowable(asked: Asked, view: LensView) -> str | None:
    """Say why nobody could know the figure at the moment that is asked about; None where it could be known."""
    if view.period and "open" not in view.lens.outcomes and view.period.start > view.moment.day:
        return "the period has not begun"
    if view.moment.restated:
        return None
    if view.moment.known_at < asked.facts.heard_from:
        return "nothing was known then: the first pull was taken later"
    return "as of lies after known at: nobody knew yet" if view.moment.as_of > view.moment.known_at else None


def before_history(asked: Asked, view: LensView) -> str | None:
    """Say that nothing is known of a time: of no record then is the state known, which is not the same as none."""
    return not_begun(asked, view, begins(asked))


def not_begun(asked: Asked, view: LensView, first: datetime | None) -> str | None:
    """Say that a moment lies before the first one of which anything is known; None where it does not.

    Of what was closed it is the end of the period that counts, as long as it is over.
    """
    moment = view.moment.as_of
    if view.period and "open" not in view.lens.outcomes and view.lens.date_field == "close_date":
        moment = min(moment, end_of_day(view.period.last_day, asked.zone))
    if first is None or first <= moment:
        return None
    return f"nothing is known of that time: history begins on {local_day(first, asked.zone)}"


def begins(asked: Asked) -> datetime | None:
    """Give the moment, in UTC, at which the history of deals begins; None where no deal's state is known."""
    # Looking for the first of all reads little: most blocks begin later than one that is found.
    sql = """select valid_from from opportunity_states where not missing and seen_to = timestamp '9999-12-31'
      order by valid_from limit 1"""
    found = asked.rows(sql)
    return found[0][0] if found else None


def no_competitor(asked: Asked, fact: str) -> str | None:
    """Say that no lost deal names a competitor, so that nobody can tell which losses were competitive."""
    if fact != "narrow":
        return None
    sql = "select 1 from opportunity_states where outcome = 'lost' and competitor is not null limit 1"
    return None if asked.rows(sql) else "no lost deal names a competitor"
