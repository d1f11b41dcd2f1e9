"""The careful reader: one record after another, and whatever is no record is rejected with line and reason.

The fast reader takes clean files only; this one takes the rest. A record that cannot be read costs its first line
alone: reading goes on with the next one, so that an open quote does not swallow what follows.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tieout.connect.files.header import Header

LONGEST = 2_000_000
KEPT_TEXT = 100_000
QUOTED_LATER = re.compile(r' +"').match
"""Finds a value that begins with spaces and a quote: it was quoted, though not from its first letter on."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that is kept aside: where it was, why, and what it said."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the file with its number among all records and the line on which it begins."""

    number: int
    line: int
    values: list[str]


class _TooLongError(Exception):
    """Ends a record that does not end by itself."""


class _Lines:
    """Lines of a text that can be given back; remembers those since the last mark."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.size = 0
        self.number = 0

    def mark(self) -> None:
        self.number += len(self.taken)
        self.taken.clear()
        self.size = 0

    def back_up(self) -> None:
        """Keep the first line taken since the mark, and give the others back."""
        self.waiting.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.waiting.popleft() if self.waiting else self.file.readline(LONGEST)
        if not line:
            raise StopIteration
        self.taken.append(line)
        self.size += len(line)
        if self.size >= LONGEST:
            raise _TooLongError
        return line

    def skip_line(self) -> None:
        """Pass over the rest of a line that is too long to hold."""
        while (part := self.file.readline(LONGEST)) and not part.endswith(("\n", "\r")):
            pass


def read_carefully(
    path: Path, header: Header, *, replaced: bool = False, spaced: bool = False
) -> Iterator[Record | Reject]:
    """Read the records behind the header, in order; empty lines are none.

    `replaced`: U+FFFD stands for lost bytes. `spaced`: there are spaces between quotes and delimiters.
    """
    before = csv.field_size_limit(LONGEST * 2)
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            lines = _Lines(file)
            for _ in range(header.lines):
                lines.file.readline()
            lines.number = header.lines
            yield from _records(lines, header, replaced=replaced, spaced=spaced)
    finally:
        csv.field_size_limit(before)


def _records(lines: _Lines, header: Header, *, replaced: bool, spaced: bool) -> Iterator[Record | Reject]:
    width, number = len(header.names), 0
    reader = csv.reader(lines, delimiter=header.delimiter, strict=True)
    while True:
        lines.mark()
        reason = None
        values: list[str] = []
        try:
            values = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLongError) as error:
            reason = _reason(error, lines)
            reader = csv.reader(lines, delimiter=header.delimiter, strict=True)
        if reason is None and not values and width > 1:
            continue
        number += 1
        if len(values) > width and not any(values[width:]):
            values = values[:width]
        reason = reason or fault(values or [""], width, replaced=replaced)
        if spaced and (reason or any(map(QUOTED_LATER, values))) and (loose := _without_space(lines.taken, header)):
            values, reason = loose, fault(loose, width, replaced=replaced)
        if reason is None:
            yield Record(number, lines.number + 1, values or [""])
        else:
            yield Reject(lines.number + 1, reason, shown("".join(lines.taken)))


def _without_space(taken: list[str], header: Header) -> list[str] | None:
    """Read a line once more, without the spaces around its quotes; None where that does not make it a record."""
    if len(taken) > 1:
        return None
    closed = re.sub(rf'" +(?={re.escape(header.delimiter)}|[\r\n]*$)', '"', taken[0])
    try:
        rows = list(csv.reader([closed], delimiter=header.delimiter, strict=True, skipinitialspace=True))
    except csv.Error:
        return None
    return rows[0] if rows and len(rows[0]) == len(header.names) else None


def _reason(error: Exception, lines: _Lines) -> str:
    several = len(lines.taken) > 1
    if isinstance(error, _TooLongError) and not several:
        if not lines.taken[0].endswith(("\n", "\r")):
            lines.skip_line()
        return f"the line is longer than {LONGEST:,} characters"
    lines.back_up()
    if isinstance(error, _TooLongError) or "unexpected end" in str(error):
        return "a quote is opened and not closed"
    return "a quote is closed in the middle of a value" if "expected after" in str(error) else str(error)


def fault(values: Sequence[str], width: int, *, replaced: bool) -> str | None:
    """Say why the values of a record cannot be taken, or None."""
    if len(values) != width:
        return f"{len(values)} columns where the header has {width}"
    text = "".join(values)
    if "\0" in text:
        return "it holds a NUL byte"
    if text.isascii():
        return None
    if any("\ud800" <= sign <= "\udfff" for sign in text) or (replaced and "\ufffd" in text):
        return "it holds bytes that are not text in this encoding"
    return None


def shown(text: str) -> str:
    """Make a raw text fit to be kept: without its line end, odd bytes spelled out, the very long ones cut and told."""
    text = text.rstrip("\r\n")
    if len(text) > KEPT_TEXT:
        text = f"{text[:KEPT_TEXT]} ... ({len(text):,} characters)"
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
