"""Nodes and cells given the types of the model, part by part, so that each mistake is one finding and spoils no other.

A faulty value is dropped, its key then has its default; an entry without a value that it must have is dropped whole.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BaseModel

from tieout.basics.findings import nearest
from tieout.contract.currencies import CURRENCIES
from tieout.contract.model import FieldMapping
from tieout.contract.nodes import Mapping, Node, Scalar, Sequence
from tieout.contract.places import Fault, Path, Places, shorten

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

MAX_PARTS = 200_000


class _Lost:
    """Stands for a value that was faulty."""


LOST = _Lost()

FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def _flag(text: str) -> bool:
    return FLAGS[text.casefold()]


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _matching(pattern: str, kind: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:  # noqa: ANN401 - the type is that of `kind`
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return kind(text)

    return read


SCALARS: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, "a text"),
    bool: (_flag, "true or false"),
    int: (_matching(r"[-+]?[0-9]{1,15}", int), "a whole number"),
    float: (_matching(r"[-+]?([0-9]{1,15}(\.[0-9]{0,15})?|\.[0-9]{1,15})", float), "a number, such as 0.25"),
    date: (_day, "a date written 2026-07-31"),
    Decimal: (_matching(r"[-+]?[0-9]{1,12}(\.[0-9]{1,12})?", Decimal), "a decimal number, such as 1.0825"),
}
_BOUNDS = (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than"))


@dataclass(slots=True)
class Shaper:
    """Gives nodes the shape of a type; collects faults, the lines of parts, and what was lost on the way."""

    places: Places
    faults: list[Fault] = field(default_factory=list)
    lost: set[Path] = field(default_factory=set)
    parts: int = 0

    def wrong(self, path: Path, code: str, message: str, remedy: str, given: object = None, allowed: Any = ()) -> _Lost:  # noqa: ANN401 - a finding has as many parts
        """Note a fault; the value at `path` is lost."""
        self.faults.append(self.places.fault(path, code, message, remedy, given=given, allowed=allowed))
        self.lost.add(path)
        return LOST

    def conform(self, node: Node, wanted: Any, path: Path) -> Any:  # noqa: ANN401 - one way for each type
        """Give the plain value of a node as `wanted` needs it, or LOST."""
        self.parts += 1
        if self.parts > MAX_PARTS:
            if self.parts == MAX_PARTS + 1:
                message = f"The file has more than {MAX_PARTS:,} values, counting repeated ones."
                self.wrong(path, "yaml.too_many", message, "Keep data in exports and only the agreement here.")
            return LOST
        self.places.lines.setdefault(path, node.line)
        if get_origin(wanted) in {Union, types.UnionType}:
            return self.either(node, get_args(wanted), path)
        if get_origin(wanted) is Literal:
            return self.choice(node, get_args(wanted), path)
        if get_origin(wanted) is dict:
            return self.named(node, get_args(wanted)[1], path)
        if get_origin(wanted) is tuple:
            return self.listed(node, get_args(wanted)[0], path)
        if isinstance(wanted, type) and issubclass(wanted, BaseModel):
            return self.part(node, wanted, path)
        return self.single(node, wanted, path)

    def either(self, node: Node, kinds: tuple[Any, ...], path: Path) -> Any:  # noqa: ANN401
        """Choose between types by the form of the node: single values, lists and nothing never look alike."""
        if isinstance(node, Scalar) and node.null and type(None) in kinds:
            return None
        lists = [kind for kind in kinds if get_origin(kind) is tuple]
        if isinstance(node, Sequence) and lists:
            return self.conform(node, lists[0], path)
        others = [kind for kind in kinds if kind is not type(None) and kind not in lists]
        if not others:
            return self.conform(node, lists[0], path)
        words = get_args(others[0]) if get_origin(others[0]) is Literal else ()
        if lists and words and not (isinstance(node, Scalar) and node.text in words):
            message = f"{named(path)} must be a list, such as [one, two], or '{words[0]}'; it is {told(node)}."
            return self.wrong(path, "value.type", message, "Write a list in brackets.", given(node), words)
        return self.conform(node, others[0], path)

    def choice(self, node: Node, words: tuple[str, ...], path: Path) -> Any:  # noqa: ANN401
        """Take one of a few words."""
        if isinstance(node, Scalar) and node.text in words:
            return node.text
        message = f"{named(path)} cannot be {told(node)}."
        return self.wrong(path, "value.choice", message, "Use one of the allowed words.", given(node), words)

    def named(self, node: Node, wanted: Any, path: Path) -> Any:  # noqa: ANN401
        """Take a mapping of names that people choose."""
        if not isinstance(node, Mapping):
            message = f"{named(path)} must be names with values under them; it is {told(node)}."
            return self.wrong(path, "value.type", message, "Write 'name: value' lines, indented.", given(node))
        found = {}
        for key, value in node.pairs:
            at = (*path, key.text)
            self.places.lines.setdefault(at, key.line)
            if not key.text.strip():
                self.wrong(at, "name.blank", f"{named(path)} has an entry without a name.", "Give it a name.")
            elif (item := self.entry(value, wanted, at)) is not LOST:
                found[key.text] = item
        return found

    def entry(self, node: Node, wanted: Any, path: Path) -> Any:  # noqa: ANN401
        """Take a named entry; one with nothing under it has all defaults, where it can."""
        empty = isinstance(node, Scalar) and node.null
        if empty and isinstance(wanted, type) and issubclass(wanted, BaseModel):
            return self.part(Mapping((), node.line), wanted, path)
        return self.conform(node, wanted, path)

    def listed(self, node: Node, wanted: Any, path: Path) -> Any:  # noqa: ANN401
        """Take a list; a faulty item is left out."""
        if not isinstance(node, Sequence):
            message = f"{named(path)} must be a list; it is {told(node)}."
            return self.wrong(path, "value.type", message, "Write [one, two], or one '- item' line each.", given(node))
        items: list[Any] = []
        for item in node.items:
            at, lines, faults = (*path, len(items)), len(self.places.lines), len(self.faults)
            if (value := self.conform(item, wanted, at)) is LOST:
                self.forget(at, lines, faults)
            else:
                items.append(value)
        return items

    def forget(self, path: Path, lines: int, faults: int) -> None:
        """Free the path of a lost item for the item that takes its position; its faults keep their places."""
        while len(self.places.lines) > lines:
            self.places.lines.popitem()
        aside: Path = (*path[:-1], f"lost {path[-1]}")
        self.lost = {at for at in self.lost if at[: len(path)] != path} | {aside}
        for at in range(faults, len(self.faults)):
            self.faults[at] = replace(self.faults[at], path=aside)

    def part(self, node: Node, model: type[BaseModel], path: Path) -> Any:  # noqa: ANN401
        """Take a part with keys of its own."""
        if model is FieldMapping and not isinstance(node, Mapping):
            column = self.conform(node, str | tuple[str, ...], path)
            return LOST if column is LOST else {"column": column}
        if not isinstance(node, Mapping):
            message = f"{named(path)} must have keys under it; it is {told(node)}."
            return self.wrong(path, "value.type", message, f"Keys: {', '.join(keys_of(model))}.", given(node))
        return self.filled(node, model, path)

    def filled(self, node: Mapping, model: type[BaseModel], path: Path) -> Any:  # noqa: ANN401
        """Fill the keys of a part; a key that stands empty has its default."""
        keys = keys_of(model)
        values: dict[str, Any] = {}
        missing = {key for key, info in keys.items() if info.is_required()}
        for key, value in node.pairs:
            at = (*path, key.text)
            self.places.lines[at] = key.line
            if not (info := keys.get(key.text)):
                message = f"'{shorten(key.text)}' is no key of {named(path)}."
                self.wrong(at, "key.unknown", message, "Rename or delete it.", key.text, keys)
                meant = {name for name in keys if nearest(key.text, (name,))}
                self.lost |= {(*path, name) for name in meant}
                missing -= meant
                continue
            if isinstance(value, Scalar) and value.null and not info.is_required():
                continue
            taken = self.bounded(self.conform(value, info.annotation, at), info, at)
            if taken is not LOST:
                values[key.text] = taken
            elif info.is_required():
                self.lost.add(path)
            missing.discard(key.text)
        for name in sorted(missing) if node.whole else ():
            message = f"{named(path)} has no '{name}'."
            self.wrong((*path, name), "key.missing", message, f"Add '{name}:'.")
        incomplete = any(key not in values for key, info in keys.items() if info.is_required())
        if incomplete:
            self.lost.add(path)
        return LOST if incomplete else values

    def single(self, node: Node, wanted: Any, path: Path) -> Any:  # noqa: ANN401
        """Take a single value; text is taken as it stands, whatever YAML would make of it."""
        read, words = SCALARS[wanted]
        empty = isinstance(node, Scalar) and node.null
        if isinstance(node, Scalar) and not empty:
            try:
                return self.checked(read(node.text if wanted is str else node.text.strip()), path)
            except (ValueError, LookupError, ArithmeticError):
                pass
        message = f"{named(path)} must be {words}; it is {told(node)}."
        return self.wrong(path, "value.type", message, f"Write {words}.", given(node))

    def bounded(self, value: Any, info: FieldInfo, path: Path) -> Any:  # noqa: ANN401
        """Hold a number to the bounds of its key."""
        if value is LOST or value is None:
            return value
        for bound in info.metadata:
            for attribute, words in _BOUNDS:
                limit = getattr(bound, attribute, None)
                if limit is not None and not _holds(attribute, value, limit):
                    message = f"{named(path)} must be {words} {limit}; it is {value}."
                    return self.wrong(path, "value.range", message, "Give a number in the range.", value)
        return value

    def checked(self, value: Any, path: Path) -> Any:  # noqa: ANN401
        """Hold a currency and a time zone to the names there are."""
        if path[-1] == "currency" and "fields" not in path and value not in CURRENCIES:
            message = f"'{shorten(value)}' is not a currency code."
            remedy = "Use a code of ISO 4217, such as EUR."
            return self.wrong(path, "currency.unknown", message, remedy, value, sorted(CURRENCIES))
        if path[-1] == "time_zone" and not is_zone(value):
            close = nearest(value, available_timezones())
            message = f"'{shorten(value)}' is not a time zone."
            remedy = "Use a name of the IANA list, such as Europe/Berlin."
            return self.wrong(path, "zone.unknown", message, remedy, value, (close,) if close else ("UTC",))
        return value


def _holds(attribute: str, value: Any, limit: Any) -> bool:  # noqa: ANN401
    return bool({"ge": value >= limit, "gt": value > limit, "le": value <= limit, "lt": value < limit}[attribute])


def is_zone(name: str) -> bool:
    """Say whether a time zone of this name exists."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def keys_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Give the keys of a part as people write them."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def named(path: Path) -> str:
    """Name a part in a sentence by its own key and what holds it."""
    if len(path) == 1:
        return f"'{path[0]}'"
    last = path[-1]
    if isinstance(last, int):
        return f"entry {last + 1} of '{shorten(str(path[-2]))}'"
    return f"'{shorten(last)}'"


def told(node: Node) -> str:
    """Tell in a few words what a node is."""
    if isinstance(node, Scalar):
        return "empty" if node.null else f"'{shorten(node.text)}'"
    return "a list" if isinstance(node, Sequence) else "a part with keys"


def given(node: Node) -> str | None:
    """Give what a person wrote, where it is a single value."""
    return node.text if isinstance(node, Scalar) and not node.null else None
