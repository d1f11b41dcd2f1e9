"""The steps of the funnel: which stage of the lifecycle is which step, in one fixed order."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from tieout.contract.model.lifecycle import Step

if TYPE_CHECKING:
    from tieout.contract.model import Lifecycle

STEPS: tuple[Step, ...] = get_args(Step)
PLACE: dict[str, int] = {step: place for place, step in enumerate(STEPS)}
"""The place of each step in the funnel."""
NAMED: dict[str, Step] = {
    **{step: step for step in STEPS},
    "customer": "won",
    "closed": "won",
    "closed won": "won",
    "marketing qualified": "mql",
    "sales accepted": "sal",
    "sales qualified": "sql",
}
"""Names of stages that say which step they are."""


def steps_of(lifecycle: Lifecycle) -> dict[str, Step]:
    """Give the step of each stage by its name: what it says, what its name or a former name says, else the one before.

    A stage between two steps is part of the earlier one: who reached it is at or beyond that.
    """
    found: dict[str, Step] = {}
    before: Step = STEPS[0]
    for stage in lifecycle.stages:
        named = (NAMED.get(name.strip().casefold()) for name in (stage.name, *stage.also))
        before = stage.step or next((step for step in named if step), None) or before
        found[stage.name] = before
    return found


def stage_of(lifecycle: Lifecycle, step: Step) -> str | None:
    """Give the first stage that is a step; None where the contract has none."""
    return next((name for name, its in steps_of(lifecycle).items() if its == step), None)
