"""What is asked of a record in a stage, that of the stages before it included.

A deal that is lost or disqualified left the way: it owes only what its own stage asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.contract.model import StaleDays

if TYPE_CHECKING:
    from tieout.contract.model import Evidence, Lifecycle, Pipeline

ON_THE_WAY = ("open", "won")


def required_by_stage(pipeline: Pipeline) -> dict[str, tuple[str, ...]]:
    """Give the fields that must be filled in each stage, in the order in which stages begin to ask for them."""
    asked: dict[str, tuple[str, ...]] = {}
    so_far: dict[str, None] = {}
    for stage in pipeline.stages:
        if stage.outcome in ON_THE_WAY:
            so_far |= dict.fromkeys(stage.required)
            asked[stage.name] = tuple(so_far)
        else:
            asked[stage.name] = tuple(dict.fromkeys(stage.required))
    return asked


def required_of_leads(lifecycle: Lifecycle) -> dict[str, tuple[str, ...]]:
    """Give the fields that a lead must have in each stage of the lifecycle."""
    asked: dict[str, tuple[str, ...]] = {}
    so_far: dict[str, None] = {}
    for stage in lifecycle.stages:
        so_far |= dict.fromkeys(stage.required)
        asked[stage.name] = tuple(so_far)
    return asked


def evidence_by_stage(pipeline: Pipeline) -> dict[str, tuple[Evidence, ...]]:
    """Give the evidence that makes each open stage believed; an entry replaces the earlier one of its name."""
    asked: dict[str, tuple[Evidence, ...]] = {}
    so_far: dict[str, Evidence] = {}
    for stage in pipeline.stages:
        if stage.outcome == "open":
            so_far |= {entry.name.strip().casefold(): entry for entry in stage.evidence}
            asked[stage.name] = tuple(so_far.values())
    return asked


def stale_by_stage(pipeline: Pipeline) -> dict[str, StaleDays]:
    """Give the days after which a deal is stale in each open stage."""
    own = {name.strip().casefold(): days for name, days in pipeline.stale.stages.items()}
    found: dict[str, StaleDays] = {}
    for stage in pipeline.stages:
        if stage.outcome != "open":
            continue
        mine = next((own[key] for name in (stage.name, *stage.also) if (key := name.strip().casefold()) in own), None)
        given = {} if mine is None else {name: days for name, days in mine.model_dump().items() if days is not None}
        found[stage.name] = StaleDays(
            unchanged_days=given.get("unchanged_days", pipeline.stale.unchanged_days),
            inactive_days=given.get("inactive_days", pipeline.stale.inactive_days),
        )
    return found
