"""Make the pictures of the application again: screens of the sample company, as an administrator sees them.

Run `tieout serve build/marlow`, make an administrator, and give its address, the account and its password:
`.venv/bin/python docs/images/screens.py http://127.0.0.1:8000 admin@marlow.example PASSWORD`.
"""

# ruff: noqa: INP001 - a script beside what it makes, no package

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
SCREENS = {
    "today": ("/", 1180, 1010, "light"),
    "tie-out-app": ("/tie-out?b=sales", 1180, 1010, "light"),
    "pipeline": ("/pipeline", 1180, 800, "light"),
    "record": ("/record/opportunity/006Mw0002205", 1180, 900, "light"),
    "coverage-dark": ("/pipeline/coverage", 1180, 900, "dark"),
    "phone": ("/pipeline", 390, 1000, "light"),
}
"""Each picture: its address, how wide and how high it is, and its theme."""


def signed_in(page: Page, email: str, password: str) -> None:
    """Sign in with a password."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "/login" not in address)


def main(address: str, email: str, password: str) -> None:
    """Write every picture."""
    program = os.environ.get("TIEOUT_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        first = browser.new_page(base_url=address)
        signed_in(first, email, password)
        state = first.context.storage_state()
        for name, (path, width, height, scheme) in SCREENS.items():
            size = {"width": width, "height": height}
            dark = "dark" if scheme == "dark" else "light"
            page = browser.new_page(base_url=address, storage_state=state, viewport=size, color_scheme=dark)
            page.goto(path, timeout=120_000)
            page.screenshot(path=HERE / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:4])
