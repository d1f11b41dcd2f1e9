"""A number at many moments in one statement: each moment is compiled as for a single question."""

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

    from tieout.measure.numbers.facts import Facts

_MOMENT = re.compile(r"\$(as_of|known_at|day|start|end)_a\b")


def series(asked: Asked, question: Question, moments: Sequence[datetime]) -> tuple[tuple[Row, ...], ...]:
    """Answer a question as of each moment: the total and the slices, moment by moment.

    `question.said_then` asks for each as it was said then, else all are restated. Raises QuestionError for a number
    that counts what happened (it needs a build for each moment) or a coverage.
    """
    metric = metric_named(question.metric)
    if metric.event or metric.aggregate == "coverage":
        message = f"'{metric.id}' counts what happened; a series is of a state, such as pipeline.open_qualified."
        raise QuestionError(message)
    parts = []
    for number, moment in enumerate(moments):
        asking = replace(question, as_of=moment)
        part = counting(asked, asking, metric, view_of(asked, asking, metric))
        parts.append(replace(part, facts=_numbered(part.facts, number)))
    return count_parts(parts)


def _numbered(facts: Facts, number: int) -> Facts:
    """Give a fact parameters of its own, so that several stand in one statement."""
    name = rf"$\g<1>_a{number}"
    parameters = {_MOMENT.sub(name, f"${key}").removeprefix("$"): value for key, value in facts.parameters.items()}
    return replace(facts, sql=_MOMENT.sub(name, facts.sql), parameters=parameters)
