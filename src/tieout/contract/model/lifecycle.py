"""lifecycle.yaml: the stages of a person."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tieout.contract.model.base import Model

Step = Literal["lead", "mql", "sal", "sql", "opportunity", "won", "renewal"]
"""The steps of the funnel, in their order; `get_args` gives them."""


class LifecycleStage(Model):
    """A stage of a person's way to being a customer: its criterion, who owns it, how soon it is answered.

    `also` are former names. `step` says which step of the funnel the stage is, where its name does not.
    """

    name: str
    also: tuple[str, ...] = ()
    step: Step | None = None
    owner: str | None = None
    meaning: str | None = None
    when: str | None = None
    required: tuple[str, ...] = ()
    answer_within_hours: float | None = Field(default=None, gt=0)
    reasons: tuple[str, ...] = ()


class SentBack(Model):
    """What systems call a person that was sent back: names of stages in their log, or of a lead's status."""

    recycled: tuple[str, ...] = ("recycled",)
    disqualified: tuple[str, ...] = ("disqualified", "unqualified")


class ScoreBand(Model):
    """Leads whose score is `from` or more, up to the next band."""

    name: str
    from_: float = Field(alias="from")


SCORE_BANDS = tuple(ScoreBand(name=name, from_=low) for name, low in (("Sales", 8), ("Nurture", 6), ("Marketing", 1)))


class Lifecycle(Model):
    """The stages of the lead lifecycle, in order. It is another machine than the stages of an opportunity."""

    stages: tuple[LifecycleStage, ...] = tuple(
        LifecycleStage(name=name) for name in ("lead", "mql", "sal", "sql", "opportunity", "customer", "renewal")
    )
    sent_back: SentBack = SentBack()
    score_bands: tuple[ScoreBand, ...] = SCORE_BANDS
