"""The filter bar: one for all pages, each with the filters that it offers. It is a form, so it works without script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from tieout.contract.funnel import STEPS
from tieout.measure.choices import Choices, choices
from tieout.questions import opened
from tieout.show.terminal import clean
from tieout.show.web.filters import SWITCHES

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader
    from tieout.show.web.rooms import Room
    from tieout.warehouse.builds import BuildFacts

LABELS = {
    "period": "Period", "calendar": "Calendar", "lens": "Counted by", "segment": "Segment", "team": "Team",
    "owner": "Owner", "where": "Only where", "as_of": "As of", "known_at": "Known at", "said_then": "As said then",
    "org": "Owners and segments", "by": "Sliced by", "gross": "Every version", "closing": "Closing in",
    "cohort": "Cohort", "flow": "As a flow", "weeks": "Every week",
    "within": "Within days", "step": "About step",
}  # fmt: skip
LONGEST = 60
"""A choice is called by so many characters at most; its value is whole."""
DATES = ("as_of", "known_at", "since")


@dataclass(frozen=True, slots=True)
class Field:
    """One filter of the bar: `kind` is select, date, switch or text."""

    name: str
    label: str
    kind: str
    value: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """The fields of the bar, and the filters of the address that it does not offer but keeps."""

    fields: tuple[Field, ...]
    rest: tuple[tuple[str, str], ...]
    clear: str

    @property
    def chosen(self) -> int:
        """How many of its fields say something: told where a phone folds the bar away."""
        return sum(bool(field.value) for field in self.fields)


def bar(reader: Reader, filters: Filters, room: Room) -> Bar:
    """Make the bar of a page."""
    fields = tuple(_field(reader, filters, room, name) for name in room.bar)
    rest = tuple((name, text) for name, text in filters.texts.items() if name not in room.bar)
    return Bar(fields, rest, filters.path)


def _field(reader: Reader, filters: Filters, room: Room, name: str) -> Field:
    label, value = LABELS.get(name, name.replace("_", " ").capitalize()), filters[name] or ""
    if name in SWITCHES:
        return Field(name, label, "switch", value)
    if name in DATES:
        return Field(name, label, "date" if _is_day(value) else "text", value)
    options = _options(reader, filters, room, name)
    if options and value not in {each for each, _ in options}:
        # What was typed into the address stays what is chosen.
        options = (*options, (value, value))
    told = tuple((each, clean(text)[:LONGEST]) for each, text in options)
    return Field(name, label, "select" if told else "text", value, told)


def _is_day(value: str) -> bool:
    """Say whether a date field can hold what was given: a time of a day stands in a field of text."""
    try:
        return not value or bool(date.fromisoformat(value))
    except ValueError:
        return False


def _options(reader: Reader, filters: Filters, room: Room, name: str) -> tuple[tuple[str, str], ...]:
    company = reader.contract.company
    told: tuple[str, ...]
    match name:
        case "calendar":
            return (("", "The agreed one"), *((each, each) for each in company.calendars))
        case "lens":
            return (("", "The agreed number"), *((each, each) for each in reader.contract.lenses))
        case "org":
            return (("", "As they were then"), ("as-is", "As they are now"))
        case "period" | "closing":
            of = choices_of(reader).quarters
            told = of.get(filters["calendar"] or "", of[""])
            return (("", "The usual one"), *((each, each) for each in told))
        case "by":
            return (("", "Nothing"), *((each, each.replace("_", " ")) for each in room.slices)) if room.slices else ()
        case "cohort":
            return (("", "From MQL"), ("lead", "From first contact"))
        case "step":
            return (("", "All steps"), *((each, each) for each in STEPS))
        case "segment" | "team" | "owner":
            told = getattr(choices_of(reader), f"{name}s")
            return (("", "All"), *((each, each) for each in told)) if told else ()
        case _:
            return ()


def choices_of(reader: Reader) -> Choices:
    """Give what there is to choose from in the published build."""
    return _choices(reader.workspace, reader.build, reader.mark)


@lru_cache(maxsize=4)
def _choices(workspace: Workspace, build: BuildFacts, _mark: str) -> Choices:
    with opened(workspace, build) as asked:
        return choices(asked)
