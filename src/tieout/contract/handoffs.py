"""Where one team hands over to the next, how soon that is answered, and what both sides committed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tieout.contract.funnel import PLACE, stage_of, steps_of
from tieout.contract.model import Commitment

if TYPE_CHECKING:
    from datetime import date

    from tieout.contract.model import Lifecycle, LifecycleStage

Begins = Literal["stage", "won", "renewal"]
"""What a hand-off begins with: a person enters the stage, a deal is won, a renewal is opened."""
HOURS = 24.0
"""How soon a hand-off is answered where the contract does not say."""
HOUR = 3_600_000_000
"""Microseconds of an hour."""
SALES, SUCCESS = ("sales",), ("customer success", "success", "cs")
_TERMS = ("handoff", "volume", "quality", "response_rate", "sales_cycle_days", "reason", "approver")


@dataclass(frozen=True, slots=True)
class Handoff:
    """One hand-off of the lifecycle: it begins with a stage and is answered `within` microseconds by `functions`.

    `times` are those that hold for hand-offs which begin from a day on, in the order of the days. `given` says that the
    contract names the time; without it the hand-off has 24 elapsed hours.
    """

    stage: str
    place: int
    step: int
    begins: Begins
    within: int
    business: bool
    answer: Literal["touch", "stage", "either"]
    functions: tuple[str, ...]
    from_owner: str | None
    to_owner: str | None
    team: str | None
    given: bool
    times: tuple[tuple[date, int], ...] = ()

    def within_on(self, day: date) -> int:
        """Give the time that a hand-off has which begins on a day, in microseconds."""
        return next((within for first, within in reversed(self.times) if first <= day), self.within)

    def changes(self, first: date, last: date) -> tuple[tuple[date, int], ...]:
        """Give the times that begin to hold after a first day, up to a last one."""
        return tuple((day, within) for day, within in self.times if first < day <= last)


def handoffs_of(lifecycle: Lifecycle) -> tuple[Handoff, ...]:
    """Give the hand-offs: stages that name a time, that the next owner takes over, or that begin with a deal."""
    found = []
    steps = steps_of(lifecycle)
    begin = [begins_of(lifecycle, stage) for stage in lifecycle.stages]
    for place, (stage, begins) in enumerate(zip(lifecycle.stages, begin, strict=True)):
        more = place + 1 < len(begin) and begin[place + 1] == "stage"
        following = lifecycle.stages[place + 1] if more else None
        to_owner = (following.owner if following else None) if begins == "stage" else stage.owner
        changes = begins == "stage" and None not in (stage.owner, to_owner) and not _same(stage.owner, to_owner)
        given = stage.answer_within_hours is not None or bool(stage.answer_times)
        if not given and not changes and (begins == "stage" or not stage.owner):
            continue
        found.append(
            Handoff(
                stage=stage.name,
                place=place,
                step=PLACE[steps[stage.name]],
                begins=begins,
                within=round((stage.answer_within_hours or HOURS) * HOUR),
                business=stage.hours == "business",
                answer=stage.answer,
                functions=tuple(name.strip().lower() for name in stage.answered_by)
                or (SALES if begins == "stage" else SUCCESS),
                from_owner=stage.owner if begins == "stage" else None,
                to_owner=to_owner,
                team=stage.team or to_owner,
                given=given,
                times=tuple((one.from_, round(one.answer_within_hours * HOUR)) for one in stage.answer_times),
            )
        )
    return tuple(found)


def begins_of(lifecycle: Lifecycle, stage: LifecycleStage) -> Begins:
    """Say what a hand-off of a stage begins with: the first stage that is won or a renewal begins with the deal."""
    if stage.name == stage_of(lifecycle, "won"):
        return "won"
    return "renewal" if stage.name == stage_of(lifecycle, "renewal") else "stage"


def _same(one: str | None, other: str | None) -> bool:
    return (one or "").strip().casefold() == (other or "").strip().casefold()


def commitment_at(lifecycle: Lifecycle, day: date) -> Commitment | None:
    """Give what both sides committed to on a day, every term filled in; None where nothing had been agreed by then."""
    terms: dict[str, object] = {}
    for entry in lifecycle.commitments:
        if entry.from_ is None or entry.from_ <= day:
            terms |= {key: value for key in _TERMS if (value := getattr(entry, key)) is not None}
            terms["from"] = entry.from_
    return Commitment.model_validate(terms) if terms else None


def committed_handoff(lifecycle: Lifecycle, commitment: Commitment | None) -> Handoff | None:
    """Give the hand-off that a commitment is about: the one it names, else the first that begins with a stage."""
    found = [one for one in handoffs_of(lifecycle) if one.begins == "stage"]
    if commitment and commitment.handoff:
        found = [one for one in found if _same(one.stage, commitment.handoff)]
    return found[0] if found else None
