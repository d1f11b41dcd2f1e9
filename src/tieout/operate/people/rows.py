"""What people decided, as one document: how a database server is kept in a backup and filled from one."""

from __future__ import annotations

from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

from tieout.operate.people.models import Account

LEFT_OUT = ("contenttypes", "auth.permission", "sessions", "usersessions")
"""What is made again, and who is signed in: whoever restores has everybody sign in again."""


class NotEmptyError(Exception):
    """The database holds accounts already; the message says so."""


def dump_rows(file: Path) -> None:
    """Write every row to a file, as of one moment."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
        call_command("dumpdata", exclude=list(LEFT_OUT), output=str(file), verbosity=0)


def load_rows(file: Path) -> None:
    """Fill an empty database from a file, whole or not at all. Raises NotEmptyError."""
    if Account.objects.exists():
        message = "The database has accounts already: restoring would mix two. Give one that is empty."
        raise NotEmptyError(message)
    call_command("loaddata", str(file), verbosity=0)
