"""Marlow's waterfalls against a recount of its exports: the whole, every slice, as-is, as said then, memo lines."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.oracles.arithmetic import days, end_of_day
from tests.oracles.marlow_books import ZONE, Books
from tests.oracles.marlow_waterfall import Asked, Lines, as_said, memo
from tests.oracles.marlow_waterfall import waterfall as recount
from tieout import Workspace
from tieout.measure.answers import Bridge, Line
from tieout.waterfall import WaterfallAsked, waterfall

QUARTERS = {"2027-Q3": days("2026-08-01", "2026-10-31"), "2027-Q2": days("2026-05-01", "2026-07-31"),
            "2027-Q1": days("2026-02-01", "2026-04-30"),
    "2026-Q4": days("2025-11-01", "2026-01-31")}  # fmt: skip
WINDOWS = [
    ("2026-07-31", "2026-09-22", "2027-Q3"),
    ("2026-04-30", "2026-07-31", "2027-Q2"),
    ("2026-06-14", "2026-09-06", "2027-Q3"),
    ("2025-12-31", "2026-01-15", "2026-Q4"),
    ("2026-01-15", "2026-02-15", "2027-Q1"),  # a new plan year begins in between, with other rates
]


@pytest.fixture(scope="module")
def books(marlow: Workspace) -> Books:
    return Books(marlow.root)


def window(start: str, end: str, quarter: str) -> Asked:
    return Asked(end_of_day(start, ZONE), end_of_day(end, ZONE), QUARTERS[quarter])


def lines(told: tuple[Line, ...]) -> Lines:
    return {line.cause: (line.amount, line.n) for line in told if line.amount}


def held(bridge: Bridge, expected: Lines, ends: list[Decimal]) -> None:
    assert bridge.residual == 0
    assert [bridge.start.value, bridge.end.value] == ends
    assert lines(bridge.lines) == {cause: told for cause, told in expected.items() if told[0]}


WAYS = [
    *((*one, "restated") for one in WINDOWS), (*WINDOWS[0], "said then"), (*WINDOWS[2], "said then"),
    (*WINDOWS[2], "as-is"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "end", "quarter", "way"), WAYS)
def test_a_waterfall_and_its_slices(
    marlow: Workspace, books: Books, start: str, end: str, quarter: str, way: str
) -> None:
    asked = window(start, end, quarter)
    asked = as_said(asked) if way == "said then" else replace(asked, as_is=way == "as-is")
    terms = WaterfallAsked(
        start,
        end,
        closing=quarter,
        said_then=way == "said then",
        org="as-is" if way == "as-is" else "as-was",
        postings=0,
    )
    for cut, expected in recount(books, asked, ("segment", "team")).items():
        found = waterfall(marlow, replace(terms, by=(cut,))).bridge
        held(found, expected.lines(), expected.ends[""])
        assert {part.by[cut] for part in found.slices} == {name for name in (*expected.ends, *expected.posted) if name}
        for part in found.slices:
            held(part, expected.lines(part.by[cut]), expected.ends[part.by[cut]])
        assert sum(line.n for line in found.lines) > 10


@pytest.mark.parametrize(("start", "end", "quarter"), WINDOWS)
def test_what_came_and_went(marlow: Workspace, books: Books, start: str, end: str, quarter: str) -> None:
    found = waterfall(marlow, WaterfallAsked(start, end, closing=quarter, postings=0)).bridge
    assert lines(found.memo) == {
        cause: told for cause, told in memo(books, window(start, end, quarter)).items() if told[0]
    }
