"""The numbers of opportunity stages, a part of the catalogue."""

from __future__ import annotations

from tieout.measure.numbers.metric import ANY_OPEN, LASTING, QUANTILES, Aggregate, Metric

_COHORT = "of the deals that first reached the stage, or went beyond it, in the period"
_STAYS = {
    "latest": ("How long does a deal stay in a stage, the last time it is there", "the newest stay in the stage"),
    "cumulative": ("How long is a deal in a stage, all its stays together", "all stays in the stage together"),
}
NEW: dict[str, object] = {"types": ("new",)}
WON_ANEW: dict[str, object] = {"types": ("new", "expansion"), "date_field": "close_date"}
COHORT: dict[str, object] = {**NEW, "date_field": "none"}


def _time(fact: str, aggregate: Aggregate) -> Metric:
    asked, counted = _STAYS[fact]
    word = QUANTILES[LASTING[aggregate]]
    return Metric(
        id=f"stages.time.{fact}.{LASTING[aggregate]}",
        question=f"{asked} ({word})?",
        formula=f"The {word} of the days of {counted}, {_COHORT} and were in it; those still there count as not yet "
        "ended (Kaplan and Meier). Deals of which it is not known since when are left out.",
        unit="days",
        fact=fact,
        aggregate=aggregate,
        owner="sales",
        better="lower",
        minimum_n=10,
        event=True,
    )


STAGE_METRICS: tuple[Metric, ...] = (
    Metric(
        id="stages.conversion",
        question="Of the deals that reached a stage, how many went on?",
        formula=f"Deals that reached a further open stage or are won / all, {_COHORT}; a stage that was jumped over "
        "was reached, a win that was undone is none. Not sliced by stage, all stages together. The rest is still open "
        "(stages.open_share) or closed.",
        unit="rate",
        fact="steps",
        aggregate="rate",
        owner="sales",
        cadence="monthly",
        minimum_n=10,
        event=True,
    ),
    Metric(
        id="stages.open_share",
        question="Of the deals that reached a stage, how many may still go on?",
        formula=f"Open deals that have not yet reached a further stage / all, {_COHORT}.",
        unit="rate",
        fact="steps_open",
        aggregate="rate",
        owner="sales",
        better="within",
        cadence="monthly",
        minimum_n=10,
        event=True,
    ),
    Metric(
        id="stages.skip_rate",
        question="How many deals jump over a stage?",
        formula=f"Deals that were in a further stage, or won, before they were ever in it / all, {_COHORT}.",
        unit="rate",
        fact="skips",
        aggregate="rate",
        owner="sales",
        better="lower",
        cadence="monthly",
        minimum_n=10,
        event=True,
    ),
    Metric(
        id="stages.regress_rate",
        question="How many deals fall back behind a stage that they had reached?",
        formula=f"Deals that were in an earlier open stage after they had reached it / all, {_COHORT}.",
        unit="rate",
        fact="regresses",
        aggregate="rate",
        owner="sales",
        better="lower",
        cadence="monthly",
        minimum_n=10,
        event=True,
    ),
    Metric(
        id="stages.reentry_rate",
        question="How many deals come back into a stage that they had left?",
        formula=f"Deals that entered it a second time / all, {_COHORT}.",
        unit="rate",
        fact="reentries",
        aggregate="rate",
        owner="sales",
        better="lower",
        cadence="monthly",
        minimum_n=10,
        event=True,
    ),
    *(_time(fact, aggregate) for fact in _STAYS for aggregate in LASTING),
    Metric(
        id="stages.stalled",
        question="How much money lies in deals that have been in their stage for too long?",
        formula="Sum of the amounts of open deals that have been in their stage for longer than the 90th percentile of "
        "the stays of their own segment in it: all stays until as-of, those that go on counted as not yet ended "
        "(Kaplan and Meier). Where fewer than 10 stays ended, no deal is judged.",
        unit="money",
        fact="stalled",
        aggregate="sum",
        owner="sales",
        better="lower",
        lens=ANY_OPEN,
        event=True,
        of_moment=True,
    ),
    Metric(
        id="pipeline_velocity",
        question="How much money goes through the pipeline in a day?",
        formula="Open deals x mean amount of a won deal x win rate / mean days of a won cycle, a day: new business at "
        "or beyond the qualifying stage, open as of the moment with any close date (past due included); won and lost "
        "in the four full quarters before, by close date; cycles as cycle_time.won.mean. Exact only in a steady state: "
        "it is shown beside pipeline_velocity.realised, and is no forecast.",
        unit="money",
        fact="velocity",
        aggregate="velocity",
        owner="sales",
        lens=NEW,
        event=True,
        of_moment=True,
    ),
    Metric(
        id="pipeline_velocity.realised",
        question="How much was really won in a day?",
        formula="Amounts of the won deals that pipeline_velocity counts, at the rate of their close date / days of "
        "those four quarters.",
        unit="money",
        fact="won_a_day",
        aggregate="velocity",
        owner="sales",
        lens=NEW,
        event=True,
        of_moment=True,
    ),
    Metric(
        id="win_rate.created.count",
        question="Of the new business that reached the qualifying stage in the period, how much is won by now?",
        formula="Won / (won + lost + still open), of new business that first reached the qualifying stage in the "
        "period, as of the moment; disqualified deals are left out. What is open may still be won "
        "(win_rate.created.open_share); a cohort younger than the 90th percentile of a won cycle is immature.",
        unit="rate",
        fact="cohort",
        aggregate="rate",
        owner="sales",
        minimum_n=10,
        lens=COHORT,
        event=True,
    ),
    Metric(
        id="win_rate.created.open_share",
        question="How much of the cohort of win_rate.created.count is still open?",
        formula="Open / (won + lost + still open), population of win_rate.created.count.",
        unit="rate",
        fact="cohort_open",
        aggregate="rate",
        owner="sales",
        better="within",
        minimum_n=10,
        lens=COHORT,
        event=True,
    ),
    Metric(
        id="win_rate.created.maturity",
        question="How much of the cohort of win_rate.created.count is old enough to judge it?",
        formula="Deals that reached the qualifying stage longer ago than the 90th percentile of the cycles of new "
        "business won until as-of / all, population of win_rate.created.count.",
        unit="rate",
        fact="cohort_ripe",
        aggregate="rate",
        owner="sales",
        minimum_n=10,
        lens=COHORT,
        event=True,
    ),
    Metric(
        id="win_rate.narrow",
        question="Of the new business that was won or lost to a competitor, how much was won?",
        formula="Won / (won + lost with a competitor named), population of win_rate.closed.count. Absent where no lost "
        "deal names a competitor.",
        unit="rate",
        fact="narrow",
        aggregate="rate",
        owner="sales",
        minimum_n=10,
        lens=NEW,
        event=True,
    ),
    Metric(
        id="sales_efficiency",
        question="How much was won for each unit of money that sales cost?",
        formula="Amounts of new business and expansion won in the period / spend of the same period in the categories "
        "that the plan names as the fully-loaded cost of sales (sales_cost). Absent where it names none.",
        unit="ratio",
        fact="efficiency",
        aggregate="efficiency",
        owner="finance",
        cadence="monthly",
        lens=WON_ANEW,
        needs_period=True,
        event=True,
    ),
    Metric(
        id="sales_efficiency.lagged",
        question="How much was won for each unit of money that sales cost when it was worked on?",
        formula="As sales_efficiency, over the cost of as long a time that lies a cycle earlier: the median of "
        "cycle_time.won of what was won in the period, in whole months. Absent where no won deal has a known cycle.",
        unit="ratio",
        fact="efficiency_lagged",
        aggregate="efficiency",
        owner="finance",
        cadence="monthly",
        lens=WON_ANEW,
        needs_period=True,
        event=True,
    ),
    *(
        Metric(
            id=f"coverage.required{variant}",
            question=question,
            formula=f"{formula}, of the trailing 8 quarters (at least 4) as of the same day of each. Conversion: won "
            "in the quarter from the deals that were in pipeline.open_qualified on that day / that pipeline. Won from "
            "elsewhere: won in the quarter after that day from other deals / all won after it. The definition of the "
            "day asked about holds for all quarters.",
            unit="ratio",
            fact=fact,
            aggregate="required",
            owner="sales",
            better="within",
            needs_period=True,
            event=True,
            of_moment=True,
        )
        for variant, fact, question, formula in (
            ("", "required", "How much coverage does our own history ask for?", "1 / conversion"),
            (
                ".adjusted",
                "required_adjusted",
                "How much coverage does it ask for, as part is won from deals that are not in pipeline yet?",
                "(1 - won from elsewhere) / conversion",
            ),
        )
    ),
)
