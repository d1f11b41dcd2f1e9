"""When each definition took effect: the terms of the contract by their day, and since when a number is published so."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tieout.basics.calendars import local_day
from tieout.contract.definitions import definition_periods
from tieout.measure.numbers.clock_facts import CLOCK_FACTS
from tieout.measure.numbers.facts import columns_of
from tieout.measure.numbers.funnel_facts import FUNNEL_FACTS
from tieout.questions import opened
from tieout.show.html.page import Cell, Head, Row, Table
from tieout.versions import in_force_since

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tieout.basics.workspace import Workspace
    from tieout.measure.numbers.metric import Metric
    from tieout.show.web.reader import Reader
    from tieout.versions import Since
    from tieout.warehouse.builds import BuildFacts

BEGINNING, ON = "the beginning", "today and on"


def since_of(reader: Reader, metric: Metric) -> str:
    """Say since when a number is published by the terms of today."""
    since = _since(reader.workspace, reader.build)[_part(metric)]
    if since is None:
        return "not known: nothing tells when a contract was in use"
    told = f"{local_day(since.said_at, reader.zone)}, by contract {since.contract[:8]}"
    return f"{told}; before that it was defined otherwise" if since.before else f"{told}, the first that published it"


@lru_cache(maxsize=4)
def _since(workspace: Workspace, build: BuildFacts) -> dict[str, Since | None]:
    with opened(workspace, build) as asked:
        contract = asked.contract
    return {part: in_force_since(workspace, build, contract, part) for part in ("pipeline", "lifecycle", "rates")}


def _part(metric: Metric) -> str:
    """Name the part of the contract that defines what a number counts."""
    if metric.fact == "revenue":
        return "rates"
    return "lifecycle" if _of_people(metric) else "pipeline"


def _of_people(metric: Metric) -> bool:
    return metric.fact in (*FUNNEL_FACTS, *CLOCK_FACTS) or "score" in columns_of(metric)


def agreed_tables(reader: Reader, metric: Metric) -> Iterator[Table]:
    """Lay out what was agreed on what a number counts, and from when to when each term holds."""
    contract = reader.contract
    if _part(metric) == "pipeline":
        yield _table(
            "What was agreed of pipeline, and when it took effect",
            ("stage", "types", "left out", "basis", "rates"),
            [
                (str(first or BEGINNING), str(last or ON), one.stage or "", ", ".join(one.types or ()),
                 ", ".join(one.omitted or ()), one.basis or "", one.rates or "", one.reason or "", one.approver or "")
                for first, last, one in definition_periods(contract.pipeline)
            ],
        )  # fmt: skip
    if metric.fact in CLOCK_FACTS:
        yield _table("How soon a hand-off is to be answered, and from when on", ("stage", "within"), _answers(reader))
    if metric.aggregate == "commitment":
        yield _table(
            "What both sides committed to, and from when on",
            ("hand-offs of", "volume", "quality", "response rate"),
            [
                (str(one.from_ or BEGINNING), _until([each.from_ for each in told], place), one.handoff or "as before",
                 _told(one.volume), one.quality or "as before", _told(one.response_rate), one.reason or "",
                 one.approver or "")
                for told in (contract.lifecycle.commitments,)
                for place, one in enumerate(told)
            ],
        )  # fmt: skip


def _answers(reader: Reader) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for stage in reader.contract.lifecycle.stages:
        if stage.answer_within_hours is None:
            continue
        starts = [None, *(one.from_ for one in stage.answer_times)]
        hours = [stage.answer_within_hours, *(one.answer_within_hours for one in stage.answer_times)]
        reasons = [("", ""), *((one.reason or "", one.approver or "") for one in stage.answer_times)]
        for place, start in enumerate(starts):
            within = f"{hours[place]:g} {stage.hours} hours"
            rows.append((str(start or BEGINNING), _until(starts, place), stage.name, within, *reasons[place]))
    return rows


def _until(starts: Sequence[object], place: int) -> str:
    return str(starts[place + 1]) if place + 1 < len(starts) else ON


def _told(value: object) -> str:
    return "as before" if value is None else str(value)


def _table(caption: str, terms: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    heads = [Head(text, right=False) for text in ("from", "until before", *terms, "reason", "approved by")]
    cells: list[Row] = [[Cell(text) for text in row] for row in rows]
    return Table(caption, heads, cells)
