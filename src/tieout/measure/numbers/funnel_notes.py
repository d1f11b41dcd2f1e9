"""What a number of the funnel is never shown without: why it is absent, what it leaves out, why it is low."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.contract.funnel import stage_of
from tieout.measure.numbers.arithmetic import BELOW, band_of
from tieout.measure.numbers.funnel_facts import BY_LEAD, BY_MQL, FUNNEL, FUNNEL_FACTS, episodes_sql, rows_sql
from tieout.measure.numbers.funnel_split import Share, Split, split

if TYPE_CHECKING:
    from tieout.contract.model import Contract
    from tieout.contract.model.lifecycle import Step
    from tieout.measure.answers import Row
    from tieout.measure.lens_sql import LensView
    from tieout.measure.numbers.metric import Metric
    from tieout.measure.numbers.question import Asked

NEEDS: dict[str, tuple[Step, ...]] = {
    "mqls": ("mql",),
    "mql_to_sal": ("mql", "sal"),
    "mql_to_sql": ("mql", "sql"),
    "mql_to_sql_flow": ("mql", "sql"),
    "qualified_to_opportunity": ("sql",),
    "quality_sourced": ("sql",),
    "quality_worked": ("mql", "sal"),
    "quality_not_worked": ("mql",),
}
"""The steps that each fact of the funnel cannot do without."""
OF_MARKETING = ("quality_sourced", "quality_worked", "quality_not_worked")
"""The facts that need to know which sources are marketing's."""


def funnel_absent(asked: Asked, fact: str) -> str | None:
    """Say why a number of the funnel cannot be known: the contract or the systems do not tell one of its steps."""
    for step in NEEDS.get(fact, ()):
        if reason := step_absent(asked, step):
            return reason
    if fact in OF_MARKETING and not _marketing_sources(asked.contract):
        name = asked.contract.pipeline.source_class.marketing
        return f"no lead source is of the class '{name}' (source_class in pipeline.yaml)"
    if fact == "quality_worked" and not _any(asked, "select 1 from funnel_touches where touched_at is not null"):
        return "no activity by a human of sales touches an mql: nobody knows which were worked"
    if fact == "touches_to_convert" and not _any(asked, "select 1 from activities_told"):
        return "no activities are told"
    return None


def step_absent(asked: Asked, step: Step) -> str | None:
    """Say why nothing tells when a step was entered."""
    if stage_of(asked.contract.lifecycle, step) is None:
        return f"no stage of the lifecycle is the step {step} (lifecycle.yaml, `step`)"
    if _any(asked, f"select 1 from funnel_episodes where {step}_at is not null"):
        return None
    return f"nothing tells when anybody became {step}: no change of the lifecycle, no criterion that a lead met"


def _marketing_sources(contract: Contract) -> bool:
    terms = contract.pipeline.source_class
    return terms.marketing in terms.sources.values()


def _any(asked: Asked, sql: str) -> bool:
    return bool(asked.rows(f"{sql} limit 1"))


def funnel_notes(asked: Asked, metric: Metric, view: LensView, total: Row) -> tuple[str, ...]:
    """Tell what stands beside a number of the funnel."""
    if metric.fact not in FUNNEL_FACTS or total.value is None:
        return ()
    if metric.fact == "touches_to_convert":
        return _not_converted(asked, view)
    if metric.fact in ("quality_sourced", "quality_worked"):
        return _not_worked(asked, view)
    if metric.fact == "lead_to_opportunity" and total.verdict == BELOW:
        return (f"{too_few_leads(total)} The funnel by cohort of leads says at which step they are lost.",)
    band = band_of(asked.contract, metric)
    if metric.fact in ("mql_to_sal", "mql_to_sql") and band and band.low is not None and total.value < band.low:
        return split_lines(split(asked, view))
    return ()


def _not_converted(asked: Asked, view: LensView) -> tuple[str, ...]:
    """Tell the share of the period's mqls that have not converted: no median of touches counts them."""
    rows, parameters = rows_sql(view, asked.contract, episodes_sql(view, asked.contract), "e.mql_told", "true as hit")
    sql = f"select count(*), count(*) filter (where u.opportunity_reached is null) from ({rows}) as u"
    n, without = asked.rows(sql, parameters)[0]
    if not n:
        return ()
    return (f"Of {n:,} mqls of the period {without:,} ({without / n:.1%}) are no opportunity yet: not in the median.",)


def too_few_leads(leads: Row) -> str:
    """Say that too few leads become a qualified opportunity."""
    return (
        f"Only {float(leads.value or 0):.1%} of {leads.n:,} leads became a qualified opportunity within {BY_LEAD} "
        "days: either the leads are not good enough, or sales does not work them."
    )


def _not_worked(asked: Asked, view: LensView) -> tuple[str, ...]:
    """Tell how many mqls of marketing nobody worked, so that bad leads are not mistaken for idle sales."""
    if funnel_absent(asked, "quality_not_worked"):
        return ()
    rows, parameters = FUNNEL["quality_not_worked"](view, asked.contract)
    sql = f"""select count(*), count(*) filter (where u.hit) from ({rows}) as u
      where u.moment + interval {BY_MQL} day <= $as_of_a"""
    n, idle = asked.rows(sql, parameters)[0]
    if not n:
        return ()
    return (f"Of marketing's {n:,} mqls that had {BY_MQL} days, sales did not work {idle:,} ({idle / n:.1%}).",)


def split_lines(found: Split) -> tuple[str, ...]:
    """Write why so few mqls get further, in sentences."""
    kind = f"{'working ' if found.working else ''}hours"
    hours = f"{found.hours:g} {kind}" if found.hours else "time"
    if found.times:
        hours += f" ({', '.join(f'from {day} on {after:g}' for day, after in found.times)})"
    told = [
        _sentence(found.outside, "were not proven to fit the ideal customer profile when they came"),
        _sentence(found.late, f"of those due were not answered by sales within {hours}"),
    ]
    if found.outside_known.value is not None and found.outside_known != found.outside:
        told.insert(1, _sentence(found.outside_known, "of those known did not fit it"))
    if found.good.value is not None:
        told.append(_sentence(found.good, "of those that fit and were answered in time became sqls"))
    return tuple(told)


def _sentence(share: Share, what: str) -> str:
    if share.value is None:
        return f"Not known how many {what}: {share.absent or 'there are none'}."
    return f"{share.value:.1%} ({share.hits:,} of {share.n:,}) {what}."
