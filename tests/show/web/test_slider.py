"""The slider over days in a real browser, and the ways back from where it led."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.show.web.test_ways import grave
from tieout.operate.people.roles import Role

if TYPE_CHECKING:
    from tests.show.web.browsing import Browsing


@pytest.fixture
def page(page_of: Browsing) -> Page:
    return page_of(Role.VIEWER)


def heading(page: Page, text: str) -> None:
    expect(page.locator("#page h1")).to_contain_text(text)


def test_the_slider_renews_the_page_and_its_address(page: Page) -> None:
    page.goto("/pipeline/day?as_of=2026-07-31&segment=SMB")
    heading(page, "on 2026-07-31")
    page.evaluate("window.same = true")
    slider = page.get_by_role("slider")
    expect(slider).to_have_value("1078")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    heading(page, "on 2026-07-30")
    expect(page).to_have_url(re.compile(r"as_of=2026-07-30"))
    expect(page).to_have_url(re.compile(r"segment=SMB"))
    expect(page).to_have_title(re.compile("on 2026-07-30"))
    assert page.evaluate("window.same") is True  # a part was renewed, not the page
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", "2026-07-30")
    # What stands around the part keeps to the day: the bar, and the ways to the other pages of the room.
    expect(page.locator("#bar input[name=as_of]")).to_have_value("2026-07-30")
    expect(page.locator("#steps a[rel=next]")).to_have_attribute("href", re.compile("2026-07-31"))
    page.go_back()
    heading(page, "on 2026-07-31")
    expect(page.get_by_role("slider")).to_have_value("1078")
    expect(page.get_by_label("Day", exact=True)).to_have_value("2026-07-31")


def test_the_field_of_the_day_renews_it_too(page: Page) -> None:
    page.goto("/pipeline/day")
    page.get_by_label("Day", exact=True).fill("2026-06-08")
    page.get_by_label("Day", exact=True).press("Tab")
    heading(page, "on 2026-06-08")
    page.get_by_label("As said then").check()
    page.get_by_role("button", name="Show", exact=True).first.click()
    heading(page, "was said to be")
    expect(page).to_have_url(re.compile(r"as_of=2026-06-08.*said_then=1|said_then=1.*as_of=2026-06-08"))


def test_without_script_the_slider_is_a_form(page_of: Browsing) -> None:
    page = page_of(Role.VIEWER, java_script_enabled=False)
    page.goto("/pipeline/day?as_of=2026-07-31&said_then=1")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Show this place").click()
    expect(page).to_have_url(re.compile("nth="))
    heading(page, "was said to be")
    heading(page, "on 2026-07-30")


def test_from_a_bar_to_its_deals_and_back(page: Page) -> None:
    page.goto("/pipeline?segment=SMB")
    page.locator("svg.chart a", has_text="created").first.click()
    expect(page).to_have_url(re.compile(r"/pipeline/records\?cause=created&segment=SMB"))
    heading(page, "Created: ")
    expect(page.locator("#bar select[name=segment]")).to_have_value("SMB")
    page.locator("#page table a[href^='/record/opportunity/']").first.click()
    expect(page).to_have_url(re.compile("/record/opportunity/"))
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/pipeline\?segment=SMB$"))


@pytest.mark.parametrize("path", ["/pipeline?by=segment", "/pipeline/day", "/pipeline/stalls", "/funnel?by=source"])
def test_axe_finds_nothing_serious(page: Page, path: str) -> None:
    page.goto(path)
    assert grave(page) == []
