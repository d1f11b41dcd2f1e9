"""What keeps a workspace safe: `tieout backup`, `tieout restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.given import Where, app, give, output_of, place, run
from tieout.cli.serving import Database

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file: NAME.tar.zst or NAME.tar.gz.")],
    database: Database = None,
    workspace: Where = None,
) -> int:
    """Keep contract, ledger and what people decided in one file."""
    from tieout.commands.backing import make_backup

    where, dump = place(workspace), None
    if server := _server(database):
        _ready(where, server)
        from tieout.operate.people.rows import dump_rows

        dump = dump_rows
    return give(make_backup(where, file, run(), output_of(), dump))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `tieout backup` wrote.")],
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    database: Database = None,
) -> int:
    """Make a workspace of a backup; every digest is compared."""
    from tieout.commands.backing import restore_backup

    server = _server(database)

    def load(rows: Path) -> None:
        from tieout.backup import BackupError
        from tieout.basics.workspace import Workspace

        _ready(Workspace(folder.absolute()), server or "")
        from tieout.operate.people.rows import NotEmptyError, load_rows

        try:
            load_rows(rows)
        except NotEmptyError as error:
            raise BackupError(str(error)) from error

    return give(restore_backup(file, folder, output_of(), load if server else None))


def _server(database: str | None) -> str | None:
    """Give the address of a database server, if one keeps what people decided."""
    from tieout.show.web.environment import given

    server = database or given("TIEOUT_DATABASE")
    return server if server and not server.startswith("sqlite") else None


def _ready(workspace: Workspace, server: str) -> None:
    from tieout.show.web.running import Served, prepare

    prepare(workspace, Served(database=server))
