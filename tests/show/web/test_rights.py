"""Every address of the application x every role, and nobody, against a table that is written here by hand.

The addresses are taken from the resolver: one that is new and has no line here fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.show.web.conftest import ClientOf
from tieout.operate.people.roles import RIGHTS, Right, Role

ALL = "viewer contributor marketing-lead sales-lead finance-lead cs-lead revops admin"
WORKING = "contributor marketing-lead sales-lead finance-lead cs-lead revops admin"
AUDITING = "revops admin"
RUNNING = "admin"
OPEN, CLOSED, REFUSED = "open", "closed", "refused"
"""For nobody: led to sign in (by default); open, as a page of signing in is; closed, not there for anybody; refused."""


@dataclass(frozen=True, slots=True)
class Line:
    """Who may use an address: a sample of it, and what it is for those who are not signed in."""

    roles: str
    sample: str
    nobody: str = ""


TABLE = {
    "": Line(ALL, "/"),
    "pipeline": Line(ALL, "/pipeline"),
    "pipeline/records": Line(ALL, "/pipeline/records"),
    "pipeline/day": Line(ALL, "/pipeline/day"),
    "pipeline/coverage": Line(ALL, "/pipeline/coverage"),
    "pipeline/coverage/records": Line(ALL, "/pipeline/coverage/records"),
    "pipeline/stages": Line(ALL, "/pipeline/stages"),
    "pipeline/stages/records": Line(ALL, "/pipeline/stages/records"),
    "pipeline/stalls": Line(ALL, "/pipeline/stalls"),
    "pipeline/stalls/records": Line(ALL, "/pipeline/stalls/records"),
    "pipeline/pushes": Line(ALL, "/pipeline/pushes"),
    "pipeline/velocity": Line(ALL, "/pipeline/velocity"),
    "funnel": Line(ALL, "/funnel"),
    "funnel/records": Line(ALL, "/funnel/records"),
    "funnel/clocks": Line(ALL, "/funnel/clocks"),
    "funnel/clocks/records": Line(ALL, "/funnel/clocks/records"),
    "funnel/statement": Line(ALL, "/funnel/statement"),
    "funnel/statement/records": Line(ALL, "/funnel/statement/records"),
    "tie-out": Line(ALL, "/tie-out"),
    "tie-out/records": Line(ALL, "/tie-out/records"),
    "tie-out/sheet": Line(WORKING, "/tie-out/sheet"),
    "tie-out/sheet/records": Line(WORKING, "/tie-out/sheet/records"),
    "tie-out/upload": Line(WORKING, "/tie-out/upload"),
    "records/<str:metric>": Line(ALL, "/records/pipeline.open"),
    "record/<str:entity>/<path:record>": Line(ALL, "/record/opportunity/006Mw0000001"),
    "search": Line(ALL, "/search"),
    "search/suggest": Line(ALL, "/search/suggest"),
    "glossary": Line(ALL, "/glossary"),
    "glossary/criteria": Line(ALL, "/glossary/criteria"),
    "glossary/<str:metric>": Line(ALL, "/glossary/pipeline.open"),
    "data": Line(ALL, "/data"),
    "data/fields": Line(ALL, "/data/fields"),
    "api/v1/": Line(ALL, "/api/v1/", CLOSED),
    "views": Line(ALL, "/views"),
    "views/<int:pk>/end": Line(ALL, "/views/0/end"),
    "live": Line(ALL, "/live", REFUSED),
    "style.css": Line(ALL, "/style.css", OPEN),
    "people": Line(ALL, "/people"),
    "people/accounts/<int:pk>": Line(RUNNING, "/people/accounts/0"),
    "people/accounts/<int:pk>/<slug:act>": Line(RUNNING, "/people/accounts/0/sessions"),
    "people/invite": Line(RUNNING, "/people/invite"),
    "people/invitations/<int:pk>": Line(RUNNING, "/people/invitations/0"),
    "people/teams/new": Line(RUNNING, "/people/teams/new"),
    "people/teams/<int:pk>": Line(RUNNING, "/people/teams/0"),
    "people/teams/<int:pk>/end": Line(RUNNING, "/people/teams/0/end"),
    "people/tokens": Line(WORKING, "/people/tokens"),
    "people/tokens/<int:pk>/end": Line(ALL, "/people/tokens/0/end"),
    "people/sessions/<int:pk>/end": Line(ALL, "/people/sessions/0/end"),
    "people/log": Line(AUDITING, "/people/log"),
    "invitation/<str:text>": Line(ALL, "/invitation/nothing", OPEN),
    "api/v1/openapi.json": Line(ALL, "/api/v1/openapi.json", OPEN),
    "api/v1/docs": Line(ALL, "/api/v1/docs", OPEN),
    "api/v1/glossary": Line(ALL, "/api/v1/glossary", REFUSED),
    "api/v1/numbers": Line(ALL, "/api/v1/numbers", REFUSED),
    "api/v1/numbers/<metric>": Line(ALL, "/api/v1/numbers/bookings", REFUSED),
    "api/v1/numbers/<metric>/series": Line(ALL, "/api/v1/numbers/bookings/series", REFUSED),
    "api/v1/lenses": Line(ALL, "/api/v1/lenses", REFUSED),
    "api/v1/bridge": Line(ALL, "/api/v1/bridge?from=agreed&to=marketing", REFUSED),
    "api/v1/waterfall": Line(ALL, "/api/v1/waterfall", REFUSED),
    "api/v1/funnel": Line(ALL, "/api/v1/funnel", REFUSED),
    "api/v1/stages": Line(ALL, "/api/v1/stages", REFUSED),
    "api/v1/coverage": Line(ALL, "/api/v1/coverage", REFUSED),
    "api/v1/clocks": Line(ALL, "/api/v1/clocks", REFUSED),
    "api/v1/statement": Line(ALL, "/api/v1/statement", REFUSED),
    "api/v1/records/<path:record>": Line(ALL, "/api/v1/records/006Mw0002572", REFUSED),
    "api/v1/findings": Line(ALL, "/api/v1/findings", REFUSED),
    "api/v1/sources": Line(ALL, "/api/v1/sources", REFUSED),
    "api/v1/builds": Line(ALL, "/api/v1/builds", REFUSED),
    # signing in, and one's own account
    "accounts/login/": Line(ALL, "/accounts/login/", OPEN),
    "accounts/logout/": Line(ALL, "/accounts/logout/", OPEN),
    "accounts/inactive/": Line(ALL, "/accounts/inactive/", OPEN),
    "accounts/signup/": Line(ALL, "/accounts/signup/", OPEN),
    "accounts/reauthenticate/": Line(ALL, "/accounts/reauthenticate/"),
    "accounts/password/change/": Line(ALL, "/accounts/password/change/"),
    "accounts/password/reset/": Line(ALL, "/accounts/password/reset/", OPEN),
    "accounts/password/set/": Line(ALL, "/accounts/password/set/", OPEN),
    "accounts/sessions/": Line(ALL, "/accounts/sessions/"),
    "accounts/2fa/": Line(ALL, "/accounts/2fa/"),
    "accounts/2fa/authenticate/": Line(ALL, "/accounts/2fa/authenticate/"),
    "accounts/2fa/reauthenticate/": Line(ALL, "/accounts/2fa/reauthenticate/"),
    "accounts/2fa/totp/activate/": Line(ALL, "/accounts/2fa/totp/activate/"),
    "accounts/2fa/totp/deactivate/": Line(ALL, "/accounts/2fa/totp/deactivate/"),
    "accounts/2fa/recovery-codes/": Line(ALL, "/accounts/2fa/recovery-codes/"),
    "accounts/2fa/recovery-codes/generate/": Line(ALL, "/accounts/2fa/recovery-codes/generate/"),
    "accounts/2fa/recovery-codes/download/": Line(ALL, "/accounts/2fa/recovery-codes/download/"),
    "accounts/2fa/webauthn/": Line(ALL, "/accounts/2fa/webauthn/"),
    "accounts/2fa/webauthn/add/": Line(ALL, "/accounts/2fa/webauthn/add/"),
    "accounts/2fa/webauthn/reauthenticate/": Line(ALL, "/accounts/2fa/webauthn/reauthenticate/"),
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": Line(ALL, "/accounts/2fa/webauthn/keys/0/remove/"),
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": Line(ALL, "/accounts/2fa/webauthn/keys/0/edit/"),
    "accounts/2fa/webauthn/login/": Line(ALL, "/accounts/2fa/webauthn/login/", OPEN),
    # single sign-on: without a provider there is none
    "accounts/oidc/<str:provider_id>/login/": Line(ALL, "/accounts/oidc/sso/login/", CLOSED),
    "accounts/oidc/<str:provider_id>/login/callback/": Line(ALL, "/accounts/oidc/sso/login/callback/", CLOSED),
    "accounts/oidc/^(?P<provider_id>[^/]+)/login/": Line(ALL, "/accounts/oidc/sso/login/", CLOSED),
    "accounts/oidc/^(?P<provider_id>[^/]+)/login/callback/": Line(ALL, "/accounts/oidc/sso/login/callback/", CLOSED),
    "accounts/3rdparty/login/cancelled/": Line(ALL, "/accounts/3rdparty/login/cancelled/", OPEN),
    "accounts/3rdparty/login/error/": Line(ALL, "/accounts/3rdparty/login/error/", OPEN),
    "accounts/social/login/cancelled/": Line(ALL, "/accounts/social/login/cancelled/", CLOSED),
    "accounts/social/login/error/": Line(ALL, "/accounts/social/login/error/", CLOSED),
    "accounts/social/signup/": Line(ALL, "/accounts/social/signup/", CLOSED),
    "accounts/social/connections/": Line(ALL, "/accounts/social/connections/", CLOSED),
    # what allauth has and Tieout has not: it sends mail, or links identities by hand
    "accounts/email/": Line(ALL, "/accounts/email/", CLOSED),
    "accounts/confirm-email/": Line(ALL, "/accounts/confirm-email/", CLOSED),
    "accounts/password/reset/done/": Line(ALL, "/accounts/password/reset/done/", CLOSED),
    "accounts/password/reset/key/done/": Line(ALL, "/accounts/password/reset/key/done/", CLOSED),
    "accounts/reauthenticate/code/": Line(ALL, "/accounts/reauthenticate/code/", CLOSED),
    "accounts/reauthenticate/code/confirm/": Line(ALL, "/accounts/reauthenticate/code/confirm/", CLOSED),
    "accounts/login/code/confirm/": Line(ALL, "/accounts/login/code/confirm/", CLOSED),
    "accounts/3rdparty/": Line(ALL, "/accounts/3rdparty/", CLOSED),
    "accounts/3rdparty/signup/": Line(ALL, "/accounts/3rdparty/signup/", CLOSED),
    "^accounts/(?:password/reset/key|confirm-email|social)/": Line(ALL, "/accounts/confirm-email/x/", CLOSED),
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": Line(ALL, "/accounts/confirm-email/x/", CLOSED),
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Line(
        ALL, "/accounts/password/reset/key/1-x/", CLOSED
    ),
}

RIGHTS_OF = {
    "viewer": "READ OWN_VIEWS",
    "contributor": "READ OWN_VIEWS EXPORT UPLOAD TOKENS PERSONAL",
    "marketing-lead": "READ OWN_VIEWS EXPORT UPLOAD TOKENS PERSONAL TEAM_VIEWS",
    "sales-lead": "READ OWN_VIEWS EXPORT UPLOAD TOKENS PERSONAL TEAM_VIEWS",
    "finance-lead": "READ OWN_VIEWS EXPORT UPLOAD TOKENS TEAM_VIEWS",
    "cs-lead": "READ OWN_VIEWS EXPORT UPLOAD TOKENS PERSONAL TEAM_VIEWS",
    "revops": "READ OWN_VIEWS EXPORT UPLOAD TOKENS PERSONAL TEAM_VIEWS AUDIT",
    "admin": "READ OWN_VIEWS EXPORT UPLOAD TOKENS PERSONAL TEAM_VIEWS AUDIT PEOPLE",
}


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for one in patterns:
        text = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, text)
        else:
            yield text


def asked_to_sign_in(status: int, place: str | None) -> bool:
    return status == 302 and (place or "").startswith("/accounts/login/")


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    assert set(addresses(get_resolver().url_patterns)) == TABLE.keys()


@pytest.mark.parametrize("role", list(Role))
def test_a_role_has_the_rights_that_are_written(role: Role) -> None:
    assert {right.name for right in RIGHTS[role]} == set(RIGHTS_OF[role.value].split())
    assert {right.name for right in Right} == set(RIGHTS_OF["admin"].split())


@pytest.mark.usefixtures("web", "db")
@pytest.mark.parametrize("address", TABLE)
def test_nobody_sees_only_the_way_in(address: str) -> None:
    line = TABLE[address]
    for answer in (Client().get(line.sample), Client().post(line.sample)):
        status, place = answer.status_code, answer.headers.get("Location")
        match line.nobody:
            case "open":
                assert status in {200, 302, 400, 401, 404, 405}
                assert b'<nav class="rooms"' not in answer.content
            case "closed":
                assert status == 404
            case "refused":
                assert status in {401, 405}
            case _:
                assert asked_to_sign_in(status, place) or status == 405


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_is_written_and_nothing_else(
    client_of: ClientOf, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Who gets in is asked here, not what stands on the page, which is made after that.
    monkeypatch.setattr("tieout.show.web.views.shown", lambda *_: {"title": "", "body": ""})
    client, wrong = client_of(role), []
    for address, line in TABLE.items():
        may = role.value in line.roles.split()
        for method in ("get", "post"):
            # Whoever signs out, or is there to sign in, is nobody to the addresses after it.
            if method == "post" and line.sample.startswith("/accounts/"):
                continue
            answer = getattr(client, method)(line.sample)
            refused = answer.status_code == 403
            lost = asked_to_sign_in(answer.status_code, answer.headers.get("Location"))
            if answer.status_code == 405:
                continue
            if may == refused or lost or answer.status_code == 500:
                wrong.append((method, address, answer.status_code))
    assert wrong == []
