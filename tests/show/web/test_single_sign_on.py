"""Single sign-on with a real provider: who gets in, as whom, and who does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from tests.show.web.single import free_port, provider, walk
from tieout.operate.people.accounts import invitation_for, invite
from tieout.operate.people.models import Account, LogEntry, Team
from tieout.operate.people.roles import Role
from tieout.show.web.people.single_sign_on import origins_of, providers_of

if TYPE_CHECKING:
    from pytest_django import Settings

START = "/accounts/oidc/sso/login/?process=login"
CALLBACK = "http://testserver/accounts/oidc/sso/login/callback/"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with provider(CALLBACK) as found:
        yield found


@pytest.fixture
def sso(address: str, settings: Settings, web: object, db: None) -> str:  # noqa: ARG001 -- they are needed, not looked at
    env = {"TIEOUT_OIDC_SERVER": address, "TIEOUT_OIDC_CLIENT_ID": "tieout", "TIEOUT_OIDC_SECRET": "only-for-tests"}
    settings.SOCIALACCOUNT_PROVIDERS = providers_of(env)
    return address


def come_in(client: Client, login: str) -> Any:  # noqa: ANN401 -- Django's answer with what its tests add
    """Press the button, sign in at the provider, and come back."""
    back = walk(client.post(START)["Location"], login, CALLBACK)
    return client.get(back.removeprefix("http://testserver"))


def who(client: Client) -> Account | None:
    return Account.objects.filter(pk=client.session.get("_auth_user_id", 0)).first()


@pytest.mark.usefixtures("sso")
def test_an_account_is_entered_by_its_verified_address() -> None:
    alice, client = Account.objects.create_user("alice@marlow.example", role=Role.REVOPS), Client()
    assert come_in(client, "alice@marlow.example").status_code == 302
    assert who(client) == alice
    again = Client()
    come_in(again, "alice@marlow.example")
    assert who(again) == alice
    assert SocialAccount.objects.get().user == alice
    assert [line.did for line in LogEntry.objects.all()].count("signed in") == 2


@pytest.mark.usefixtures("sso")
def test_whoever_is_invited_gets_the_role_and_team_of_the_invitation() -> None:
    team, client = Team.objects.create(name="Finance"), Client()
    invite("the command line", "bob@marlow.example", Role.FINANCE, team, timezone.now())
    assert come_in(client, "bob@marlow.example").status_code == 302
    bob = who(client)
    assert bob is not None
    assert (bob.email, bob.name, bob.role, bob.team) == ("bob@marlow.example", "Ada Lovelace", "finance-lead", team)
    assert not bob.has_usable_password()
    assert invitation_for("bob@marlow.example", timezone.now()) is None


@pytest.mark.usefixtures("sso")
@pytest.mark.parametrize(
    "login", ["charlie@marlow.example", "unverified:alice@marlow.example", "unverified:bob@x.example"]
)
def test_nobody_else_gets_in(login: str) -> None:
    """Charlie is not invited; Alice has an account and Bob an invitation, but the provider has not verified them."""
    Account.objects.create_user("alice@marlow.example", role=Role.ADMIN)
    invite("the command line", "bob@x.example", Role.ADMIN, None, timezone.now())
    client = Client()
    answer = come_in(client, login)
    assert "No account yet" in answer.content.decode()
    assert who(client) is None
    assert [account.email for account in Account.objects.all()] == ["alice@marlow.example"]
    assert not SocialAccount.objects.exists()
    assert LogEntry.objects.filter(did="failed to sign in", what=login.removeprefix("unverified:")).exists()


@pytest.mark.usefixtures("sso")
@pytest.mark.parametrize(
    ("login", "gets_in"),
    [
        ("dora@marlow.example", True),
        ("dora@evil-marlow.example", False),
        ("dora@marlow.example.evil.example", False),
        ("unverified:dora@marlow.example", False),
    ],
)
def test_a_domain_that_is_allowed_gets_in_as_viewer(settings: Settings, login: str, *, gets_in: bool) -> None:
    settings.OIDC_DOMAIN = "marlow.example"
    client = Client()
    come_in(client, login)
    found = who(client)
    assert (found.role if found else None) == ("viewer" if gets_in else None)


@pytest.mark.usefixtures("sso")
def test_whoever_left_does_not_get_in() -> None:
    Account.objects.create_user("alice@marlow.example", is_active=False)
    client = Client()
    come_in(client, "alice@marlow.example")
    assert who(client) is None


def test_the_provider_is_asked_with_pkce_and_a_state(sso: str) -> None:
    place = urlsplit(Client().post(START)["Location"])
    asked = parse_qs(place.query)
    assert f"{place.scheme}://{place.netloc}" == sso
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) >= 43
    assert asked["state"][0]
    assert asked["redirect_uri"] == [CALLBACK]


@pytest.mark.usefixtures("sso")
def test_an_answer_to_another_browser_opens_nothing() -> None:
    Account.objects.create_user("alice@marlow.example", role=Role.ADMIN)
    mine, theirs = Client(), Client()
    back = walk(mine.post(START)["Location"], "alice@marlow.example", CALLBACK).removeprefix("http://testserver")
    theirs.post(START)
    assert "did not work" in theirs.get(back).content.decode()
    assert who(theirs) is None


@pytest.mark.usefixtures("sso")
def test_nobody_links_an_identity_by_hand() -> None:
    """That would make an identity of one address the key of an account of another."""
    alice, client = Account.objects.create_user("alice@marlow.example"), Client()
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    start = client.post("/accounts/oidc/sso/login/?process=connect")["Location"]
    back = walk(start, "mallory@marlow.example", CALLBACK).removeprefix("http://testserver")
    assert client.get(back).status_code == 403
    assert not SocialAccount.objects.exists()


@pytest.mark.django_db
def test_a_provider_that_does_not_answer_is_told(settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = providers_of({"TIEOUT_OIDC_SERVER": f"http://127.0.0.1:{free_port()}"})
    answer = Client().post(START)
    assert answer.status_code == 502
    assert "could not be reached" in answer.content.decode()


def test_the_content_policy_lets_the_form_lead_to_the_provider() -> None:
    env = {"TIEOUT_OIDC_SERVER": "https://login.x.example/realm/a", "TIEOUT_OIDC_ORIGINS": "https://b.example, "}
    assert origins_of(env) == ["https://login.x.example", "https://b.example"]
    assert origins_of({}) == []
    assert providers_of({}) == {}


def test_the_secret_may_stand_in_a_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("secret") / "secret"
    file.write_text("of-the-file\n", encoding="utf-8")
    told = providers_of({"TIEOUT_OIDC_SERVER": "https://login.x.example/", "TIEOUT_OIDC_SECRET_FILE": str(file)})
    assert told["openid_connect"]["APPS"][0]["secret"] == "of-the-file"
    assert told["openid_connect"]["APPS"][0]["settings"]["server_url"] == "https://login.x.example"
