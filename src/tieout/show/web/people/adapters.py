"""Who gets in: whoever has an account, and by single sign-on whoever is invited or of the allowed domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from tieout.operate.people.accounts import PeopleError, claim, invitation_for
from tieout.operate.people.log import REFUSED, note
from tieout.operate.people.roles import Role

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tieout.operate.people.models import Account


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by invitation, by the command line, or by single sign-on; never by a form for everybody."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- allauth's
        """Refuse."""
        return False


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An identity of the provider belongs to the account of its verified address, and to no other."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:  # noqa: ANN401 -- allauth's
        """Refuse to link an identity by hand: that would make it the key of an account of another address."""
        super().pre_social_login(request, sociallogin)
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(HttpResponse(status=403))
        if not sociallogin.is_existing and not self.is_open_for_signup(request, sociallogin):
            note("somebody", REFUSED, sociallogin.user.email, {"from": "single sign-on"})

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ANN401, ARG002 -- allauth's
        """Let in whose address the provider has verified, if it is invited or of the allowed domain."""
        email = _verified(sociallogin)
        return bool(email) and (_of_domain(email) or invitation_for(email, timezone.now()) is not None)

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Account:  # noqa: ANN401 -- allauth's
        """Make the account with the invitation's role and team, or as a viewer."""
        now, account = timezone.now(), sociallogin.user
        account.email = _verified(sociallogin)
        account.name = f"{account.first_name} {account.last_name}".strip()[:120]
        account.role, account.team = Role.VIEWER, None
        with transaction.atomic():
            if invitation := invitation_for(account.email, now):
                try:
                    claim(invitation, now)
                except PeopleError as error:
                    raise PermissionDenied from error
                account.role, account.team = Role(invitation.role), invitation.team
            made: Account = super().save_user(request, sociallogin, form)
            note(made, "made an account", made.email, {"role": str(made.role), "by": "single sign-on"})
        return made


def _verified(sociallogin: Any) -> str:  # noqa: ANN401 -- allauth's
    told = (str(address.email).lower() for address in sociallogin.email_addresses if address.verified)
    return next(told, "")


def _of_domain(email: str) -> bool:
    domain = settings.OIDC_DOMAIN
    return bool(domain) and email.rpartition("@")[2] == domain
