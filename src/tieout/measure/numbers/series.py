"""A number at many moments: those with one definition are counted in one statement, quicker than one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.measure.answers import Question, QuestionError, Row
from tieout.measure.numbers.count import count, count_each, counting
from tieout.measure.numbers.knowable import before_history, unknowable
from tieout.measure.numbers.question import Asked, metric_named, view_of
from tieout.measure.quality.number_facts import QUALITY_FACTS, nothing_asked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tieout.measure.lens_sql import LensView


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
    each = zip(moments, named, strict=True)
    views = [view_of(asked, replace(question, as_of=moment, period=period), metric) for moment, period in each]
    found: list[tuple[Row, ...]] = [()] * len(views)
    for places in _alike(views):
        first = views[places[0]]
        if first.lens.grain == "claim" or metric.fact in QUALITY_FACTS:
            counted = [count(counting(asked, question, metric, views[place])) for place in places]
        else:
            many = tuple((views[place].moment, views[place].period) for place in places)
            counted = list(count_each(counting(asked, question, metric, replace(first, many=many))))
        for place, rows in zip(places, counted, strict=True):
            why = nothing_asked(metric.fact, asked.contract) or unknowable(asked, views[place])
            why = why or (None if rows[0].n else before_history(asked, views[place]))
            found[place] = (Row({}, None, 0, absent=why),) if why else rows
    return tuple(found)


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
