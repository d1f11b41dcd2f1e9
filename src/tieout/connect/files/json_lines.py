"""The records of JSON: one object a line, or a list of objects. Nested objects become columns with dots in their names.

Numbers stay as they are written, lists stay JSON, null is empty. Keys may appear late: a record has as many values as
columns were known when it was read, and `names` has them all in the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn, TextIO

from tieout.connect.files.record import LONGEST, Record, Reject, fault, shown
from tieout.connect.files.unreadable import UnreadableError

MOST_COLUMNS = 4000
BEGINS = re.compile(r'\s*(\{\s*["}]|\[\s*[{\]])')
"""How a JSON file begins; no table of text does."""

_BETWEEN, _ENDS = re.compile(r"[ \t\r\n,]*"), re.compile(r"\]\s*\Z")
NO_JSON, NO_OBJECT = "it is no whole JSON", "it is JSON, but no object with keys"


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


class _RefusedError(ValueError):
    """JSON that cannot be a record; the message says why."""


def _refuse(constant: str) -> NoReturn:
    message = f"{constant} is no number"
    raise _RefusedError(message)


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made and made[key] != value:
            message = f"the key '{key[:60]}' is there twice with other values"
            raise _RefusedError(message)
        made[key] = value
    return made


DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_Number, parse_int=_Number, parse_constant=_refuse, strict=True
)


def written(value: object) -> str:
    """Write a JSON value as text, its numbers as they were written."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case _Number():
            return str(value)
        case list():
            return f"[{','.join(map(written, value))}]"
        case dict():
            return f"{{{','.join(f'{written(key)}:{written(each)}' for key, each in value.items())}}}"
        case _:
            return json.dumps(value, ensure_ascii=False)


class JsonRows:
    """The objects of a JSON file as records; `names` grows while they are read."""

    def __init__(self, path: Path, *, replaced: bool = False) -> None:
        self.path, self.replaced = path, replaced
        self.places: dict[str, int] = {}
        self.number = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The keys met so far, in the order of their first appearance."""
        return tuple(self.places)

    def __iter__(self) -> Iterator[Record | Reject]:
        """Give the records in order; a line that is no object is rejected."""
        with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            first = next((line for line in iter(lambda: file.readline(LONGEST), "") if line.strip()), "")
            file.seek(0)
            by_line = not first.lstrip().startswith("[") and not isinstance(_parsed(first), str)
            yield from self._by_line(file) if by_line else self._by_value(file)

    def _by_line(self, file: TextIO) -> Iterator[Record | Reject]:
        number = 0
        while text := file.readline(LONGEST):
            number += 1
            if len(text) == LONGEST and not text.endswith(("\n", "\r")):
                while (part := file.readline(LONGEST)) and not part.endswith(("\n", "\r")):
                    pass
                self.number += 1
                yield Reject(number, f"the line is longer than {LONGEST:,} characters", shown(text))
            elif text.strip():
                yield self._taken(text, number)

    def _by_value(self, file: TextIO) -> Iterator[Record | Reject]:
        """Read values that need not end with their line: those of a list, or objects one after another."""
        text, line, at, ended = file.read(LONGEST), 1, 0, False
        text = re.sub(r"^(\s*)\[", r"\1 ", text)
        while True:
            begin = found.end() if (found := _BETWEEN.match(text, at)) else at
            line += text.count("\n", at, begin)
            at = begin
            if not ended and len(text) - at < LONGEST:
                more = file.read(LONGEST)
                text, at, ended = text[at:] + more, 0, not more
                continue
            if at == len(text) or _ENDS.match(text, at):
                return
            try:
                _, end = DECODER.raw_decode(text, at)
            except (ValueError, RecursionError) as error:
                self.number += 1
                reason = str(error) if isinstance(error, _RefusedError) else NO_JSON
                yield Reject(line, f"{reason}; nothing behind it is read", shown(text[at:]))
                return
            yield self._taken(text[at:end], line)
            line += text.count("\n", at, end)
            at = end

    def _taken(self, text: str, line: int) -> Record | Reject:
        self.number += 1
        found = _parsed(text)
        if isinstance(found, str):
            return Reject(line, found, shown(text))
        values = [""] * len(self.places)
        try:
            given: dict[str, str] = {}
            _flatten(found, "", given)
        except _RefusedError as error:
            return Reject(line, str(error), shown(text))
        except RecursionError:
            return Reject(line, "it is nested too deep", shown(text))
        if reason := fault(list(given.values()), len(given), replaced=self.replaced):
            return Reject(line, reason, shown(text))
        for name, value in given.items():
            place = self.places.setdefault(name, len(self.places))
            if place == len(values):
                values.append(value)
            else:
                values[place] = value
        if len(self.places) > MOST_COLUMNS:
            message = f"The file has more than {MOST_COLUMNS:,} different keys: its keys seem to be data."
            raise UnreadableError(message, "Export a list of records, each with the same keys.")
        return Record(self.number, line, values)


def _parsed(text: str) -> dict[str, Any] | str:
    """Give the object in a text, or why there is none."""
    try:
        found = DECODER.decode(text.strip())
    except _RefusedError as error:
        return str(error)
    except ValueError:
        return NO_JSON
    except RecursionError:
        return "it is nested too deep"
    return found if isinstance(found, dict) else NO_OBJECT


def _flatten(found: dict[str, Any], before: str, given: dict[str, str]) -> None:
    for key, value in found.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            _flatten(value, f"{name}.", given)
            continue
        text = "" if value is None else value if type(value) is str else written(value)
        if given.setdefault(name, text) != text:
            message = f"the key '{name[:60]}' is there twice with other values"
            raise _RefusedError(message)
