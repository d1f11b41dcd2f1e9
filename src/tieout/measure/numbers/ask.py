"""Ask a number: fill in the question, count, put the label on."""

from __future__ import annotations

from tieout.measure.answers import Answer, Question, Row
from tieout.measure.numbers.count import count, counting, records_of
from tieout.measure.numbers.coverage import coverage
from tieout.measure.numbers.knowable import before_history, unknowable
from tieout.measure.numbers.label import label
from tieout.measure.numbers.question import Asked, metric_named, view_of


def ask(asked: Asked, question: Question) -> Answer:
    """Answer a question from a build.

    Raises QuestionError where the question names what is not there, PeriodError where a period cannot be read.
    """
    metric = metric_named(question.metric)
    if metric.aggregate == "coverage":
        return coverage(asked, question, metric)
    view = view_of(asked, question, metric)
    counted = counting(asked, question, metric, view)
    if reason := unknowable(asked, view):
        return label(asked, question, metric, view, (Row({}, None, 0, absent=reason),))
    records = records_of(counted) if question.records else None
    rows = count(counted)
    if not metric.event and not rows[0].n and (reason := before_history(asked, view)):
        rows = (Row({}, None, 0, absent=reason),)
    return label(asked, question, metric, view, rows, records)
