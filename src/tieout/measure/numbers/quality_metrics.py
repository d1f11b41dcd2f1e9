"""The numbers of data quality, a part of the catalogue."""

from __future__ import annotations

from tieout.measure.numbers.metric import ANY_OPEN, CLOSED_WON, Metric

QUALITY_METRICS: tuple[Metric, ...] = (
    Metric(
        id="completeness.required",
        question="Of the fields that open deals must have in their stage, how many are filled?",
        formula="Required fields that are filled / required fields, of every open deal, by the stage it is in; a stage "
        "requires its own fields and those of the open stages before it. Each field of each deal weighs the same. A "
        "deal is counted from when the whole of it was first told: before that an empty field may have been filled.",
        unit="rate",
        fact="required",
        aggregate="rate",
        cadence="monthly",
        minimum_n=10,
        lens=ANY_OPEN,
    ),
    Metric(
        id="completeness.closed",
        question="Of the fields that closed deals must have, how many are filled?",
        formula="As completeness.required, of the deals won, lost or disqualified, by close date in the period. A lost "
        "or disqualified deal owes only what its own stage requires.",
        unit="rate",
        fact="required",
        aggregate="rate",
        cadence="monthly",
        minimum_n=10,
        lens={**CLOSED_WON, "outcomes": ("won", "lost", "disqualified")},
        needs_period=True,
    ),
    Metric(
        id="completeness.leads",
        question="Of the fields that leads must have in their stage, how many are filled?",
        formula="Required fields that are filled / required fields, of every lead that is not merged away, by the "
        "stage of the lifecycle it is in; leads of which no change of stage is told are in the first one.",
        unit="rate",
        fact="lead_required",
        aggregate="rate",
        owner="marketing",
        cadence="monthly",
        minimum_n=10,
        event=True,
    ),
    Metric(
        id="pipeline.evidenced",
        question="How much of the pipeline do its records bear out?",
        formula="As pipeline.open_qualified, counting only deals that have all the evidence which the contract asks "
        "for in their stage and the open stages before it. What is not known is no evidence.",
        unit="money",
        fact="evidenced",
        aggregate="sum",
        owner="sales",
        needs_period=True,
    ),
    Metric(
        id="pipeline.evidenced.share",
        question="What share of the pipeline claimed do its records bear out?",
        formula="pipeline.evidenced / pipeline.open_qualified, both of the stages that ask for evidence.",
        unit="rate",
        fact="claimed_stage",
        aggregate="share",
        owner="sales",
        needs_period=True,
    ),
    Metric(
        id="pipeline.stale",
        question="How much qualified pipeline is stale?",
        formula="As pipeline.open_qualified without a period, past due deals included, counting only deals that are "
        "stale by the contract: close date passed, pushed too often, too long without an activity or a change. "
        "By why it tells the first of these that holds.",
        unit="money",
        fact="stale",
        aggregate="sum",
        owner="sales",
        better="lower",
        lens={"date_field": "none", "past_due": True},
    ),
)
