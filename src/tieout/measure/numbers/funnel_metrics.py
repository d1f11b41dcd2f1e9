"""The numbers of the funnel, a part of the catalogue."""

from __future__ import annotations

from tieout.contract.model import Band
from tieout.measure.numbers.metric import Metric

ACCEPTED = Band(low=0.15, high=0.25)
"""Of a hundred mqls, 15 to 25 become sqls (or are accepted, as some say it: then sal)."""

FUNNEL_METRICS: tuple[Metric, ...] = (
    Metric(
        id="mql.count",
        question="How many mqls were there?",
        formula="Episodes of persons that became an mql in the period, by the first entry; who is sent back and comes "
        "again counts again, a person merged in the middle counts once.",
        unit="count",
        fact="mqls",
        aggregate="count",
        owner="marketing",
        event=True,
    ),
    Metric(
        id="mql_to_sal.cohort_90d",
        question="Of the mqls, how many did sales accept?",
        formula="Episodes that reached sal or beyond within 90 days / episodes that became an mql in the period.",
        unit="rate",
        fact="mql_to_sal",
        aggregate="rate",
        owner="sales",
        better="within",
        cadence="monthly",
        minimum_n=10,
        band=ACCEPTED,
        event=True,
    ),
    Metric(
        id="mql_to_sql.cohort_90d",
        question="Of the mqls, how many became sqls?",
        formula="Episodes that reached sql or beyond within 90 days / episodes that became an mql in the period; "
        "cohorts younger than that are immature.",
        unit="rate",
        fact="mql_to_sql",
        aggregate="rate",
        owner="marketing",
        better="within",
        cadence="monthly",
        minimum_n=10,
        band=ACCEPTED,
        event=True,
    ),
    Metric(
        id="mql_to_sql.flow",
        question="How many sqls came for each mql of the same period?",
        formula="Mql episodes that reached sql or beyond in the period / episodes that became an mql in it. They are "
        "not the same ones: it is quicker to know than the cohort, and wrong while the number of mqls changes.",
        unit="rate",
        fact="mql_to_sql_flow",
        aggregate="flow",
        owner="marketing",
        better="within",
        cadence="monthly",
        minimum_n=10,
        band=ACCEPTED,
        event=True,
    ),
    Metric(
        id="lead_to_opportunity",
        question="Of the leads, how many became a qualified opportunity?",
        formula="Persons with an opportunity in the qualifying stage or beyond within 180 days of their first contact "
        "/ persons by first contact in the period. 10% or less is a problem: of the leads, or of how sales works them.",
        unit="rate",
        fact="lead_to_opportunity",
        aggregate="rate",
        owner="revenue operations",
        cadence="monthly",
        minimum_n=10,
        band=Band(low=0.10),
        low_is_bad=True,
        event=True,
    ),
    Metric(
        id="qualified_to_opportunity",
        question="Of the qualified leads, how many became an opportunity?",
        formula="Episodes that reached opportunity or beyond within 90 days / episodes that became an sql in the "
        "period.",
        unit="rate",
        fact="qualified_to_opportunity",
        aggregate="rate",
        owner="sales",
        cadence="monthly",
        minimum_n=10,
        band=Band(low=0.70),
        event=True,
    ),
    Metric(
        id="quality.sourced",
        question="Of the leads that marketing sourced, how many did sales qualify?",
        formula="Persons that reached sql or beyond within 180 days of their first contact / persons by first contact "
        "in the period, whose source is of the class of marketing.",
        unit="rate",
        fact="quality_sourced",
        aggregate="rate",
        owner="marketing",
        cadence="monthly",
        minimum_n=10,
        event=True,
    ),
    Metric(
        id="quality.worked",
        question="Of marketing's mqls that sales worked, how many did it accept?",
        formula="Episodes that reached sal or beyond within 90 days / episodes that became an mql in the period, whose "
        "source is of the class of marketing, and that a human of sales touched, or took, within 90 days.",
        unit="rate",
        fact="quality_worked",
        aggregate="rate",
        owner="marketing",
        cadence="monthly",
        minimum_n=10,
        event=True,
    ),
    Metric(
        id="quality.not_worked",
        question="Of marketing's mqls, how many did sales not work?",
        formula="Episodes that no human of sales touched, and that were not accepted, within 90 days / episodes that "
        "became an mql in the period, whose source is of the class of marketing.",
        unit="rate",
        fact="quality_not_worked",
        aggregate="rate",
        owner="sales",
        better="lower",
        cadence="monthly",
        minimum_n=10,
        event=True,
    ),
    Metric(
        id="touches_to_convert.median",
        question="How many touches by marketing does it take to become an opportunity?",
        formula="The median of touches that are not automated, before or at the moment of the opportunity, from the "
        "first contact or the end of the episode before; episodes that became an opportunity in the period. Those that "
        "did not are told beside it.",
        unit="touches",
        fact="touches_to_convert",
        aggregate="median",
        owner="marketing",
        better="lower",
        cadence="monthly",
        minimum_n=10,
        event=True,
    ),
)
