"""The tables of people. Times are UTC."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

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
    changes = models.PositiveIntegerField(default=0)
    """Counts the changes by administrators, so that of two who edit at once the second is told."""

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

    @property
    def right_names(self) -> frozenset[str]:
        """The names of its rights, for templates."""
        return frozenset(right.name for right in RIGHTS[Role(self.role)] if self.is_active)


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


class Invitation(models.Model):
    """A link by which one person makes an account, or a new password for the one they have; only its digest is kept."""

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role.choices)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_by = models.CharField(max_length=254)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-made_at", "-id"]

    def __str__(self) -> str:
        """Give the address."""
        return self.email


class Token(models.Model):
    """What a program signs in with to the API; `scopes` are names of rights, `start` is what it is recognized by."""

    owner = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    start = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-made_at", "-id"]

    def __str__(self) -> str:
        """Give the name."""
        return self.name


class AppendOnlyError(Exception):
    """Somebody tried to change or delete a line of the log."""


class LogLines(models.QuerySet["LogEntry"]):
    """Lines that are only added; the database holds to that too, by triggers."""

    def update(self, **_: Any) -> NoReturn:  # noqa: ANN401 -- Django's
        """Refuse."""
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError


class LogEntry(models.Model):
    """What somebody did. `who` keeps the address as text, whatever becomes of the account."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    who = models.CharField(max_length=254)
    did = models.CharField(max_length=40)
    what = models.CharField(max_length=2000, blank=True)
    detail = models.JSONField(default=dict)
    request = models.CharField(max_length=64, blank=True)
    objects = LogLines.as_manager()

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        """Give what was done in one line."""
        return f"{self.at:%Y-%m-%d %H:%M} {self.who} {self.did} {self.what}"

    def save(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 -- Django's
        """Add the line; refuse to change one."""
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*given, **named)

    def delete(self, *_: Any, **__: Any) -> NoReturn:  # noqa: ANN401 -- Django's
        """Refuse."""
        raise AppendOnlyError
