"""Funnel: how far people come by cohort or by flow, where they stop, how long it takes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tieout.contract.funnel import STEPS
from tieout.measure.answers import QuestionError
from tieout.measure.funnel.funnel import FunnelTerms, funnel
from tieout.measure.numbers.question import allowed
from tieout.questions import as_known
from tieout.show.over_time.funnel_html import funnel_html
from tieout.show.web.pages.records import question_of
from tieout.show.web.rooms import Room
from tieout.show.web.slicing import ways_to

if TYPE_CHECKING:
    from typing import Literal

    from tieout.contract.model.lifecycle import Step
    from tieout.measure.funnel.parts import Funnel
    from tieout.show.html.page import Page
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

SLICES = (
    "source", "source_class", "segment", "owner", "team", "score_band", "region", "territory", "campaign", "industry",
)  # fmt: skip
TAKES = ("flow", "cohort", "within", "step")
BAR = ("period", "calendar", "cohort", "flow", "within", "step", "segment", "team", "owner", "as_of", "by", "said_then")
LONGEST = 3650
"""A horizon is at most so many days."""


def terms_of(filters: Filters) -> FunnelTerms:
    """Read how the funnel is counted. Raises QuestionError."""
    cohort, step, within = filters["cohort"] or "mql", filters["step"], filters["within"]
    allowed("cohort", cohort, ("mql", "lead"))
    if step:
        allowed("step", step, STEPS)
    if within and not (within.isascii() and within.isdigit() and 1 <= int(within[:9]) <= LONGEST):
        message = f"'{within[:20]}' is no horizon. Allowed: 1 to {LONGEST} days."
        raise QuestionError(message)
    start = cast("Literal['mql', 'lead']", cohort)
    way: Literal["flow", "cohort"] = "flow" if filters.on("flow") else "cohort"
    return FunnelTerms(way, start, int(within) if within else None, cast("Step | None", step))


def funnel_of(reader: Reader, filters: Filters, *, step: str | None = None) -> Funnel:
    """Answer the funnel of the filters; with a step, also the people who reached it.

    Raises QuestionError or PeriodError.
    """
    terms = terms_of(filters)
    if step:
        allowed("step of this funnel", step, terms.steps)
        terms = replace(terms, step=cast("Step", step))
    question = question_of(reader, filters, terms.metric.id, records=step is not None)
    with as_known(reader.workspace, question, reader.build) as asked:
        return funnel(asked, question, terms)


def funnel_room(reader: Reader, filters: Filters) -> Page:
    """Give the page of the funnel; each step leads to the people who reached it."""
    return funnel_html(funnel_of(reader, filters), reader.contract.company, ways_to(filters, "/funnel/records", "of"))


FUNNEL = Room(
    "funnel", "Funnel", "/funnel", funnel_room, "rooms", "f", takes=TAKES, bar=BAR, tab="Funnel", slices=SLICES
)
