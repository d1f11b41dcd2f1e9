"""Accounts, teams and invitations: every change is claimed by conditional update, and written to the log."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from tieout.measure.row_rules import read_rule
from tieout.operate.people.log import note
from tieout.operate.people.models import Account, Invitation, Team
from tieout.operate.people.roles import Role
from tieout.operate.people.tokens import digest_of, end_tokens

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    By = HttpRequest | Account | str
INVITED_FOR = timedelta(days=7)
MEANWHILE = "Somebody else changed this {} since you opened it. What they set is kept, what you typed is below."


class PeopleError(Exception):
    """A change that was not made; the message says why, and what to do."""


class ChangedMeanwhileError(PeopleError):
    """Somebody else changed it after it was read."""


@dataclass(frozen=True, slots=True)
class Place:
    """What an administrator decides about an account."""

    name: str
    role: Role
    team: Team | None
    active: bool = True

    def told(self) -> dict[str, object]:
        """Give it for the log."""
        team = self.team.name if self.team else ""
        return {"name": self.name, "role": self.role.value, "team": team, "active": self.active}


def checked_email(text: str) -> str:
    """Give an address as accounts are known by. Raises PeopleError."""
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        message = f"'{email[:80]}' is not an address. It looks like ada@company.example."
        raise PeopleError(message) from error
    return email


def check_password(password: str, account: Account) -> None:
    """Hold a password to the rules. Raises PeopleError."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise PeopleError(" ".join(error.messages)) from error


def add_account(by: By, email: str, password: str, place: Place) -> Account:
    """Make an account with a password. Raises PeopleError."""
    email = checked_email(email)
    check_password(password, Account(email=email, name=place.name))
    try:
        with transaction.atomic():
            account = Account.objects.create_user(
                email, password, name=place.name, role=place.role, team=place.team, is_active=place.active
            )
    except IntegrityError as error:
        message = f"{email} has an account already. `tieout account role` changes its role."
        raise PeopleError(message) from error
    note(by, "made an account", email, place.told())
    return account


def change_account(by: By, account: Account, place: Place) -> None:
    """Change an account as it was read. Raises PeopleError where somebody was quicker, or it is the last administrator.

    1. Lock the administrators, so that two of them cannot take the role from each other at once.
    2. Keep one of them.
    3. Change what was read, and nothing else.
    """
    with transaction.atomic():
        admins = set(
            Account.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).values_list("pk", flat=True)
        )
        leaves = place.role != Role.ADMIN or not place.active
        if leaves and admins == {account.pk}:
            message = f"{account.email} is the last administrator. Make somebody else one first."
            raise PeopleError(message)
        changed = Account.objects.filter(pk=account.pk, changes=account.changes).update(
            name=place.name, role=place.role, team=place.team, is_active=place.active, changes=F("changes") + 1
        )
        if not changed:
            message = (
                "Somebody else changed this account since you opened it. What they set is kept; look, then decide."
            )
            raise ChangedMeanwhileError(message)
        before = Place(account.name, Role(account.role), account.team, account.is_active).told()
        # Whoever comes back makes new tokens: the old ones may be with somebody else by then.
        ended = 0 if place.active else end_tokens(account, timezone.now())
        more = {"tokens ended": ended} if ended else {}
        note(by, "changed an account", account.email, {"before": before, "after": place.told(), **more})


# -- invitations


def invite(by: By, email: str, role: Role, team: Team | None, now: datetime) -> tuple[Invitation, str]:
    """Make the text of a link for somebody new, or for a new password of somebody who is here. Raises PeopleError."""
    email = checked_email(email)
    text = secrets.token_urlsafe(32)
    known = Account.objects.filter(email=email).first()
    if known and not known.is_active:
        message = f"{email} has an account that is not active. Make it active first."
        raise PeopleError(message)
    made_by = by.email if isinstance(by, Account) else str(by) if isinstance(by, str) else str(by.user)
    # Only the newest link of an address opens anything.
    Invitation.objects.filter(email=email, used_at=None, ended_at=None).update(ended_at=now)
    invitation = Invitation.objects.create(
        email=email,
        role=known.role if known else role,
        team=known.team if known else team,
        made_by=made_by,
        made_at=now,
        expires_at=now + INVITED_FOR,
        digest=digest_of(text),
    )
    note(by, "made a link for a new password" if known else "invited", email, {"role": str(invitation.role)})
    return invitation, text


def invitation_of(text: str, now: datetime) -> Invitation | None:
    """Give the invitation that a link opens, or nothing if it opens nothing (any more)."""
    return _open(now).filter(digest=digest_of(text)).first()


def invitation_for(email: str, now: datetime) -> Invitation | None:
    """Give the open invitation of an address."""
    return _open(now).filter(email=email.strip().lower()).first()


def accept(invitation: Invitation, name: str, password: str, now: datetime) -> Account:
    """Make the account of an invitation, or set the new password. Raises PeopleError."""
    known = Account.objects.filter(email=invitation.email).first()
    check_password(password, known or Account(email=invitation.email, name=name))
    with transaction.atomic():
        claim(invitation, now)
        if known is None:
            place = Place(name.strip()[:120], Role(invitation.role), invitation.team)
            return add_account(invitation.email, invitation.email, password, place)
        known.set_password(password)
        known.save(update_fields=["password"])
        note(known, "set a new password", known.email)
        return known


def claim(invitation: Invitation, now: datetime) -> None:
    """Use an invitation up; of two who try only one succeeds. Raises PeopleError."""
    if not _open(now).filter(pk=invitation.pk).update(used_at=now):
        message = "This invitation was used or ended. Ask for a new one."
        raise PeopleError(message)


def end_invitation(by: By, invitation: Invitation, now: datetime) -> None:
    """Take an invitation back. Raises PeopleError."""
    if not _open(now).filter(pk=invitation.pk).update(ended_at=now):
        message = f"The invitation of {invitation.email} was used or ended before."
        raise PeopleError(message)
    note(by, "ended an invitation", invitation.email)


def _open(now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(used_at=None, ended_at=None, expires_at__gt=now)


# -- teams


def save_team(by: By, team: Team | None, name: str, rows: str) -> Team:
    """Make a team, or change one as it was read. Raises PeopleError."""
    name, rows = name.strip(), rows.strip()
    if rows and isinstance(told := read_rule(rows), str):
        message = f"The rule was not saved. {told}"
        raise PeopleError(message)
    try:
        with transaction.atomic():
            if team is None:
                made = Team.objects.create(name=name, rows=rows)
                note(by, "made a team", name, {"rows": rows})
                return made
            if not Team.objects.filter(pk=team.pk, name=team.name, rows=team.rows).update(name=name, rows=rows):
                message = (
                    "Somebody else changed this team since you opened it. What they set is kept; look, then decide."
                )
                raise ChangedMeanwhileError(message)
            before, after = {"name": team.name, "rows": team.rows}, {"name": name, "rows": rows}
            note(by, "changed a team", name, {"before": before, "after": after})
            return Team.objects.get(pk=team.pk)
    except IntegrityError as error:
        message = f"There is a team '{name}' already."
        raise PeopleError(message) from error


def end_team(by: By, team: Team) -> None:
    """Delete a team that has no members any more. Raises PeopleError."""
    with transaction.atomic():
        if team.members.exists():
            message = f"{team.name} still has members, whom its rule holds. Give them another team first."
            raise PeopleError(message)
        note(by, "deleted a team", team.name, {"rows": team.rows})
        team.delete()
