"""Pipeline: where it came from and went, how often deals were pushed, and the deals under each bar."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, cast

from tieout.basics.calendars import parse_period
from tieout.measure.moments import calendar_of
from tieout.measure.numbers.question import allowed
from tieout.show.over_time.waterfall_html import waterfall_html
from tieout.show.web.rooms import Room
from tieout.show.web.slicing import ways_to
from tieout.waterfall import Waterfall, WaterfallAsked, waterfall

if TYPE_CHECKING:
    from tieout.measure.answers import Chosen
    from tieout.show.html.page import Page
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

SLICES = ("segment", "team", "owner", "region", "source", "source_class", "stage", "type", "category", "industry")
"""The dimensions that the bar offers; any other of a deal may stand in the address."""
BAR = (
    "period", "calendar", "segment", "team", "owner", "as_of", "by", "org", "said_then", "gross", "weighted",
)  # fmt: skip
TAKES = ("gross", "weighted", "closing", "since")


def asked_of(
    reader: Reader, filters: Filters, postings: int | Chosen | None = 0, *, deals: bool = False
) -> WaterfallAsked:
    """Give the waterfall that the filters ask for.

    `since` is its first moment and `as_of` its last one; with a period and `as_of` it is of the period until then.
    Raises QuestionError or PeriodError.
    """
    since, period, closing = filters["since"], filters["period"], filters["closing"]
    if period and (since or filters["as_of"]):
        if filters["calendar"]:
            allowed("calendar", filters["calendar"], reader.contract.company.calendars)
        lens = reader.contract.lenses.get(filters["lens"] or "")
        calendar = calendar_of(reader.contract, filters["calendar"] or (lens.calendar if lens else None))
        whole = parse_period(period, calendar)
        since, period, closing = since or str(whole.start - timedelta(days=1)), None, closing or whole.name
    return WaterfallAsked(
        start=since,
        end=filters["as_of"],
        period=period,
        closing=closing,
        calendar=filters["calendar"],
        lens=filters["lens"] or "agreed",
        org=cast("Literal['as-was', 'as-is']", filters["org"] or "as-was"),
        known_at=filters["known_at"],
        said_then=filters.on("said_then"),
        where=filters.where,
        by=filters.by,
        gross=filters.on("gross"),
        weighted=filters.on("weighted"),
        deals=deals,
        postings=postings,
    )


def waterfall_of(
    reader: Reader, filters: Filters, postings: int | Chosen | None = 0, *, deals: bool = False
) -> Waterfall:
    """Answer the waterfall of the filters, without its postings unless they are asked for.

    Raises QuestionError or PeriodError.
    """
    return waterfall(reader.workspace, asked_of(reader, filters, postings, deals=deals), reader.build)


def pipeline(reader: Reader, filters: Filters) -> Page:
    """Give the page of the waterfall; each bar leads to a page of its records."""
    ways = ways_to(filters, "/pipeline/records", "cause")
    return waterfall_html(waterfall_of(reader, filters), reader.contract.company, ways)


PIPELINE = Room(
    "pipeline", "Pipeline", "/pipeline", pipeline, "rooms", "p", takes=TAKES, bar=BAR, tab="Waterfall", slices=SLICES
)
