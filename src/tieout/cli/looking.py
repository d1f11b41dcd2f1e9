"""What shows a workspace as it is: `tieout check`, `tieout history`."""

from __future__ import annotations

from typing import Annotated

import typer

from tieout.cli.given import AsJson, InPeriod, OnCalendar, Where, app, give, output_of, place, run


@app.command()
def check(json: AsJson = False, workspace: Where = None) -> int:
    """Check contract, sources, ledger and data; nothing is pulled or changed."""
    from tieout.commands.looking import check_all

    return give(check_all(place(workspace), run(), output_of(json=json)))


@app.command()
def history(
    record: Annotated[str, typer.Argument(help="The id of an opportunity, account or lead.")],
    period: InPeriod = None,
    calendar: OnCalendar = None,
    json: AsJson = False,
    workspace: Where = None,
) -> int:
    """Show one record's life: each version, when true, when heard, from where."""
    from tieout.commands.looking import show_life

    return give(show_life(place(workspace), record, (period, calendar), output_of(json=json)))
