"""The tables of people. Times are UTC."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models

from tieout.operate.people.roles import RIGHTS, Right, Role


class Team(models.Model):
    """A team. `rows` is a criterion over deals: its members open the records that meet it; totals stay the same."""

    name = models.CharField(max_length=80, unique=True)
    rows = models.CharField(max_length=500, blank=True)

    class Meta:
        """Ordered as people read them."""

        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        """Give the name."""
        return self.name


class AccountManager(BaseUserManager["Account"]):
    """Accounts are known by their address alone."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Account:  # noqa: ANN401 -- Django's
        """Make an account; without a password nobody can sign in with one."""
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Account:  # noqa: ANN401 -- Django's
        """Make an administrator."""
        return self.create_user(email, password, **({"role": Role.ADMIN} | fields))


class Account(AbstractUser):
    """Somebody who can sign in. Whoever leaves is made inactive, never deleted: the log names them."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("address", unique=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.VIEWER)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="members")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountManager] = AccountManager()  # type: ignore[assignment]

    class Meta:
        """Ordered as people read them."""

        ordering: ClassVar[list[str]] = ["email"]

    def __str__(self) -> str:
        """Give the name, or else the address."""
        return self.name or self.email

    def may(self, right: Right) -> bool:
        """Say whether the written table gives this account a right."""
        return self.is_active and right in RIGHTS[Role(self.role)]


class SavedView(models.Model):
    """A view that somebody kept: a page with its filters, which is an address."""

    name = models.CharField(max_length=80)
    address = models.CharField(max_length=2000)
    owner = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="views")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="views")
    saved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Ordered as people read them; a person has one view of a name."""

        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_view_of_a_name")
        ]

    def __str__(self) -> str:
        """Give the name."""
        return self.name


class LogEntry(models.Model):
    """What somebody did. `who` keeps the address as text, whatever becomes of the account."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    who = models.CharField(max_length=254)
    did = models.CharField(max_length=40)
    what = models.CharField(max_length=2000, blank=True)
    detail = models.JSONField(default=dict)
    request = models.CharField(max_length=64, blank=True)

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        """Give what was done in one line."""
        return f"{self.at:%Y-%m-%d %H:%M} {self.who} {self.did} {self.what}"
