"""Why a count keeps a deal out, or counts it, in words: what the facet asks for beside what the deal is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.basics.calendars import local_day
from tieout.contract.criteria import parse_criterion
from tieout.contract.vocabulary import OPPORTUNITY_COLUMNS
from tieout.measure.run_sql import rows as fetch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tieout.contract.model import Lens
    from tieout.measure.lens_sql import LensView
    from tieout.measure.numbers.question import Asked

DATES = {
    "close_date": ("close date", "closed_on"),
    "created_at": ("creation", "created_on"),
    "claimed_at": ("claim", "claimed_on"),
    "none": ("close date", "closed_on"),
}
"""The date by which a lens puts a deal into a period: what it is called, and the column of the state."""
FLAGS = ("deleted", "merged", "duplicate", "excluded")


PLAIN = {
    "exists": "nothing tells what state it was in",
    "deleted": "it was deleted",
    "excluded": "the register of exclusions names it or its account",
}


def rejected(facet: str, unit: Mapping[str, object], view: LensView) -> str:
    """Say by what a count does not count a deal: the first facet that rejects it."""
    lens = view.lens
    match facet:
        case "merged" | "duplicate":
            word = "was merged into" if facet == "merged" else "is a duplicate of"
            return f"it {word} {unit.get('into_record') or 'another deal'}"
        case "type":
            return f"its type, {_told(unit, 'type')}, is none of {_listed(lens.types)}"
        case "accepted" | "slice":
            return _unmet(facet, unit, lens)
        case "stage":
            return _stage(unit, lens)
        case "category":
            return f"its forecast category, {_told(unit, 'category')}, is left out"
        case "criteria unknown":
            return f"not known is what it is asked for: {_unknown(unit, lens)}"
        case "close date" | "calendar":
            word, column = DATES[lens.date_field]
            return f"its {word}, {_told(unit, column)}, lies outside {within(view)}"
        case _:
            return PLAIN.get(facet, f"its close date, {_told(unit, 'close_date')}, has passed")


def standing(unit: Mapping[str, object], view: LensView) -> str:
    """Say as what a deal is counted."""
    word, column = DATES[view.lens.date_field]
    dated = f", {word} {_told(unit, column)}" if view.lens.date_field != "none" or unit.get("outcome") != "open" else ""
    stage = f" in {_told(unit, 'stage')}" if unit.get("outcome") == "open" else ""
    return f"{_told(unit, 'outcome')}{stage}, {_told(unit, 'type')}{dated}"


def not_created(asked: Asked, record: str, unit: Mapping[str, object] | None, view: LensView) -> tuple[str, str]:
    """Say why a deal is no pipeline that was created in a period: the facet, and the words."""
    for flag in FLAGS:
        if unit and unit.get(flag):
            return flag, rejected(flag, unit, view)
    sql = """select created_at, since, created_at > $as_of from pipeline_created where record = $record"""
    found = fetch(asked.engine, sql, {"record": record, "as_of": view.moment.as_of})
    if not found:
        return "stage", "the qualifying conditions never held of it all at once"
    created, since, later = found[0]
    if later:
        return "close date", "it became pipeline only later"
    day = local_day(created, asked.zone)
    if since != created:
        return "close date", f"it was pipeline already when its history begins, {day}"
    return "close date", f"it became pipeline on {day}, outside {within(view)}"


def within(view: LensView) -> str:
    """Name a period with its days."""
    return f"{view.period.name} ({view.period.start} to {view.period.last_day})" if view.period else "every period"


def _told(unit: Mapping[str, object], name: str) -> str:
    value = unit.get(name)
    return "not known" if value is None else str(value)


def _listed(names: object) -> str:
    return ", ".join(map(str, names)) if isinstance(names, tuple) else str(names)


def _stage(unit: Mapping[str, object], lens: Lens) -> str:
    outcome = str(unit.get("outcome"))
    if outcome not in {name.strip().lower() for name in lens.outcomes}:
        return f"it is {outcome}; counted is what is {' or '.join(lens.outcomes)}"
    if isinstance(lens.stages, tuple):
        return f"its stage, {_told(unit, 'stage')}, is none of {_listed(lens.stages)}"
    return f"its stage, {_told(unit, 'stage')}, comes before {lens.stage}"


def _unmet(facet: str, unit: Mapping[str, object], lens: Lens) -> str:
    text = lens.accepted if facet == "accepted" else lens.slice
    if lens.grain == "claim" and not unit.get("claimed"):
        return "nobody claims it"
    read = ", ".join(f"{name} is {_told(unit, name)}" for name in _columns(text))
    return f"it does not meet {text}{f': {read}' if read else ''}"


def _unknown(unit: Mapping[str, object], lens: Lens) -> str:
    names = ["type", "outcome", "stage", *_columns(lens.accepted), *_columns(lens.slice)]
    return ", ".join(name for name in dict.fromkeys(names) if unit.get(name) is None) or "a criterion"


def _columns(text: str | None) -> tuple[str, ...]:
    criterion, _ = parse_criterion(text, OPPORTUNITY_COLUMNS, "lens") if text else (None, ())
    return criterion.columns if criterion else ()
