"""The careful reader: one record after another, and whatever is no record is rejected with line and reason.

The fast reader takes clean files only; this one takes the rest. A record that cannot be read costs its first line
alone: reading goes on with the next one, so that an open quote does not swallow what follows.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from tieout.connect.files.header import Header
from tieout.connect.files.record import LONGEST, Record, Reject, fault, roomy, shown

QUOTED_LATER = re.compile(r' +"').match
"""Finds a value that begins with spaces and a quote: it was quoted, though not from its first letter on."""


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
    with roomy(), path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        lines = _Lines(file)
        for _ in range(header.lines):
            lines.file.readline()
        lines.number = header.lines
        yield from _records(lines, header, replaced=replaced, spaced=spaced)


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
        if header.sign and reason is None:
            values = [value.replace(header.delimiter, header.sign) for value in values]
        if reason is None and tuple(values) == header.raw:
            yield Reject(lines.number + 1, "it names the columns once more", shown("".join(lines.taken)), spare=True)
        elif reason is None:
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
