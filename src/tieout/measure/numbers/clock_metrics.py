"""The numbers of hand-offs, a part of the catalogue."""

from __future__ import annotations

from tieout.measure.numbers.metric import LASTING, QUANTILES, Aggregate, Metric

TOLD: tuple[Aggregate, ...] = ("lasting_median", "lasting_p90")

CLOCK_METRICS: tuple[Metric, ...] = (
    Metric(
        id="sla.response_rate",
        question="Of the leads handed over, how many did sales answer in time?",
        formula="Leads of the agreed hand-off (MQL) with a first human touch by the deadline / leads whose deadline "
        "has passed, by the day of the hand-off. Withdrawn before the deadline counts in neither.",
        unit="rate",
        fact="responses",
        aggregate="rate",
        owner="sales",
        minimum_n=10,
        event=True,
    ),
    Metric(
        id="sla.compliance",
        question="Of all hand-offs, how many were answered in time?",
        formula="Hand-offs answered by their deadline / hand-offs whose deadline has passed, by the day of the "
        "hand-off; sliced by handoff, of each. Unanswered counts as breached at the deadline, not before it.",
        unit="rate",
        fact="due_handoffs",
        aggregate="rate",
        minimum_n=10,
        event=True,
    ),
    *(
        Metric(
            id=f"sla.time_to_touch.{LASTING[aggregate]}",
            question=f"How long do hand-offs wait for their answer ({word})?",
            formula=f"The {word} of hours from the hand-off to its answer, on the hand-off's own clock (business or "
            "elapsed hours), those still waiting counted by Kaplan and Meier's estimate. Business and elapsed hours "
            "are never mixed.",
            unit="hours",
            fact="touch_times",
            aggregate=aggregate,
            better="lower",
            minimum_n=10,
            event=True,
        )
        for aggregate in TOLD
        for word in (QUANTILES[LASTING[aggregate]],)
    ),
    Metric(
        id="mql_volume_at_quality",
        question="Did marketing hand over as many leads of the agreed quality as it committed to?",
        formula="Hand-offs of the agreed stage (MQL) in the months of the period that meet the agreed quality / those "
        "committed to for these months. Quality is judged on the lead as first told at or after the hand-off.",
        unit="rate",
        fact="quality_volume",
        aggregate="commitment",
        owner="marketing",
        cadence="monthly",
        needs_period=True,
        event=True,
    ),
    Metric(
        id="handoff_rate.target_accounts",
        question="Of the target accounts engaged, how many were handed over and accepted?",
        formula="Target accounts with an accepted lead in the period / target accounts engaged in it. It needs a list "
        "of target accounts.",
        unit="rate",
        fact="target_accounts",
        aggregate="commitment",
        owner="sales",
        needs_period=True,
        event=True,
    ),
)
