"""A number over time: restated, as it was said then, and what we said, side by side, with what changed under it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from tieout.basics.calendars import parse_period
from tieout.basics.wording import option
from tieout.building import known_builds
from tieout.measure.answers import Question, QuestionError, Row
from tieout.measure.moments import calendar_of
from tieout.measure.numbers.ask import ask as ask_build
from tieout.measure.numbers.buckets import Bucket, Every, buckets_of
from tieout.measure.numbers.flows import DATED, flows
from tieout.measure.numbers.marks import Changed, changes_of
from tieout.measure.numbers.question import metric_named, view_of
from tieout.measure.numbers.series import STATES, series
from tieout.measure.recalled import Said, said_at, said_of
from tieout.questions import ask, opened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from tieout.basics.calendars import FiscalCalendar
    from tieout.basics.workspace import Workspace
    from tieout.measure.numbers.metric import Metric
    from tieout.measure.numbers.question import Asked
    from tieout.warehouse.builds import BuildFacts

Way = Literal["restated", "said then", "what we said"]
APART = ("coverage", "required", "velocity", "commitment")
"""Aggregates of numbers that are made of several, each with its own moments."""
MOST_ASKED = 60
"""Up to so many buckets are asked one after another."""


@dataclass(frozen=True, slots=True)
class SeriesTerms:
    """How a series is cut and which ways it is told; `builds` lets builds be made where a way needs them."""

    every: Every = "month"
    days: tuple[date | None, date | None] = (None, None)
    ways: tuple[Way, ...] = ("restated",)
    builds: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A number in each bucket, told in one or more ways; `rows[way][place]` begins with the total of that bucket.

    `flow` says that a value is of the bucket's days, as of `as_of`; otherwise it is as of their end. `said` are the
    figures of `what we said`, row by row. `records` are those of the first way in each bucket, where they were asked
    for.
    """

    question: Question
    every: Every
    flow: bool
    buckets: tuple[Bucket, ...]
    rows: dict[Way, tuple[tuple[Row, ...], ...]]
    changes: tuple[Changed, ...]
    as_of: datetime
    build: BuildFacts
    calendar: str
    rates: str
    said: tuple[Said, ...] = ()
    records: tuple[tuple[dict[str, object], ...], ...] | None = None
    at_ends: tuple[str, ...] = ()
    """The buckets that end with a quarter, where a state is of the quarter that holds the end: little of it is left."""


def is_flow(metric: Metric) -> bool:
    """Say whether a number is of what happened in a period, rather than of a state at a moment."""
    outcomes = metric.lens.get("outcomes", ("open",))
    closed = isinstance(outcomes, tuple) and "open" not in outcomes and metric.lens.get("date_field") != "none"
    return (metric.event and not metric.of_moment) or closed


def series_of(workspace: Workspace, question: Question, terms: SeriesTerms, build: BuildFacts | None = None) -> Series:
    """Answer a question in every bucket of time, in each way that is asked for.

    Without a period, a state that is of one is of the quarter that holds the end of each bucket. Raises QuestionError,
    PeriodError or NotPublishedError.
    """
    metric = metric_named(question.metric)
    with opened(workspace, build) as asked:
        view = view_of(asked, replace(question, period=None), metric)
        calendar = calendar_of(asked.contract, question.calendar or view.lens.calendar)
        question = replace(question, calendar=calendar.name) if question.calendar else question
        days = terms.days
        if question.period:
            period = parse_period(question.period, calendar)
            days = (days[0] or period.start, days[1] or period.last_day)
        buckets = buckets_of(calendar, terms.every, days, view.asked_at or view.moment.as_of, asked.zone)
        flow = is_flow(metric)
        if flow:
            question = replace(question, period=None)
        rows: dict[Way, tuple[tuple[Row, ...], ...]] = {}
        if "restated" in terms.ways:
            rows["restated"] = _restated(workspace, asked, question, metric, buckets)
        if "said then" in terms.ways:
            rows["said then"] = _said_then(workspace, asked, question, metric, buckets, builds=terms.builds)
        said: tuple[Said, ...] = ()
        if "what we said" in terms.ways:
            said = said_of(workspace, question, metric.unit)
            rows["what we said"] = tuple(
                said_at(said, bucket.as_of, _period(asked, question, metric, bucket, flow=flow), asked.zone)
                for bucket in buckets
            )
        first, last = buckets[0].period.start, buckets[-1].period.last_day
        changes = changes_of(
            asked,
            question,
            metric,
            (first, last),
            restated=flow and "said then" not in rows,
            said_then="said then" in rows,
        )
        facts, rates, now = asked.facts, view.lens.rates or "plan", view.asked_at or view.moment.as_of
    records = _records(workspace, facts, question, buckets, rows, flow=flow) if question.records else None
    return Series(
        question,
        terms.every,
        flow,
        buckets,
        rows,
        changes,
        now if flow else buckets[-1].as_of,
        facts,
        calendar.name,
        rates,
        said,
        records,
        () if flow or question.period else _at_ends(metric, calendar, buckets),
    )


def _at_ends(metric: Metric, calendar: FiscalCalendar, buckets: Sequence[Bucket]) -> tuple[str, ...]:
    """Name the buckets with whose last day the quarter ends of which a pipeline is."""
    if not metric.needs_period or metric.event or metric.aggregate in APART:
        return ()
    days = {bucket.name: bucket.period.last_day for bucket in buckets if not bucket.partial}
    return tuple(name for name, day in days.items() if calendar.quarter_of(day).last_day == day)


def _restated(
    workspace: Workspace, asked: Asked, question: Question, metric: Metric, buckets: Sequence[Bucket]
) -> tuple[tuple[Row, ...], ...]:
    """Count together what can be, and ask the rest bucket by bucket."""
    flow, apart = is_flow(metric), metric.aggregate in APART or metric.of_moment
    if not flow and not apart:
        _few(asked, question, metric, buckets)
        return series(asked, question, [bucket.as_of for bucket in buckets])
    if flow and metric.fact in DATED and question.known_at is None:
        return flows(asked, question, buckets)
    if flow and not metric.event and not apart:
        _few(asked, question, metric, buckets)
        now = view_of(asked, question, metric).moment.as_of
        return series(asked, question, [now] * len(buckets), [bucket.days for bucket in buckets])
    if flow:
        return _each(workspace, asked, [replace(question, period=bucket.days) for bucket in buckets])
    return _each(workspace, asked, [replace(question, as_of=bucket.as_of) for bucket in buckets])


def _said_then(
    workspace: Workspace,
    asked: Asked,
    question: Question,
    metric: Metric,
    buckets: Sequence[Bucket],
    *,
    builds: bool,
) -> tuple[tuple[Row, ...], ...]:
    """States carry from when to when we knew them; what happened is asked of a build that knows no more."""
    then = replace(question, said_then=True, known_at=None)
    periods = [bucket.days for bucket in buckets] if is_flow(metric) else None
    if not metric.event and metric.aggregate not in APART:
        _few(asked, question, metric, buckets)
        return series(asked, then, [bucket.as_of for bucket in buckets], periods)
    questions = [
        replace(then, as_of=bucket.as_of, period=bucket.days if is_flow(metric) else question.period)
        for bucket in buckets
    ]
    if not metric.event:
        return _each(workspace, asked, questions)
    moments = [bucket.as_of for bucket in buckets]
    needed = [asked.facts.heard_from <= moment < asked.facts.heard_until for moment in moments]
    there = iter(known_builds(workspace, asked.facts, [at for at, need in zip(moments, needed, strict=True) if need]))
    lacking = [need and not next(there) for need in needed]
    if builds or not any(lacking):
        return _each(workspace, asked, questions)
    count = sum(lacking)
    why = f"needs a build of what was known then ({count} are lacking, each as long as a refresh); "
    why += "asked for with builds, they are made"
    return tuple(
        (Row({}, None, 0, absent=why),) if lacks else ask(workspace, each, asked.facts).rows
        for lacks, each in zip(lacking, questions, strict=True)
    )


def _each(workspace: Workspace, asked: Asked, questions: Sequence[Question]) -> tuple[tuple[Row, ...], ...]:
    """Ask one after another. Raises QuestionError where that would take long."""
    _bounded(questions[0].metric, len(questions))
    if metric_named(questions[0].metric).event:
        return tuple(ask(workspace, each, asked.facts).rows for each in questions)
    return tuple(ask_build(asked, each).rows for each in questions)


def _few(asked: Asked, question: Question, metric: Metric, buckets: Sequence[Bucket]) -> None:
    """Hold back what would be counted one by one in very many buckets. Raises QuestionError."""
    claims = view_of(asked, question, metric).lens.grain == "claim"
    if claims or metric.fact not in STATES:
        _bounded(question.metric, len(buckets))


def _bounded(metric: str, count: int) -> None:
    if count > MOST_ASKED:
        message = (
            f"'{metric}' is asked bucket by bucket, and {count} buckets would take long. Allowed: {MOST_ASKED}. Give a "
            f"later {option('from')}, or {option('every', 'month')}."
        )
        raise QuestionError(message)


def _period(asked: Asked, question: Question, metric: Metric, bucket: Bucket, *, flow: bool) -> str | None:
    """Name the period that a figure of a bucket would have been said of."""
    if flow:
        return bucket.name
    view = view_of(asked, replace(question, as_of=bucket.as_of), metric)
    return view.period.name if view.period else None


def _records(
    workspace: Workspace,
    facts: BuildFacts,
    question: Question,
    buckets: Sequence[Bucket],
    told: dict[Way, tuple[tuple[Row, ...], ...]],
    *,
    flow: bool,
) -> tuple[tuple[dict[str, object], ...], ...]:
    """Give the records of the first way in each bucket; where its value is absent there are none."""
    way, found = next(iter(told.items()))
    if way == "what we said":
        message = (
            f"What we said was said without its records. Leave out {option('records')}, or add {option('restated')} or "
            f"{option('said_then')}."
        )
        raise QuestionError(message)
    if len(buckets) > MOST_ASKED:
        message = (
            f"The records of {len(buckets)} buckets would be too many to read. Allowed with {option('records')}: "
            f"{MOST_ASKED}. Give a later {option('from')}, or {option('every', 'month')}."
        )
        raise QuestionError(message)
    then = way == "said then"
    if then:
        question = replace(question, said_then=True, known_at=None)

    def asked_in(bucket: Bucket) -> Question:
        period = bucket.days if flow else question.period
        return replace(question, period=period, as_of=bucket.as_of if then or not flow else None)

    return tuple(
        () if rows[0].absent and not rows[0].n else ask(workspace, asked_in(bucket), facts).records or ()
        for bucket, rows in zip(buckets, found, strict=True)
    )
