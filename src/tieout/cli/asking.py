"""What asks for figures: `tieout ask`, `tieout bridge`, `tieout lenses`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from tieout.basics.wording import names_in
from tieout.cli.given import (
    AsCsv,
    AsHtml,
    AsJson,
    AsOf,
    Criteria,
    InPeriod,
    KnownAt,
    OnCalendar,
    OnCalendars,
    Org,
    Records,
    SaidThen,
    SlicedBy,
    Where,
    app,
    give,
    one_knowledge,
    only,
    output_of,
    place,
    refuse,
)


@app.command()
def ask(
    metric: Annotated[str | None, typer.Argument(help="A number of the glossary; --list shows them.")] = None,
    period: InPeriod = None,
    by: SlicedBy = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    said_then: SaidThen = False,
    calendar: OnCalendars = None,
    org: Org = "as-was",
    rates: Annotated[Literal["plan", "spot"] | None, typer.Option("--rates", help="Exchange rates.")] = None,
    where: Criteria = None,
    lens: Annotated[str | None, typer.Option("--lens", help="Count as a team does.")] = None,
    records: Records = False,
    original: Annotated[bool, typer.Option("--original", help="Add each currency's own sum and its rate.")] = False,
    align: Annotated[
        int | None, typer.Option("--align", metavar="N", help="On this day of the last N quarters.")
    ] = None,
    align_by: Annotated[Literal["day", "end"], typer.Option("--align-by", help="Count days from there.")] = "day",
    passport: Annotated[
        str | None, typer.Option("--passport", metavar="FILE", help="Ask a stored answer again.")
    ] = None,
    glossary: Annotated[bool, typer.Option("--list", help="Show every number.")] = False,
    json: AsJson = False,
    csv: AsCsv = False,
    workspace: Where = None,
) -> int:
    """Ask a number: its value, n, interval, band, history and passport."""
    from tieout.commands.asking import Moments, ask_aligned, ask_calendars, ask_number, ask_passport, list_numbers
    from tieout.measure.answers import Question

    output = output_of(json=json, csv=csv)
    if glossary:
        return give(list_numbers(output))
    if passport:
        only(csv=csv)
        return give(ask_passport(place(workspace), passport, output))
    if not metric:
        refuse("No number was named. `tieout ask --list` shows all; for example: tieout ask pipeline.open_qualified")
    one_knowledge(known_at, said_then=said_then)
    one = calendar[0] if calendar else None
    slices = names_in(by)
    question = Question(metric, period, slices, None, None, said_then, one, org, rates, where, lens, records, original)
    moments = Moments(as_of, known_at)
    if align is not None:
        if original or records or len(calendar or ()) > 1:
            refuse("--align goes with neither --original, --records nor several calendars.")
        return give(ask_aligned(place(workspace), question, moments, (align, align_by), output))
    if calendar and len(calendar) > 1:
        if original:
            refuse("--original is for one calendar at a time.")
        return give(ask_calendars(place(workspace), question, moments, tuple(calendar), output))
    return give(ask_number(place(workspace), question, moments, output))


@app.command()
def bridge(
    start: Annotated[
        str, typer.Argument(metavar="A", help="LENS[@as-of][~known-at][+option]; the agreed lens is `agreed`.")
    ],
    end: Annotated[str, typer.Argument(metavar="B", help="The same, for the other end.")],
    period: InPeriod = None,
    calendar: OnCalendar = None,
    org: Org = "as-was",
    where: Criteria = None,
    by: SlicedBy = None,
    records: Records = False,
    gross: Annotated[bool, typer.Option("--gross", help="Also what went and came back between two moments.")] = False,
    json: AsJson = False,
    csv: AsCsv = False,
    workspace: Where = None,
) -> int:
    """Explain the difference between two figures, cause by cause, to the cent."""
    from tieout.commands.bridging import explain
    from tieout.ends import BridgeTerms

    terms = BridgeTerms(period, calendar, as_is=org == "as-is", gross=gross, where=where, by=names_in(by))
    return give(explain(place(workspace), (start, end), terms, output_of(json=json, csv=csv), records=records))


@app.command()
def lenses(
    period: InPeriod = None,
    as_of: AsOf = None,
    calendar: OnCalendar = None,
    json: AsJson = False,
    html: AsHtml = None,
    workspace: Where = None,
) -> int:
    """Tie out: the agreed number, the number of each team, every step between."""
    from tieout.commands.bridging import show_lenses
    from tieout.ends import BridgeTerms

    return give(show_lenses(place(workspace), BridgeTerms(period, calendar), as_of, output_of(json=json, html=html)))
