"""A number at many moments: those with one definition are counted together, from spans wherever sums allow it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.measure.answers import Question, QuestionError, Row
from tieout.measure.numbers.count import count, count_each, counting
from tieout.measure.numbers.knowable import begins, not_begun, unknowable
from tieout.measure.numbers.question import Asked, metric_named, view_of
from tieout.measure.numbers.running import ADDED, count_running
from tieout.measure.quality.number_facts import QUALITY_FACTS, nothing_asked
from tieout.measure.spans_sql import spannable, terms_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tieout.measure.lens_sql import LensView
    from tieout.measure.numbers.metric import Metric

STATES = ("units", "sourced", "past_due")
"""Facts of which a state of a record is one as long as it lasts."""


def series(
    asked: Asked, question: Question, moments: Sequence[datetime], periods: Sequence[str] | None = None
) -> tuple[tuple[Row, ...], ...]:
    """Answer a question as of each moment: the total and the slices, moment by moment; each in its period, if given.

    `question.said_then` asks for each as it was said then, else all are restated. Raises QuestionError for a number
    that counts what happened (it needs a build for each moment) or a coverage.
    """
    metric = metric_named(question.metric)
    if metric.event or metric.aggregate == "coverage":
        message = f"'{metric.id}' counts what happened; a series is of a state, such as pipeline.open_qualified."
        raise QuestionError(message)
    named: Sequence[str | None] = periods or [question.period] * len(moments)
    views = [
        view_of(asked, replace(question, as_of=moment, period=period), metric)
        for moment, period in zip(moments, named, strict=True)
    ]
    first = begins(asked)
    found: list[tuple[Row, ...]] = [()] * len(views)
    for places in _alike(views):
        of = [(views[place].moment, views[place].period) for place in places]
        many = tuple(dict.fromkeys(of))
        each = dict(zip(many, _counted(asked, question, metric, replace(views[places[0]], many=many)), strict=True))
        counted = [each[one] for one in of]
        for place, rows in zip(places, counted, strict=True):
            why = nothing_asked(metric.fact, asked.contract) or unknowable(asked, views[place])
            why = why or (None if rows[0].n else not_begun(asked, views[place], first))
            found[place] = (Row({}, None, 0, absent=why),) if why else rows
    return tuple(found)


def _counted(asked: Asked, question: Question, metric: Metric, view: LensView) -> Sequence[tuple[Row, ...]]:
    """Count at each of the view's moments: from spans, in one statement of a scan each, or one after another."""
    if metric.fact in STATES and metric.aggregate in ADDED and spannable(view):
        spans = terms_of(view, asked.engine)
        return count_running(counting(asked, question, metric, replace(view, spans=spans)))
    if view.lens.grain == "claim" or metric.fact in QUALITY_FACTS:
        alone = (replace(view, many=(), moment=moment, period=period) for moment, period in view.many)
        return [count(counting(asked, question, metric, one)) for one in alone]
    return count_each(counting(asked, question, metric, view))


def _alike(views: Sequence[LensView]) -> list[list[int]]:
    """Group the moments in which the lens is the same: a change of the definition begins a new statement."""
    groups: list[list[int]] = []
    for place, view in enumerate(views):
        group = next((group for group in groups if views[group[0]].lens == view.lens), None)
        if group is None:
            groups.append([place])
        else:
            group.append(place)
    return groups
