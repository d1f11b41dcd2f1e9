"""`tieout backup` and `tieout restore`: a workspace in one file, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.backup import Kept, back_up, restore
from tieout.basics.workspace import Workspace
from tieout.commands.result import Output, Result, page
from tieout.show import figures

if TYPE_CHECKING:
    from tieout.commands.pulling import Run

Rows = Callable[[Path], None]


def make_backup(workspace: Workspace, file: Path, run: Run, output: Output, dump: Rows | None = None) -> Result:
    """Write a backup; `dump` writes the rows of a database server, where one keeps what people decided."""
    kept = back_up(workspace, file, run.now, dump)
    return page([output.terminal.paint(f"Kept in {file}", "title"), _told(kept)])


def restore_backup(file: Path, folder: Path, output: Output, load: Rows | None = None) -> Result:
    """Make a workspace of a backup; `load` fills a database server. Raises BackupError."""
    kept, rows = restore(file, folder)
    lines = [output.terminal.paint(f"Restored to {folder}", "title"), _told(kept), ""]
    if rows and load:
        load(rows)
        rows.unlink()
    elif rows:
        lines += ["What people decided is in app/rows.json. Restore again with --database for an empty one.", ""]
    return page([*lines, f"  tieout ledger verify --workspace {folder}", f"  tieout refresh --workspace {folder}"])


def _told(kept: Kept) -> str:
    return f"{figures.counted(kept.files, 'file')}, {figures.count(kept.size)} bytes, as of {kept.made_at[:19]} UTC"
