"""The ways in that need no account yet: an invitation's link; and what stands where mail would be needed."""

from __future__ import annotations

from collections.abc import Callable

from allauth.core import ratelimit
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from tieout.operate.people.accounts import PeopleError, accept, invitation_of
from tieout.operate.people.models import Account
from tieout.show.web.people.forms import AcceptForm


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, text: str) -> HttpResponse:
    """Let somebody make the account that they are invited to, or set a new password."""
    if refused := ratelimit.consume_or_429(request, action="signup"):
        return refused  # type: ignore[no-any-return]
    now = timezone.now()
    found = invitation_of(text, now)
    if found is None:
        return render(request, "web/people/no_invitation.html", status=404)
    known = Account.objects.filter(email=found.email).exists()
    form = AcceptForm(request.POST or None)
    if known:
        del form.fields["name"]
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                accept(found, form.cleaned_data.get("name", ""), form.cleaned_data["password"], now)
            except PeopleError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Your password is set. Sign in with it.")
                return HttpResponseRedirect("/accounts/login/")
        status = 400
    context = {"form": form, "invitation": found, "known": known}
    return render(request, "web/people/accept.html", context, status=status)


@require_safe
def no_mail(request: HttpRequest) -> HttpResponse:
    """Say how one gets a new password where no mail is sent."""
    return render(request, "web/people/no_mail.html")


def to_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead a browser to the provider."""
    return _reaching(oidc.login, request, provider_id)


def from_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take in whom the provider leads back."""
    return _reaching(oidc.callback, request, provider_id)


def _reaching(view: Callable[[HttpRequest, str], HttpResponse], request: HttpRequest, name: str) -> HttpResponse:
    try:
        return view(request, name)
    except RequestException:
        return render(request, "socialaccount/authentication_error.html", status=502)


def nothing(request: HttpRequest, **_: str) -> HttpResponse:  # noqa: ARG001 -- a view
    """Close an address that would send mail or change what administrators decide."""
    raise Http404
