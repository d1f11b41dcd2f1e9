"""What makes files to begin with: `tieout demo`, `tieout init`, `tieout schema`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tieout.cli.given import app, give, output_of


@app.command()
def demo(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")] = Path("marlow")) -> int:
    """Make the sample company, Marlow: the same every time."""
    from tieout.commands.making import make_demo

    return give(make_demo(folder, output_of()))


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="The folder to become a workspace.")]) -> int:
    """Make a workspace with a commented contract to begin with."""
    from tieout.commands.making import make_contract

    return give(make_contract(folder, output_of()))


@app.command()
def schema(folder: Annotated[Path, typer.Argument(help="Where to write them.")] = Path("schemas")) -> int:
    """Write the JSON Schemas of the contract's files, for editors."""
    from tieout.commands.making import make_schemas

    return give(make_schemas(folder, output_of()))
