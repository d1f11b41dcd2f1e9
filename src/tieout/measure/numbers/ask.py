"""Ask a number: fill in the question, count, put the label on."""

from __future__ import annotations

from tieout.measure.answers import Answer, Question, Row
from tieout.measure.numbers.count import count, counting, records_of
from tieout.measure.numbers.coverage import coverage
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
    if not view.moment.restated and view.moment.as_of > view.moment.known_at:
        unknown = Row({}, None, 0, absent="as of lies after known at: nobody knew yet")
        return label(asked, question, metric, view, (unknown,))
    records = records_of(counted) if question.records else None
    return label(asked, question, metric, view, count(counted), records)
