"""Questions to a workspace: the published build answers, or one made for what was known at an earlier moment.

A question about a state (pipeline) is answered for any known-at by the published file, whose rows say from when to when
we knew them. What happened (visits, conversions, cycles) is asked of a build that knows no more than was known then; it
is kept under its key.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.align.steps import program
from tieout.basics.calendars import parse_moment, parse_period
from tieout.basics.wording import option
from tieout.building import known_build
from tieout.contract.criteria import parse_criterion
from tieout.contract.definitions import UnknownLensError, resolve_lens
from tieout.contract.vocabulary import OPPORTUNITY_COLUMNS
from tieout.ends import BridgeTerms, EndAsked, no_option
from tieout.measure.answers import Answer, Bridge, Question, QuestionError
from tieout.measure.bridge.bridge import Detail
from tieout.measure.bridge.bridge import bridge as bridge_ends
from tieout.measure.bridge.records import End
from tieout.measure.bridge.slices import COLUMNS, Slicing
from tieout.measure.lens_sql import LensView
from tieout.measure.moments import Moment, calendar_of, default_period, moment_of, refreshed
from tieout.measure.numbers.ask import ask as ask_build
from tieout.measure.numbers.question import Asked, allowed, metric_named, own_figure, view_of
from tieout.measure.sheets.taking import reported_end
from tieout.measure.states import take_now
from tieout.versions import by_version, definition_day
from tieout.warehouse.builds import BuildFacts, NotPublishedError, build_path, published
from tieout.warehouse.contents import read_contract
from tieout.warehouse.engine import EngineError, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Contract
    from tieout.warehouse.engine import Connection


DATABASES = ("build_0", "build_1")
"""What `reading` calls the builds that it opens."""


@contextmanager
def opened(workspace: Workspace, facts: BuildFacts | None = None) -> Iterator[Asked]:
    """Open a build for questions, the published one by default. Raises NotPublishedError where there is none."""
    facts = facts or current(workspace)
    with _reading(workspace, facts) as engine:
        yield Asked(engine, read_contract(engine), facts)


@contextmanager
def _earlier(workspace: Workspace, earlier: BuildFacts, heard: BuildFacts, *, as_is: bool) -> Iterator[Asked]:
    """Open a build that knows less; as-is, its organization is that of now, which only the later one knows."""
    with _reading(workspace, earlier, *([heard] if as_is else [])) as engine:
        if as_is:
            take_now(engine, *DATABASES)
        yield Asked(engine, read_contract(engine), earlier)


def _reading(workspace: Workspace, *builds: BuildFacts) -> Connection:
    """Open an engine on builds. Raises NotPublishedError where one was deleted since its facts were read."""
    paths = [build_path(workspace, facts.key) for facts in builds]
    try:
        return reading(*paths)
    except EngineError as error:
        if all(path.exists() for path in paths):
            raise
        message = f"The published numbers were taken away just now from '{workspace.root}'. Ask again."
        raise NotPublishedError(message) from error


@contextmanager
def known_then(workspace: Workspace, question: Question, facts: BuildFacts | None = None) -> Iterator[Asked]:
    """Open the build that answers a question about what happened: one that knows no more than was known then."""
    with opened(workspace, facts) as asked:
        heard = asked.facts
        known_at = (question.as_of or heard.heard_until) if question.said_then else question.known_at
        if known_at is None or not heard.heard_from <= known_at < heard.heard_until:
            yield asked
            return
        contract = asked.contract
    earlier = known_build(workspace, heard, contract, known_at)
    with _earlier(workspace, earlier, heard, as_is=question.org == "as-is") as asked:
        yield asked


def current(workspace: Workspace) -> BuildFacts:
    """Give the published build, if this program made it: another's tables may mean something else.

    Raises NotPublishedError.
    """
    facts = published(workspace)
    if facts.version != program():
        message = (
            f"The published numbers were made by tieout {facts.version}; this is {program()}. Run `tieout refresh`."
        )
        raise NotPublishedError(message)
    return facts


def ask(workspace: Workspace, question: Question, facts: BuildFacts | None = None) -> Answer:
    """Answer a question from the published build, or from the one given.

    Raises QuestionError, PeriodError or NotPublishedError; each says what to do.
    """
    with as_known(workspace, question, facts) as asked:
        return ask_build(asked, question)


@contextmanager
def as_known(workspace: Workspace, question: Question, facts: BuildFacts | None = None) -> Iterator[Asked]:
    """Open the build that answers a question: of what happened, as known earlier, one that knows no more.

    Raises QuestionError or NotPublishedError.
    """
    event = metric_named(question.metric).event
    with known_then(workspace, question, facts) if event else opened(workspace, facts) as asked:
        yield asked


# -- bridges


def bridge(
    workspace: Workspace,
    start: EndAsked,
    end: EndAsked,
    terms: BridgeTerms | None = None,
    facts: BuildFacts | None = None,
) -> Bridge:
    """Explain the difference between two lenses, moments or contract versions, on the published build or the given."""
    facts = facts or current(workspace)
    return bridge_builds(workspace, (start, facts), (end, facts), terms or BridgeTerms())


def bridge_builds(
    workspace: Workspace, start: tuple[EndAsked, BuildFacts], end: tuple[EndAsked, BuildFacts], terms: BridgeTerms
) -> Bridge:
    """Explain the difference between two ends, each read from its own build; one build may serve both."""
    asked = start[0], end[0]
    with attached_pair(workspace, built(workspace, asked, (start[1], end[1]))) as builds:
        return bridge_attached(workspace, asked, builds, terms)


def built(
    workspace: Workspace, asked: tuple[EndAsked, EndAsked], facts: tuple[BuildFacts, BuildFacts]
) -> tuple[BuildFacts, BuildFacts]:
    """Give the builds that two ends are read from: an end that names another contract has a build of its own.

    Raises QuestionError, BeingMadeError.
    """
    first, last = (by_version(workspace, fact, end.contract) for end, fact in zip(asked, facts, strict=True))
    return first, last


@dataclass(frozen=True, slots=True)
class Attached(Asked):
    """A build beside an engine of its own, under a name."""

    database: str = ""


@contextmanager
def attached(workspace: Workspace, facts: BuildFacts | None = None) -> Iterator[Attached]:
    """Attach a build, the published one by default, to an engine for bridges. Raises NotPublishedError."""
    facts = facts or current(workspace)
    with _reading(workspace, facts) as engine:
        yield Attached(engine, read_contract(engine), facts, DATABASES[0])


@contextmanager
def attached_pair(workspace: Workspace, facts: tuple[BuildFacts, BuildFacts]) -> Iterator[tuple[Attached, Attached]]:
    """Attach the builds of two ends to one engine; one build may serve both."""
    both = facts[:1] if facts[0].key == facts[1].key else facts
    with _reading(workspace, *both) as engine:
        builds: list[Attached] = []
        for one, database in zip(both, DATABASES, strict=False):
            engine.execute(f"use {database}")
            builds.append(Attached(engine, read_contract(engine), one, database))
        yield builds[0], builds[-1]


def bridge_attached(
    workspace: Workspace, asked: tuple[EndAsked, EndAsked], builds: tuple[Attached, Attached], terms: BridgeTerms
) -> Bridge:
    """Explain the difference between two ends in builds that are attached to one engine."""
    start, end = ends_attached(workspace, asked, builds, terms)
    return bridge_ends(builds[0].engine, start, end, (builds[0].facts, builds[1].facts), detail_of(terms))


def detail_of(terms: BridgeTerms) -> Detail:
    """Say how much a bridge tells, and within which condition. Raises QuestionError."""
    return Detail(terms.gross, _slicing(terms), terms.postings, terms.deals)


def ends_attached(
    workspace: Workspace, asked: tuple[EndAsked, EndAsked], builds: tuple[Attached, Attached], terms: BridgeTerms
) -> tuple[End, End]:
    """Fill in two ends in builds that are attached to one engine."""
    sides = tuple(zip(asked, builds, strict=True))
    if asked[0].calendar == asked[1].calendar and not terms.calendar:
        terms = replace(terms, calendar=asked[0].calendar)
    moments = [_moment(one, build.facts, build.contract) for one, build in sides]
    latest = max(moments, key=lambda moment: moment.as_of)
    terms = _of_report(terms, asked, [build.contract for build in builds])
    views = [
        _view(one, build.contract, moment, latest, terms) for (one, build), moment in zip(sides, moments, strict=True)
    ]
    ends = [End(view, build.contract, build.database) for view, build in zip(views, builds, strict=True)]
    engine = builds[0].engine
    if any(one.view.lens.reported for one in ends):
        ends = _with_report(engine, workspace, ends, asked, terms)
    return ends[0], ends[1]


def _of_report(terms: BridgeTerms, ends: tuple[EndAsked, EndAsked], contracts: list[Contract]) -> BridgeTerms:
    """Take the period of what a team reports where none is asked for."""
    for asked, contract in zip(ends, contracts, strict=True):
        lens = contract.lenses.get(asked.lens)
        if lens and lens.reported and terms.period is None:
            return replace(terms, period=lens.reported.period)
    return terms


def _with_report(
    engine: Connection, workspace: Workspace, ends: list[End], asked: tuple[EndAsked, EndAsked], terms: BridgeTerms
) -> list[End]:
    """Take in what a team reports in place of the end that its lens is; it is of the other end's moment.

    Raises QuestionError where it is asked for more than it has.
    """
    place = next(place for place, end in enumerate(ends) if end.view.lens.reported)
    base, own, other = ends[1 - place], asked[place], asked[1 - place]
    if base.view.lens.reported:
        message = "Two teams' own lists cannot be bridged to each other. Bridge each of them to the agreed number."
        raise QuestionError(message)
    if terms.gross or terms.by or terms.where:
        message = (
            f"'{own.lens}' is a team's own list: it has no versions and no slices. Leave out "
            f"{option('gross')}, {option('by')}, {option('where')}."
        )
        raise QuestionError(message)
    moments = (own.as_of or other.as_of, own.known_at or other.known_at)
    if own.options or moments != (other.as_of, other.known_at):
        message = (
            f"'{own.lens}' is a team's own list: it has no moment and no options of its own. Give them to the other "
            f"end: {other.lens}@AS-OF."
        )
        raise QuestionError(message)
    made = reported_end(engine, workspace, base, ends[place].contract, own.lens)
    return [base, made] if place else [made, base]


def bridge_questions(workspace: Workspace, start: Question, end: Question) -> Bridge:
    """Explain the difference between the totals of two questions about one number that a lens counts."""
    facts = current(workspace)
    with _reading(workspace, facts) as engine:
        asked = Asked(engine, read_contract(engine), facts)
        views = [view_of(asked, question, metric_named(question.metric)) for question in (start, end)]
        first, last = (End(view, asked.contract, DATABASES[0]) for view in views)
        return bridge_ends(engine, first, last, (facts, facts))


@contextmanager
def one_end(
    workspace: Workspace, asked: EndAsked, terms: BridgeTerms, facts: BuildFacts | None = None
) -> Iterator[tuple[Connection, End, BuildFacts]]:
    """Open a build beside an engine of its own, with one end of a bridge to something that is no lens."""
    facts = by_version(workspace, facts or current(workspace), asked.contract)
    with _reading(workspace, facts) as engine:
        contract = read_contract(engine)
        moment = _moment(asked, facts, contract)
        view = _view(asked, contract, moment, moment, terms)
        if view.lens.reported:
            raise QuestionError(own_figure(asked.lens))
        yield engine, End(view, contract, DATABASES[0]), facts


def _view(asked: EndAsked, contract: Contract, moment: Moment, latest: Moment, terms: BridgeTerms) -> LensView:
    try:
        lens = resolve_lens(contract, asked.lens, definition_day(asked.contract) or moment.day)
    except UnknownLensError as error:
        given = asked.lens[asked.lens.index("+") :] if "+" in asked.lens else ""
        raise QuestionError(no_option(given) if given else str(error)) from error
    if terms.metric:
        lens = terms.metric.counted(lens)
    if asked.rates:
        lens = lens.model_copy(update={"rates": asked.rates})
    lens = lens.model_copy(update=dict(terms.facets)) if terms.facets else lens
    calendar = asked.calendar or terms.calendar
    for name in filter(None, (asked.calendar, terms.calendar)):
        allowed("calendar", name, contract.company.calendars)
    period_name = terms.period or default_period(contract, latest, calendar).name
    period = parse_period(period_name, calendar_of(contract, calendar or lens.calendar))
    fresh = refreshed(
        moment, lens.freshness, ZoneInfo(contract.company.time_zone), calendar_of(contract, lens.calendar)
    )
    as_is = asked.org == "as-is" if asked.org else terms.as_is
    classes = "source_class" in terms.by or "source_class" in (terms.where or "").lower()
    return LensView(asked.lens, lens, fresh, period, as_is=as_is, classes=classes, options=asked.options)


def _slicing(terms: BridgeTerms) -> Slicing | None:
    """Read the slices and the condition. Raises QuestionError."""
    for name in terms.by:
        allowed("dimension", name, COLUMNS)
    by = tuple(dict.fromkeys(terms.by))
    if not terms.where:
        return Slicing(by) if by else None
    criterion, findings = parse_criterion(terms.where, OPPORTUNITY_COLUMNS, option("where"))
    if findings:
        raise QuestionError(" ".join(finding.sentence() for finding in findings))
    return Slicing(by, criterion)


def _moment(asked: EndAsked, facts: BuildFacts, contract: Contract) -> Moment:
    zone = ZoneInfo(contract.company.time_zone)
    known_at = parse_moment(asked.known_at, zone) if asked.known_at else None
    latest = min(facts.heard_until, known_at) if known_at else facts.heard_until
    as_of = parse_moment(asked.as_of, zone) if asked.as_of else latest
    if known_at and known_at < facts.heard_from:
        message = f"Nothing was known at {asked.known_at}: the first pull was taken later. Give a later known-at."
        raise QuestionError(message)
    if known_at and as_of > known_at:
        message = (
            f"As of {asked.as_of} nobody could know at {asked.known_at}. Give a known-at that is not before as-of."
        )
        raise QuestionError(message)
    return moment_of(as_of, known_at, zone)
