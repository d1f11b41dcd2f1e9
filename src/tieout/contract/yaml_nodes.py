"""YAML text as a tree of nodes with lines, read without giving up at the first mistake and without running anything.

ruamel.yaml reads the events; the tree is built here, because a contract needs the line of every part, both of two equal
keys, a bound on depth, and what stands before and after a mistake. Values stay text; `shape` gives them their type.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from tieout.contract.nodes import Mapping, Node, Scalar, Sequence
from tieout.contract.places import Fault, Places, shorten
from tieout.contract.text_file import at_line
from tieout.contract.yaml_errors import Stop, StopReadingError, stopped

MAX_DEPTH = 30
MAX_ERRORS = 50
_CORE = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    {"!", *(_CORE + kind for kind in ("str", "int", "float", "bool", "null", "seq", "map", "timestamp"))}
)
_TOP_KEY = re.compile(r"""^(?![\s#\-\]}|>%.])[^:]*:(\s|$)""")


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been read yet."""

    event: Any
    line: int
    children: list[Node | None] = field(default_factory=list)


@dataclass(slots=True)
class _Builder:
    """Builds nodes from events; `first` is the number of lines before the text it reads."""

    name: str
    places: Places
    faults: list[Fault] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)
    first: int = 0

    def fault(self, line: int, code: str, message: str, remedy: str) -> None:
        self.faults.append(at_line(self.places, (self.name, line), code, message, remedy))

    def read(self, text: str) -> Node | None:
        """Build the tree of `text`; what was open when reading stopped is closed and marked as cut short."""
        self.stack = [_Open(None, 1 + self.first)]
        documents = 0
        try:
            for event in _events(text, self.first):
                documents += isinstance(event, DocumentStartEvent)
                if documents > 1:
                    message = "A second document begins here ('---'); only the first is read."
                    line = 1 + self.first + event.start_mark.line
                    self.fault(line, "yaml.documents", message, "Keep one document in a file.")
                    break
                self.take(event)
        except StopReadingError:
            while len(self.stack) > 1:
                self.close(whole=False)
            raise
        finally:
            root = next((node for node in self.stack[0].children if node is not None), None)
            self.stack = [_Open(None, 1, [root])]
        return root

    @property
    def root(self) -> Node | None:
        """The tree built so far."""
        return self.stack[0].children[0] if self.stack and self.stack[0].children else None

    def take(self, event: Any) -> None:  # noqa: ANN401 - the parser's events have no common typed base
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            self.open(event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self.close(whole=True)
        elif isinstance(event, ScalarEvent):
            line = 1 + self.first + event.start_mark.line
            self.check_tag(event, line)
            self.add(event, Scalar(str(event.value), event.style is None, line))
        elif isinstance(event, AliasEvent):
            self.stack[-1].children.append(self.alias(event))

    def open(self, event: Any) -> None:  # noqa: ANN401
        line = 1 + self.first + event.start_mark.line
        if len(self.stack) > MAX_DEPTH:
            message = f"The values are nested more than {MAX_DEPTH} deep; no part of a contract is."
            raise StopReadingError(Stop("yaml.deep", message, "Close the brackets, or mend the indentation.", line))
        self.check_tag(event, line)
        self.stack.append(_Open(event, line))

    def close(self, *, whole: bool) -> None:
        top = self.stack.pop()
        if not whole and top.event.flow_style:
            self.stack[-1].children.append(None)
        elif isinstance(top.event, SequenceStartEvent):
            self.add(top.event, Sequence(tuple(item for item in top.children if item is not None), top.line, whole))
        else:
            self.add(top.event, Mapping(self.pairs(top.children), top.line, whole))

    def add(self, event: Any, node: Node) -> None:  # noqa: ANN401
        self.stack[-1].children.append(node)
        if event.anchor:
            self.anchors[event.anchor] = node

    def alias(self, event: Any) -> Node | None:  # noqa: ANN401
        found = self.anchors.get(event.anchor)
        if found is None:
            known = ", ".join(sorted(self.anchors)) or "none"
            mark = shorten(event.anchor)
            message = f"'*{mark}' repeats a value marked '&{mark}', and there is none above."
            self.fault(1 + self.first + event.start_mark.line, "yaml.alias", message, f"Marked so far: {known}.")
        return found

    def check_tag(self, event: Any, line: int) -> None:  # noqa: ANN401
        tag = None if event.tag is None else str(event.tag)
        if tag and tag not in _PLAIN_TAGS:
            shown = shorten(tag.replace(_CORE, "!!"))
            message = f"The tag '{shown}' asks for another kind of value; a contract holds plain values only."
            self.fault(line, "yaml.tag", message, "Delete the tag.")

    def pairs(self, children: list[Node | None]) -> tuple[tuple[Scalar, Node], ...]:
        """Pair keys with values; report keys that are not names, and keys given twice."""
        found: dict[str, tuple[Scalar, Node]] = {}
        merged: list[tuple[Scalar, Node]] = []
        for key, value in zip(children[::2], children[1::2], strict=False):
            if not isinstance(key, Scalar):
                line = key.line if key else self.stack[-1].line
                self.fault(line, "yaml.key", "A key must be a single name.", "Write it as 'name: value'.")
            elif value is None:
                continue
            elif key.plain and key.text == "<<":
                merged += self.merge(value)
            elif key.text in found:
                first = found[key.text][0].line
                message = f"The key '{shorten(key.text)}' is given twice; it stands in line {first} as well."
                self.fault(key.line, "yaml.duplicate_key", message, "Keep one of them.")
            else:
                found[key.text] = (key, value)
        for key, value in merged:
            found.setdefault(key.text, (key, value))
        return tuple(found.values())

    def merge(self, value: Node) -> list[tuple[Scalar, Node]]:
        parts = value.items if isinstance(value, Sequence) else (value,)
        if not all(isinstance(part, Mapping) for part in parts):
            message = "'<<' takes in the keys of another part, and this is not one."
            self.fault(value.line, "yaml.merge", message, "Write '<<: *name' for a part marked '&name'.")
        return [pair for part in parts if isinstance(part, Mapping) for pair in part.pairs]


def read_nodes(text: str, name: str, places: Places) -> tuple[Mapping | None, list[Fault]]:
    """Read a file's text into a mapping. After a mistake, reading goes on at the next key of the first column."""
    builder = _Builder(name, places)
    lines = text.split("\n")
    pairs: list[Node | None] = []
    whole = True
    for _ in range(MAX_ERRORS):
        before = len(builder.faults)
        stop = _attempt(builder, lines)
        if stop and _untabbed(stop, builder, lines, before):
            continue
        pairs += _top_pairs(builder)
        if stop is None:
            break
        whole = False
        builder.fault(stop.line, stop.code, stop.message, stop.remedy)
        builder.first = next((at for at in range(stop.line, len(lines)) if _TOP_KEY.match(lines[at])), len(lines))
    builder.stack = [_Open(None, 1)]
    root = Mapping(builder.pairs(pairs), 1, whole) if pairs or not whole else None
    return root, builder.faults


def _attempt(builder: _Builder, lines: list[str]) -> Stop | None:
    try:
        builder.read("\n".join(lines[builder.first :]))
    except StopReadingError as error:
        return error.stop
    return None


def _untabbed(stop: Stop, builder: _Builder, lines: list[str], before: int) -> bool:
    """Where a tab stopped the reading, report every line indented with one and mend them, to read once more."""
    tabbed = [number for number, line in enumerate(lines, 1) if "\t" in line[: len(line) - len(line.lstrip())]]
    if stop.line not in tabbed:
        return False
    del builder.faults[before:]
    for number in tabbed:
        message = "The line is indented with a tab, which YAML does not allow."
        builder.fault(number, "yaml.tab", message, "Indent with spaces.")
        body = lines[number - 1].lstrip()
        indent = lines[number - 1][: len(lines[number - 1]) - len(body)]
        lines[number - 1] = indent.replace("\t", "  ") + body
    return True


def _top_pairs(builder: _Builder) -> list[Node | None]:
    root = builder.root
    if isinstance(root, Mapping):
        return [node for pair in root.pairs for node in pair]
    if root is not None and not (isinstance(root, Scalar) and root.null) and getattr(root, "whole", True):
        message = "The file must hold keys and values."
        builder.fault(root.line, "yaml.root", message, "Write 'key: value' lines, beginning in the first column.")
    return []


def _events(text: str, first: int) -> Iterator[Any]:
    try:
        yield from YAML(typ="safe", pure=True).parse(io.StringIO(text))
    except MarkedYAMLError as error:
        raise StopReadingError(stopped(error, first)) from error
    except Exception as error:
        # Whatever the parser does with arbitrary text is a mistake in the text.
        message = f"The text cannot be read as YAML: {shorten(str(error))}."
        raise StopReadingError(Stop("yaml.syntax", message, "Check the file from its beginning.", 1 + first)) from error
