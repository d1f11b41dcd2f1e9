"""The tool People: one function fetches each thing and checks the right to it; changes are made in operate/people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tieout.operate.people.accounts import (
    ChangedMeanwhileError,
    PeopleError,
    Place,
    change_account,
    end_invitation,
    end_team,
    invite,
    save_team,
)
from tieout.operate.people.log import note
from tieout.operate.people.models import Account, Invitation, LogEntry, Team, Token
from tieout.operate.people.roles import Right, Role
from tieout.operate.people.tokens import Asked, TokenError, end_token, end_tokens, make_token
from tieout.show.html.page import body_of
from tieout.show.web.people.forms import AccountForm, InviteForm, TeamForm, TokenForm
from tieout.show.web.people.pages import LINES, log_page, people_page
from tieout.show.web.views import account_of, guarded

if TYPE_CHECKING:
    from django.forms import Form

    from tieout.show.html.page import Page


@require_safe
@guarded(Right.READ)
def people(request: HttpRequest) -> HttpResponse:
    """Show who is here."""
    account = account_of(request)
    return _page(request, people_page(account), {"runs": account.may(Right.PEOPLE)})


# -- accounts and invitations


@require_http_methods(["GET", "HEAD", "POST"])
@guarded(Right.PEOPLE)
def account_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an account to whoever may change it, and change it."""
    account = get_object_or_404(Account.objects.select_related("team"), pk=pk)
    told = {"name": account.name, "role": account.role, "team": account.team, "active": account.is_active}
    form = AccountForm(request.POST or None, initial={**told, "changes": account.changes})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        account.changes = given["changes"]
        try:
            change_account(request, account, Place(given["name"], Role(given["role"]), given["team"], given["active"]))
        except ChangedMeanwhileError as error:
            account.refresh_from_db()
            now = Place(account.name, Role(account.role), account.team, account.is_active).told()
            form.looked_at(changes=account.changes)
            return _form(request, form, error, 409, title=account.email, template="account", account=account, now=now)
        except PeopleError as error:
            return _form(request, form, error, 409, title=account.email, template="account", account=account)
        if not given["active"]:
            _end_sessions(account)
        return _done(request, f"{account.email} is changed.")
    return _form(request, form, title=account.email, template="account", account=account)


@require_POST
@guarded(Right.PEOPLE)
def account_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one thing to an account: end its sessions or tokens, take second factors away, make a link for a password."""
    account = get_object_or_404(Account, pk=pk)
    match act:
        case "sessions":
            count = _end_sessions(account)
            note(request, "ended sessions", account.email, {"sessions": count})
            return _done(request, f"The sessions of {account.email} are ended.")
        case "tokens":
            count = end_tokens(account, timezone.now())
            note(request, "ended tokens", account.email, {"tokens": count})
            return _done(request, f"The tokens of {account.email} open nothing any more.")
        case "factors":
            Authenticator.objects.filter(user=account).delete()
            note(request, "took second factors away", account.email)
            return _done(request, f"{account.email} signs in with a password alone until a second factor is added.")
        case "password":
            return _invited(request, account.email, Role(account.role), account.team)
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@guarded(Right.PEOPLE)
def invite_view(request: HttpRequest) -> HttpResponse:
    """Invite somebody: the link is shown once."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        return _invited(request, given["email"], Role(given["role"]), given["team"], form)
    return _form(request, form, title="Invite somebody", button="Make the link")


@require_http_methods(["GET", "HEAD", "POST"])
@guarded(Right.PEOPLE)
def invitation_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an invitation, and take it back."""
    invitation = get_object_or_404(Invitation, pk=pk)
    if request.method == "POST":
        try:
            end_invitation(request, invitation, timezone.now())
        except PeopleError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect("/people")
        return _done(request, f"The invitation of {invitation.email} opens nothing any more.")
    return render(
        request, "web/people/invitation.html", {"invitation": invitation, "role": Role(invitation.role).label}
    )


def _invited(
    request: HttpRequest, email: str, role: Role, team: Team | None, form: InviteForm | None = None
) -> HttpResponse:
    try:
        invitation, text = invite(request, email, role, team, timezone.now())
    except PeopleError as error:
        return _form(request, form or InviteForm(), error, 409, title="Invite somebody", button="Make the link")
    link = request.build_absolute_uri(f"/invitation/{text}")
    return render(request, "web/people/link.html", {"invitation": invitation, "link": link})


def _end_sessions(account: Account) -> int:
    sessions = list(UserSession.objects.filter(user=account))
    for session in sessions:
        session.end()
    return len(sessions)


# -- teams


@require_http_methods(["GET", "HEAD", "POST"])
@guarded(Right.PEOPLE)
def team_view(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Show a team, or an empty form for a new one, and save it."""
    team = get_object_or_404(Team, pk=pk) if pk is not None else None
    told = {"name": team.name, "rows": team.rows, "old_name": team.name, "old_rows": team.rows} if team else {}
    form = TeamForm(request.POST or None, initial=told)
    title = team.name if team else "A new team"
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if team:
            team.name, team.rows = given["old_name"], given["old_rows"]
        try:
            saved = save_team(request, team, given["name"], given["rows"])
        except ChangedMeanwhileError as error:
            fresh = Team.objects.get(pk=team.pk) if team else Team()
            form.looked_at(old_name=fresh.name, old_rows=fresh.rows)
            now = {"name": fresh.name, "records": fresh.rows or "all"}
            return _form(request, form, error, 409, title=title, template="team", team=fresh, now=now)
        except PeopleError as error:
            return _form(request, form, error, 409, title=title, template="team", team=team)
        return _done(request, f"{saved.name} is saved.")
    return _form(request, form, title=title, template="team", team=team)


@require_POST
@guarded(Right.PEOPLE)
def team_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a team without members."""
    team = get_object_or_404(Team, pk=pk)
    try:
        end_team(request, team)
    except PeopleError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(f"/people/teams/{pk}")
    return _done(request, f"{team.name} is deleted.")


# -- one's own


@require_http_methods(["GET", "HEAD", "POST"])
@guarded(Right.TOKENS)
def tokens_view(request: HttpRequest) -> HttpResponse:
    """Show one's own tokens, and make one: its text is shown once."""
    account, now = account_of(request), timezone.now()
    form, made, status = TokenForm(request.POST or None), None, 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        asked = Asked(given["name"], frozenset(Right[name] for name in given["scopes"]), given["days"])
        try:
            token, made = make_token(account, asked, now)
        except TokenError as error:
            form.add_error(None, str(error))
            status = 403
        else:
            note(request, "made a token", token.name, {"scopes": token.scopes, "days": asked.days})
            form = TokenForm()
    elif request.method == "POST":
        status = 400
    tokens = [(token, token.ended_at is None and token.expires_at > now) for token in account.tokens.all()[:100]]
    context = {"form": form, "tokens": tokens, "made": made}
    return render(request, "web/people/tokens.html", context, status=status)


@require_POST
@guarded(Right.READ)
def token_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token of one's own, whoever may make none any more too."""
    ended: Token | None = end_token(account_of(request), pk, timezone.now())
    if ended is None:
        raise Http404
    note(request, "ended a token", ended.name)
    messages.success(request, f"{ended.name} opens nothing any more.")
    return HttpResponseRedirect("/people/tokens" if account_of(request).may(Right.TOKENS) else "/people")


@require_POST
@guarded(Right.READ)
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a session of one's own."""
    session = get_object_or_404(UserSession, pk=pk, user=account_of(request))
    session.end()
    note(request, "ended a session", account_of(request).email, {"from": session.ip})
    return HttpResponseRedirect("/accounts/sessions/")


# -- the log


@require_safe
@guarded(Right.AUDIT)
def log_view(request: HttpRequest) -> HttpResponse:
    """Show the log, so many lines at a time, by who and what."""
    who, did, before = (request.GET.get(name, "")[:254].replace("\x00", "") for name in ("who", "did", "before"))
    lines = LogEntry.objects.all()
    lines = lines.filter(who__icontains=who) if who else lines
    lines = lines.filter(did=did) if did else lines
    lines = lines.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 19 else lines
    found = list(lines.order_by("-pk")[: LINES + 1])
    known = LogEntry.objects.order_by("did").values_list("did", flat=True).distinct()
    context = {
        "who": who,
        "did": did,
        "known": list(known),
        "next": found[LINES - 1].pk if len(found) > LINES else None,
    }
    return _page(request, log_page(found[:LINES]), context, "log")


# -- how they are shown


def _page(request: HttpRequest, page: Page, context: dict[str, Any], template: str = "people") -> HttpResponse:
    told = {"page": {"title": page.title, "body": body_of(page)}, **context}
    return render(request, f"web/people/{template}.html", told)


def _form(
    request: HttpRequest,
    form: Form,
    error: PeopleError | None = None,
    status: int = 200,
    template: str = "form",
    **context: object,
) -> HttpResponse:
    """Show a form again with what was typed, and what is wrong with it."""
    if error:
        form.add_error(None, str(error)) if form.is_bound else messages.error(request, str(error))
    status = 400 if form.is_bound and form.errors and status == 200 else status
    return render(request, f"web/people/{template}.html", {"form": form, **context}, status=status)


def _done(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect("/people")
