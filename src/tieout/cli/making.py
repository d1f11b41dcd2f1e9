"""What makes files to begin with: `tieout demo`, `tieout init`, `tieout schema`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tieout.cli.given import AsJson, app, give, output_of, refuse, run


@app.command()
def demo(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")] = Path("marlow")) -> int:
    """Make the sample company, Marlow: the same every time."""
    from tieout.commands.making import make_demo

    return give(make_demo(folder, output_of()))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The folder to become a workspace.")],
    exports: Annotated[
        Path | None, typer.Option("--from", metavar="EXPORTS", help="Propose the contract from this folder of exports.")
    ] = None,
    refresh: Annotated[bool, typer.Option(help="Pull the exports and give a first number; with --from.")] = True,
    json: AsJson = False,
) -> int:
    """Make a workspace with a contract to begin with; with --from, one proposed from exports, and a first number."""
    from tieout.commands.making import make_contract

    if exports is None:
        if json:
            refuse("--json goes with --from.")
        return give(make_contract(folder, output_of()))
    from tieout.commands.proposing import propose_contract
    from tieout.show.progress import watching

    with watching() as progress:
        result = propose_contract(folder, exports, run(progress=progress), output_of(json=json), refresh=refresh)
    return give(result)


@app.command()
def schema(folder: Annotated[Path, typer.Argument(help="Where to write them.")] = Path("schemas")) -> int:
    """Write the JSON Schemas of the contract's files, for editors."""
    from tieout.commands.making import make_schemas

    return give(make_schemas(folder, output_of()))
