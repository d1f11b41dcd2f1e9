"""Stages, stalls and velocity: how deals go through the pipeline, who stays too long, what flows through in a day."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.measure.stages.stages import open_stages, reached, stages
from tieout.questions import as_known
from tieout.show import figures
from tieout.show.html.ways import Ways
from tieout.show.over_time.stages_html import (
    conversion_html,
    rates_section,
    stages_page,
    stalls_section,
    velocity_section,
)
from tieout.show.web.pages.pipeline import SLICES
from tieout.show.web.pages.records import question_of
from tieout.show.web.rooms import Room

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tieout.measure.answers import Answer
    from tieout.measure.stages.stages import Part, Stages
    from tieout.show.html.page import Page
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

METRIC, VELOCITY_METRIC = "stages.conversion", "pipeline_velocity"
BAR = ("period", "calendar", "segment", "team", "owner", "as_of", "by", "org", "said_then")


def stages_of(reader: Reader, filters: Filters, *parts: Part, records: bool = False) -> Stages:
    """Answer parts of what there is about the stages. Raises QuestionError or PeriodError."""
    question = question_of(reader, filters, METRIC, records=records)
    with as_known(reader.workspace, question, reader.build) as asked:
        return stages(asked, question, parts=parts)


def reached_of(
    reader: Reader, filters: Filters, choose: Callable[[Sequence[str]], str]
) -> tuple[Answer, str, tuple[dict[str, object], ...]]:
    """Give the deals that reached the stage that is chosen among those there are; none where nothing is known.

    Raises QuestionError or PeriodError.
    """
    question = question_of(reader, filters, METRIC)
    with as_known(reader.workspace, question, reader.build) as asked:
        found = stages(asked, question, parts=())
        stage = choose([] if found.absent else open_stages(asked))
        return found.answer, stage, reached(asked, question, stage)


def _ways(filters: Filters) -> Ways:
    def records(kind: str, stage: str) -> str:
        return filters.link(f"/pipeline/{'stages' if kind == 'reached' else 'stalls'}/records", stage=stage)

    return Ways(records, apart=True)


def stages_room(reader: Reader, filters: Filters) -> Page:
    """Give the page of who goes on and how long they stay."""
    return conversion_html(stages_of(reader, filters, "conversion"), reader.contract.company, _ways(filters))


def stalls_room(reader: Reader, filters: Filters) -> Page:
    """Give the page of the open deals that have been in their stage for longer than is usual."""
    found, company = stages_of(reader, filters, "stalls"), reader.contract.company
    money = sum((one.amount or Decimal(0) for one in found.stalled), Decimal(0))
    count = len(found.stalled)
    verb = "stalls" if count == 1 else "stall"
    title = f"{figures.counted(count, 'open deal')} {verb}, worth {figures.short(money)} {company.currency}"
    title = title if count else "No open deal stays longer than is usual"
    return stages_page(found, company, title, [stalls_section(found, company, _ways(filters))], ("stages.stalled",))


def velocity_room(reader: Reader, filters: Filters) -> Page:
    """Give the page of what flows through in a day, and of the win rates behind it."""
    found, company = stages_of(reader, filters, "velocity"), reader.contract.company
    whole = found.velocity[0]
    title = f"Velocity is not known: {whole.absent}"
    if whole.a_day is not None:
        title = f"{figures.short(whole.a_day)} {company.currency} a day flow through the pipeline"
        title += f"; {figures.short(whole.realised)} a day were won" if whole.realised is not None else ""
    return stages_page(
        found, company, title, [velocity_section(found, company), rates_section(found)], (VELOCITY_METRIC,)
    )


STAGES = Room("stages", "Stages", "/pipeline/stages", stages_room, bar=BAR, tab="Stages", slices=SLICES)
STALLS = Room("stalls", "Stalls", "/pipeline/stalls", stalls_room, bar=BAR, tab="Stalls", slices=SLICES)
VELOCITY = Room("velocity", "Velocity", "/pipeline/velocity", velocity_room, bar=BAR, tab="Velocity", slices=SLICES)
