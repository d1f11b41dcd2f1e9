"""What shows a workspace as it is: `tieout check`, `tieout history`."""

from __future__ import annotations

from typing import Annotated

import typer

from tieout.cli.given import (
    AsCsv,
    AsJson,
    InPeriod,
    OnCalendar,
    Records,
    Where,
    app,
    give,
    now,
    output_of,
    place,
    refuse,
    run,
)


@app.command()
def check(json: AsJson = False, workspace: Where = None) -> int:
    """Check contract, sources, ledger and data; nothing is pulled or changed."""
    from tieout.commands.looking import check_all

    return give(check_all(place(workspace), run(), output_of(json=json)))


@app.command()
def audit(records: Records = False, json: AsJson = False, csv: AsCsv = False, workspace: Where = None) -> int:
    """Audit the data: right stage, required fields, names, owners; what is at stake, the trend."""
    from tieout.commands.auditing import show_audit

    return give(show_audit(place(workspace), output_of(json=json, csv=csv), records=records))


@app.command()
def sources(
    field: Annotated[str | None, typer.Argument(help="One field: who tells, requires and reads it.")] = None,
    chart: Annotated[bool, typer.Option("--mermaid", help="Write the map of flows as a Mermaid chart.")] = False,
    json: AsJson = False,
    workspace: Where = None,
) -> int:
    """Show which system holds what, who answers for it, what reads it, and the gaps."""
    from tieout.commands.auditing import show_sources

    if chart and (json or field):
        refuse("--mermaid is a chart of everything: it takes neither --json nor a field.")
    return give(show_sources(place(workspace), now(), field, output_of(json=json), chart=chart))


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
