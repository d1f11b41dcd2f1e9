"""Each number of the glossary says since when it is defined as it is, and what was agreed from when on."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tieout.measure.numbers.catalogue import BY_ID, METRICS
from tieout.questions import current, opened
from tieout.show.html.page import Cell
from tieout.show.web.pages.effective import agreed_tables, since_of
from tieout.show.web.reader import Eyes, Reader

if TYPE_CHECKING:
    from tieout import Workspace


@pytest.fixture(scope="module")
def reader(marlow: Workspace) -> Reader:
    build = current(marlow)
    with opened(marlow, build) as asked:
        return Reader(marlow, build, asked.contract, ZoneInfo("America/New_York"), Eyes(personal=True))


def rows(reader: Reader, number: str, caption: str) -> list[list[str]]:
    """Give the rows of a table about a number."""
    table = next(table for table in agreed_tables(reader, BY_ID[number]) if table.caption.startswith(caption))
    return [[cell.text if isinstance(cell, Cell) else cell for cell in row] for row in table.rows]


def test_every_number_says_since_when_it_is_published_so(reader: Reader) -> None:
    """Marlow was published once, on 23 November 2026 at 03:00 in New York."""
    first = f"2026-11-23, by contract {reader.build.fingerprint[:8]}, the first that published it"
    assert {since_of(reader, metric) for metric in METRICS} == {first}


@pytest.mark.parametrize("number", ["pipeline.open_qualified", "bookings", "stages.conversion", "win_rate.narrow"])
def test_what_counts_deals_says_what_was_agreed_of_them(reader: Reader, number: str) -> None:
    (told,) = rows(reader, number, "What was agreed of pipeline")
    assert told[:2] == ["the beginning", "today and on"]
    assert told[2] == "Qualification"


def test_what_counts_people_says_nothing_of_pipeline(reader: Reader) -> None:
    assert not [table for name in ("leads.new", "mql.count") for table in agreed_tables(reader, BY_ID[name])]


def test_what_was_committed_to_and_from_when_on(reader: Reader) -> None:
    """By lifecycle.yaml: 80 a month at first, 110 from 1 February 2026 on."""
    told = rows(reader, "mql_volume_at_quality", "What both sides committed to")
    assert [row[:6] for row in told] == [
        ["the beginning", "2026-02-01", "mql", "80", "score >= 7", "0.65"],
        ["2026-02-01", "today and on", "as before", "110", "as before", "0.8"],
    ]


def test_how_soon_a_hand_off_is_to_be_answered(reader: Reader) -> None:
    told = rows(reader, "sla.compliance", "How soon")
    assert [row[2:4] for row in told] == [["mql", "8 business hours"], ["sal", "120 elapsed hours"]]
