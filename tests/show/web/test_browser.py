"""The way in, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.show.web.browsing import Browsing
from tieout.operate.people.models import Account
from tieout.operate.people.roles import Role


def test_whoever_has_signed_in_sees_the_rooms(page_of: Browsing) -> None:
    page = page_of(Role.VIEWER)
    page.goto("/pipeline")
    expect(page.get_by_role("navigation", name="Rooms and tools").get_by_role("link", name="Pipeline")).to_be_visible()


def test_nobody_is_led_to_the_page_of_signing_in(page_of: Browsing) -> None:
    page = page_of()
    page.goto("/pipeline")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/pipeline$"))


def test_other_tests_may_use_the_database_beside_a_browser(page_of: Browsing, db: None) -> None:  # noqa: ARG001
    page_of().goto("/style.css")
    assert not Account.objects.exists()
