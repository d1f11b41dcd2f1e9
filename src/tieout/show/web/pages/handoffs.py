"""Hand-offs: their clocks, and the two-sided statement of what each side owed and delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.measure.clocks.statement import METRIC as STATEMENT_METRIC
from tieout.measure.clocks.statement import statement
from tieout.measure.clocks.table import METRIC, clocks
from tieout.questions import known_then
from tieout.show.html.ways import Ways
from tieout.show.over_time.clocks_html import clocks_html
from tieout.show.over_time.statement_html import statement_html
from tieout.show.web.filters import COMMON
from tieout.show.web.pages.records import question_of
from tieout.show.web.rooms import Room
from tieout.show.web.slicing import slice_text

if TYPE_CHECKING:
    from tieout.measure.clocks.statement import Statement
    from tieout.measure.clocks.table import Clocks
    from tieout.show.html.page import Page
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

SLICES = ("handoff", "owner", "team", "segment", "source", "region", "territory", "campaign", "class", "answered_by")


def clocks_of(reader: Reader, filters: Filters, *, records: bool = False) -> Clocks:
    """Answer the clocks of hand-offs. Raises QuestionError or PeriodError."""
    question = question_of(reader, filters, METRIC, records=records)
    with known_then(reader.workspace, question, reader.build) as asked:
        return clocks(asked, question)


def clocks_room(reader: Reader, filters: Filters) -> Page:
    """Give the page of the clocks; what was late leads to the hand-offs themselves."""

    def records(_kind: str, *part: str) -> str:
        return filters.link("/funnel/clocks/records", slice=slice_text(part))

    return clocks_html(clocks_of(reader, filters), reader.contract.company, Ways(records, apart=True))


def statement_of(reader: Reader, filters: Filters, *, records: bool = False) -> Statement:
    """Answer the account between marketing and sales. Raises QuestionError or PeriodError."""
    question = question_of(reader, filters, STATEMENT_METRIC, records=records)
    with known_then(reader.workspace, question, reader.build) as asked:
        return statement(asked, question)


def statement_room(reader: Reader, filters: Filters) -> Page:
    """Give the page of the two-sided statement."""

    def records(kind: str, month: str) -> str:
        return filters.link("/funnel/statement/records", kind=kind, month=month)

    return statement_html(statement_of(reader, filters), reader.contract.company, Ways(records, apart=True))


CLOCKS = Room(
    "clocks", "Clocks", "/funnel/clocks", clocks_room, tab="Clocks of hand-offs", slices=SLICES,
    bar=("period", "calendar", "segment", "team", "owner", "as_of", "by", "said_then", "org"),
)  # fmt: skip
STATEMENT = Room(
    "statement", "Statement", "/funnel/statement", statement_room, tab="Two-sided statement",
    common=tuple(name for name in COMMON if name != "by"), bar=("period", "calendar", "as_of", "said_then"),
)  # fmt: skip
