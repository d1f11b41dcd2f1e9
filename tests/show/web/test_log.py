"""The log only grows: not through our models, and not by SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tieout.operate.people.log import EXPORTED, note
from tieout.operate.people.models import Account, AppendOnlyError, LogEntry

pytestmark = pytest.mark.django_db


def test_a_line_says_who_did_what() -> None:
    note(Account.objects.create_user("alice@marlow.example"), EXPORTED, "/pipeline?by=owner", {"rows": 12})
    line = LogEntry.objects.get()
    assert (line.who, line.did, line.what, line.detail) == (
        "alice@marlow.example",
        "exported",
        "/pipeline?by=owner",
        {"rows": 12},
    )


def test_the_models_refuse_to_change_the_log() -> None:
    note("the command line", "made an account")
    line = LogEntry.objects.get()
    line.did = "did nothing"
    with pytest.raises(AppendOnlyError):
        line.save()
    with pytest.raises(AppendOnlyError):
        line.delete()
    with pytest.raises(AppendOnlyError):
        LogEntry.objects.all().update(did="did nothing")
    with pytest.raises(AppendOnlyError):
        LogEntry.objects.filter(pk=line.pk).delete()


@pytest.mark.parametrize("sql", ["update people_logentry set did = 'nothing'", "delete from people_logentry"])
def test_the_database_refuses_to_change_the_log(sql: str) -> None:
    note("the command line", "made an account")
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert LogEntry.objects.get().did == "made an account"
