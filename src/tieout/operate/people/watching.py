"""Whatever concerns signing in is written to the log as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.signals import social_account_added
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from tieout.operate.people.log import REFUSED, SIGNED_IN, SIGNED_OUT, note

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tieout.operate.people.models import Account


@receiver(user_logged_in)
def _signed_in(user: Account, request: HttpRequest | None = None, **_: Any) -> None:  # noqa: ANN401 -- Django's
    note(user, SIGNED_IN, user.email, _where(request))


@receiver(user_logged_out)
def _signed_out(user: Account | None, request: HttpRequest | None = None, **_: Any) -> None:  # noqa: ANN401 -- Django's
    if user is not None:
        note(user, SIGNED_OUT, user.email, _where(request))


@receiver(user_login_failed)
def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:  # noqa: ANN401 -- Django's
    given = str(credentials.get("email") or credentials.get("username") or "")
    note("somebody", REFUSED, given, _where(request))


@receiver(authentication_failed)
def _wrong_code(user: Account, authenticator: Any, request: HttpRequest, **_: Any) -> None:  # noqa: ANN401 -- Django's
    note("somebody", REFUSED, user.email, {**_where(request), "second factor": str(authenticator.type)})


@receiver([password_changed, password_set, password_reset])
def _password(user: Account, **_: Any) -> None:  # noqa: ANN401 -- Django's
    note(user, "changed the password", user.email)


@receiver([authenticator_added, authenticator_reset])
def _factor(user: Account, authenticator: Any, **_: Any) -> None:  # noqa: ANN401 -- Django's
    note(user, "added a second factor", user.email, {"type": str(authenticator.type)})


@receiver(authenticator_removed)
def _no_factor(user: Account, authenticator: Any, **_: Any) -> None:  # noqa: ANN401 -- Django's
    note(user, "removed a second factor", user.email, {"type": str(authenticator.type)})


@receiver(social_account_added)
def _linked(sociallogin: Any, **_: Any) -> None:  # noqa: ANN401 -- Django's
    note(sociallogin.user, "linked single sign-on", sociallogin.user.email)


def _where(request: HttpRequest | None) -> dict[str, str]:
    return {"from": str(request.META.get("REMOTE_ADDR", ""))} if request is not None else {}
