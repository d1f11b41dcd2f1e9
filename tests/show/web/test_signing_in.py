"""Signing in in a real browser: a code, a passkey, single sign-on; and what axe finds on these pages."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.show.web.browsing import Browsing, sign_in
from tests.show.web.conftest import PASSWORD, Server, served
from tests.show.web.single import free_port, modules, provider
from tieout import Workspace
from tieout.operate.people.roles import Role

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ROOMS = re.compile("Rooms and tools")


def add_account(server: Server, email: str, *options: str) -> str:
    """Make an account as a person at the server does."""
    run = [sys.executable, "-c", "from tieout.cli import main; raise SystemExit(main())", "account", "add", email]
    run += ["--workspace", str(server.workspace.root), *options]
    return subprocess.run(run, input=PASSWORD + "\n", capture_output=True, text=True, check=True).stdout


def code_of(secret: str) -> str:
    """Reckon the code of an authenticator app at this moment (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def in_the_rooms(page: Page) -> None:
    expect(page.get_by_role("navigation", name=ROOMS)).to_be_visible()


@pytest.fixture(scope="module")
def sso(marlow: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own, whose accounts these tests change, with a provider of single sign-on."""
    modules()
    port = free_port()
    env = {"SERVER": f"http://127.0.0.1:{port}", "CLIENT_ID": "tieout", "SECRET": "only-for-tests", "NAME": "Marlow"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(f"TIEOUT_OIDC_{name}", value)
        with (
            served(marlow, tmp_path_factory.mktemp("sso")) as server,
            provider(f"{server.address}/accounts/oidc/sso/login/callback/", port=port),
        ):
            yield server


@pytest.fixture
def page(sso: Server, browser: Browser) -> Iterator[Page]:
    """A page of that server, signed in as nobody; nothing leaves this machine."""
    browsing = Browsing(browser, sso.address.replace("127.0.0.1", "localhost"), PASSWORD, {})
    page = browsing()
    page.context.route("**/*", only_here)
    yield page
    browsing.close()


def confirm(page: Page) -> None:
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def test_a_code_is_asked_for_once_an_app_is_set_up(page: Page) -> None:
    a_code_is_asked_for(page, "sales-lead@marlow.example")


def test_a_code_is_asked_for_where_a_team_has_its_own_database(team_server: Server, browser: Browser) -> None:
    browsing = Browsing(browser, team_server.address, PASSWORD, {})
    a_code_is_asked_for(browsing(), "cs-lead@marlow.example")
    browsing.close()


def a_code_is_asked_for(page: Page, me: str) -> None:
    """Set an app up, and sign in with its code and with one for the day on which it is gone; each opens once."""
    sign_in(page, me, PASSWORD)
    in_the_rooms(page)
    page.goto("/accounts/2fa/totp/activate/")
    confirm(page)
    secret = page.get_by_label("Authenticator secret").input_value()
    assert page.locator("img").evaluate("image => image.naturalWidth") > 0
    page.locator("input[name=code]").fill(code_of(secret))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_text("10 out of 10 recovery codes")).to_be_visible()
    recovery = page.locator("textarea").input_value().split()[0]
    page.get_by_role("button", name="Sign out").click()

    sign_in(page, me, PASSWORD)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Incorrect code")).to_be_visible()
    page.goto("/people")
    expect(page).to_have_url(re.compile("/accounts/2fa/authenticate/$"))
    page.get_by_role("button", name="Leave it").click()

    for answer in (code_of(secret), recovery):
        sign_in(page, me, PASSWORD)
        page.get_by_label("Code").fill(answer)
        page.get_by_role("button", name="Sign in").click()
        in_the_rooms(page)
        page.get_by_role("button", name="Sign out").click()

    sign_in(page, me, PASSWORD)
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Incorrect code")).to_be_visible()


def test_a_passkey_opens_an_account_without_a_password(page: Page) -> None:
    """Browsers keep passkeys for names only, so that this server is `localhost` here."""
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page, "contributor@marlow.example", PASSWORD)
    in_the_rooms(page)
    page.goto("/accounts/2fa/webauthn/add/")
    confirm(page)
    page.locator("input[name=passwordless]").check()
    page.get_by_role("button", name="Add").click()
    expect(page).to_have_url(re.compile("/accounts/2fa/(?!webauthn/add)"))
    page.get_by_role("button", name="Sign out").click()

    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    in_the_rooms(page)
    expect(page.get_by_text("contributor@marlow.example", exact=True)).to_be_visible()


def test_single_sign_on(sso: Server, page: Page) -> None:
    page.goto(f"{sso.address}/people")
    page.get_by_role("button", name="Sign in with Marlow").click()
    expect(page).to_have_url(re.compile(r"^http://127\.0\.0\.1:\d+/interaction/"))
    page.locator("input[name=login]").fill("revops@marlow.example")
    page.locator("input[name=password]").fill("anything")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
    in_the_rooms(page)
    expect(page).to_have_url(f"{sso.address}/people")
    expect(page.get_by_text("Revenue operations").first).to_be_visible()


def test_an_invitation_is_taken_up(server: Server, page_of: Browsing) -> None:
    told = add_account(server, "carol@marlow.example", "--role", "finance-lead", "--invite")
    page = page_of()
    page.goto(told.splitlines()[-1])
    page.get_by_label("Your name").fill("Carol")
    page.get_by_label("Password", exact=True).fill("twelve-letters!")
    page.get_by_label("The password again").fill("twelve-letters!")
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_text("Your password is set")).to_be_visible()
    sign_in(page, "carol@marlow.example", "twelve-letters!")
    expect(page.get_by_text("Finance lead")).to_be_visible()


def only_here(route: Route) -> None:
    """Let nothing leave this machine: the provider's pages ask for a font elsewhere."""
    if re.match(r"https?://(?:127\.0\.0\.1|localhost)[:/]", route.request.url):
        route.continue_()
    else:
        route.abort()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page_of: Browsing, scheme: str) -> None:
    nobody, admin = page_of(color_scheme=scheme), page_of(Role.ADMIN, color_scheme=scheme)
    places = [
        (nobody, "/accounts/login/"),
        (nobody, "/invitation/nothing"),
        (nobody, "/accounts/password/reset/"),
        *((admin, path) for path in ("/people", "/people/invite", "/people/teams/new", "/people/tokens")),
        *((admin, path) for path in ("/people/log", "/people/accounts/1", "/nothing-is-here")),
        *((admin, f"/accounts/{path}/") for path in ("sessions", "2fa", "password/change")),
    ]
    found = []
    for page, path in places:
        page.goto(path)
        violations = Axe().run(page).response["violations"]
        found += [(path, one["id"]) for one in violations if one["impact"] in {"serious", "critical"}]
    assert found == []


@pytest.mark.parametrize("width", [360, 2560])
def test_nothing_is_wider_than_the_screen(page_of: Browsing, width: int) -> None:
    page = page_of(Role.ADMIN, viewport={"width": width, "height": 800})
    for path in ("/people", "/people/tokens", "/people/log", "/people/accounts/1", "/accounts/2fa/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
