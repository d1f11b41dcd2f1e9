"""What ties a team's own list out: `tieout tie`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tieout.cli.given import (
    AsCsv,
    AsJson,
    InPeriod,
    OnCalendar,
    Org,
    Records,
    Where,
    app,
    give,
    output_of,
    place,
    refuse,
)


@app.command()
def tie(
    sheet: Annotated[Path | None, typer.Argument(help="A team's own list: CSV or a workbook.")] = None,
    total: Annotated[str | None, typer.Option("--total", metavar="N", help="The figure reported: 8.4M.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="What to call it: marketing.")] = None,
    against: Annotated[
        str, typer.Option("--against", metavar="A", help="LENS[@as-of][~known-at] to begin from.")
    ] = "agreed",
    find: Annotated[bool, typer.Option("--find", help="Propose the lens that reproduces it best.")] = False,
    period: InPeriod = None,
    calendar: OnCalendar = None,
    org: Org = "as-was",
    id_column: Annotated[str | None, typer.Option("--id", metavar="COLUMN", help="The column of ids.")] = None,
    name_column: Annotated[
        str | None, typer.Option("--name-column", metavar="COLUMN", help="The column of names.")
    ] = None,
    account: Annotated[str | None, typer.Option("--account", metavar="COLUMN", help="The column of accounts.")] = None,
    amount: Annotated[str | None, typer.Option("--amount", metavar="COLUMN", help="The column of amounts.")] = None,
    tab: Annotated[str | None, typer.Option("--sheet", help="The sheet of a workbook.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", metavar="CODE", help="Of the amounts.")] = None,
    decimal: Annotated[Literal[".", ","] | None, typer.Option("--decimal", help="What separates the cents.")] = None,
    unit: Annotated[int | None, typer.Option("--unit", min=1, help="1000 where amounts are in thousands.")] = None,
    matches: Annotated[Path | None, typer.Option("--matches", metavar="FILE", help="Confirmed matches.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Write the matches to confirm them.")] = False,
    records: Records = False,
    json: AsJson = False,
    csv: AsCsv = False,
    workspace: Where = None,
) -> int:
    """Tie out a team's own list or total: every row to its record, every difference to its cause."""
    from tieout.commands.tying import find_behind, read_total, tie_out_sheet
    from tieout.ends import BridgeTerms, read_end
    from tieout.measure.sheets.columns import Choice
    from tieout.tying import Reported

    if sheet is None and total is None:
        refuse("Give a sheet, or a figure with --total. For example: tieout tie marketing.xlsx")
    if keep and sheet is None:
        refuse("--keep writes the matches of a sheet; none was given.")
    columns = {"id": id_column, "name": name_column, "account": account, "amount": amount}
    choice = Choice(tab, {role: head for role, head in columns.items() if head}, currency, decimal, unit)
    figure, precision = read_total(total)
    reported = Reported(sheet, figure, name, choice, matches, precision)
    terms = BridgeTerms(period, calendar, as_is=org == "as-is")
    output = output_of(json=json, csv=csv)
    if find:
        if csv or keep or records:
            refuse("--find gives a proposal. Allowed with it: --json.")
        return give(find_behind(place(workspace), reported, (read_end(against), terms), output))
    return give(
        tie_out_sheet(place(workspace), reported, (read_end(against), terms), output, records=records, keep=keep)
    )
