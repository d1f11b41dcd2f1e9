"""The postings of one line of a bridge, largest first, each with how both ends see its record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tieout.basics.findings import nearest
from tieout.measure.answers import Bridge, Posting, QuestionError
from tieout.measure.bridge.bridge import bridge as bridge_ends
from tieout.measure.bridge.verdicts import Verdict, deciding, verdicts
from tieout.questions import attached_pair, built, current, detail_of, ends_attached
from tieout.tying import tied_ends

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.contract.criteria import Criterion
    from tieout.contract.model import Company
    from tieout.ends import BridgeTerms, EndAsked
    from tieout.measure.bridge.records import End
    from tieout.measure.lens_sql import LensView
    from tieout.tying import Reported
    from tieout.warehouse.builds import BuildFacts
    from tieout.warehouse.engine import Connection


@dataclass(frozen=True, slots=True)
class Seen:
    """A posting with how the two ends see its record, and the fields that make the difference."""

    posting: Posting
    start: Verdict | None
    end: Verdict | None
    deciding: tuple[str, ...] = ()

    @property
    def lone(self) -> bool:
        """Whether there is no deal behind it."""
        return any(end is not None and end.lone for end in (self.start, self.end))


@dataclass(frozen=True, slots=True)
class Postings:
    """The postings of a cause, of all where it is None, the largest first; `views` are those of the two ends."""

    company: Company
    bridge: Bridge
    views: tuple[LensView, LensView]
    cause: str | None
    seen: tuple[Seen, ...]


def postings(
    workspace: Workspace,
    asked: tuple[EndAsked, EndAsked],
    terms: BridgeTerms,
    cause: str | None = None,
    facts: tuple[BuildFacts, BuildFacts] | None = None,
) -> Postings:
    """Give the postings between two ends, each seen from both; `facts` are those of the builds of the two ends.

    Raises QuestionError, PeriodError and NotPublishedError.
    """
    both = built(workspace, asked, facts or (current(workspace),) * 2)
    with attached_pair(workspace, both) as builds:
        ends = ends_attached(workspace, asked, builds, terms)
        detail = replace(detail_of(terms), postings=None)
        found = bridge_ends(builds[0].engine, *ends, both, detail)
        return _seen(builds[0].engine, ends, found, cause, detail.slicing.where if detail.slicing else None)


def sheet_postings(
    workspace: Workspace,
    reported: Reported,
    against: EndAsked,
    terms: BridgeTerms,
    cause: str | None = None,
    facts: BuildFacts | None = None,
) -> Postings:
    """Give the postings between a lens and a team's own list, each seen from both. Raises what `tie` raises."""
    with tied_ends(workspace, reported, against, terms, facts) as (tied, engine, ends):
        return _seen(engine, ends, tied.bridge, cause)


def _seen(
    engine: Connection, ends: tuple[End, End], found: Bridge, cause: str | None, where: Criterion | None = None
) -> Postings:
    mine = sorted(_wanted(found, cause), key=lambda one: (-abs(one.amount), one.record, one.unit or ""))
    sides = (verdicts(engine, end, mine, where) for end in ends)
    seen = tuple(
        Seen(one, left, right, deciding(one.cause, left, right, ends, where))
        for one, left, right in zip(mine, *sides, strict=True)
    )
    company, views = ends[0].contract.company, (ends[0].view, ends[1].view)
    return Postings(company, found, views, cause, seen)


def _wanted(found: Bridge, cause: str | None) -> tuple[Posting, ...]:
    """Give the postings of a cause, or all. Raises QuestionError where there is no such cause."""
    causes = [line.cause for line in found.lines]
    if cause is not None and cause not in causes:
        near = nearest(cause, causes)
        hint = f" Did you mean '{near}'?" if near else ""
        listed = ", ".join(causes) or "none: the two figures are one"
        message = f"'{cause}' is no line of this bridge. Its lines: {listed}.{hint}"
        raise QuestionError(message)
    return tuple(one for one in found.postings if cause in (None, one.cause))
