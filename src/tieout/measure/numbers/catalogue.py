"""The catalogue of numbers: what people read as the glossary and what the compiler works from, so they cannot disagree.

Each id names its variant. `fact` names the rows that are counted (facts.py), `aggregate` how they become one value.
"""

from __future__ import annotations

from tieout.contract.model import Band
from tieout.measure.numbers.clock_metrics import CLOCK_METRICS
from tieout.measure.numbers.funnel_metrics import FUNNEL_METRICS
from tieout.measure.numbers.metric import ANY_OPEN, CLOSED_WON, Aggregate, Metric
from tieout.measure.numbers.quality_metrics import QUALITY_METRICS
from tieout.measure.numbers.slip import SLIP_METRICS
from tieout.measure.numbers.stage_metrics import STAGE_METRICS

__all__ = ["BY_ID", "METRICS", "Metric"]

AVERAGES: tuple[tuple[Aggregate, str], ...] = (("mean", "average"), ("median", "median"), ("p75", "75th percentile"))

METRICS: tuple[Metric, ...] = (
    Metric(
        id="pipeline.open",
        question="How much is open, in any stage and with any close date?",
        formula="Sum of the amounts (base currency) of all opportunities that are open as of the moment; not deleted, "
        "merged, duplicate or excluded.",
        unit="money",
        fact="units",
        aggregate="sum",
        owner="sales",
        lens=ANY_OPEN,
    ),
    Metric(
        id="pipeline.open_qualified",
        question="What is the one pipeline number?",
        formula="Sum of the annualized recurring amounts (base currency, plan rate) of opportunities that are open, at "
        "or beyond the qualifying stage, of a counted type, not in an omitted forecast category, not excluded, "
        "with a close date in the period and not past due.",
        unit="money",
        fact="units",
        aggregate="sum",
        owner="sales",
        needs_period=True,
    ),
    Metric(
        id="pipeline.past_due",
        question="How much qualified pipeline has a close date that has passed?",
        formula="As pipeline.open_qualified without a period, counting only open deals whose close date lies before "
        "the day of as-of. It belongs to no period.",
        unit="money",
        fact="past_due",
        aggregate="sum",
        owner="sales",
        better="lower",
        lens={"date_field": "none", "past_due": True},
    ),
    Metric(
        id="pipeline.created",
        question="How much pipeline was created?",
        formula="Sum of the amounts, at that time, of opportunities for which all qualifying conditions held for the "
        "first time in the period, by the definition then in force; later disqualification does not remove it.",
        unit="money",
        fact="created",
        aggregate="sum",
        owner="marketing",
        event=True,
    ),
    Metric(
        id="coverage.opening",
        question="Did the period open with enough pipeline for its target?",
        formula="pipeline.open_qualified as of the first day of the period / target of the period, in the same "
        "types, basis and rates.",
        unit="ratio",
        fact="opening",
        aggregate="coverage",
        owner="sales",
        better="within",
        band=Band(low=3.0, high=5.0, breach=3.0),
        needs_period=True,
    ),
    Metric(
        id="coverage.opening.week3",
        question="Was there enough pipeline three weeks into the period?",
        formula="pipeline.open_qualified as of the last day of the period's third week / target of the period.",
        unit="ratio",
        fact="week3",
        aggregate="coverage",
        owner="sales",
        better="within",
        band=Band(low=3.0, high=5.0, breach=3.0),
        needs_period=True,
    ),
    Metric(
        id="coverage.to_go",
        question="Is there enough pipeline for what is still to be won?",
        formula="pipeline.open_qualified / (target of the period - won in it to date); 'target met' where nothing is "
        "left to win.",
        unit="ratio",
        fact="to_go",
        aggregate="coverage",
        owner="sales",
        better="within",
        band=Band(low=3.0, high=5.0, breach=3.0),
        needs_period=True,
    ),
    Metric(
        id="win_rate.closed.count",
        question="Of the new business that reached the qualifying stage and was closed, how much was won?",
        formula="Won / (won + lost), by close date in the period; new business that reached the qualifying stage; no "
        "decision counts as lost.",
        unit="rate",
        fact="closed",
        aggregate="rate",
        owner="sales",
        minimum_n=10,
        lens={"types": ("new",)},
        event=True,
    ),
    Metric(
        id="win_rate.closed.count.expansion",
        question="Of the expansion deals that reached the qualifying stage and were closed, how many were won?",
        formula="As win_rate.closed.count, for expansion.",
        unit="rate",
        fact="closed",
        aggregate="rate",
        owner="customer success",
        minimum_n=10,
        lens={"types": ("expansion",)},
        event=True,
    ),
    Metric(
        id="win_rate.closed.value",
        question="Of the money closed, how much was won?",
        formula="Amount won / amount won and lost; population of win_rate.closed.count.",
        unit="rate",
        fact="closed",
        aggregate="share",
        owner="sales",
        minimum_n=10,
        lens={"types": ("new",)},
        event=True,
    ),
    *(
        Metric(
            id=f"cycle_time.won.{aggregate}",
            question=f"How long does a won deal take from qualifying to close ({word})?",
            formula=f"The {word} of days from first entering the qualifying stage (or beyond) to the close; won deals "
            "closed in the period; re-entry does not restart the clock.",
            unit="days",
            fact="cycles",
            aggregate=aggregate,
            owner="sales",
            better="lower",
            minimum_n=10,
            event=True,
        )
        for aggregate, word in AVERAGES
    ),
    Metric(
        id="contribution.sourced",
        question="What share of the pipeline created did marketing source?",
        formula="Amount of pipeline created with the source class of marketing / amount of all pipeline created; by "
        "source class the shares sum to 1, unknown included.",
        unit="rate",
        fact="created",
        aggregate="share",
        owner="marketing",
        better="within",
        cadence="monthly",
        band=Band(low=0.35, high=0.60),
        event=True,
    ),
    Metric(
        id="contribution.open",
        question="What share of the open qualified pipeline did marketing source?",
        formula="Amount of pipeline.open_qualified with the source class of marketing / all of it.",
        unit="rate",
        fact="sourced",
        aggregate="share",
        owner="marketing",
        better="within",
        cadence="monthly",
        band=Band(low=0.35, high=0.60),
        needs_period=True,
    ),
    Metric(
        id="leads.new",
        question="How many leads came in?",
        formula="Leads by first contact in the period; duplicates merged away are not counted.",
        unit="count",
        fact="leads",
        aggregate="count",
        owner="marketing",
        event=True,
    ),
    Metric(
        id="conversion.lead_to_won",
        question="Of the leads of a cohort, how many were won by now?",
        formula="Leads with an opportunity won by as-of / leads of the cohort, by first contact, no horizon; cohorts "
        "younger than the 90th percentile of the time to win are immature.",
        unit="rate",
        fact="leads",
        aggregate="rate",
        owner="marketing",
        cadence="monthly",
        minimum_n=10,
        event=True,
    ),
    Metric(
        id="bookings",
        question="How much was won?",
        formula="Sum of the amounts of opportunities won, by close date in the period and at the rate of that date; "
        "re-opened deals count at their final close, or as known then when asked as said then.",
        unit="money",
        fact="units",
        aggregate="sum",
        owner="finance",
        lens=CLOSED_WON,
    ),
    Metric(
        id="revenue.realised",
        question="How much revenue do finance's records show?",
        formula="Sum of finance's records dated in the period, by the source of the lead that became the customer; "
        "customers without a lead are '(no lead)'.",
        unit="money",
        fact="revenue",
        aggregate="sum",
        owner="finance",
        cadence="monthly",
        event=True,
    ),
    Metric(
        id="stages.visits",
        question="How often was a stage entered?",
        formula="Stays in a stage that began in the period, re-entries included.",
        unit="count",
        fact="visits",
        aggregate="count",
        owner="sales",
        better="within",
        event=True,
    ),
    *(
        Metric(
            id=f"stages.time.{aggregate}",
            question=f"How long does a stay in a stage take ({word})?",
            formula=f"The {word} of days from entering to leaving; stays that ended in the period.",
            unit="days",
            fact="stays",
            aggregate=aggregate,
            owner="sales",
            better="lower",
            minimum_n=10,
            event=True,
        )
        for aggregate, word in AVERAGES
    ),
    *FUNNEL_METRICS,
    *STAGE_METRICS,
    *SLIP_METRICS,
    *CLOCK_METRICS,
    *QUALITY_METRICS,
)

BY_ID = {metric.id: metric for metric in METRICS}
"""The catalogue by id."""
