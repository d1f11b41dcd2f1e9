"""Every page in a real browser: read, heard, printed, by keyboard, on a phone and on a wall, and without script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.show.web.test_rights import TABLE
from tieout.operate.people.roles import Role
from tieout.show.web.registry import ROOMS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.show.web.browsing import Browsing

NEEDS = {
    "/records/<str:metric>": "/records/pipeline.open_qualified",
    "/record/<str:entity>/<path:record>": "/record/opportunity/006Mw0002205",
    "/glossary/<str:metric>": "/glossary/pipeline.open_qualified",
    "/tie-out": "/tie-out?b=sales",
    "/tie-out/records": "/tie-out/records?b=sales&cause=type",
}
"""What a page has to be told. A sheet is brought in test_ways."""
ROOM_PATHS = [NEEDS.get(room.path, room.path) for room in ROOMS if not room.path.startswith("/tie-out/sheet")]
OTHERS = [
    "/record/account/001Mw0002129", "/record/lead/LD000018", "/record/user/005Mw0000005", "/search",
    "/search?q=flint", "/views", "/people",
    "/people/log", "/people/tokens", "/people/invite", "/people/teams/new", "/people/accounts/1",
    "/accounts/sessions/", "/accounts/2fa/", "/accounts/password/change/", "/api/v1/docs",
    "/nothing-is-here", "/pipeline?period=nonsense", "/tie-out/sheet?sheet=0",
]  # fmt: skip
SLICED = [
    "/pipeline?by=segment", "/pipeline/day?as_of=2026-05-01&by=team", "/pipeline/stages?by=segment",
    "/pipeline/coverage?weeks=1", "/funnel?by=source", "/funnel/clocks?by=owner", "/funnel?flow=1",
    "/glossary/coverage.to_go", "/glossary/criteria?criterion=quality", "/records/leads.new?page=9",
]  # fmt: skip
GRAVE = {"serious", "critical"}
WIDTHS = (360, 2560)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
ALIKE = """for (const body of document.querySelectorAll('tbody')) {
  const seen = new Set();
  for (const row of [...body.rows]) {
    const look = [...row.querySelectorAll('*')].map((one) => one.tagName + one.className).join();
    if (seen.has(look)) row.remove();
    seen.add(look);
  }
}"""
WIDER = "document.documentElement.scrollWidth"


@dataclass(frozen=True, slots=True)
class Wrong:
    """What keeps somebody from using a page."""

    path: str
    what: str


def axe(page: Page, path: str) -> list[Wrong]:
    """Ask axe-core for what is serious or critical: labels, names, contrast, structure, what keys cannot reach."""
    found = Axe().run(page).response["violations"]
    return [Wrong(path, f"{one['id']}: {one['nodes'][0]['html'][:120]}") for one in found if one["impact"] in GRAVE]


def heard(page: Page, path: str, scheme: Scheme) -> list[Wrong]:
    """Ask axe, in light or in dark. It looks at each element: of rows that are marked up alike it gets one."""
    page.evaluate(ALIKE)
    page.emulate_media(color_scheme=scheme)
    wrong = axe(page, path)
    page.emulate_media(color_scheme="light")
    return wrong


def fits(page: Page, path: str) -> list[Wrong]:
    """Look whether the page has to be moved sideways, on a phone and on a wall."""
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if (found := page.evaluate(WIDER)) > width:
            wrong.append(Wrong(path, f"is {found} wide on a screen of {width}"))
    page.set_viewport_size({"width": 1280, "height": 900})
    return wrong


def printed(page: Page, path: str) -> list[Wrong]:
    """Look at it as it is printed: what leads elsewhere is gone, what is read is there, no row is below a fold."""
    page.emulate_media(media="print")
    gone = [".top", ".rooms", ".tabs", ".bar", ".save", ".files", ".slider"]
    wrong = [Wrong(path, f"{one} is printed") for one in gone if page.locator(one).filter(visible=True).count()]
    if not page.locator("main h1").is_visible():
        wrong.append(Wrong(path, "its heading is not printed"))
    cut = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(e => e.scrollHeight > e.clientHeight + 1).length"
    )
    if cut:
        wrong.append(Wrong(path, f"{cut} tables are cut on paper"))
    page.emulate_media(media="screen")
    return wrong


def keyed(page: Page, path: str) -> list[Wrong]:
    """Go to what is read by keyboard: the first key leads past what is on every page."""
    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")
    there = page.evaluate("document.activeElement.id")
    return [] if (skip, there) == ("skip", "main") else [Wrong(path, f"keys lead to {skip!r} and then to {there!r}")]


def told(page: Page) -> dict[str, object]:
    """Give what a page tells: its heading, how many figures, charts and links stand in what is read."""
    counted = {"rows": "main tr", "charts": "main svg.chart", "links": "main a[href]", "cards": "main .cards li"}
    counts = {name: page.locator(what).count() for name, what in counted.items()}
    return {"heading": page.locator("main h1").inner_text(), **counts}


def walked(page_of: Browsing, paths: list[str]) -> list[Wrong]:
    """Walk through pages with one browser that runs scripts and one that does not.

    Axe, which takes most of the time, hears them in light and in dark by turns; the slow sweep below, each in both.
    """
    page, plain = page_of(Role.ADMIN), page_of(Role.ADMIN, java_script_enabled=False)
    page.set_default_timeout(60_000)  # pages are made here for the first time
    wrong: list[Wrong] = []
    for path, scheme in zip(paths, cycle(SCHEMES), strict=False):
        page.goto(path)
        plain.goto(path)
        with_script, without = told(page), told(plain)
        wrong += [] if with_script["heading"] else [Wrong(path, "has no heading")]
        wrong += [] if without == with_script else [Wrong(path, f"without script {without}, with it {with_script}")]
        wrong += keyed(page, path) + fits(page, path) + printed(page, path) + heard(page, path, scheme)
    return wrong


@pytest.mark.parametrize("paths", [ROOM_PATHS, pytest.param(OTHERS, marks=pytest.mark.slow)], ids=["rooms", "others"])
def test_each_page_can_be_read_by_everybody(page_of: Browsing, paths: list[str]) -> None:
    assert walked(page_of, paths) == []


@pytest.mark.slow
def test_each_page_that_is_sliced_can_be_read_by_everybody(page_of: Browsing) -> None:
    assert walked(page_of, SLICED) == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_serious_at_any_width(page_of: Browsing, scheme: Scheme, width: int) -> None:
    page = page_of(Role.ADMIN, color_scheme=scheme, viewport={"width": width, "height": 900})
    wrong = []
    for path in [*ROOM_PATHS, *OTHERS, *SLICED]:
        page.goto(path)
        wrong += axe(page, path)
    assert wrong == []


# -- what a role sees

GRANTED = {"links": {"/", "/pipeline", "/funnel", "/tie-out", "/glossary", "/data", "/people"}}
FIRST = ("viewer", "finance-lead", "revops")


@pytest.mark.parametrize("role", [pytest.param(one, marks=() if one in FIRST else pytest.mark.slow) for one in Role])
def test_a_role_sees_what_is_granted_and_is_told_what_is_not(page_of: Browsing, role: Role) -> None:
    page = page_of(role)
    page.goto("/")
    ways = page.locator(".rooms a").evaluate_all("links => links.map(one => one.getAttribute('href'))")
    assert {way for way in ways if not way.startswith("/views")} >= GRANTED["links"]
    samples = {line.sample: role.value in line.roles.split() for line in TABLE.values()}
    looked = {
        "/pipeline/records",
        "/tie-out/sheet",
        "/people/log",
        "/people/invite",
        "/people/tokens",
        "/people/teams/new",
    }
    assert looked <= samples.keys()
    for path in sorted(looked):
        page.goto(path)
        heading = page.locator("main h1").inner_text()
        assert (heading == "Your role may not do this") is not samples[path], (path, heading)
        assert page.get_by_role("navigation", name=re.compile("Rooms and tools")).is_visible()
        if not samples[path]:
            assert "It takes the right to" in page.locator("main").inner_text()
            assert page.locator("main").get_by_role("link", name="Home").is_visible()
    page.goto("/pipeline/records")
    assert (page.locator(".files a").count() == 2) is (role is not Role.VIEWER)
