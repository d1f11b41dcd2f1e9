"""Accounts from the command line: what `tieout account` prints and does."""

from __future__ import annotations

from django.utils import timezone

from tieout.operate.people.accounts import PeopleError, Place, add_account, change_account, checked_email, invite
from tieout.operate.people.models import Account, Team
from tieout.operate.people.roles import Role

BY = "the command line"


def role_of(text: str) -> Role:
    """Read a role. Raises PeopleError naming those there are."""
    try:
        return Role(text)
    except ValueError as error:
        message = f"'{text}' is not a role. Roles: {', '.join(role.value for role in Role)}."
        raise PeopleError(message) from error


def team_of(name: str | None) -> Team | None:
    """Give a team by its name. Raises PeopleError naming those there are."""
    if not name:
        return None
    if team := Team.objects.filter(name=name).first():
        return team
    names = ", ".join(Team.objects.values_list("name", flat=True)) or "none yet; make one under People"
    message = f"'{name}' is not a team. Teams: {names}."
    raise PeopleError(message)


def add(email: str, role: str, team: str | None, password: str) -> str:
    """Make an account with a password, and say so."""
    account = add_account(BY, email, password, Place("", role_of(role), team_of(team)))
    return f"{account.email} can sign in as {role}.\n"


def link(email: str, role: str, team: str | None) -> str:
    """Make an invitation, or a link for a new password; give the path of its link."""
    invitation, text = invite(BY, email, role_of(role), team_of(team), timezone.now())
    return f"{invitation.email} has seven days to open this once:\n/invitation/{text}\n"


def list_accounts() -> str:
    """List the accounts with role, team and last sign-in."""
    rows = [
        (
            account.email,
            account.role if account.is_active else "not active",
            account.team.name if account.team else "",
            f"{account.last_login:%Y-%m-%d %H:%M}" if account.last_login else "never signed in",
        )
        for account in Account.objects.select_related("team")
    ]
    if not rows:
        return "There is no account yet. Make one: tieout account add ADDRESS --role admin\n"
    widths = (*(max(len(row[place]) for row in rows) for place in range(3)), 0)
    lines = ("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def set_role(email: str, role: str, *, active: bool = True) -> str:
    """Give an account another role, or make it inactive or active again. Raises PeopleError."""
    account = Account.objects.select_related("team").filter(email=checked_email(email)).first()
    if account is None:
        message = f"{email} has no account. `tieout account list` shows all."
        raise PeopleError(message)
    change_account(BY, account, Place(account.name, role_of(role), account.team, active))
    return f"{account.email} is {role}{'' if active else ', not active'}.\n"
