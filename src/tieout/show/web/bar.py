"""The filter bar: one for all pages, each with the filters that it offers. It is a form, so it works without script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader
    from tieout.show.web.rooms import Room

LABELS = {
    "period": "Period", "calendar": "Calendar", "lens": "Counted by", "segment": "Segment", "team": "Team",
    "owner": "Owner", "where": "Only where", "as_of": "As of", "known_at": "Known at", "said_then": "As said then",
    "org": "Owners and segments", "by": "Sliced by",
}  # fmt: skip
SWITCHES = ("said_then", "gross", "weighted")
DATES = ("as_of", "known_at")


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


def bar(reader: Reader, filters: Filters, room: Room) -> Bar:
    """Make the bar of a page."""
    fields = tuple(_field(reader, filters, name) for name in room.bar)
    rest = tuple((name, text) for name, text in filters.texts.items() if name not in room.bar)
    return Bar(fields, rest, filters.path)


def _field(reader: Reader, filters: Filters, name: str) -> Field:
    label, value = LABELS.get(name, name.replace("_", " ").capitalize()), filters[name] or ""
    if name in SWITCHES:
        return Field(name, label, "switch", value)
    if name in DATES:
        return Field(name, label, "date", value)
    options = _options(reader, name)
    return Field(name, label, "select" if options else "text", value, options)


def _options(reader: Reader, name: str) -> tuple[tuple[str, str], ...]:
    company = reader.contract.company
    match name:
        case "calendar":
            return (("", "The agreed one"), *((each, each) for each in company.calendars))
        case "lens":
            return (("", "The agreed number"), *((each, each) for each in reader.contract.lenses))
        case "org":
            return (("", "As they were then"), ("as-is", "As they are now"))
        case _:
            return ()
