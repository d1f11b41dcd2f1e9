"""lifecycle.yaml: the stages of a person, how each is handed over, and what both sides committed to."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from tieout.contract.model.base import Model

Step = Literal["lead", "mql", "sal", "sql", "opportunity", "won", "renewal"]
"""The steps of the funnel, in their order; `get_args` gives them."""


class AnswerTime(Model):
    """From a day on a hand-off that begins is answered within other hours; of the same kind as those of the stage."""

    from_: date = Field(alias="from")
    answer_within_hours: float = Field(gt=0, le=10_000)
    reason: str | None = None
    approver: str | None = None


class LifecycleStage(Model):
    """A stage of a person's way to being a customer: its criterion, who owns it, how it is handed over.

    A hand-off begins when a person enters the stage, a deal is won, or a renewal is opened. It is answered within
    `answer_within_hours`, elapsed ones or `business` ones, by a human `touch`, by moving on to a later `stage`, or by
    `either`; `answered_by` are the functions whose touches count, `team` the one whose hours the clock runs on where
    the owner's team is not known.
    `answer_times` say from when on the time was another one. `also` are former names. `step` says which step of the
    funnel the stage is, where its name does not.
    """

    name: str
    also: tuple[str, ...] = ()
    step: Step | None = None
    owner: str | None = None
    meaning: str | None = None
    when: str | None = None
    required: tuple[str, ...] = ()
    answer_within_hours: float | None = Field(default=None, gt=0, le=10_000)
    answer_times: tuple[AnswerTime, ...] = ()
    hours: Literal["elapsed", "business"] = "elapsed"
    answer: Literal["touch", "stage", "either"] = "touch"
    answered_by: tuple[str, ...] = ()
    team: str | None = None
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


class Commitment(Model):
    """What marketing and sales committed to, each month: the first entry, and from a day on what changes.

    Marketing: `volume` hand-offs of the stage `handoff` that meet `quality`, a condition over leads. Sales: to answer
    `response_rate` of them in time, and to win in a median of `sales_cycle_days`.
    """

    from_: date | None = Field(default=None, alias="from")
    handoff: str | None = None
    volume: int | None = Field(default=None, ge=0)
    quality: str | None = None
    response_rate: float | None = Field(default=None, ge=0, le=1)
    sales_cycle_days: float | None = Field(default=None, gt=0)
    reason: str | None = None
    approver: str | None = None


STAGES = (
    LifecycleStage(name="lead", owner="Marketing"),
    LifecycleStage(name="mql", owner="Marketing"),
    LifecycleStage(name="sal", owner="Sales"),
    LifecycleStage(name="sql", owner="Sales"),
    LifecycleStage(name="opportunity", owner="Sales"),
    LifecycleStage(name="customer", owner="Customer Success"),
    LifecycleStage(name="renewal", owner="Customer Success"),
)


class Lifecycle(Model):
    """The stages of the lead lifecycle, in order. It is another machine than the stages of an opportunity."""

    stages: tuple[LifecycleStage, ...] = STAGES
    sent_back: SentBack = SentBack()
    score_bands: tuple[ScoreBand, ...] = SCORE_BANDS
    commitments: tuple[Commitment, ...] = ()
