"""Files that a browser takes, compared with what the API answers, and what is long, turned or too much for one page."""

from __future__ import annotations

import csv
import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from tests.show.web.seen import body
from tieout.operate.people.roles import Role
from tieout.show.charts.over_time import Point, Series, lines
from tieout.show.charts.structure import Bar, bars
from tieout.show.html.page import Card, Cell, Head, Page, Section, Table, html_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Shown

    from tests.show.web.browsing import Browsing
    from tests.show.web.conftest import ClientOf
    from tieout import Workspace


def file_of(page: Shown, way: str) -> list[dict[str, str]]:
    """Take a CSV as a person does: by its link on the page."""
    with page.expect_download() as taking:
        page.locator(".files").get_by_role("link", name=way).click()
    path = Path(taking.value.path())
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


@pytest.mark.parametrize("query", ["segment=SMB", "period=2027-Q4&sort=-value", "owner=005Mw0000020"])
def test_a_file_that_a_browser_takes_holds_the_figures_of_the_api(page_of: Browsing, query: str) -> None:
    page = page_of(Role.REVOPS)
    page.goto(f"/records/pipeline.open_qualified?{query}")
    rows = file_of(page, "CSV")
    chosen = dict(part.split("=") for part in query.split("&"))
    where = " and ".join(
        f"{column} = '{chosen[name]}'"
        for name, column in {"segment": "segment", "owner": "owner_id"}.items()
        if name in chosen
    )
    params: dict[str, str | float | bool] = {"records": "true", "limit": 1000}
    params |= {"where": where} if where else {}
    params |= {"period": chosen["period"]} if "period" in chosen else {}
    text = page.request.get("/api/v1/numbers/pipeline.open_qualified", params=params).text()
    answer = json.loads(text, parse_float=Decimal)
    assert len(rows) > 5
    told = {one["record"]: one["value"] for one in answer["records"]}
    assert {row["record"]: Decimal(row["value"]) for row in rows} == told
    assert sum(told.values()) == answer["rows"][0]["value"]


def test_a_table_of_ten_thousand_rows_is_turned_page_by_page(client_of: ClientOf, web: Workspace) -> None:
    newest: dict[str, str] = {}
    for path in sorted((web.root / "exports" / "marketing" / "leads").iterdir()):
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8-sig") as file:
            newest |= {row["lead_id"]: row["merged_into"] for row in csv.DictReader(file)}
    leads = [lead for lead, merged in newest.items() if not merged]
    assert len(leads) > 10_000
    pages, rest = -(-len(leads) // 50), len(leads) % 50
    admin = client_of(Role.ADMIN)
    first = body(admin, "/records/leads.new?sort=record")
    assert len(first) < 300_000
    assert f"Page 1 of {pages}" in first
    assert f">{min(leads)}</a>" in first
    last = body(admin, f"/records/leads.new?page={pages}&sort=record")
    assert last.count('<th scope="row">') == rest
    assert f">{max(leads)}</a>" in last


HEBREW, ARABIC = "\u05d7\u05d1\u05e8\u05d4 \u05d1\u05e2\u05de", "\u0634\u0631\u0643\u0629"
LONG = "Wide" + "w" * 496


@pytest.mark.parametrize("width", [360, 1280, 2560])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_names_of_five_hundred_characters_and_from_right_to_left_stay_in_their_place(
    browser: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    names = [HEBREW, ARABIC, f"{HEBREW} 12 - New", LONG, " ".join([LONG[:40]] * 12)]
    heads = [Head("name", right=False), Head("USD"), Head("why", right=False), *(Head(f"h{n}") for n in range(9))]
    rows = [[name, "1,234.00", name, *["1"] * 9] for name in names]
    charts = (
        bars("By name", [Bar(name, 1.0, 3, anchor="names") for name in names], "count"),
        lines(
            "By name",
            ["2026-01", "2026-02"],
            [Series(name, [Point(1), Point(2)], None) for name in names],
            "count",
        ),
    )
    tables = tuple(Table(name, heads, rows, dense=dense) for dense in (False, True) for name in (HEBREW, LONG))
    cards = [Card(name, Cell(name), name) for name in names]
    anchored = Table("Names", heads, rows, anchor="names")
    section = Section(HEBREW, charts=charts, tables=(*tables, anchored), cards=cards)
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.set_content(html_of(Page(f"{LONG} {HEBREW}", (LONG, HEBREW), [section], [(LONG, LONG)], (Cell(LONG), LONG))))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = page.locator("tbody th").first
    assert shown.inner_text() == HEBREW
    # A row stands where its table begins, whichever way its name is written.
    lefts = (
        page.locator("table")
        .first.locator("tbody th")
        .evaluate_all("all => all.map(e => e.getBoundingClientRect().left)")
    )
    assert len(set(lefts)) == 1
    page.close()
