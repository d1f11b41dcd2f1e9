"""Coverage: what pipeline there is for what is still to be won, by segment, beside what own history asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.measure.numbers.covered import cover
from tieout.questions import as_known
from tieout.show.html.ways import Ways
from tieout.show.over_time.coverage_html import coverage_html
from tieout.show.web.pages.records import question_of
from tieout.show.web.rooms import Room

if TYPE_CHECKING:
    from tieout.measure.numbers.covered import Cover
    from tieout.show.html.page import Page
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

METRIC = "coverage.required.adjusted"


def cover_of(reader: Reader, filters: Filters, *, records: bool = False) -> Cover:
    """Answer coverage, by segment where no slices are asked for. Raises QuestionError or PeriodError."""
    question = question_of(reader, filters, METRIC, records=records)
    question = replace(question, by=question.by or ("segment",))
    with as_known(reader.workspace, question, reader.build) as asked:
        return cover(asked, question, weeks=filters.on("weeks"))


def coverage_room(reader: Reader, filters: Filters) -> Page:
    """Give the page of coverage."""

    def records(_kind: str, quarter: str) -> str:
        return filters.link("/pipeline/coverage/records", quarter=quarter)

    return coverage_html(cover_of(reader, filters), reader.contract.company, Ways(records, apart=True))


COVERAGE = Room(
    "coverage", "Coverage", "/pipeline/coverage", coverage_room,
    bar=("period", "calendar", "segment", "as_of", "org", "said_then", "weeks"), takes=("weeks",), tab="Coverage",
    slices=("segment",),
)  # fmt: skip
