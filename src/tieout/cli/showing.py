"""What shows figures over time: `tieout show`."""

from __future__ import annotations

from dataclasses import replace
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
    Org,
    Records,
    SaidThen,
    SlicedBy,
    Where,
    app,
    give,
    one_knowledge,
    output_of,
    place,
    refuse,
)

show_app = typer.Typer(help="Show figures over time: whence they came, where they went.", no_args_is_help=True)
app.add_typer(show_app, name="show")


@show_app.command("series")
def show_series(
    metric: Annotated[str, typer.Argument(help="A number of the glossary: tieout ask --list.")],
    every: Annotated[
        Literal["day", "week", "month", "quarter"], typer.Option("--every", help="The buckets.")
    ] = "month",
    first: Annotated[str | None, typer.Option("--from", metavar="DAY", help="The first day.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DAY", help="The last day.")] = None,
    period: InPeriod = None,
    by: SlicedBy = None,
    where: Criteria = None,
    lens: Annotated[str | None, typer.Option("--lens", help="Count as a team does.")] = None,
    calendar: OnCalendar = None,
    org: Org = "as-was",
    known_at: KnownAt = None,
    said_then: Annotated[bool, typer.Option("--said-then", help="As it was said at the end of each bucket.")] = False,
    what_we_said: Annotated[bool, typer.Option("--what-we-said", help="As each refresh published it.")] = False,
    restated: Annotated[bool, typer.Option("--restated", help="As known now, beside the others.")] = False,
    builds: Annotated[bool, typer.Option("--builds", help="Make the builds that --said-then needs.")] = False,
    align: Annotated[int | None, typer.Option("--align", metavar="N", help="The last N quarters, day by day.")] = None,
    align_by: Annotated[Literal["day", "end"], typer.Option("--align-by", help="Count days from there.")] = "day",
    records: Records = False,
    json: AsJson = False,
    csv: AsCsv = False,
    html: AsHtml = None,
    workspace: Where = None,
) -> int:
    """Show a number by day, week, month or quarter: restated, as said then, and what we said."""
    from tieout.commands.showing.series import SeriesGiven, show_aligned
    from tieout.commands.showing.series import show_series as show
    from tieout.measure.answers import Question
    from tieout.over_time import Way

    if known_at and (said_then or what_we_said):
        refuse("--known-at goes with neither --said-then nor --what-we-said: those are as known at each moment.")
    asked: list[tuple[bool, Way]] = [(said_then, "said then"), (what_we_said, "what we said")]
    chosen = tuple(way for told, way in asked if told)
    ways: tuple[Way, ...] = ("restated", *chosen) if restated or not chosen else chosen
    question = Question(metric, period, names_in(by), None, None, False, calendar, org, None, where, lens, records)
    output = output_of(json=json, csv=csv, html=html)
    if align is not None:
        if records or by or first or known_at or what_we_said or (said_then and restated):
            refuse("--align goes with --to, --where, --lens, --calendar, --org and --said-then only.")
        question = replace(question, said_then=said_then)
        return give(show_aligned(place(workspace), question, last, (align, align_by), output))
    given = SeriesGiven(every, first, last, known_at, ways, builds)
    return give(show(place(workspace), question, given, output))


@show_app.command()
def funnel(
    cohort: Annotated[
        Literal["mql", "lead"] | None, typer.Option("--cohort", help="Episodes by MQL, or persons by first contact.")
    ] = None,
    flow: Annotated[bool, typer.Option("--flow", help="Entries into each step in the period instead.")] = False,
    within: Annotated[
        int | None,
        typer.Option("--within", metavar="DAYS", min=1, max=3650, help="The time a cohort has; 90, of leads 180."),
    ] = None,
    step: Annotated[
        str | None, typer.Option("--step", metavar="STEP", help="One step: why people stop before it, who reached it.")
    ] = None,
    period: InPeriod = None,
    by: SlicedBy = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    said_then: SaidThen = False,
    calendar: OnCalendar = None,
    org: Org = "as-was",
    where: Criteria = None,
    records: Records = False,
    json: AsJson = False,
    csv: AsCsv = False,
    html: AsHtml = None,
    workspace: Where = None,
) -> int:
    """How far people come, from lead to renewal: each step, where they stop, how long it takes."""
    from tieout.commands.asking import Moments
    from tieout.commands.showing.funnel import FunnelGiven, show_funnel
    from tieout.measure.answers import Question

    one_knowledge(known_at, said_then=said_then)
    if flow and within:
        refuse("--within is the time a cohort has; a --flow has none. Leave out one of them.")
    given = FunnelGiven(cohort or "mql", flow, within, step)
    question = Question(
        given.metric, period, names_in(by), None, None, said_then, calendar, org, None, where, records=records
    )
    return give(
        show_funnel(
            place(workspace), question, Moments(as_of, known_at), given, output_of(json=json, csv=csv, html=html)
        )
    )


@show_app.command()
def stages(
    period: InPeriod = None,
    by: SlicedBy = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    said_then: SaidThen = False,
    calendar: OnCalendar = None,
    org: Org = "as-was",
    where: Criteria = None,
    records: Records = False,
    json: AsJson = False,
    csv: AsCsv = False,
    html: AsHtml = None,
    workspace: Where = None,
) -> int:
    """How deals go through the stages: who goes on, how long they stay, who stays too long, what flows in a day."""
    from tieout.commands.asking import Moments
    from tieout.commands.showing.stages import show_stages
    from tieout.measure.answers import Question

    one_knowledge(known_at, said_then=said_then)
    question = Question(
        "stages.conversion", period, names_in(by), None, None, said_then, calendar, org, None, where, records=records
    )
    return give(
        show_stages(place(workspace), question, Moments(as_of, known_at), output_of(json=json, csv=csv, html=html))
    )


@show_app.command()
def coverage(
    period: InPeriod = None,
    by: SlicedBy = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    said_then: Annotated[bool, typer.Option("--said-then", help="The pipeline of each quarter as said then.")] = False,
    calendar: OnCalendar = None,
    org: Org = "as-was",
    where: Criteria = None,
    lens: Annotated[str | None, typer.Option("--lens", help="Count as a team does.")] = None,
    quarters: Annotated[int, typer.Option("--quarters", metavar="N", help="Trailing quarters, 4 to 8.")] = 8,
    week: Annotated[int | None, typer.Option("--week", metavar="N", help="At the end of this week.")] = None,
    weeks: Annotated[bool, typer.Option("--weeks", help="Add what every week of the quarter needs.")] = False,
    records: Records = False,
    json: AsJson = False,
    csv: AsCsv = False,
    html: AsHtml = None,
    workspace: Where = None,
) -> int:
    """How much coverage there is, and how much our own history asks for; what is missing, in money."""
    from tieout.commands.asking import Moments
    from tieout.commands.showing.coverage import Looked, show_coverage
    from tieout.measure.answers import Question

    one_knowledge(known_at, said_then=said_then)
    slices = names_in(by)
    question = Question(
        "coverage.required.adjusted", period, slices, None, None, said_then, calendar, org, None, where, lens, records
    )
    looked, output = Looked(quarters, week, weeks), output_of(json=json, csv=csv, html=html)
    return give(show_coverage(place(workspace), question, Moments(as_of, known_at), looked, output))


@show_app.command()
def waterfall(
    start: Annotated[
        str | None, typer.Option("--from", metavar="D", help="From the end of this date, or a time.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="D", help="To the end of this date, or a time.")] = None,
    period: InPeriod = None,
    closing: Annotated[
        str | None, typer.Option("--closing", metavar="PERIOD", help="Deals that close in it; `any`: whenever.")
    ] = None,
    by: SlicedBy = None,
    where: Criteria = None,
    lens: Annotated[str, typer.Option("--lens", help="Count as a team does.")] = "agreed",
    org: Org = "as-was",
    calendar: OnCalendar = None,
    known_at: KnownAt = None,
    said_then: Annotated[bool, typer.Option("--said-then", help="Each end as it was known then.")] = False,
    gross: Annotated[bool, typer.Option("--gross", help="Post every version, not only the two ends.")] = False,
    weighted: Annotated[bool, typer.Option("--weighted", help="Weight by the probability of the stage.")] = False,
    deals: Annotated[bool, typer.Option("--deals", help="Add how often each deal was pushed and changed.")] = False,
    records: Records = False,
    json: AsJson = False,
    csv: AsCsv = False,
    html: AsHtml = None,
    workspace: Where = None,
) -> int:
    """Where the pipeline came from and went, cause by cause, to the cent."""
    from tieout.commands.showing.waterfall import show_waterfall
    from tieout.waterfall import WaterfallAsked

    asked = WaterfallAsked(
        start,
        end,
        period,
        closing,
        calendar,
        lens,
        org,
        known_at,
        said_then,
        where,
        names_in(by),
        gross,
        weighted,
        deals,
    )
    return give(show_waterfall(place(workspace), asked, output_of(json=json, csv=csv, html=html), records=records))


@show_app.command("clocks")
def clocks(
    period: InPeriod = None,
    by: SlicedBy = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    said_then: SaidThen = False,
    calendar: OnCalendar = None,
    org: Org = "as-was",
    where: Criteria = None,
    records: Records = False,
    json: AsJson = False,
    csv: AsCsv = False,
    html: AsHtml = None,
    workspace: Where = None,
) -> int:
    """Show how soon hand-offs are answered, on whose clock, and what was late where they were not."""
    from tieout.commands.asking import Moments
    from tieout.commands.showing.clocks import METRIC, show_clocks
    from tieout.measure.answers import Question

    one_knowledge(known_at, said_then=said_then)
    output = output_of(json=json, csv=csv, html=html)
    question = Question(
        METRIC, period, names_in(by), None, None, said_then, calendar, org, where=where, records=records or bool(html)
    )
    return give(show_clocks(place(workspace), question, Moments(as_of, known_at), output))


@show_app.command("statement")
def statement(
    period: InPeriod = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    said_then: SaidThen = False,
    calendar: OnCalendar = None,
    where: Criteria = None,
    records: Records = False,
    json: AsJson = False,
    csv: AsCsv = False,
    html: AsHtml = None,
    workspace: Where = None,
) -> int:
    """Show the account between marketing and sales: what each owed and delivered, month by month."""
    from tieout.commands.asking import Moments
    from tieout.commands.showing.statement import METRIC, show_statement
    from tieout.measure.answers import Question

    one_knowledge(known_at, said_then=said_then)
    output = output_of(json=json, csv=csv, html=html)
    question = Question(METRIC, period, (), None, None, said_then, calendar, where=where, records=records or bool(html))
    return give(show_statement(place(workspace), question, Moments(as_of, known_at), output))
