"""What a funnel is: its steps with how many reached them, in the whole and by slice; the time between; the losses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date, datetime

    from tieout.contract.model.lifecycle import Step
    from tieout.measure.answers import Passport
    from tieout.measure.numbers.funnel_split import Split

Way = Literal["cohort", "flow"]
ENDINGS = ("recycled", "disqualified", "lost")
"""How an episode may end before its next step; one that has not ended is still open."""


@dataclass(frozen=True, slots=True)
class AtStep:
    """A step of a funnel: how many reached it or went beyond, and of how many an event tells so.

    `stopped` counts, by how they ended, those that reached it and did not get further in time; `open` is one of them.
    Of a flow it is empty.
    """

    step: Step
    reached: int
    told: int
    stopped: dict[str, int] = field(default_factory=dict)

    @property
    def skipped(self) -> int:
        """How many are beyond it and were never told to be in it."""
        return self.reached - self.told


@dataclass(frozen=True, slots=True)
class Part:
    """The funnel of the whole (`by` is empty) or of a slice. `immature`: not all of it had the time of the horizon."""

    by: dict[str, str]
    steps: tuple[AtStep, ...]
    immature: bool = False

    @property
    def n(self) -> int:
        """How many are in the part."""
        return self.steps[0].reached

    def reached(self, step: Step) -> int:
        """Give how many reached a step of it or went beyond."""
        return next(one.reached for one in self.steps if one.step == step)


@dataclass(frozen=True, slots=True)
class Between:
    """How long it takes from one step to the next, in days of 24 hours, to the hour.

    `n` reached the first, `ended` the second; who has not got there, or was sent back, counts as long as it lasted. A
    quantile that too few have reached is None.
    """

    by: dict[str, str]
    start: Step
    end: Step
    n: int
    ended: int
    median: float | None
    p75: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why people stopped before a step: how they ended, the reason given (None where none is), how many."""

    ended_by: str
    reason: str | None
    n: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel, counted. `days` is the horizon of a cohort; `parts` begins with the whole.

    `step` is the one asked about; then `reasons` say why people stopped before it. `absent` says why there is nothing.
    """

    way: Way
    start: Step
    horizon: int
    period: str
    first_day: date
    last_day: date
    chosen: bool
    passport: Passport
    as_of: datetime
    known_at: datetime | None
    parts: tuple[Part, ...] = ()
    between: tuple[Between, ...] = ()
    step: Step | None = None
    reasons: tuple[Reason, ...] = ()
    split: Split | None = None
    diagnoses: tuple[str, ...] = ()
    records: tuple[dict[str, object], ...] | None = None
    absent: str | None = None
    minimum_n: int = 10

    @property
    def goal(self) -> Step:
        """The step that the headline is of: the one asked about, else sql."""
        return self.step if self.step and self.step != self.start else "sql"

    @property
    def whole(self) -> Part:
        """The part that is the whole."""
        return self.parts[0]
