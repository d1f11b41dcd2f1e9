"""The pipeline waterfall: where the pipeline of one lens came from and went between two moments.

It is a bridge over time. The close-date period is the same at both ends, so that a push is a movement; without one
(`any`) the pipeline of every close date is meant, past due included, and nothing is pushed or pulled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from tieout.basics.calendars import end_of_day, local_day, parse_moment, parse_period
from tieout.basics.wording import option
from tieout.contract.definitions import resolve_lens
from tieout.ends import BridgeTerms, EndAsked
from tieout.measure.answers import Bridge, Chosen, Question, QuestionError
from tieout.measure.bridge.postings import ENDS
from tieout.measure.diagnosis.sentences import at_the_last_minute
from tieout.measure.moments import calendar_of, default_period, moment_of
from tieout.measure.numbers.knowable import begins
from tieout.measure.numbers.question import allowed, own_figure
from tieout.questions import attached, bridge_attached

if TYPE_CHECKING:
    from datetime import datetime

    from tieout.basics.calendars import FiscalCalendar, Period
    from tieout.basics.workspace import Workspace
    from tieout.measure.numbers.question import Asked
    from tieout.warehouse.builds import BuildFacts

ANY = "any"
CREATED = "pipeline.created"
ANY_CLOSE = (("date_field", "none"), ("past_due", True))
"""The facets of a pipeline of any close date."""


@dataclass(frozen=True, slots=True)
class WaterfallAsked:
    """A waterfall as a person asks for it; texts as they are typed, None is the default.

    Either `period`, from the end of the day before it to its last day or to what was last heard, or `start` and `end`.
    `closing` is the period in which the deals close, or `any`. `postings` is the most that are given of each cause, all
    by default, or those of one.
    """

    start: str | None = None
    end: str | None = None
    period: str | None = None
    closing: str | None = None
    calendar: str | None = None
    lens: str = "agreed"
    org: Literal["as-was", "as-is"] = "as-was"
    known_at: str | None = None
    said_then: bool = False
    where: str | None = None
    by: tuple[str, ...] = ()
    gross: bool = False
    weighted: bool = False
    deals: bool = False
    postings: int | Chosen | None = None


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A waterfall: the bridge, what it is of, and what a reader has to know beside it."""

    bridge: Bridge
    closing: str
    """The period in which its deals close, or `any`."""
    days: tuple[str, str] | None
    """The first and the last day of that period."""
    asked: WaterfallAsked
    weighting: str
    notes: tuple[str, ...] = ()


def waterfall(workspace: Workspace, asked: WaterfallAsked, facts: BuildFacts | None = None) -> Waterfall:
    """Explain how the pipeline went from one moment to a later one, on the published build or the one given.

    Raises QuestionError, PeriodError or NotPublishedError; each says what was given and what to do.
    """
    _together(asked)
    with attached(workspace, facts) as build:
        contract = build.contract
        if asked.calendar:
            allowed("calendar", asked.calendar, contract.company.calendars)
        allowed("lens", asked.lens, ("agreed", *contract.lenses))
        if (lens := contract.lenses.get(asked.lens)) and lens.reported:
            raise QuestionError(own_figure(asked.lens))
        calendar = calendar_of(contract, asked.calendar or (lens.calendar if lens else None))
        window = _window(build, asked, calendar)
        closing = _closing(build, asked, calendar, window)
        agreed = resolve_lens(contract, asked.lens, local_day(window.end, build.zone))
        _since_history(build, asked, window.start)
        weighting: str = agreed.weighting
        facets: tuple[tuple[str, object], ...] = () if closing else ANY_CLOSE
        if asked.weighted and weighting == "none":
            weighting = "stage"
            facets = (*facets, ("weighting", weighting))
        known = asked.known_at
        start, end = (f"{moment.isoformat()}+00:00" for moment in (window.start, window.end))
        ends = [EndAsked(asked.lens, moment, moment if asked.said_then else known) for moment in (start, end)]
        terms = BridgeTerms(
            closing.name if closing else None, asked.calendar, as_is=asked.org == "as-is", gross=asked.gross,
            where=asked.where, by=asked.by, facets=facets, postings=asked.postings, deals=asked.deals,
        )  # fmt: skip
        found = bridge_attached(workspace, (ends[0], ends[1]), (build, build), terms)
        _chosen(asked, found)
        alone = asked.said_then or asked.known_at or agreed.grain == "claim"
        last = () if alone else _last_minute(build, asked, window)
    if not closing:
        found = replace(found, period=None, slices=tuple(replace(part, period=None) for part in found.slices))
    days = (str(closing.start), str(closing.last_day)) if closing else None
    notes = (
        *window.notes,
        *_older(window, found, build),
        *_unvalued(found, contract.company.currency),
        *_counted_by_claim(agreed.grain, found),
        *last,
    )
    return Waterfall(found, closing.name if closing else ANY, days, asked, weighting, notes)


# -- from when to when


@dataclass(frozen=True, slots=True)
class _Window:
    """From when to when, in UTC, and the period that this is, if it is one."""

    start: datetime
    end: datetime
    period: Period | None
    notes: tuple[str, ...] = ()


def _together(asked: WaterfallAsked) -> None:
    """Refuse what cannot be meant together. Raises QuestionError."""
    if asked.period and (asked.start or asked.end):
        message = (
            f"{option('period')} and {option('from')} or {option('to')} cannot both be given. Give the period, or the "
            "two moments."
        )
        raise QuestionError(message)
    if asked.known_at and asked.said_then:
        message = (
            f"{option('known_at')} and {option('said_then')} cannot both be given: {option('said_then')} takes each "
            "end as it was known then."
        )
        raise QuestionError(message)
    if asked.said_then and asked.gross:
        message = (
            f"{option('gross')} posts one history; {option('said_then')} compares what was said at two moments, of two "
            f"histories. Leave one out; {option('known_at')} gives the history as it was known at one moment."
        )
        raise QuestionError(message)


def _chosen(asked: WaterfallAsked, found: Bridge) -> None:
    """Hold what is chosen to the causes and slices that there are. Raises QuestionError."""
    if not isinstance(asked.postings, Chosen):
        return
    lines = [line for part in (found, *found.slices) for line in (*part.lines, *part.memo)]
    allowed("cause", asked.postings.cause, (*ENDS, *dict.fromkeys(line.cause for line in lines)))
    if asked.postings.slice:
        allowed("slice", ", ".join(asked.postings.slice), [", ".join(part.by.values()) for part in found.slices])


def _window(build: Asked, asked: WaterfallAsked, calendar: FiscalCalendar) -> _Window:
    heard, zone = build.facts.heard_until, build.zone
    if asked.known_at:
        heard = min(heard, parse_moment(asked.known_at, zone))
    if asked.start or asked.end:
        end = parse_moment(asked.end, zone) if asked.end else heard
        first = calendar.quarter_of(local_day(end, zone)).start - timedelta(days=1)
        start = parse_moment(asked.start, zone) if asked.start else end_of_day(first, zone)
        if start >= end:
            told = asked.end or f"{local_day(end, zone)}, the last that was heard of"
            given = option("from", asked.start or "")
            message = f"{given} is not before {told}. Give two moments, the earlier one as {option('from')}."
            raise QuestionError(message)
        late = end_of_day(local_day(heard, zone), zone)
        later = (f"Nothing was heard after {local_day(heard, zone)}: what happened since is not in it.",)
        return _Window(start, end, None, later if end > late else ())
    period = parse_period(asked.period, calendar) if asked.period else calendar.quarter_of(local_day(heard, zone))
    start = end_of_day(period.start - timedelta(days=1), zone)
    if start >= heard:
        message = (
            f"{period.name} has not begun: what was last heard is of {local_day(heard, zone)}. Name an earlier period; "
            f"{option('closing', period.name)} tells how its pipeline came about until now."
        )
        raise QuestionError(message)
    last = end_of_day(period.last_day, zone)
    notes = () if last <= heard else (f"{period.name} is not over: it ends on {period.last_day}.",)
    return _Window(start, min(heard, last), period, notes)


def _closing(build: Asked, asked: WaterfallAsked, calendar: FiscalCalendar, window: _Window) -> Period | None:
    """Give the period in which the deals close; None for any close date."""
    if asked.closing and asked.closing.strip().lower() == ANY:
        return None
    if asked.closing:
        return parse_period(asked.closing, calendar)
    if window.period:
        return window.period
    return default_period(build.contract, moment_of(window.end, None, build.zone), calendar.name)


def _since_history(build: Asked, asked: WaterfallAsked, start: datetime) -> None:
    """Refuse a beginning of which nothing is known: its pipeline would not be 0, but unknown. Raises QuestionError."""
    first = begins(build)
    heard = build.facts.heard_from
    if asked.said_then and start < heard:
        message = (
            f"Nothing was said of {local_day(start, build.zone)} then: the first pull was taken on "
            f"{local_day(heard, build.zone)}. Give a later beginning with {option('from')}, or leave out "
            f"{option('said_then')}."
        )
        raise QuestionError(message)
    if first is None or first > start:
        told = f"history begins on {local_day(first, build.zone)}" if first else "no deal is known"
        message = (
            f"Nothing is known of {local_day(start, build.zone)}: {told}. Give a later beginning with {option('from')}."
        )
        raise QuestionError(message)


def _older(window: _Window, found: Bridge, build: Asked) -> tuple[str, ...]:
    """Say that the lens works from older data than was asked for."""
    ends = (found.start, found.end)
    if [end.as_of for end in ends] == [window.start, window.end]:
        return ()
    days = " and ".join(dict.fromkeys(str(local_day(end.as_of, build.zone)) for end in ends))
    return (f"The lens '{found.end.lens}' works from data that was fresh on {days}.",)


def _last_minute(build: Asked, asked: WaterfallAsked, window: _Window) -> tuple[str, ...]:
    """Say that much of what was created came in the last days, where it did."""
    lens = None if asked.lens == "agreed" else asked.lens
    question = Question(CREATED, lens=lens, where=asked.where, calendar=asked.calendar)
    days = (local_day(window.start, build.zone) + timedelta(days=1), local_day(window.end, build.zone))
    told = at_the_last_minute(build, question, days)
    return (told,) if told else ()


def _unvalued(found: Bridge, currency: str) -> tuple[str, ...]:
    """Say how many records add nothing because nobody knows what they are worth."""
    ends = (("opening", found.start), ("closing", found.end))
    told = [f"{end.unvalued:,} of the {end.n:,} in the {word}" for word, end in ends if end.unvalued]
    if not told:
        return ()
    return (f"No amount in {currency} is known of {' and '.join(told)}: they are counted and add nothing.",)


def _counted_by_claim(grain: str, found: Bridge) -> tuple[str, ...]:
    if grain != "claim" or not found.lines:
        return ()
    return ("It counts claims, which have no versions: nothing is told of what came and went in between.",)
