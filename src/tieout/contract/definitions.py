"""The agreed definition through time, and lenses with every facet filled in."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from tieout.basics.findings import nearest
from tieout.contract.model import Contract, Definition, Lens, Pipeline

AGREED = "agreed"
"""The name of the agreed lens; no other lens may have it."""

_TERMS = ("stage", "types", "omitted", "basis", "rates", "reason", "approver")


class UnknownLensError(LookupError):
    """A lens that the contract does not have; the message names those it has, and the nearest."""

    def __init__(self, name: str, lenses: tuple[str, ...]) -> None:
        close = nearest(name, lenses)
        meant = f" Did you mean '{close}'?" if close else ""
        super().__init__(f"There is no lens '{name}'. Lenses: {', '.join(lenses)}.{meant}")


def definition_at(pipeline: Pipeline, day: date) -> Definition:
    """Give the definition in force on `day`, every term filled in; a restating change holds on earlier days too."""
    return _resolved(pipeline, day)


def definition_periods(pipeline: Pipeline) -> tuple[tuple[date | None, date | None, Definition], ...]:
    """Cut time into the runs of days of one definition: first day, the day after the last, what was agreed.

    The first run has no first day and the last one no end. A restating change cuts nothing, as it holds on all days.
    """
    starts = sorted({entry.from_ for entry in pipeline.definition[1:] if entry.from_ and not entry.restate})
    bounds: list[date | None] = [None, *starts, None]
    return tuple((first, last, _resolved(pipeline, first)) for first, last in pairwise(bounds))


def _resolved(pipeline: Pipeline, day: date | None) -> Definition:
    """Lay the entries in force over the defaults, in the contract's order; no day means before every change."""
    terms: dict[str, object] = {
        "stage": _default_stage(pipeline),
        "types": ("new", "expansion"),
        "omitted": ("Omitted",),
        "basis": "arr",
        "rates": "plan",
    }
    first: date | None = None
    for number, entry in enumerate(pipeline.definition):
        begun = number == 0 or entry.from_ is None or (day is not None and entry.from_ <= day)
        if begun or entry.restate:
            terms |= {key: value for key in _TERMS if (value := getattr(entry, key)) is not None}
            if number and not entry.restate:
                first = entry.from_
    return Definition.model_validate({**terms, "from": first})


def _default_stage(pipeline: Pipeline) -> str:
    names = [stage.name for stage in pipeline.stages]
    return next((name for name in names if name.strip().casefold() == "qualification"), names[0])


def agreed_lens(pipeline: Pipeline, day: date) -> Lens:
    """Give the agreed count on `day` as a lens: its terms, and the defaults of every other facet."""
    agreed = definition_at(pipeline, day)
    return Lens(types=agreed.types, stage=agreed.stage, omitted=agreed.omitted, basis=agreed.basis, rates=agreed.rates)


def resolve_lens(contract: Contract, name: str, day: date) -> Lens:
    """Give a lens with every facet filled, what it leaves open being agreed on `day`.

    `stage` stays open where the lens names `stages`. Raises UnknownLensError for a lens that there is not.
    """
    agreed = agreed_lens(contract.pipeline, day)
    lens = agreed if name == AGREED else contract.lenses.get(name)
    if lens is None:
        raise UnknownLensError(name, (AGREED, *contract.lenses))
    filled = {key: getattr(agreed, key) for key in ("types", "omitted", "basis", "rates") if getattr(lens, key) is None}
    if lens.stage is None and lens.stages is None:
        filled["stage"] = agreed.stage
    if lens.calendar is None:
        filled["calendar"] = next(iter(contract.company.calendars))
    return lens.model_copy(update=filled)


def counting_lenses(contract: Contract) -> tuple[str, ...]:
    """Name the lenses that count by rules: all but those that are a team's own list or total."""
    return tuple(name for name, lens in contract.lenses.items() if lens.reported is None)


def stage_rank(pipeline: Pipeline) -> dict[str, int]:
    """Give the position of each stage by each of its names, trimmed and case-folded, counted from 0."""
    return {
        name.strip().lower(): rank for rank, stage in enumerate(pipeline.stages) for name in (stage.name, *stage.also)
    }
