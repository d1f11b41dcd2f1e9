"""Where one team hands over to the next, how soon that is answered, and what both sides committed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tieout.contract.model import Commitment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tieout.contract.model import Lifecycle, LifecycleStage

Begins = Literal["stage", "won", "renewal"]
"""What a hand-off begins with: a person enters the stage, a deal is won, a renewal is opened."""
HOURS = 24.0
"""How soon a hand-off is answered where the contract does not say."""
HOUR = 3_600_000_000
"""Microseconds of an hour."""
BEGINNINGS: dict[str, Begins] = {
    "customer": "won", "closed won": "won", "won": "won", "renewal": "renewal",
}  # fmt: skip
"""Names of stages that begin with a deal, where the contract does not say what a stage begins with."""
SALES, SUCCESS = ("sales",), ("customer success", "success", "cs")
_TERMS = ("handoff", "volume", "quality", "response_rate", "sales_cycle_days", "reason", "approver")


@dataclass(frozen=True, slots=True)
class Handoff:
    """One hand-off of the lifecycle: it begins with a stage and is answered `within` microseconds by `functions`.

    `given` says that the contract names the time; without it the hand-off has 24 elapsed hours.
    """

    stage: str
    place: int
    begins: Begins
    within: int
    business: bool
    answer: Literal["touch", "stage", "either"]
    functions: tuple[str, ...]
    from_owner: str | None
    to_owner: str | None
    team: str | None
    given: bool


def handoffs_of(lifecycle: Lifecycle) -> tuple[Handoff, ...]:
    """Give the hand-offs: stages that name a time, that the next owner takes over, or that begin with a deal."""
    found = []
    for place, stage in enumerate(lifecycle.stages):
        following = _following(lifecycle.stages, place)
        begins = begins_of(stage)
        to_owner = (following.owner if following else None) if begins == "stage" else stage.owner
        changes = begins == "stage" and None not in (stage.owner, to_owner) and not _same(stage.owner, to_owner)
        if stage.answer_within_hours is None and not changes and (begins == "stage" or not stage.owner):
            continue
        found.append(
            Handoff(
                stage=stage.name,
                place=place,
                begins=begins,
                within=round((stage.answer_within_hours or HOURS) * HOUR),
                business=stage.hours == "business",
                answer=stage.answer,
                functions=tuple(name.strip().casefold() for name in stage.answered_by)
                or (SALES if begins == "stage" else SUCCESS),
                from_owner=stage.owner if begins == "stage" else None,
                to_owner=to_owner,
                team=stage.team or to_owner,
                given=stage.answer_within_hours is not None,
            )
        )
    return tuple(found)


def begins_of(stage: LifecycleStage) -> Begins:
    """Say what a stage begins with: as the contract says, else by its name."""
    return stage.begins or BEGINNINGS.get(stage.name.strip().casefold(), "stage")


def _following(stages: Sequence[LifecycleStage], place: int) -> LifecycleStage | None:
    """Give the stage after one, unless it is a deal that begins it."""
    following = stages[place + 1] if place + 1 < len(stages) else None
    return following if following and begins_of(following) == "stage" else None


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
