"""What pulls and keeps: `tieout refresh`, `tieout pull`, `tieout ledger`; and what takes a person out again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tieout.cli.given import Accept, AsJson, Where, app, give, ledger_app, output_of, place, refuse, run


@app.command()
def refresh(
    accept: Accept = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on: refresh when exports or the contract change.")] = False,
    json: AsJson = False,
    workspace: Where = None,
) -> int:
    """Pull, keep, align, measure and publish; tell what changed since last time."""
    from tieout.commands.pulling import refresh_all
    from tieout.show.progress import watching

    if watch:
        return _watch(accept, workspace, json=json)
    with watching() as progress:
        result = refresh_all(place(workspace), run(accept, progress), output_of(json=json))
    return give(result)


def _watch(accept: list[str] | None, workspace: Path | None, *, json: bool) -> int:
    """Refresh until it is interrupted. Raises UsageError for JSON, which is one document."""
    from tieout.commands.watching import Watch, watch

    if json:
        refuse("--watch writes lines as they come; --json is one document. Leave one of them out.")

    def write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    where = place(workspace)
    write("Watching the exports and the contract. Ctrl-C ends it.\n")
    watch(Watch(where, lambda: run(accept), output_of(), write))
    return 0


@app.command()
def pull(accept: Accept = None, json: AsJson = False, workspace: Where = None) -> int:
    """Pull what is new into the ledger: the first half of refresh."""
    from tieout.commands.pulling import pull_all
    from tieout.show.progress import watching

    with watching() as progress:
        result = pull_all(place(workspace), run(accept, progress), output_of(json=json))
    return give(result)


@app.command()
def erase(
    person: Annotated[str, typer.Argument(help="An address, a phone, a name, or SYSTEM.OBJECT:KEY.")],
    yes: Annotated[bool, typer.Option("--yes", help="Carry it out; without it, only the plan is shown.")] = False,
    plan: Annotated[str | None, typer.Option("--plan", metavar="ID", help="Only if this is still the plan.")] = None,
    json: AsJson = False,
    workspace: Where = None,
) -> int:
    """Erase a person from every file of the workspace; no figure moves."""
    from tieout.commands.erasing import carry_plan, show_plan

    where, how, output = place(workspace), run(), output_of(json=json)
    if yes:
        return give(carry_plan(where, person, how, output, plan))
    shown = show_plan(where, person, how, output)
    status = give(shown.result)
    if json or shown.digest is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return status
    if typer.prompt("\nThis cannot be undone. Type erase to carry it out", default="", show_default=False) != "erase":
        return status
    return give(carry_plan(where, person, run(), output, shown.digest))


@ledger_app.command("rebuild")
def ledger_rebuild(json: AsJson = False, workspace: Where = None) -> int:
    """Check every pull, and derive all changes again."""
    from tieout.commands.pulling import rebuild_changes

    return give(rebuild_changes(place(workspace), run(), output_of(json=json)))


@ledger_app.command("verify")
def ledger_verify(json: AsJson = False, workspace: Where = None) -> int:
    """Read every file of the ledger and compare it with what was committed."""
    from tieout.commands.pulling import verify_ledger

    return give(verify_ledger(place(workspace), output_of(json=json)))
