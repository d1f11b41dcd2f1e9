"""In a real browser: from the number on the home page to a record and back, a sheet tied out, what a phone shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tieout.operate.people.roles import Role

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.show.web.browsing import Browsing

GRAVE = {"serious", "critical"}


def grave(page: Page) -> list[str]:
    """Name what axe finds that keeps somebody from reading a page."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in GRAVE]


def test_three_clicks_from_the_number_to_the_life_of_a_record_and_back(page_on: Browsing) -> None:
    page = page_on(Role.CONTRIBUTOR)
    page.goto("/")
    page.locator("svg.chart a").filter(has_text="sales").first.click()
    page.wait_for_url("**/tie-out?a=agreed&b=sales")
    page.get_by_role("row", name="type").get_by_role("link").first.click()
    page.wait_for_url("**/tie-out/records?*cause=type*")
    record = page.locator("tbody th a").first
    name = record.inner_text()
    record.click()
    page.wait_for_url(f"**/record/opportunity/{name}")
    for address in ("**/tie-out/records?*", "**/tie-out?*", "**/"):
        page.go_back()
        page.wait_for_url(address)
    assert "5.4M" in page.locator(".headline").inner_text()


def test_a_step_of_the_strip_leads_to_its_postings(page_of: Browsing) -> None:
    page = page_of(Role.VIEWER)
    page.goto("/")
    page.locator("svg.chart a[href*='b=finance'][href*='cause=probability']").click()
    page.wait_for_url("**/tie-out/records?a=agreed&b=finance&cause=probability")
    assert "probability" in page.locator("h1").inner_text()


def test_a_sheet_is_brought_and_tied_out(page_of: Browsing, tmp_path: Path) -> None:
    sheet = tmp_path / "our deals, and a name that goes on and on for as long as a name of a file may.csv"
    sheet.write_text("id,amount\n006Mw0002445,65400\n006Mw0002471,58088\n")
    page = page_of(Role.MARKETING)
    page.goto("/tie-out")
    page.get_by_text("Tie out a sheet of your own").click()
    page.set_input_files("input[name=sheet]", sheet)
    page.get_by_role("button", name="Tie it out to A").click()
    page.wait_for_url("**/tie-out/sheet?sheet=*")
    assert page.locator("h1").inner_text().startswith("Our deals")
    page.get_by_role("row", name="type").get_by_role("link").first.click()
    page.wait_for_url("**/tie-out/sheet/records?*cause=type*")
    assert page.get_by_role("cell", name="row 2").count() > 0
    assert grave(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    page.go_back()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("address", ["/", "/tie-out?b=sales", "/tie-out/records?b=sales&cause=type"])
@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_nothing_keeps_anybody_from_reading(page_of: Browsing, address: str, scheme: str) -> None:
    page = page_of(Role.REVOPS, color_scheme=scheme)
    page.goto(address)
    assert grave(page) == []


@pytest.mark.parametrize("address", ["/", "/tie-out?b=sales", "/tie-out/records?b=sales&cause=type"])
def test_a_phone_need_not_be_moved_sideways(page_of: Browsing, address: str) -> None:
    page = page_of(Role.VIEWER, viewport={"width": 360, "height": 740})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_without_script_all_is_there(page_of: Browsing) -> None:
    page = page_of(Role.VIEWER, java_script_enabled=False)
    page.goto("/tie-out")
    page.select_option("select[name=b]", "finance")
    page.get_by_role("button", name="Tie out", exact=True).click()
    assert "7.2M" in page.locator(".headline").inner_text()
