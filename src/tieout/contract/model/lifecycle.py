"""lifecycle.yaml: the stages of a person."""

from __future__ import annotations

from pydantic import Field

from tieout.contract.model.base import Model


class LifecycleStage(Model):
    """A stage of a person's way to being a customer: its criterion, who owns it, how soon it is answered."""

    name: str
    owner: str | None = None
    meaning: str | None = None
    when: str | None = None
    required: tuple[str, ...] = ()
    answer_within_hours: float | None = Field(default=None, gt=0)
    reasons: tuple[str, ...] = ()


class Lifecycle(Model):
    """The stages of the lead lifecycle, in order. It is another machine than the stages of an opportunity."""

    stages: tuple[LifecycleStage, ...] = tuple(
        LifecycleStage(name=name) for name in ("lead", "mql", "sal", "sql", "opportunity", "customer", "renewal")
    )
