"""Accounts to look at the sample company with: one for each role, all with one password, new at each start."""

from __future__ import annotations

import secrets

from tieout.operate.people.models import Account
from tieout.operate.people.roles import Role


def demo_accounts() -> list[str]:
    """Make them, or give those that are there the new password; say how to sign in."""
    password = secrets.token_urlsafe(12)
    lines = ["Sign in as one of these:"]
    for role in Role:
        email = f"{role.value}@marlow.example"
        account = Account.objects.filter(email=email).first() or Account.objects.create_user(email, None, role=role)
        account.set_password(password)
        account.save()
        lines.append(f"  {email:30}{role.label}")
    return [*lines, f"Password of all: {password}"]
