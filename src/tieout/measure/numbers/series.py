"""A number at many moments in one statement: each moment's rows are compiled as for a single question and put together."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.measure.answers import Question, QuestionError, Row
from tieout.measure.numbers.count import count_parts, counting
from tieout.measure.numbers.question import Asked, metric_named, view_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_MOMENT = re.compile(r"\$(as_of|known_at|day|start|end)_a\b")


def series(asked: Asked, question: Question, moments: Sequence[datetime]) -> tuple[tuple[Row, ...], ...]:
    """Answer a question as of each moment: the total and the slices, moment by moment.

    `question.said_then` asks for each as it was said then, else all are restated. Raises QuestionError for a number that
    counts what happened (it needs a build for each moment) or a coverage.
    """
    metric = metric_named(question.metric)
    if metric.event or metric.aggregate == "coverage":
        message = f"'{metric.id}' counts what happened; a series is of numbers of a state, such as pipeline.open_qualified."
        raise QuestionError(message)
    parts = []
    for number, moment in enumerate(moments):
        asking = replace(question, as_of=moment)
        part = counting(asked, asking, metric, view_of(asked, asking, metric))
        sql = _MOMENT.sub(rf"$\g<1>_a{number}", part.facts.sql)
        named = {_MOMENT.sub(rf"$\g<1>_a{number}", f"${key}")[1:]: value for key, value in part.facts.parameters.items()}
        parts.append(replace(part, facts=replace(part.facts, sql=sql, parameters=named)))
    return count_parts(parts)
