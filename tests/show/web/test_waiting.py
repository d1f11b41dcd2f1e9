"""What somebody sees while a page takes long to be made, and while it does not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tieout.operate.people.roles import Role

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.show.web.browsing import Browsing


def held(page: Page, address: str | re.Pattern[str]) -> list[Route]:
    """Hold what is asked of an address until the test lets it go on."""
    routes: list[Route] = []

    def hold(route: Route) -> None:
        routes.append(route)

    page.route(address, hold)
    return routes


WATCH = """sessionStorage.seen = '[]';
const line = document.getElementById('waiting'), began = performance.now();
new MutationObserver(() => {
  const now = [performance.now() - began, line.className, line.textContent, line.nextElementSibling.ariaBusy];
  sessionStorage.seen = JSON.stringify([...JSON.parse(sessionStorage.seen), now]);
}).observe(line, {attributes: true, childList: true});
"""
"""Keeps what the line says and when: while a page is on its way the one that is left answers no questions."""


def test_whoever_waits_for_a_page_is_told_and_keeps_the_one_they_have(page_of: Browsing) -> None:
    page = page_of(Role.VIEWER)
    page.goto("/pipeline/pushes")
    line, main = page.locator("#waiting"), page.locator("main")
    expect(line).to_be_hidden()
    page.evaluate(f"() => {{{WATCH}}}")
    routes = held(page, "**/pipeline/velocity")
    page.evaluate("document.querySelector('.tabs a[href*=velocity]').click()")
    page.wait_for_timeout(2_000)
    routes[0].continue_()
    page.wait_for_url("**/pipeline/velocity")
    seen = json.loads(page.evaluate("sessionStorage.seen"))
    drawn, said = (next(one for one in seen if what(one)) for what in (lambda one: "on" in one[1], lambda one: one[2]))
    assert 200 <= drawn[0] < 1_000
    assert 1_500 <= said[0] < 2_500
    assert "Working it out" in said[2]
    assert said[3] == "true"
    expect(main.locator("h1")).to_contain_text("a day")
    expect(line).to_be_hidden()
    page.go_back()
    expect(line).to_be_hidden()
    expect(main).not_to_have_attribute("aria-busy", "true")


def test_a_part_that_is_renewed_late_is_waited_for_too(page_of: Browsing) -> None:
    page = page_of(Role.VIEWER)
    page.goto("/pipeline/day?as_of=2026-07-31")
    routes = held(page, re.compile(r"/pipeline/day\?.*as_of=2026-07-30"))
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#waiting")).to_be_visible(timeout=3_000)
    routes[0].continue_()
    expect(page.locator("#page h1")).to_contain_text("on 2026-07-30")
    expect(page.locator("#waiting")).to_be_hidden()


def test_a_file_that_is_taken_is_not_waited_for(page_of: Browsing) -> None:
    page = page_of(Role.REVOPS)
    page.goto("/pipeline/records")
    with page.expect_download():
        page.get_by_role("link", name="CSV").click()
    page.wait_for_timeout(300)
    expect(page.locator("#waiting")).to_be_hidden()
