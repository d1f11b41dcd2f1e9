"""Ask a number: fill in the question, count, put the label on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.measure.answers import Answer, Question, QuestionError, Row
from tieout.measure.numbers.clock_counts import COUNTS, agreement_changed
from tieout.measure.numbers.clock_facts import unanswerable
from tieout.measure.numbers.count import count, counting, records_of
from tieout.measure.numbers.coverage import coverage
from tieout.measure.numbers.efficiency import efficiency
from tieout.measure.numbers.funnel_notes import funnel_absent, funnel_notes
from tieout.measure.numbers.knowable import before_history, no_competitor, unknowable
from tieout.measure.numbers.label import label
from tieout.measure.numbers.original import by_currency, left_out, only_money
from tieout.measure.numbers.question import Asked, metric_named, view_of
from tieout.measure.numbers.required import required_answer
from tieout.measure.numbers.slip import not_over
from tieout.measure.numbers.velocity import velocity
from tieout.measure.quality.number_facts import nothing_asked
from tieout.warehouse.engine import EngineError

if TYPE_CHECKING:
    from tieout.measure.lens_sql import LensView
    from tieout.measure.numbers.catalogue import Metric


def ask(asked: Asked, question: Question) -> Answer:
    """Answer a question from a build.

    Raises QuestionError where the question names what is not there, PeriodError where a period cannot be read.
    """
    metric = metric_named(question.metric)
    if question.original:
        only_money(metric)
    if metric.aggregate == "coverage":
        return coverage(asked, question, metric)
    if metric.aggregate == "required":
        return required_answer(asked, question, metric)
    if metric.aggregate == "efficiency":
        return efficiency(asked, question, metric)
    if metric.aggregate == "velocity":
        return velocity(asked, question, metric)
    view = view_of(asked, question, metric)
    counted = counting(asked, question, metric, view)
    if reason := _reason(asked, metric, view):
        return label(asked, question, metric, view, (Row({}, None, 0, absent=reason),))
    try:
        records = records_of(counted) if question.records else None
        rows = COUNTS.get(metric.fact, count)(counted)
        told = left_out(counted) if rows[0].unvalued else ()
        currencies = by_currency(counted) if question.original else None
    except EngineError as error:
        if not question.where:
            raise
        message = (
            f"The condition '{question.where}' cannot be computed: {str(error).splitlines()[0]}. Use smaller numbers."
        )
        raise QuestionError(message) from error
    if not metric.event and not rows[0].n and (reason := before_history(asked, view)):
        rows = (Row({}, None, 0, absent=reason),)
    answer = label(asked, question, metric, view, rows, records)
    told += funnel_notes(asked, metric, view, answer.total)
    return replace(answer, notes=(*answer.notes, *told), currencies=currencies)


def _reason(asked: Asked, metric: Metric, view: LensView) -> str | None:
    """Say why there is no figure; None where there is one."""
    untold = nothing_asked(metric.fact, asked.contract) or no_competitor(asked, metric.fact)
    untold = untold or not_over(asked, metric.fact, view)
    untold = untold or unanswerable(metric.fact, view, asked.contract)
    untold = untold or agreement_changed(metric.fact, view, asked.contract)
    return untold or funnel_absent(asked, metric.fact) or unknowable(asked, view)
