"""A real browser: found on this machine, started once, signed in once for each role."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage

    from tieout.operate.people.roles import Role


@contextmanager
def started() -> Iterator[Browser]:
    """Start Chromium: TIEOUT_CHROMIUM, or the one on the path. Without one the tests are skipped, and say so."""
    program = os.environ.get("TIEOUT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.skip("no Chromium on this machine: install it, or name it with TIEOUT_CHROMIUM")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread; Django would refuse its database to every later test.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in with a password, as a person does."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


class Browsing:
    """Pages of one test, each in a context of its own; what the console complains of fails the test."""

    def __init__(self, browser: Browser, address: str, password: str, states: dict[Role, Any]) -> None:
        self.browser, self.address, self.password, self.states = browser, address, password, states
        self.pages: list[Page] = []
        self.complaints: list[str] = []

    def __call__(self, role: Role | None = None, **options: Any) -> Page:  # noqa: ANN401 -- Playwright's
        """Open a page, signed in as somebody of a role, or as nobody; options are those of a browser context."""
        state = self._state(role) if role else None
        page = self.browser.new_context(base_url=self.address, storage_state=state, **options).new_page()
        page.set_default_timeout(10_000)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.pages.append(page)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        # A status is what the test looks at; a broken content policy or script is a complaint.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def _state(self, role: Role) -> Any:  # noqa: ANN401 -- Playwright's
        if role not in self.states:
            context = self.browser.new_context(base_url=self.address)
            sign_in(page := context.new_page(), f"{role.value}@marlow.example", self.password)
            page.wait_for_url(lambda address: "/login" not in address)
            self.states[role] = context.storage_state()
            context.close()
        return self.states[role]

    def close(self) -> None:
        """Close what was opened, and say what the console complained of."""
        for page in self.pages:
            page.context.close()
        assert self.complaints == []
