"""What issue after issue was broken by: filters that mean nothing, dates of no calendar, lists without end."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from tests.show.web.conftest import ClientOf
from tieout.operate.people.roles import Role
from tieout.questions import current, opened
from tieout.show.html.page import Cell
from tieout.show.web.filters import VALUES, Filters
from tieout.show.web.reader import Eyes, Reader
from tieout.show.web.records import Column, Records, records_section
from tieout.show.web.registry import ROOMS
from tieout.warehouse.lock import writing

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings

    from tieout import Workspace

PARTS = {"metric": "bookings", "entity": "opportunity", "record": "006Mw0002205"}
DAYS = ("as_of", "known_at", "a_as_of", "b_known_at", "since")
WRONG = {
    **dict.fromkeys(DAYS, ("0000-00-00", "99999-01-01", "2026-02-30", "2026-06-30T25:00", "yesterday")),
    "period": ("2026-Q9", "2026-W60", "0000-Q1", "2026-01-01..2025-01-01", "x" * 400),
    "calendar": ("nothing",), "lens": ("markting", "agreed+as-is"), "by": ("nothing", "a;b"),
    "where": ("1=1;--", "select 1", "segment = ", "sleep(5)"), "page": ("0", "-1", "9" * 30, "\N{SUPERSCRIPT TWO}"),
    "sort": ("nothing", "-"), "cohort": ("x",), "within": ("0", "-1", "\N{SUPERSCRIPT TWO}"),
    "step": ("x",), "criterion": ("x",), "a": ("x",), "b": ("x",), "a_build": ("x",), "b_contract": ("x",),
    **dict.fromkeys(VALUES, ("x", "2")),
}  # fmt: skip
"""Of each filter what cannot be meant; a page that takes it refuses it."""


@pytest.fixture
def viewer(client_of: ClientOf) -> Client:
    return client_of(Role.VIEWER)


def path_of(room: object) -> str:
    """The path of a room, with parts that there are."""
    return re.sub(r"<\w+:(\w+)>", lambda part: PARTS[part[1]], room.path)  # type: ignore[attr-defined]


LISTS = ("/records/bookings", "/pipeline/pushes")
"""What is made before its order is looked at costs time: two of the lists are enough."""
CASES = [
    (path_of(room), name)
    for room in ROOMS
    for name in room.all
    if name in WRONG and (name not in ("page", "sort") or path_of(room) in LISTS)
]
FEW = [
    (path, name, WRONG[name][place % len(WRONG[name])])
    for place, (path, name) in enumerate(CASES)
    if not path.startswith("/tie-out/sheet")
]
"""Each room with each filter, and one of what it refuses in turn."""


@pytest.mark.parametrize("path", sorted({path for path, _, _ in FEW}))
def test_a_filter_that_cannot_be_meant_is_refused_in_words(client_of: ClientOf, path: str) -> None:
    client = client_of(Role.ADMIN)
    for _, name, text in (one for one in FEW if one[0] == path):
        answer = client.get(f"{path}?{urlencode({name: text})}")
        page = answer.content.decode()
        assert answer.status_code == 400, (path, name, text)
        assert "<h1" in page, (path, name, text)
        assert not re.search(r"Traceback|File &quot;|Exception| --[a-z]", page), (path, name, text)


@pytest.mark.parametrize("path", ["/pipeline/velocity", "/funnel"])
def test_a_dimension_that_is_named_twice_slices_once(viewer: Client, path: str) -> None:
    twice, once = (viewer.get(f"{path}?by={by}").content.decode() for by in ("segment,segment", "segment"))
    told = [re.findall(r"<td.*?</td>", page.replace("segment%2Csegment", "segment")) for page in (twice, once)]
    assert told[0]
    assert told[0] == told[1]


@pytest.mark.parametrize("path", ["/pipeline/pushes", "/records/bookings", "/tie-out/records"])
def test_a_list_is_sorted_by_a_column_that_it_has(viewer: Client, path: str) -> None:
    for order in ("-", "--record", "-nothing"):
        assert viewer.get(f"{path}?{urlencode({'sort': order})}").status_code == 400, order


def test_a_list_of_ten_thousand_is_a_page_of_fifty_and_the_sum_of_all(marlow: Workspace) -> None:
    """By hand: 1 + 2 + ... + 10,000 = 50,005,000."""
    build = current(marlow)
    with opened(marlow, build) as asked:
        reader = Reader(marlow, build, asked.contract, ZoneInfo("UTC"), Eyes(personal=True))
    columns = (Column("record", entity="opportunity"), Column("value", unit="money", summed=True))
    records = Records("Many", columns, [[f"R{n}", Decimal(n)] for n in range(1, 10_001)])
    section = records_section(reader, Filters("/records/bookings", {"sort": "-value", "page": "200"}), records)
    (table,) = section.tables
    assert [cell.text for cell in table.rows[-1]] == ["R1", "1.00"]  # type: ignore[union-attr]
    assert len(table.rows) == 50
    assert "50,005,000.00" in [cell.text for row in table.foot for cell in row if isinstance(cell, Cell)]
    assert "Page 200 of 200" in [cell.text for cell in section.links]


def test_pages_answer_while_the_ledger_is_being_written(
    viewer: Client, marlow_copy: Workspace, settings: Settings
) -> None:
    settings.WORKSPACE = marlow_copy
    with writing(marlow_copy, datetime(2026, 11, 23, 9)):
        for path in ("/", "/data", "/records/bookings", "/glossary/bookings"):
            assert viewer.get(path).status_code == 200, path
