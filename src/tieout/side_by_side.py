"""One question under several calendars: the answers beside one another, and what makes each differ from the first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.measure.answers import Answer, Bridge, Posting, Question, QuestionError, Value
from tieout.measure.numbers.question import metric_named
from tieout.questions import ask, bridge_questions

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace

STATES = frozenset({"units"})
"""Facts that a bridge explains."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A record that only one of two calendars counts: in `counted`, and the day by which it falls into a period."""

    posting: Posting
    counted: str
    day: date | None


@dataclass(frozen=True, slots=True)
class InCalendar:
    """An answer under one calendar, its difference from the first one's, and what the difference is made of.

    `bridge` is None for the first calendar and for numbers that no bridge explains.
    """

    name: str
    answer: Answer
    difference: Value | None = None
    bridge: Bridge | None = None
    moved: tuple[Moved, ...] = ()


def side_by_side(workspace: Workspace, question: Question, calendars: tuple[str, ...]) -> tuple[InCalendar, ...]:
    """Answer a question under each calendar, the first one being what the others are compared with.

    Raises QuestionError where one is named twice or is not there.
    """
    if len(set(calendars)) < len(calendars):
        message = f"A calendar is named twice: {', '.join(calendars)}. Name each once."
        raise QuestionError(message)
    bridged = metric_named(question.metric).fact in STATES
    asked = replace(question, records=question.records or bridged)
    answers = [ask(workspace, replace(asked, calendar=name)) for name in calendars]
    first = InCalendar(calendars[0], answers[0])
    others = (
        _compared(workspace, asked, first, InCalendar(name, answer))
        for name, answer in zip(calendars[1:], answers[1:], strict=True)
    )
    return first, *others


def _compared(workspace: Workspace, question: Question, first: InCalendar, other: InCalendar) -> InCalendar:
    ours, theirs = first.answer.total.value, other.answer.total.value
    if ours is None or theirs is None:
        return other
    difference = _less(theirs, ours)
    if metric_named(question.metric).fact not in STATES:
        return replace(other, difference=difference)
    ends = (replace(question, calendar=first.name), replace(question, calendar=other.name))
    bridge = bridge_questions(workspace, *ends)
    return replace(other, difference=difference, bridge=bridge, moved=_moved(bridge, first, other))


def _less(left: Value, right: Value) -> Value:
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left - right
    if isinstance(left, int) and isinstance(right, int):
        return left - right
    return float(left) - float(right)


def _moved(bridge: Bridge, first: InCalendar, other: InCalendar) -> tuple[Moved, ...]:
    """Tell of each posting in which calendar's period the record lies; its day is by the calendar that counts it."""
    days = {
        each.name: {(str(row["record"]), str(row["unit"])): row["day"] for row in each.answer.records or ()}
        for each in (first, other)
    }
    moved = []
    for posting in bridge.postings:
        key = (posting.record, posting.unit or posting.record)
        name = first.name if key in days[first.name] else other.name
        day = days[name].get(key)
        moved.append(Moved(posting, name, day if isinstance(day, date) else None))
    return tuple(moved)
