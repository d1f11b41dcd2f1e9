"""Invitations, accounts, teams, sessions: what an administrator does, and what two of them do at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from tests.show.web.conftest import PASSWORD, ClientOf
from tieout.operate.people.accounts import PeopleError, Place, change_account, invitation_of, invite
from tieout.operate.people.models import Account, Invitation, LogEntry, Team, Token
from tieout.operate.people.roles import Role
from tieout.show.web.words import browser, typed

LOGIN = "/accounts/login/"


def account(role: Role) -> Account:
    return Account.objects.get(email=f"{role.value}@marlow.example")


def signed_in(email: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post(LOGIN, {"login": email, "password": password})
    return client


def link_in(body: bytes) -> str:
    found = re.search(r'<code class="secret">http://testserver(/invitation/[^<]+)</code>', body.decode())
    assert found
    return found[1]


def test_whoever_is_invited_makes_their_account_by_the_link_once(client_of: ClientOf) -> None:
    admin, team = client_of(Role.ADMIN), Team.objects.create(name="Enterprise")
    given = {"email": "Ada@Marlow.example", "role": "sales-lead", "team": team.pk}
    link = link_in(admin.post("/people/invite", given).content)
    ada = Client()
    assert b"ada@marlow.example" in ada.get(link).content
    typed = {"name": "Ada", "password": "twelve-letters!", "again": "twelve-letters!"}
    assert ada.post(link, typed)["Location"] == LOGIN
    made = Account.objects.get(email="ada@marlow.example")
    assert (made.name, made.role, made.team) == ("Ada", "sales-lead", team)
    assert signed_in("ada@marlow.example", "twelve-letters!").get("/people").status_code == 200
    assert ada.get(link).status_code == ada.post(link, typed).status_code == 404
    told = [(line.who, line.did) for line in LogEntry.objects.order_by("pk")]
    assert told == [
        ("admin@marlow.example", "signed in"),
        ("admin@marlow.example", "invited"),
        ("ada@marlow.example", "made an account"),
        ("ada@marlow.example", "signed in"),
    ]


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "too short"),
        ("password1234", "password1234", "too common"),
        ("twelve-letters!", "twelve-letters?", "differ"),
    ],
)
def test_a_password_that_may_not_be_uses_no_invitation_up(
    client_of: ClientOf, password: str, again: str, words: str
) -> None:
    link = link_in(client_of(Role.ADMIN).post("/people/invite", {"email": "ada@x.example", "role": "viewer"}).content)
    answer = Client().post(link, {"password": password, "again": again})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert Client().get(link).status_code == 200


@pytest.mark.django_db
def test_a_link_is_over_after_a_week_and_when_it_is_taken_back_or_made_anew() -> None:
    now = timezone.now()
    _, first = invite("the command line", "ada@x.example", Role.VIEWER, None, now)
    assert invitation_of(first, now + timedelta(days=7) - timedelta(seconds=1))
    assert invitation_of(first, now + timedelta(days=7)) is None
    _, second = invite("the command line", "ada@x.example", Role.VIEWER, None, now)
    assert invitation_of(first, now) is None
    assert invitation_of(second, now)
    assert first not in repr(list(Invitation.objects.values()))
    assert invitation_of("no such link", now) is None


def test_a_link_for_a_new_password_leaves_the_role(client_of: ClientOf) -> None:
    client_of(Role.FINANCE)
    admin, finance = client_of(Role.ADMIN), account(Role.FINANCE)
    link = link_in(admin.post(f"/people/accounts/{finance.pk}/password").content)
    assert Client().post(link, {"password": "another-long-one", "again": "another-long-one"}).status_code == 302
    assert signed_in(finance.email).get("/people").status_code == 302
    assert signed_in(finance.email, "another-long-one").get("/people").status_code == 200
    assert account(Role.FINANCE).role == Role.FINANCE


def test_of_two_administrators_who_edit_at_once_the_second_is_told_and_nothing_is_lost(client_of: ClientOf) -> None:
    client_of(Role.VIEWER)
    first, viewer = client_of(Role.ADMIN), account(Role.VIEWER)
    second = Client()
    second.force_login(
        Account.objects.create_user("bob@marlow.example", role=Role.ADMIN),
        "allauth.account.auth_backends.AuthenticationBackend",
    )
    path = f"/people/accounts/{viewer.pk}"
    seen = {"active": "on", "changes": "0"}
    assert first.post(path, {**seen, "name": "Vi", "role": "contributor"}).status_code == 302
    told = second.post(path, {**seen, "name": "Violet", "role": "revops"})
    assert told.status_code == 409
    body = told.content.decode()
    assert "Somebody else changed this account since you opened it" in body
    assert "<strong>contributor</strong>" in body
    assert 'value="Violet"' in body
    viewer.refresh_from_db()
    assert (viewer.name, viewer.role) == ("Vi", "contributor")
    assert 'name="changes" value="1"' in body
    assert second.post(path, {**seen, "name": "Violet", "role": "revops", "changes": "1"}).status_code == 302
    viewer.refresh_from_db()
    assert (viewer.name, viewer.role) == ("Violet", "revops")


@pytest.mark.parametrize("change", [{"role": "viewer", "active": "on"}, {"role": "admin"}])
def test_the_last_administrator_stays_one(client_of: ClientOf, change: dict[str, str]) -> None:
    admin = client_of(Role.ADMIN)
    pk = account(Role.ADMIN).pk
    answer = admin.post(f"/people/accounts/{pk}", {"name": "", "changes": "0", **change})
    assert answer.status_code == 409
    assert "last administrator" in answer.content.decode()
    kept = account(Role.ADMIN)
    assert (kept.role, kept.is_active) == ("admin", True)


@pytest.mark.django_db
def test_one_of_two_administrators_may_leave() -> None:
    ada, bob = (Account.objects.create_user(f"{name}@x.example", role=Role.ADMIN) for name in ("ada", "bob"))
    change_account(ada, bob, Place("", Role.VIEWER, None))
    with pytest.raises(PeopleError, match="last administrator"):
        change_account(bob, ada, Place("", Role.VIEWER, None))


def test_whoever_leaves_is_out_at_once(client_of: ClientOf) -> None:
    admin, sales = client_of(Role.ADMIN), client_of(Role.SALES)
    sales.post("/people/tokens", {"name": "nightly", "days": "30"})
    assert Token.objects.count() == 1
    path = f"/people/accounts/{account(Role.SALES).pk}"
    admin.post(path, {"name": "", "role": "sales-lead", "changes": "0"})
    assert sales.get("/people")["Location"].startswith(LOGIN)
    assert not UserSession.objects.filter(user=account(Role.SALES)).exists()
    assert "not active" in signed_in("sales-lead@marlow.example").get("/accounts/inactive/").content.decode()


def test_a_rule_that_is_none_is_not_saved_and_says_why(client_of: ClientOf) -> None:
    admin = client_of(Role.ADMIN)
    answer = admin.post("/people/teams/new", {"name": "Enterprise", "rows": "segmnt = 'enterprise'"})
    assert answer.status_code == 409
    assert "segment" in answer.content.decode()
    assert not Team.objects.exists()
    assert admin.post("/people/teams/new", {"name": "Enterprise", "rows": "segment = 'enterprise'"}).status_code == 302
    assert Team.objects.get().rows == "segment = 'enterprise'"


def test_a_team_changed_meanwhile_is_told_and_one_with_members_stays(client_of: ClientOf) -> None:
    admin, team = client_of(Role.ADMIN), Team.objects.create(name="Enterprise")
    path = f"/people/teams/{team.pk}"
    told = {"name": "Big", "rows": "", "old_name": "Enterprise", "old_rows": "arr > 1"}
    assert admin.post(path, told).status_code == 409
    Account.objects.filter(role=Role.ADMIN).update(team=team)
    assert admin.post(f"{path}/end")["Location"] == path
    assert Team.objects.get().name == "Enterprise"
    Account.objects.update(team=None)
    assert admin.post(f"{path}/end")["Location"] == "/people"
    assert not Team.objects.exists()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
         "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
         "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1",
         "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on macOS"),
        ("curl/7.88.1", "curl"),
        ("", "unknown"),
    ],
)  # fmt: skip
def test_a_session_names_its_browser_in_words(agent: str, words: str) -> None:
    assert browser(agent) == words


def test_a_command_is_told_as_code_and_everything_escaped() -> None:
    assert typed("Run `tieout <work>` & wait.") == "Run <code>tieout &lt;work&gt;</code> &amp; wait."
    assert escape(typed("one ` alone <b>")) == "one ` alone &lt;b&gt;"


def test_sessions_are_one_s_own(client_of: ClientOf) -> None:
    first, admin = client_of(Role.VIEWER), client_of(Role.ADMIN)
    second = signed_in("viewer@marlow.example")
    for client in (first, second):
        client.get("/people")
    one = UserSession.objects.get(session_key=second.session.session_key)
    assert admin.post(f"/people/sessions/{one.pk}/end").status_code == 404
    assert first.post(f"/people/sessions/{one.pk}/end").status_code == 302
    assert second.get("/people")["Location"].startswith(LOGIN)
    assert first.get("/people").status_code == 200


def test_a_token_is_shown_once(client_of: ClientOf) -> None:
    sales = client_of(Role.SALES)
    shown = sales.post("/people/tokens", {"name": "<b>nightly", "days": "30", "scopes": ["EXPORT"]}).content.decode()
    (text,) = re.findall(r"tieout_[\w-]{43}", shown)
    assert "&lt;b&gt;nightly" in shown
    assert text not in sales.get("/people/tokens").content.decode()
    assert sales.post("/people/tokens", {"name": "x", "days": "30", "scopes": ["PEOPLE"]}).status_code == 400


def test_the_log_is_read_in_pages_and_by_who(client_of: ClientOf) -> None:
    revops = client_of(Role.REVOPS)
    LogEntry.objects.bulk_create(LogEntry(who="ada@x.example", did="exported", what=f"file {n}") for n in range(150))
    first = revops.get("/people/log?who=ada").content.decode()
    assert first.count('scope="row"') == 100
    older = re.search(r'href="(/people/log[^"]+before=[^"]+)"', first)
    assert older
    second = revops.get(older[1].replace("&amp;", "&")).content.decode()
    assert second.count('scope="row"') == 50
    assert "no line like that" in revops.get("/people/log?who=nobody-of-this-name").content.decode()
    for wrong in ("before=x", "before=99999999999999999999", "before=²", "who=%00", "did=" + "x" * 5000):
        assert revops.get(f"/people/log?{wrong}").status_code == 200
