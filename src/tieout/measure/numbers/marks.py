"""What changed under a series while it ran: definitions, rules of segments and territories, what history knows."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from tieout.basics.calendars import local_day
from tieout.contract.definitions import definition_periods, resolve_lens
from tieout.contract.placing import placing_periods
from tieout.measure.numbers.knowable import begins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tieout.measure.answers import Question
    from tieout.measure.numbers.metric import Metric
    from tieout.measure.numbers.question import Asked

PLACES = {"segment": "segments", "territory": "territories", "region": "territories"}


@dataclass(frozen=True, slots=True)
class Changed:
    """From this day on something is counted, placed or known in another way; `text` says what."""

    day: date
    kind: Literal["definition", "segments", "territories", "history"]
    text: str


def changes_of(
    asked: Asked, question: Question, metric: Metric, first: date, last: date, *, said_then: bool
) -> tuple[Changed, ...]:
    """List what changed after the first day and up to the last, in order of time.

    Rules of segments and territories count where the series is sliced or filtered by them.
    """
    found = [*_definitions(asked, question, metric), *_placings(asked, question)]
    if metric.fact != "revenue":
        found += _history(asked, said_then=said_then)
    return tuple(sorted((one for one in found if first < one.day <= last), key=lambda one: (one.day, one.kind)))


def _definitions(asked: Asked, question: Question, metric: Metric) -> Iterator[Changed]:
    name = question.lens or "agreed"
    for start, _, definition in definition_periods(asked.contract.pipeline):
        if start is None:
            continue
        before = metric.counted(resolve_lens(asked.contract, name, start - timedelta(days=1)))
        if metric.counted(resolve_lens(asked.contract, name, start)) != before or metric.fact == "created":
            reason = f": {definition.reason}" if definition.reason else ""
            yield Changed(start, "definition", f"definition changed{reason}")


def _placings(asked: Asked, question: Question) -> Iterator[Changed]:
    where = (question.where or "").lower()
    looked_at = {kind for name, kind in PLACES.items() if name in question.by or name in where}
    periods = placing_periods(asked.contract)
    for before, after in itertools.pairwise(periods):
        if after.first is None:
            continue
        if "segments" in looked_at and before.segments != after.segments:
            yield Changed(after.first, "segments", "rules of segments changed")
        if "territories" in looked_at and before.territories != after.territories:
            yield Changed(after.first, "territories", "rules of territories changed")


def _history(asked: Asked, *, said_then: bool) -> Iterator[Changed]:
    first = begins(asked)
    if first is not None:
        yield Changed(local_day(first, asked.zone), "history", "history begins")
    if said_then:
        yield Changed(local_day(asked.facts.heard_from, asked.zone), "history", "first pull")
