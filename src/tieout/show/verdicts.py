"""Why an end of a bridge counts a record or not, in words: what it looked at, and what it asks for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.measure.bridge.verdicts import DATES, NOT_LISTED, OUTSIDE, Verdict
from tieout.show import figures
from tieout.show.terminal import clean

if TYPE_CHECKING:
    from tieout.measure.lens_sql import LensView
    from tieout.postings import Seen

DAYS = {"closed_on": "close date", "created_on": "creation", "claimed_on": "claim"}
SAID = {"closed_on": "closes", "created_on": "created", "claimed_on": "claimed"}
NAMES = DAYS | {"into_record": "merged into", "owner_id": "owner", "account_id": "account", "rate_on": "rate of"}


def why(one: Verdict | None, view: LensView) -> str:
    """Say why an end counts a record, or by what it does not."""
    if one is None:
        return "nothing is told of it"
    if one.facet is None:
        return _counted(one, view)
    return _rejected(one, view)


def value_of(one: Verdict | None) -> Decimal | None:
    """Give what an end counts a record with; None where it does not count it, or its amount is not known."""
    return one.value if one and one.counted else None


def _counted(one: Verdict, view: LensView) -> str:
    told = one.fields
    if "outcome" not in told:
        return clean(one.unit)
    stage = told["stage"] or "no stage"
    parts = [stage if told["outcome"] == "open" else f"{told['outcome'] or 'no outcome'} in {stage}"]
    if one.lone:
        parts = ["without a deal"]
    day = DATES[view.lens.date_field]
    parts += [f"{SAID[day]} {told[day]}"] if told[day] else []
    return ", ".join([*map(clean, parts), _amount(one, view)])


def _amount(one: Verdict, view: LensView) -> str:
    told = one.fields
    if told["amount"] is None:
        return "its amount is not known"
    words = f"{(view.lens.basis or 'arr').upper()} {figures.money(told['amount'])} {clean(told['currency'] or '')}"
    if told["probability"] is not None:
        words += f" x {figures.share(float(told['probability']))}"
    rate = told["rate"]
    return f"{words.strip()} at {rate.normalize():f}" if rate is not None and rate != 1 else words.strip()


PLAIN = {
    "exists": "not there yet",
    "deleted": "deleted",
    OUTSIDE: "not within the condition of both",
    "excluded": "in the register of exclusions",
    "criteria unknown": "a criterion cannot be decided: a field that it reads is empty",
}
"""What is said of a facet that looks at nothing more than itself."""


def _rejected(one: Verdict, view: LensView) -> str:
    told, lens = one.fields, view.lens
    match one.facet:
        case "merged" | "duplicate":
            return f"{one.facet}: it is {clean(str(told['into_record'] or 'another record'))}"
        case "type":
            return f"type {_text(told['type'])}; counted: {_listed(lens.types)}"
        case "stage":
            return _stage(one, view)
        case "category":
            return f"forecast category {_text(told['category'])} is left out"
        case "close date":
            day = DATES[lens.date_field]
            return f"{DAYS[day]} {_text(told[day])} is not in {_period(view)}"
        case "past due":
            return f"close date {_text(told['closed_on'])} has passed"
        case "accepted" | "slice":
            asked = lens.accepted if one.facet == "accepted" else lens.slice
            return f"does not meet: {clean(asked or 'the condition')}" if one.claimed else "nobody claims it"
        case _:
            return PLAIN.get(one.facet or "", one.facet or NOT_LISTED)


def _stage(one: Verdict, view: LensView) -> str:
    told, lens = one.fields, view.lens
    if told["outcome"] not in lens.outcomes:
        return f"{_text(told['outcome'])}; counted: {_listed(lens.outcomes)}"
    asked = _listed(lens.stages) if lens.stages is not None else f"{lens.stage} or beyond"
    return f"stage {_text(told['stage'])}; counted: {clean(asked)}"


def _period(view: LensView) -> str:
    period = view.period
    return f"{period.name} ({period.start} to {period.last_day})" if period else "the period"


def _listed(names: tuple[str, ...] | str | None) -> str:
    return clean(names if isinstance(names, str) else ", ".join(names or ()))


def _text(value: object) -> str:
    match value:
        case None:
            return "(empty)"
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return figures.money(value) if abs(value) >= 100 else f"{value.normalize():f}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case _:
            return clean(str(value))


def differs(seen: Seen) -> str:
    """Name the fields that make the difference, each with what both ends have."""
    ends = (seen.start, seen.end)
    parts = []
    for name in seen.deciding:
        values = [_text(end.fields.get(name)) if end and end.fields else figures.NOTHING for end in ends]
        told = values[0] if values[0] == values[1] else f"{values[0]} \N{RIGHTWARDS ARROW} {values[1]}"
        parts.append(f"{NAMES.get(name, name)}: {told}")
    return "; ".join(parts)
