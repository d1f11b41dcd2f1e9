"""What docs/threats.md says is defended and no other test holds: headers, cookies, sessions, tries, ways out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client

from tests.show.web.conftest import PASSWORD, ClientOf
from tieout.operate.people.models import Account, LogEntry
from tieout.operate.people.roles import Role

if TYPE_CHECKING:
    from pytest_django import Settings

    from tieout import Workspace

LOGIN = "/accounts/login/"
DOCS = Path(__file__).parents[3] / "docs" / "threats.md"


@pytest.fixture
def alice(web: Workspace, db: None) -> Account:  # noqa: ARG001 -- they are needed, not looked at
    cache.clear()
    return Account.objects.create_user("alice@marlow.example", PASSWORD, role=Role.REVOPS)


def typed(password: str = PASSWORD, **more: str) -> dict[str, str]:
    return {"login": "alice@marlow.example", "password": password, **more}


@pytest.mark.parametrize(
    "path", [LOGIN, "/people", "/accounts/2fa/", "/people/tokens", "/nothing-is-here", "/invitation/x"]
)
def test_every_page_carries_the_strict_content_policy(client_of: ClientOf, path: str) -> None:
    for client in (Client(), client_of(Role.ADMIN)):
        answer = client.get(path)
        told = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
        assert told["default-src"] == "'none'"
        assert told["script-src"] == told["style-src"] == told["connect-src"] == told["form-action"] == "'self'"
        assert told["base-uri"] == told["frame-ancestors"] == "'none'"
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "path", [LOGIN, "/people", "/people/log", "/people/tokens", "/accounts/2fa/", "/accounts/sessions/"]
)
def test_no_page_has_a_script_or_style_of_its_own(client_of: ClientOf, path: str) -> None:
    body = client_of(Role.ADMIN).get(path).content.decode() + Client().get(path).content.decode()
    scripts = re.findall(r"<script\b([^>]*)>([^<]*)", body)
    assert all("src=" in given or 'type="application/json"' in given for given, _ in scripts)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", body)


def test_a_page_of_a_person_is_kept_by_no_proxy(client_of: ClientOf) -> None:
    for path in ("/people", "/people/tokens"):
        answer = client_of(Role.ADMIN).get(path)
        assert "Cookie" in answer["Vary"]
    assert "no-store" in Client().get(LOGIN)["Cache-Control"]


def test_cookies_are_not_for_scripts_nor_for_other_sites(alice: Account) -> None:
    client = Client()
    client.get(LOGIN)
    client.post(LOGIN, typed())
    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"
    assert alice.email not in str(client.cookies)


def test_behind_https_cookies_are_secure_and_browsers_stay_with_it(tmp_path: Path) -> None:
    told = """
import django, json, sys
django.setup()
from django.conf import settings as s
from django.test import Client
answer = Client().get("/style.css", HTTP_HOST="localhost")
safe = Client().get("/style.css", HTTP_HOST="localhost", HTTP_X_FORWARDED_PROTO="https")
print(json.dumps([s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, answer.status_code, answer["Location"],
    safe.status_code, safe["Strict-Transport-Security"]]))
"""
    env = {**os.environ, "TIEOUT_HTTPS": "1", "TIEOUT_SECRET_KEY": "only-for-tests", "TIEOUT_WORKSPACE": str(tmp_path)}
    env["DJANGO_SETTINGS_MODULE"] = "tieout.show.web.settings"
    done = subprocess.run([sys.executable, "-c", told], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ('[true, true, 301, "https://localhost/style.css", 200, "max-age=31536000"]')


@pytest.mark.parametrize(
    "path",
    [LOGIN, "/accounts/logout/", "/people/invite", "/people/tokens", "/people/teams/new", "/people/accounts/1/sessions",
     "/people/accounts/1", "/accounts/password/change/", "/accounts/sessions/", "/invitation/x"],
)  # fmt: skip
def test_no_form_of_another_site_does_anything(client_of: ClientOf, path: str) -> None:
    admin = client_of(Role.ADMIN)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin.cookies
    answer = strict.post(path, {"email": "mallory@x.example", "role": "admin", "name": "x"})
    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()


def test_a_session_from_before_signing_in_is_not_the_one_after(alice: Account) -> None:  # noqa: ARG001
    client = Client()
    client.session["planted"] = "by mallory"
    before = client.session
    before["planted"] = "by mallory"
    before.save()
    client.cookies["sessionid"] = str(before.session_key)
    client.post(LOGIN, typed())
    after = client.session.session_key
    assert client.get("/people").status_code == 200
    assert after != before.session_key
    thief = Client()
    thief.cookies["sessionid"] = str(before.session_key)
    assert thief.get("/people").status_code == 302


def test_a_new_password_ends_the_sessions_of_the_old(alice: Account) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.post(LOGIN, typed())
    given = {"oldpassword": PASSWORD, "password1": "another-long-one", "password2": "another-long-one"}
    assert here.post("/accounts/password/change/", given).status_code == 302
    assert here.get("/people").status_code == 200
    assert there.get("/people").status_code == 302
    assert LogEntry.objects.filter(who=alice.email, did="changed the password").count() == 1


@pytest.mark.parametrize(
    "place",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "https:evil.example", "javascript:alert(1)",
     "http://testserver@evil.example/", "\thttps://evil.example", "/%5cevil.example/../\\evil.example"],
)  # fmt: skip
def test_signing_in_leads_to_no_other_site(alice: Account, place: str) -> None:  # noqa: ARG001
    answer = Client().post(LOGIN, typed(next=place))
    assert answer.status_code == 302
    assert answer["Location"] == "/" or answer["Location"].startswith("/%5cevil.example/../")


def test_signing_in_leads_to_the_page_that_was_asked_for(alice: Account) -> None:  # noqa: ARG001
    assert Client().post(LOGIN, typed(next="/people?a=1"))["Location"] == "/people?a=1"


def test_a_password_is_not_guessed_by_trying(alice: Account, settings: Settings) -> None:  # noqa: ARG001
    """After five wrong ones even the right one is refused, from wherever it comes."""
    for number in range(5):
        Client().post(LOGIN, typed(f"wrong-{number}"), REMOTE_ADDR=f"10.0.0.{number}")
    answer = Client().post(LOGIN, typed(), REMOTE_ADDR="10.0.0.99")
    assert "Too many failed login attempts" in answer.content.decode()
    assert LogEntry.objects.filter(did="failed to sign in", what="alice@marlow.example").count() >= 5
    assert not LogEntry.objects.filter(did="signed in").exists()


def test_a_wrong_password_and_an_unknown_address_are_told_alike(alice: Account) -> None:  # noqa: ARG001
    """The page does not say who has an account."""
    wrong = Client().post(LOGIN, typed("wrong")).content.decode()
    unknown = Client().post(LOGIN, typed(login="nobody@marlow.example")).content.decode()
    told = [re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', body) for body in (wrong, unknown)]
    assert told[0] == told[1] != []


def test_the_log_never_holds_a_password(alice: Account) -> None:  # noqa: ARG001
    Client().post(LOGIN, typed("a-secret-that-was-typed"))
    Client().post(LOGIN, typed())
    lines = repr([(line.what, line.detail) for line in LogEntry.objects.all()])
    assert "a-secret-that-was-typed" not in lines
    assert PASSWORD not in lines


def test_script_in_a_name_is_shown_as_text(client_of: ClientOf) -> None:
    admin, evil = client_of(Role.ADMIN), "<script>alert(1)</script>"
    admin.post("/people/teams/new", {"name": evil, "rows": f"segment = '{evil}'"})
    Account.objects.create_user("mallory@x.example", name=evil)
    LogEntry(who=evil, did=evil[:40], what=evil, detail={evil: evil}).save()
    for path in ("/people", "/people/log", f"/people/log?who={evil}"):
        body = admin.get(path).content.decode()
        assert "<script>alert" not in body
        assert "&lt;script&gt;alert(1)" in body


def test_every_test_that_the_page_of_threats_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", DOCS.read_text(encoding="utf-8")))
    tests = {path: path.read_text(encoding="utf-8") for path in DOCS.parents[1].glob("tests/**/test_*.py")}
    known = {name for text in tests.values() for name in re.findall(r"def (test_\w+)", text)} | {
        path.stem for path in tests
    }
    assert len(named) > 20
    assert named - known == set()
