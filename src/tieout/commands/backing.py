"""`tieout backup` and `tieout restore`: a workspace in one file, and back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.backup import BackupError, Kept, back_up, restore
from tieout.basics.workspace import Workspace
from tieout.commands.result import Output, Result, page
from tieout.show import figures
from tieout.show.web.running import Served, prepare

if TYPE_CHECKING:
    from tieout.commands.pulling import Run


def make_backup(workspace: Workspace, file: Path, run: Run, output: Output, database: str | None) -> Result:
    """Write a backup; where a database server keeps what people decided, its rows too."""
    if server := _server(database):
        prepare(workspace, Served(database=server))
        from tieout.operate.people.rows import dump_rows  # noqa: PLC0415 -- after Django is set up

        kept = back_up(workspace, file, run.now, dump_rows)
    else:
        kept = back_up(workspace, file, run.now)
    return page([output.terminal.paint(f"Kept in {file}", "title"), _told(kept)])


def restore_backup(file: Path, folder: Path, output: Output, database: str | None) -> Result:
    """Make a workspace of a backup, and fill an empty database server. Raises BackupError."""
    server = _server(database)
    kept, rows = restore(file, folder)
    lines = [output.terminal.paint(f"Restored to {folder}", "title"), _told(kept), ""]
    if rows and server:
        prepare(Workspace(folder.absolute()), Served(database=server))
        from tieout.operate.people.rows import NotEmptyError, load_rows  # noqa: PLC0415 -- after Django is set up

        try:
            load_rows(rows)
        except NotEmptyError as error:
            raise BackupError(str(error)) from error
        rows.unlink()
    elif rows:
        lines += ["What people decided is in app/rows.json. Restore again with --database for an empty one.", ""]
    return page([*lines, f"  tieout ledger verify --workspace {folder}", f"  tieout refresh --workspace {folder}"])


def _server(database: str | None) -> str | None:
    given = database or os.environ.get("TIEOUT_DATABASE")
    return given if given and not given.startswith("sqlite") else None


def _told(kept: Kept) -> str:
    return f"{figures.counted(kept.files, 'file')}, {figures.count(kept.size)} bytes, as of {kept.made_at[:19]} UTC"
