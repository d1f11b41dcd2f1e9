"""What each address of the API takes: the options of the command line, with underscores."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

Text = Annotated[str | None, Field(max_length=500)]
Org = Literal["as-was", "as-is"]
MOST = 1000
"""So many records are given at once."""


class Nothing(Schema):
    """An address that takes nothing."""


class Paged(Schema):
    """Which part of a list."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="So many entries at once.")] = 100
    offset: Annotated[int, Field(ge=0, le=10_000_000, description="So many entries are passed over first.")] = 0


class Listed(Paged):
    """Whether the records come too."""

    records: Annotated[bool, Field(description="Add the records; takes the right to take records out.")] = False


class Findings(Paged):
    """Which findings."""

    level: Annotated[Literal["error", "warning", "note"] | None, Field(description="Only of this level.")] = None
    code: Annotated[Text, Field(description="Only of this code.")] = None


class Slice(Schema):
    """What is counted."""

    period: Annotated[
        Text, Field(description="2026-Q3, 2026-H1, 2026, 2026-P07, 2026-W07, 2026-07 or FIRST..LAST.")
    ] = None
    by: Annotated[Text, Field(description="Dimensions, with commas between.")] = None
    calendar: Annotated[Text, Field(description="A calendar of the contract.")] = None
    org: Annotated[Org, Field(description="Owners, teams and segments then or now.")] = "as-was"
    where: Annotated[Text, Field(description="Criteria over a record's columns: region = 'EMEA'.")] = None


class Moment(Slice):
    """What is counted, as of when, as known when."""

    as_of: Annotated[Text, Field(description="As of the end of a date, or a time.")] = None
    known_at: Annotated[Text, Field(description="As known at the end of a date, or a time.")] = None
    said_then: Annotated[bool, Field(description="As known at as_of: what was said then.")] = False


class Number(Moment, Listed):
    """A number."""

    rates: Annotated[Literal["plan", "spot"] | None, Field(description="Exchange rates.")] = None
    lens: Annotated[Text, Field(description="Count as a team does.")] = None
    original: Annotated[bool, Field(description="Add each currency's own sum and its rate.")] = False


class SeriesOf(Slice, Listed):
    """A number over time."""

    every: Annotated[Literal["day", "week", "month", "quarter"], Field(description="The buckets.")] = "month"
    from_: Annotated[Text, Field(alias="from", description="The first day.")] = None
    to: Annotated[Text, Field(description="The last day.")] = None
    lens: Annotated[Text, Field(description="Count as a team does.")] = None
    known_at: Annotated[Text, Field(description="As known at the end of a date, or a time.")] = None
    said_then: Annotated[bool, Field(description="As it was said at the end of each bucket.")] = False
    what_we_said: Annotated[bool, Field(description="As each refresh published it.")] = False
    restated: Annotated[bool, Field(description="As known now, beside the others.")] = False


class View(Moment, Listed):
    """A view with its moments."""


class Account(View):
    """The account between marketing and sales."""


class Funnel(View):
    """How far people come."""

    cohort: Annotated[Literal["mql", "lead"], Field(description="Episodes by MQL, or persons by first contact.")] = (
        "mql"
    )
    flow: Annotated[bool, Field(description="Entries into each step in the period instead.")] = False
    within: Annotated[int | None, Field(ge=1, le=3650, description="The days that a cohort has.")] = None
    step: Annotated[Text, Field(description="One step: why people stop before it, who reached it.")] = None


class Coverage(View):
    """Coverage and what our own history asks for."""

    lens: Annotated[Text, Field(description="Count as a team does.")] = None
    quarters: Annotated[int, Field(ge=4, le=8, description="Trailing quarters.")] = 8
    week: Annotated[int | None, Field(ge=1, le=14, description="At the end of this week.")] = None
    weeks: Annotated[bool, Field(description="Add what every week of the quarter needs.")] = False


class BridgeOf(Slice, Listed):
    """A bridge from one figure to another."""

    from_: Annotated[str, Field(alias="from", max_length=500, description="LENS[@as-of][~known-at][+option].")]
    to: Annotated[str, Field(max_length=500, description="The same, for the other end.")]
    gross: Annotated[bool, Field(description="Also what went and came back between two moments.")] = False


class Lenses(Schema):
    """Every team's number."""

    period: Annotated[Text, Field(description="As of a number.")] = None
    calendar: Annotated[Text, Field(description="A calendar of the contract.")] = None
    as_of: Annotated[Text, Field(description="As of the end of a date, or a time.")] = None


class Waterfall(Slice, Listed):
    """Where the pipeline came from and went."""

    from_: Annotated[Text, Field(alias="from", description="From the end of this date, or a time.")] = None
    to: Annotated[Text, Field(description="To the end of this date, or a time.")] = None
    closing: Annotated[Text, Field(description="Deals that close in this period; any: whenever.")] = None
    lens: Annotated[str, Field(max_length=500, description="Count as a team does.")] = "agreed"
    known_at: Annotated[Text, Field(description="As known at the end of a date, or a time.")] = None
    said_then: Annotated[bool, Field(description="Each end as it was known then.")] = False
    gross: Annotated[bool, Field(description="Post every version, not only the two ends.")] = False
    weighted: Annotated[bool, Field(description="Weight by the probability of the stage.")] = False
    deals: Annotated[bool, Field(description="Add how often each deal was pushed and changed.")] = False


class Life(Schema):
    """One record's life."""

    period: Annotated[Text, Field(description="The period of its memberships.")] = None
    calendar: Annotated[Text, Field(description="A calendar of the contract.")] = None
