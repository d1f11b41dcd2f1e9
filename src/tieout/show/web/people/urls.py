"""The addresses of People, and those of signing in that are not as allauth has them."""

from __future__ import annotations

from django.urls import path, re_path

from tieout.show.web.people import entrance, views

CLOSED = (
    "email/", "confirm-email/", "password/reset/done/", "password/reset/key/done/",
    "reauthenticate/code/", "reauthenticate/code/confirm/", "login/code/confirm/", "3rdparty/", "3rdparty/signup/",
)  # fmt: skip
"""What allauth offers beside: it sends mail, which there is none of, or lets people link identities by hand."""

urlpatterns = [
    path("people", views.people, name="people"),
    path("people/accounts/<int:pk>", views.account_view, name="people-account"),
    path("people/accounts/<int:pk>/<slug:act>", views.account_act, name="people-account-act"),
    path("people/invite", views.invite_view, name="people-invite"),
    path("people/invitations/<int:pk>", views.invitation_view, name="people-invitation"),
    path("people/teams/new", views.team_view, name="people-team-new"),
    path("people/teams/<int:pk>", views.team_view, name="people-team"),
    path("people/teams/<int:pk>/end", views.team_end, name="people-team-end"),
    path("people/tokens", views.tokens_view, name="people-tokens"),
    path("people/tokens/<int:pk>/end", views.token_end, name="people-token-end"),
    path("people/sessions/<int:pk>/end", views.session_end, name="people-session-end"),
    path("people/log", views.log_view, name="people-log"),
    path("invitation/<str:text>", entrance.invitation, name="invitation"),
    path("accounts/password/reset/", entrance.no_mail),
    path("accounts/password/set/", entrance.no_mail),
    path("accounts/oidc/<str:provider_id>/login/", entrance.to_provider),
    path("accounts/oidc/<str:provider_id>/login/callback/", entrance.from_provider),
    *(path(f"accounts/{address}", entrance.nothing) for address in CLOSED),
    re_path(r"^accounts/(?:password/reset/key|confirm-email|social)/", entrance.nothing),
]
