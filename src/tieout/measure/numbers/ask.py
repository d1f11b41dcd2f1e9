"""Ask a number: fill in the question, count, put the label on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.basics.calendars import local_day
from tieout.measure.answers import Answer, Question, Row
from tieout.measure.numbers.count import count, counting, records_of
from tieout.measure.numbers.coverage import coverage
from tieout.measure.numbers.label import label
from tieout.measure.numbers.question import Asked, metric_named, view_of
from tieout.measure.run_sql import rows as fetch

if TYPE_CHECKING:
    from tieout.measure.lens_sql import LensView


def ask(asked: Asked, question: Question) -> Answer:
    """Answer a question from a build.

    Raises QuestionError where the question names what is not there, PeriodError where a period cannot be read.
    """
    metric = metric_named(question.metric)
    if metric.aggregate == "coverage":
        return coverage(asked, question, metric)
    view = view_of(asked, question, metric)
    counted = counting(asked, question, metric, view)
    if reason := _unknowable(asked, view):
        return label(asked, question, metric, view, (Row({}, None, 0, absent=reason),))
    records = records_of(counted) if question.records else None
    rows = count(counted)
    if not metric.event and not rows[0].n and (reason := _before_history(asked, view)):
        rows = (Row({}, None, 0, absent=reason),)
    return label(asked, question, metric, view, rows, records)


def _unknowable(asked: Asked, view: LensView) -> str | None:
    """Say why nobody could know the figure at the moment that is asked about; None where it could be known."""
    if view.moment.restated:
        return None
    if view.moment.known_at < asked.facts.heard_from:
        return "nothing was known then: the first pull was taken later"
    return "as of lies after known at: nobody knew yet" if view.moment.as_of > view.moment.known_at else None


def _before_history(asked: Asked, view: LensView) -> str | None:
    """Say that nothing is known of a time: of no record then is the state known, which is not the same as none."""
    sql = "select min(valid_from) from opportunity_states where not missing and seen_to = timestamp '9999-12-31'"
    begins = fetch(asked.engine, sql)[0][0]
    if begins is None or begins <= view.moment.as_of:
        return None
    return f"nothing is known of that time: history begins on {local_day(begins, asked.zone)}"
