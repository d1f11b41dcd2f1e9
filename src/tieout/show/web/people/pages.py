"""The tables of People, made with the kit of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.utils import timezone

from tieout.operate.people.models import Account, Invitation, LogEntry, Team
from tieout.operate.people.roles import RIGHTS, Right, Role
from tieout.show import figures
from tieout.show.html.page import Cell, Head, Page, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

UTC = "times in UTC"
LINES = 100
"""So many lines of the log stand on a page."""


def when(at: datetime | None) -> str:
    """Give a moment as people read it."""
    return f"{at:%Y-%m-%d %H:%M}" if at else "never"


def people_page(asking: Account) -> Page:
    """Give who is here, the teams, the invitations, and the table of rights."""
    runs = asking.may(Right.PEOPLE)
    accounts = list(Account.objects.select_related("team"))
    active = [account for account in accounts if account.is_active]
    sections = [_rights(asking)]
    if runs:
        invited = _invitations()
        none = () if invited.rows else ("Nobody was invited yet. An invitation is a link that makes one account.",)
        sections.insert(0, Section("Invitations", tables=(invited,) if invited.rows else (), notes=none))
    sections.insert(0, _teams(accounts, runs=runs))
    if runs:
        sections.insert(0, Section("Accounts", tables=(_accounts(accounts),)))
    admins = sum(1 for account in active if account.role == Role.ADMIN)
    teams = len({account.team_id for account in active if account.team_id})
    title = (
        f"{figures.counted(len(active), 'active account')} in {figures.counted(teams, 'team')}, "
        f"{figures.counted(admins, 'administrator')}"
    )
    return Page(title, (f"you are {Role(asking.role).label.lower()}", UTC), sections, ())


def _accounts(accounts: Sequence[Account]) -> Table:
    factors: dict[int, set[str]] = {}
    for user, kind in Authenticator.objects.values_list("user_id", "type"):
        factors.setdefault(user, set()).add({"totp": "app", "webauthn": "passkey"}.get(kind, ""))
    names = ("Address", "Name", "Role", "Team", "Second factor", "Last sign-in")
    heads = [Head(text, right=False, main=text in {"Role", "Last sign-in"}) for text in names]
    rows = [
        (
            Cell(account.email, style="" if account.is_active else "muted", anchor=f"/people/accounts/{account.pk}"),
            account.name,
            Role(account.role).label if account.is_active else Cell("not active", style="muted"),
            account.team.name if account.team else "",
            ", ".join(sorted(filter(None, factors.get(account.pk, set())))) or Cell("none", style="warning"),
            when(account.last_login),
        )
        for account in accounts
    ]
    return Table("Everybody who has an account", heads, rows)


def _teams(accounts: Sequence[Account], *, runs: bool) -> Section:
    members: dict[int | None, int] = {}
    for account in accounts:
        members[account.team_id] = members.get(account.team_id, 0) + account.is_active
    rows = [
        (
            Cell(team.name, anchor=f"/people/teams/{team.pk}" if runs else None),
            figures.count(members.get(team.pk, 0)),
            team.rows or "all",
        )
        for team in Team.objects.all()
    ]
    heads = (Head("Team", right=False), Head("Members"), Head("Records that members may open", right=False))
    note = "Totals are the same for everyone; a rule only says which records may be opened."
    empty = ("There is no team yet. A team shares saved views, and may have a rule over the records it opens.",)
    return Section(
        "Teams", tables=(Table("Teams and their rules", heads, rows),) if rows else (), notes=(note,) if rows else empty
    )


def _invitations() -> Table:
    now = timezone.now()
    heads = [Head(text, right=False) for text in ("Address", "Role", "Team", "Made by", "Made at", "State")]
    rows = [
        (
            Cell(one.email, anchor=f"/people/invitations/{one.pk}" if state(one, now) == "open" else None),
            Role(one.role).label,
            one.team.name if one.team else "",
            one.made_by,
            when(one.made_at),
            state(one, now),
        )
        for one in Invitation.objects.select_related("team")[:50]
    ]
    return Table("The last 50", heads, rows)


def state(one: Invitation, now: datetime) -> str:
    """Say what has become of an invitation."""
    if one.used_at:
        return f"used {when(one.used_at)}"
    if one.ended_at:
        return "ended"
    return "open" if one.expires_at > now else "too old"


def _rights(asking: Account) -> Section:
    """Show the written table itself: what the program holds to is what is read here."""
    heads = (Head("Right to", right=False), *(Head(role.label, right=False) for role in Role))
    rows = [(right.value, *(_mark(right in RIGHTS[role], own=role == asking.role) for role in Role)) for right in Right]
    note = "Your own role stands out. There are no other rights than these."
    return Section("Who may do what", tables=(Table("Roles and rights", heads, rows),), notes=(note,))


def _mark(given: bool, *, own: bool) -> Cell:  # noqa: FBT001 -- what is marked
    return Cell("yes" if given else "no", style="figure" if given and own else "" if given else "muted")


def log_page(lines: Iterable[LogEntry]) -> Page:
    """Give some lines of the log, the newest first."""
    heads = [Head(text, right=False, main=text in {"Who", "Did"}) for text in ("When", "Who", "Did", "What", "Detail")]
    rows = [(f"{line.at:%Y-%m-%d %H:%M:%S}", line.who, line.did, line.what, told(line.detail)) for line in lines]
    title = f"The log: the last {figures.counted(len(rows), 'line')}" if rows else "The log: no line like that"
    notes = ("Lines are only added. The database refuses to change or delete one.",)
    return Page(title, (UTC,), (Section("Lines", tables=(Table("The newest first", heads, rows),), notes=notes),), ())


def told(detail: object) -> str:
    """Give the detail of a line in words; of a change only what became different."""
    if not isinstance(detail, dict):
        return str(detail)
    before, after = detail.get("before"), detail.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        changed = (name for name in after if before.get(name) != after[name])
        return "; ".join(f"{name}: {before.get(name)!s} \N{RIGHTWARDS ARROW} {after[name]!s}" for name in changed)
    return "; ".join(f"{name}: {value}" for name, value in detail.items())
