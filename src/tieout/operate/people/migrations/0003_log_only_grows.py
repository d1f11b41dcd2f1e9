"""The log only grows: the database itself refuses to change, delete or empty it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import migrations

if TYPE_CHECKING:
    from collections.abc import Callable

SQLITE = [
    f"create trigger people_log_no_{verb} before {verb} on people_logentry "
    "begin select raise(abort, 'the log only grows'); end"
    for verb in ("update", "delete")
]
POSTGRES = [
    "create function people_log_only_grows() returns trigger language plpgsql as "
    "$$ begin raise exception 'the log only grows'; end $$",
    "create trigger people_log_no_change before update or delete on people_logentry "
    "for each row execute function people_log_only_grows()",
    "create trigger people_log_no_truncate before truncate on people_logentry "
    "for each statement execute function people_log_only_grows()",
]
SQLITE_BACK = [f"drop trigger people_log_no_{verb}" for verb in ("update", "delete")]
POSTGRES_BACK = [
    "drop trigger people_log_no_change on people_logentry",
    "drop trigger people_log_no_truncate on people_logentry",
    "drop function people_log_only_grows()",
]


def run(statements: dict[str, list[str]]) -> Callable[[Any, Any], None]:
    def told(_: Any, editor: Any) -> None:
        for statement in statements[editor.connection.vendor]:
            editor.execute(statement)

    return told


class Migration(migrations.Migration):
    dependencies = [("people", "0002_invitations_tokens")]
    operations = [
        migrations.RunPython(
            run({"sqlite": SQLITE, "postgresql": POSTGRES}), run({"sqlite": SQLITE_BACK, "postgresql": POSTGRES_BACK})
        )
    ]
