"""What keeps a workspace safe: `tieout backup`, `tieout restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tieout.cli.given import Where, app, give, output_of, place, run
from tieout.cli.serving import Database


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file: NAME.tar.zst or NAME.tar.gz.")],
    database: Database = None,
    workspace: Where = None,
) -> int:
    """Keep contract, ledger and what people decided in one file."""
    from tieout.commands.backing import make_backup

    return give(make_backup(place(workspace), file, run(), output_of(), database))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `tieout backup` wrote.")],
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    database: Database = None,
) -> int:
    """Make a workspace of a backup; every digest is compared."""
    from tieout.commands.backing import restore_backup

    return give(restore_backup(file, folder, output_of(), database))
