"""What changed under a series while it ran: definitions, rules of segments and territories, what history knows."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from tieout.basics.calendars import local_day
from tieout.contract.definitions import definition_periods, resolve_lens
from tieout.contract.placing import placing_periods
from tieout.measure.numbers.facts import FACTS, facts_of
from tieout.measure.numbers.knowable import begins
from tieout.measure.numbers.question import view_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tieout.measure.answers import Question
    from tieout.measure.numbers.metric import Metric
    from tieout.measure.numbers.question import Asked

DATED = ("pipeline_created", "qualified", "funnel_deals")
"""Tables in which what happened on a day is told by the definition of that day."""
PLACES = {"segment": "segments", "territory": "territories", "region": "territories"}


@dataclass(frozen=True, slots=True)
class Changed:
    """From this day on something is counted, placed or known in another way; `text` says what."""

    day: date
    kind: Literal["definition", "segments", "territories", "history"]
    text: str


def changes_of(
    asked: Asked, question: Question, metric: Metric, days: tuple[date, date], *, restated: bool, said_then: bool
) -> tuple[Changed, ...]:
    """List what changed after the first of the days and up to the last, in order of time.

    Rules of segments and territories count where the series is sliced or filtered by them. `restated` says that every
    bucket is counted as of one moment, and so by its definition.
    """
    first, last = days
    found = [*_definitions(asked, question, metric, restated=restated), *_placings(asked, question)]
    if metric.fact != "revenue":
        found += _history(asked, said_then=said_then)
    return tuple(sorted((one for one in found if first < one.day <= last), key=lambda one: (one.day, one.kind)))


def _definitions(asked: Asked, question: Question, metric: Metric, *, restated: bool) -> Iterator[Changed]:
    """Give the days from which on another definition counts, as far as this number looks at it at all."""
    view = view_of(asked, replace(question, period=None), metric)

    def counted(day: date) -> object:
        lens = metric.counted(resolve_lens(asked.contract, question.lens or "agreed", day))
        if metric.fact not in FACTS:
            return lens
        return facts_of(metric, replace(view, lens=lens), asked.contract).sql

    dated = metric.fact in FACTS and any(f" {table} " in str(counted(view.moment.day)) for table in DATED)
    for start, _, definition in definition_periods(asked.contract.pipeline):
        if start is None:
            continue
        if dated or (not restated and counted(start) != counted(start - timedelta(days=1))):
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
