"""What the reference must name, and what it names.

* Each command has a heading with the words people type: "## `tieout ledger rebuild`".
* Each finding code has a heading: "### `stage.unknown`".
* Each part of the contract has a heading with its dotted place ("## `pipeline.stages`"), and in that section an entry
  for each of its keys: a table row or a list item that begins with the key ("| `probability` | ..." or
  "* `probability`: ...").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import UnionType
from typing import Union, get_args, get_origin

from pydantic import BaseModel

from tests.structure.codes import SHAPE


@dataclass
class Section:
    """A heading, without its marks, and the keys that its text has entries for."""

    heading: str
    keys: set[str] = field(default_factory=set)


def sections(text: str) -> list[Section]:
    """Read a page as its headings and the entries under each, leaving out code blocks."""
    found = [Section("")]
    fenced = False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        if not fenced and (heading := re.match(r"#+ (.*)", line)):
            found.append(Section(heading[1].strip()))
        elif not fenced and (entry := re.match(r"\s*(?:\||[*-])\s*`([^`]+)`", line)):
            found[-1].keys.add(entry[1])
    return found


def quoted(heading: str) -> str:
    """Give what stands between the first backticks of a heading, else all of it."""
    found = re.search(r"`([^`]+)`", heading)
    return found[1] if found else heading


def headed_codes(page: list[Section]) -> set[str]:
    """Give the finding codes that a page has headings for."""
    return {code for section in page if SHAPE.fullmatch(code := quoted(section.heading))}


def commands(command: object, name: str) -> list[str]:
    """List every command that does something, as people type it: a command, or those that a group holds."""
    inner = getattr(command, "commands", None)
    if not inner:
        return [name]
    return [found for key, child in sorted(inner.items()) for found in commands(child, f"{name} {key}")]


def places(model: type[BaseModel], place: str = "") -> Iterator[tuple[str, list[str]]]:
    """Walk the parts of the contract: the dotted place of each, and its keys as people write them."""
    fields = {info.alias or name: info.annotation for name, info in model.model_fields.items()}
    if place:
        yield place, sorted(fields)
    for key, annotation in fields.items():
        for part in _models(annotation):
            yield from places(part, f"{place}.{key}".lstrip("."))


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and not get_origin(annotation):
        if issubclass(annotation, BaseModel):
            yield annotation
    elif get_origin(annotation) in {Union, UnionType, tuple, list, dict} or get_args(annotation):
        for part in get_args(annotation):
            yield from _models(part)


def missing_keys(model: type[BaseModel], page: list[Section]) -> list[str]:
    """Tell which parts and keys of the contract a page leaves out."""
    named: dict[str, set[str]] = {}
    for section in page:  # a number may have the name of a part
        named.setdefault(quoted(section.heading), set()).update(section.keys)
    told = []
    for place, keys in places(model):
        if place not in named:
            told.append(f"no heading `{place}`")
        else:
            told += [f"no entry `{key}` under `{place}`" for key in keys if key not in named[place]]
    return told


def invented_keys(model: type[BaseModel], page: list[Section]) -> list[str]:
    """Tell which entries under the contract's headings are no keys."""
    keys = dict(places(model))
    named = ((quoted(section.heading), section.keys) for section in page)
    parts = ((place, told) for place, told in named if place in keys)
    return [f"`{key}` under `{place}`" for place, told in parts for key in sorted(told - {*keys[place]})]
