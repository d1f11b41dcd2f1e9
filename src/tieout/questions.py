"""Questions to a workspace: the published build answers, or one made for what was known at an earlier moment.

A question about a state (pipeline) is answered for any known-at by the published file, whose rows say from when to when
we knew them. What happened (bookings by cohort, visits, conversions) is asked of a build that knows no more than was
known then; it is kept under its key.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.basics.calendars import parse_moment, parse_period
from tieout.contract.archive import read_archived
from tieout.contract.definitions import resolve_lens
from tieout.history.ledger import Ledger
from tieout.measure.answers import Answer, Bridge, Question, QuestionError
from tieout.measure.bridge.bridge import bridge as bridge_ends
from tieout.measure.bridge.records import End
from tieout.measure.lens_sql import LensView
from tieout.measure.moments import calendar_of, default_period, moment_of
from tieout.measure.numbers.ask import Asked, metric_named
from tieout.measure.numbers.ask import ask as ask_build
from tieout.refresh import build
from tieout.warehouse.builds import BuildFacts, build_path, published
from tieout.warehouse.contents import read_contract
from tieout.warehouse.engine import memory, open_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Contract
    from tieout.warehouse.engine import Connection


@contextmanager
def opened(workspace: Workspace, facts: BuildFacts | None = None) -> Iterator[Asked]:
    """Open a build for questions, the published one by default. Raises NotPublishedError where there is none."""
    facts = facts or published(workspace)
    with open_file(build_path(workspace, facts.key), read_only=True) as engine:
        yield Asked(engine, read_contract(engine), facts)


def ask(workspace: Workspace, question: Question) -> Answer:
    """Answer a question. Raises QuestionError, PeriodError or NotPublishedError with what to do."""
    metric = metric_named(question.metric)
    with opened(workspace) as asked:
        known_at = _known_at(asked, question)
        if known_at is None or not metric.event or known_at >= asked.facts.heard_until:
            return ask_build(asked, question)
        facts, contract = asked.facts, asked.contract
    earlier = known_build(workspace, facts, contract, known_at)
    if earlier is None:
        raise QuestionError(nothing_known(known_at))
    with opened(workspace, earlier) as asked:
        return ask_build(asked, question)


def known_build(
    workspace: Workspace, facts: BuildFacts, contract: Contract, known_at: datetime | None
) -> BuildFacts | None:
    """Give the build of a contract and a ledger position that knows what was known then; None where nothing was."""
    ledger = Ledger(workspace)
    if not ledger.pulls(known_at=known_at, position=facts.position):
        return None
    return build(workspace, ledger, contract, facts.fingerprint, known_at, facts.position)


def nothing_known(known_at: datetime) -> str:
    """Say that a question asks about a time before the first pull."""
    return f"Nothing was known at {known_at:%Y-%m-%d %H:%M} UTC: the first pull was taken later. Ask for a later known-at."


def _known_at(asked: Asked, question: Question) -> datetime | None:
    return (question.as_of or asked.facts.heard_until) if question.said_then else question.known_at


# -- bridges


@dataclass(frozen=True, slots=True)
class EndAsked:
    """One end of a bridge as a person writes it: `LENS[@as-of][~known-at]`."""

    lens: str
    as_of: str | None = None
    known_at: str | None = None


def read_end(text: str) -> EndAsked:
    """Read `LENS[@as-of][~known-at]`. Raises QuestionError."""
    rest, _, known_at = text.partition("~")
    lens, _, as_of = rest.partition("@")
    if not lens or (("@" in text) and not as_of) or (("~" in text) and not known_at):
        message = f"'{text}' is not an end of a bridge. Allowed: LENS, LENS@AS-OF, LENS~KNOWN-AT, LENS@AS-OF~KNOWN-AT."
        raise QuestionError(message)
    return EndAsked(lens.strip(), as_of or None, known_at or None)


def bridge(
    workspace: Workspace,
    start: EndAsked,
    end: EndAsked,
    period: str | None = None,
    calendar: str | None = None,
    *,
    as_is: bool = False,
) -> Bridge:
    """Explain the difference between two lenses, two moments or both, on the published build."""
    with opened(workspace) as asked:
        facts, contract = asked.facts, asked.contract
    one = BridgeEnd(facts, contract, start)
    other = BridgeEnd(facts, contract, end)
    return bridge_builds(workspace, one, other, period, calendar, as_is=as_is)


@dataclass(frozen=True, slots=True)
class BridgeEnd:
    """An end of a bridge with the build that it is read from."""

    facts: BuildFacts
    contract: Contract
    asked: EndAsked


def bridge_builds(
    workspace: Workspace,
    start: BridgeEnd,
    end: BridgeEnd,
    period: str | None = None,
    calendar: str | None = None,
    *,
    as_is: bool = False,
) -> Bridge:
    """Explain the difference between two ends, each read from its own build; one build may serve both."""
    moments = [_moment(side) for side in (start, end)]
    latest = max(moments, key=lambda moment: moment.as_of)
    with memory() as engine:
        databases = _attach(engine, workspace, start.facts, end.facts)
        ends = []
        for side, moment, database in zip((start, end), moments, databases, strict=True):
            lens = resolve_lens(side.contract, side.asked.lens, moment.day)
            name = calendar or lens.calendar
            years = calendar_of(side.contract, name)
            asked = _period_name(period, side.contract, latest, calendar)
            named = parse_period(asked, years)
            ends.append(End(LensView(side.asked.lens, lens, moment, named, as_is=as_is), side.contract, database))
        return bridge_ends(engine, ends[0], ends[1], (start.facts, end.facts))


def _period_name(period: str | None, contract: Contract, moment: object, calendar: str | None) -> str:
    return period or default_period(contract, moment, calendar).name  # type: ignore[arg-type]


def _moment(side: BridgeEnd) -> object:
    zone = ZoneInfo(side.contract.company.time_zone)
    as_of = parse_moment(side.asked.as_of, zone) if side.asked.as_of else side.facts.heard_until
    known_at = parse_moment(side.asked.known_at, zone) if side.asked.known_at else None
    return moment_of(as_of, known_at, zone)


def _attach(engine: Connection, workspace: Workspace, *facts: BuildFacts) -> list[str]:
    names: dict[str, str] = {}
    for one in facts:
        if one.key not in names:
            names[one.key] = f"build_{len(names)}"
            path = str(build_path(workspace, one.key)).replace("'", "''")
            engine.execute(f"attach '{path}' as {names[one.key]} (read_only)")
    return [names[one.key] for one in facts]


def archived_build(workspace: Workspace, position: int, fingerprint: str, known_at: datetime | None) -> BuildFacts:
    """Make or find the build of an archived contract at a ledger position, for a passport to be asked again."""
    contract = read_archived(workspace.ledger / "contracts", fingerprint)
    return replace(build(workspace, Ledger(workspace), contract, fingerprint, known_at, position))
