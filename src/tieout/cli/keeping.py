"""What pulls and keeps: `tieout refresh`, `tieout pull`, `tieout ledger`."""

from __future__ import annotations

from tieout.cli.given import Accept, AsJson, Where, app, give, ledger_app, output_of, place, run


@app.command()
def refresh(accept: Accept = None, json: AsJson = False, workspace: Where = None) -> int:
    """Pull, keep, align, measure and publish; tell what changed since last time."""
    from tieout.commands.pulling import refresh_all
    from tieout.show.progress import watching

    with watching() as progress:
        result = refresh_all(place(workspace), run(accept, progress), output_of(json=json))
    return give(result)


@app.command()
def pull(accept: Accept = None, json: AsJson = False, workspace: Where = None) -> int:
    """Pull what is new into the ledger: the first half of refresh."""
    from tieout.commands.pulling import pull_all
    from tieout.show.progress import watching

    with watching() as progress:
        result = pull_all(place(workspace), run(accept, progress), output_of(json=json))
    return give(result)


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
