"""What is about registers: `tieout duplicates` finds and decides, `tieout effects` tells what they do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tieout.cli.given import (
    AsCsv,
    AsJson,
    AsOf,
    InPeriod,
    Records,
    Where,
    app,
    give,
    now,
    output_of,
    place,
    refuse,
)

duplicates_app = typer.Typer(
    help="Propose duplicates of accounts or persons; accept or reject them.", no_args_is_help=True
)
app.add_typer(duplicates_app, name="duplicates")

InFile = Annotated[Path | None, typer.Option("--file", help="A plain file instead of the workspace.")]
Columns = Annotated[
    list[str] | None, typer.Option("--column", metavar="FIELD=COLUMN", help="What a column holds. May be repeated.")
]
AtLeast = Annotated[
    float | None, typer.Option("--at-least", min=0.0, max=1.0, metavar="P", help="From this probability on.")
]
What = Annotated[Literal["proposals", "pairs", "clusters"], typer.Option("--what", help="What --csv lists.")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Duplicates; default: all proposed.")]
Owner = Annotated[str, typer.Option("--owner", help="Who decides.")]
KindName = Annotated[Literal["accounts", "persons"], typer.Argument(help="accounts or persons.")]


def _list(
    name: str,
    file: Path | None,
    columns: list[str] | None,
    at_least: float | None,
    form: tuple[bool, bool],
    where: Path | None,
    what: str,
) -> int:
    from tieout.align.duplicates.finding import THRESHOLD
    from tieout.commands.doubles import columns_of, list_doubles
    from tieout.duplicates import Terms
    from tieout.show.progress import watching

    if columns and file is None:
        refuse("--column names the columns of a plain file. Give the file with --file.")
    json, csv = form
    with watching() as progress:
        terms = Terms(
            THRESHOLD if at_least is None else at_least,
            columns_of(columns),
            (lambda step: progress(step, 0, 0)) if progress else None,
        )
        workspace = None if file else place(where)
        result = list_doubles(workspace, file, name, terms, now(), output_of(json=json, csv=csv), what)
    return give(result)


@duplicates_app.command("accounts")
def duplicate_accounts(
    file: InFile = None,
    column: Columns = None,
    at_least: AtLeast = None,
    what: What = "proposals",
    json: AsJson = False,
    csv: AsCsv = False,
    workspace: Where = None,
) -> int:
    """Propose accounts that are likely one company, with the reasons."""
    return _list("accounts", file, column, at_least, (json, csv), workspace, what)


@duplicates_app.command("persons")
def duplicate_persons(
    file: InFile = None,
    column: Columns = None,
    at_least: AtLeast = None,
    what: What = "proposals",
    json: AsJson = False,
    csv: AsCsv = False,
    workspace: Where = None,
) -> int:
    """Propose contacts or leads that are likely one person, with the reasons."""
    return _list("persons", file, column, at_least, (json, csv), workspace, what)


@duplicates_app.command("accept")
def duplicates_accept(
    kind: KindName,
    ids: Ids = None,
    owner: Owner = "",
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "duplicate",
    at_least: AtLeast = None,
    json: AsJson = False,
    workspace: Where = None,
) -> int:
    """Write proposals into the register of merges."""
    return _decide(kind, (ids, owner, reason, at_least), json, workspace, accept=True)


@duplicates_app.command("reject")
def duplicates_reject(
    kind: KindName,
    ids: Ids = None,
    owner: Owner = "",
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "not the same",
    at_least: AtLeast = None,
    json: AsJson = False,
    workspace: Where = None,
) -> int:
    """Write proposals into the register of distinct records, so that they are not made again."""
    if not ids:
        refuse("Name the duplicates that are none, as in: tieout duplicates reject accounts 001A --owner NAME")
    return _decide(kind, (ids, owner, reason, at_least), json, workspace, accept=False)


def _decide(
    kind: str, given: tuple[list[str] | None, str, str, float | None], json: bool, where: Path | None, *, accept: bool
) -> int:
    from tieout.commands.doubles import decide_doubles
    from tieout.duplicates import Decision

    ids, owner, reason, at_least = given
    if not owner:
        refuse("A decision needs its owner: --owner NAME.")
    decision = Decision(owner, reason, tuple(ids or ()), at_least)
    return give(decide_doubles(place(where), kind, decision, now(), output_of(json=json), accept=accept))


@app.command()
def effects(
    period: InPeriod = None,
    as_of: AsOf = None,
    records: Records = False,
    json: AsJson = False,
    csv: AsCsv = False,
    workspace: Where = None,
) -> int:
    """Show what exclusions and merges do to each headline number, entry by entry."""
    from tieout.commands.effects import show_effects

    output = output_of(json=json, csv=csv)
    return give(show_effects(place(workspace), period, as_of, output, records=records))
