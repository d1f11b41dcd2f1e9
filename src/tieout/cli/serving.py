"""The web application: `tieout serve`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tieout.cli.given import app, place


@app.command()
def serve(
    folder: Annotated[
        Path | None, typer.Argument(help="The workspace; default: the nearest one from here upwards.")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8642,
    database: Annotated[
        str | None,
        typer.Option(
            "--database", metavar="URL", help="postgres://... for a team; default: SQLite beside the workspace."
        ),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes.")] = 2,
) -> int:
    """Serve the web application on a workspace, until Ctrl-C."""
    from tieout.show.web.running import Served, prepare
    from tieout.show.web.running import serve as run_server

    workspace = place(folder)
    served = Served(host, port, workers, database=database)
    prepare(workspace, served)
    make = f"tieout account add ADDRESS --role admin --workspace {workspace.root}"
    sys.stdout.write(f"Tieout is at {served.address}\nMake an account: {make}\nCtrl-C ends it.\n")
    sys.stdout.flush()
    run_server(served)
    return 0
