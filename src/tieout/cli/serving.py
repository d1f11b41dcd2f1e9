"""The web application and what keeps its numbers fresh: `tieout serve`, `tieout work`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tieout.cli.given import Accept, app, output_of, place, run

Folder = Annotated[Path | None, typer.Argument(help="The workspace; default: the nearest one from here upwards.")]
Database = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="postgres://... for a team; default: SQLite beside the workspace."),
]


@app.command()
def serve(
    folder: Folder = None,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8642,
    database: Database = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes.")] = 2,
    work: Annotated[bool, typer.Option("--work", help="Run `tieout work` beside it.")] = False,
    warm: Annotated[bool, typer.Option(help="Make the first pages of each room before they are asked for.")] = True,
    demo: Annotated[bool, typer.Option("--demo", help="Make an account for each role; of Marlow only.")] = False,
) -> int:
    """Serve the web application on a workspace, until Ctrl-C."""
    from tieout.commands.making import may_be_shown
    from tieout.show.web.running import Served, address_of, helpers, listen, prepare
    from tieout.show.web.running import serve as run_server

    workspace = place(folder)
    if demo:
        may_be_shown(workspace, host)
    served = Served(host, port, workers, database=database)
    listening = listen(served)
    prepare(workspace, served)
    first = [f"Make an account: tieout account add ADDRESS --role admin --workspace {workspace.root}"]
    if demo:
        from tieout.operate.people.demo import demo_accounts

        first = demo_accounts()
    lines = [
        f"Tieout is at {address_of(served, listening)}",
        "Refreshes run beside it." if work else "Nothing refreshes by itself: add --work, or run `tieout work`.",
        *first,
        "Ctrl-C ends it.",
    ]
    sys.stdout.write("\n".join([*lines, ""]))
    sys.stdout.flush()
    with helpers(workspace, work=work, warm=warm):
        run_server(served, listening)
    return 0


@app.command()
def work(folder: Folder = None, accept: Accept = None) -> int:
    """Refresh whenever exports or the contract change, until Ctrl-C; several copies take turns."""
    from tieout.commands.watching import Watch
    from tieout.commands.working import work as run_work

    def write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    run_work(Watch(place(folder), lambda: run(accept), output_of(), write))
    return 0
