"""Pipeline: where it came from and went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from tieout.show.over_time.waterfall_html import RECORDS, waterfall_html
from tieout.show.web.rooms import Room
from tieout.waterfall import WaterfallAsked, waterfall

if TYPE_CHECKING:
    from tieout.show.html.page import Page
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader


def pipeline(reader: Reader, filters: Filters) -> Page:
    """Give the page of the waterfall."""
    asked = WaterfallAsked(
        period=filters["period"],
        calendar=filters["calendar"],
        lens=filters["lens"] or "agreed",
        org=cast("Literal['as-was', 'as-is']", filters["org"] or "as-was"),
        end=filters["as_of"],
        known_at=filters["known_at"],
        said_then=filters.on("said_then"),
        where=filters.where,
        by=filters.by,
        gross=filters.on("gross"),
        postings=RECORDS,
    )
    return waterfall_html(waterfall(reader.workspace, asked), reader.contract.company)


PIPELINE = Room("pipeline", "Pipeline", "/pipeline", pipeline, "rooms", "p", takes=("gross", "weighted", "closing"))
