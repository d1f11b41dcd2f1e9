"""Rules over the funnel: steps of the lifecycle, what sending back is called, bands of scores, the ideal customer."""

# ruff: noqa: D401 - a rule's docstring is the rule as people read it

from __future__ import annotations

from collections.abc import Iterator

from tieout.basics.findings import Level
from tieout.contract.funnel import PLACE, STEPS, steps_of
from tieout.contract.places import Fault, Path, shorten
from tieout.contract.rulebook import Rule, Rulebook, each, folded, unique
from tieout.contract.rules_pipeline import LIFECYCLE, criterion
from tieout.contract.vocabulary import LEAD_TOLD

AUDIENCE = "audience.yaml"


def steps_stand_in_order(book: Rulebook) -> Iterator[Fault]:
    """The stages of the lifecycle stand in the order of the funnel's steps."""
    if not book.whole(LIFECYCLE, "stages"):
        return
    furthest = STEPS[0]
    steps = steps_of(book.contract.lifecycle)
    for index, stage in enumerate(book.contract.lifecycle.stages):
        step = steps[stage.name]
        if PLACE[step] < PLACE[furthest]:
            message = f"The stage '{shorten(stage.name)}' is the step {step} and stands after one that is {furthest}."
            remedy = f"Put it before, or say with `step` which it is: the steps follow {', '.join(STEPS)}."
            path: Path = (LIFECYCLE, "stages", index)
            yield book.fault(path, "lifecycle.order", message, remedy, given=step, allowed=STEPS, level=Level.WARNING)
        furthest = max(furthest, step, key=lambda one: PLACE[one])


def sending_back_is_no_stage(book: Rulebook) -> Iterator[Fault]:
    """What means sent back is no stage, and does not mean both recycled and disqualified."""
    stages = {folded(name) for stage in book.contract.lifecycle.stages for name in (stage.name, *stage.also)}
    back = book.contract.lifecycle.sent_back
    pairs = [
        *each((LIFECYCLE, "sent_back", "recycled"), back.recycled),
        *each((LIFECYCLE, "sent_back", "disqualified"), back.disqualified),
    ]
    yield from unique(book, pairs, "lifecycle.sent_back", "name of sending back")
    for path, name in pairs:
        if folded(name) in stages:
            message = f"'{shorten(name)}' is a stage of the lifecycle, and means sent back as well."
            yield book.fault(path, "lifecycle.sent_back", message, "Take it out of one of them.", given=name)


def score_bands_differ(book: Rulebook) -> Iterator[Fault]:
    """Bands of scores have names of their own and begin at different scores."""
    bands = book.contract.lifecycle.score_bands
    at: Path = (LIFECYCLE, "score_bands")
    yield from unique(
        book, (((*at, index, "name"), band.name) for index, band in enumerate(bands)), "score_band.duplicate", "band"
    )
    lows: set[float] = set()
    for index, band in enumerate(bands):
        if band.from_ in lows:
            message = f"Two bands begin at the score {band.from_:g}."
            yield book.fault((*at, index, "from"), "score_band.duplicate", message, "Move or delete one of them.")
        lows.add(band.from_)


def icp_is_a_condition(book: Rulebook) -> Iterator[Fault]:
    """The ideal customer profile is a condition over leads."""
    yield from criterion(book, (AUDIENCE, "icp"), book.contract.audience.icp, LEAD_TOLD)


FUNNEL_RULES: tuple[Rule, ...] = (
    steps_stand_in_order,
    sending_back_is_no_stage,
    score_bands_differ,
    icp_is_a_condition,
)
"""Every rule over the funnel, in the order in which people read them."""
