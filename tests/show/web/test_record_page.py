"""A record's page, the search box and the glossary: what is closed is not told from what there is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.show.web.browsing import Browsing
from tests.show.web.conftest import ClientOf
from tieout.operate.people.models import Account, Team
from tieout.operate.people.roles import Role

if TYPE_CHECKING:
    from django.test import Client

DEAL = "/record/opportunity/006Mw0002205"
"""An open deal of the SMB segment: "Flint Textiles Group - New Jul 2026"."""


@pytest.fixture
def enterprise(client_of: ClientOf) -> Client:
    """Somebody whose team opens deals of enterprises only."""
    client = client_of(Role.CONTRIBUTOR)
    team = Team.objects.create(name="Enterprise", rows="segment = 'Enterprise'")
    Account.objects.filter(email="contributor@marlow.example").update(team=team)
    return client


def test_a_record_that_is_closed_is_told_as_one_that_there_is_not(enterprise: Client) -> None:
    closed, nothing = (enterprise.get(path) for path in (DEAL, "/record/opportunity/006Mw9999999"))
    assert (closed.status_code, nothing.status_code) == (404, 404)
    told = [answer.content.decode().split("<main")[1] for answer in (closed, nothing)]
    assert "Flint" not in told[0]
    assert told[0].replace("006Mw0002205", "x") == told[1].replace("006Mw9999999", "x")
    assert enterprise.get(f"{DEAL}?format=csv").status_code == 404
    for text in ("006Mw0002205", "Flint Textiles Group"):
        assert "006Mw0002205" not in enterprise.get("/search/suggest", {"q": text}).content.decode().split("<ul>")[-1]


def test_the_name_of_a_deal_is_masked_and_not_searched_for_those_who_do_not_see_it(client_of: ClientOf) -> None:
    viewer = client_of(Role.VIEWER)
    assert "New Jul 2026" not in viewer.get(DEAL).content.decode()
    assert "006Mw0002205" not in viewer.get("/search/suggest", {"q": "Group - New Jul 2026"}).content.decode()
    assert "New Jul 2026" in client_of(Role.ADMIN).get(DEAL).content.decode()


def test_an_account_tells_how_much_of_it_each_number_counts_and_leads_to_that(client_of: ClientOf) -> None:
    """By hand: 001Mw0000818 has five deals, of which sales counts one, worth 12,084.00, and the agreed number none."""
    viewer = client_of(Role.VIEWER)
    page = viewer.get("/record/account/001Mw0000818").content.decode()
    assert "not counted in 2027-Q3: 0 of its 5 deals; 2 of 3 teams count it" in page
    assert "1 of its 5 deals; not counted: 4 by stage" in page
    way = next(
        found for found in re.findall(r'href="(/records/pipeline.open_qualified[^"]*)"', page) if "sales" in found
    )
    assert "12,084.00" in viewer.get(way.replace("&amp;", "&")).content.decode()


def test_a_record_is_found_by_keyboard(page_of: Browsing) -> None:
    page = page_of(Role.ADMIN)
    page.goto("/glossary")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("006Mw0002205")
    expect(page.locator("#found a").first).to_contain_text("006Mw0002205")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#found a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{DEAL}$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Flint Textiles Group")
