"""The terminal: its width, whether it takes colors, and lines made of styled pieces.

Color carries meaning only and is never the only sign; it is off when output is piped or NO_COLOR is set.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO

from rich.cells import cell_len, set_cell_size

STYLES = {
    "plain": "",
    "title": "1",
    "figure": "1",
    "label": "2",
    "accent": "36",
    "up": "36",
    "down": "33",
    "warning": "33",
    "error": "31",
    "note": "2",
}
DOT = " \N{MIDDLE DOT} "
NARROWEST, WIDEST, PIPED = 60, 110, 100


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where text goes: how wide it may be, and whether styles are written."""

    width: int = PIPED
    color: bool = False

    def paint(self, text: str, style: str) -> str:
        """Put a style on a text, where styles are written."""
        code = STYLES[style]
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and code and text else text

    def wrap(self, text: str, indent: int = 0, first: int | None = None, style: str = "plain") -> list[str]:
        """Break a text into lines that fit; the first may begin further left."""
        lines: list[str] = []
        line = " " * (indent if first is None else first)
        begun = False
        for word in clean(text).split(" "):
            if begun and cell_len(line) + 1 + cell_len(word) > self.width:
                lines.append(line)
                line, begun = " " * indent, False
            line += f" {word}" if begun else word
            begun = True
        return [self._painted(one, style) for one in (*lines, line)]

    def label(self, parts: Iterable[str], indent: int = 0) -> list[str]:
        """Lay short parts out one after another, a dot between them; none of them is broken."""
        lines: list[str] = []
        line = ""
        for part in (clean(each) for each in parts if each):
            if line and indent + cell_len(f"{line}{DOT}{part}") > self.width:
                lines.append(line)
                line = part
            else:
                line = f"{line}{DOT}{part}" if line else part
        return [" " * indent + self.paint(one, "label") for one in (*lines, line) if one]

    def _painted(self, line: str, style: str) -> str:
        words = line.lstrip()
        return line[: len(line) - len(words)] + self.paint(words, style)


def terminal_of(stream: IO[str], environment: Mapping[str, str] = os.environ) -> Terminal:
    """Tell what a stream can show."""
    live = stream.isatty()
    columns = shutil.get_terminal_size((PIPED, 24)).columns if live or environment.get("COLUMNS") else PIPED
    refused = bool(environment.get("NO_COLOR")) or environment.get("TERM") == "dumb"
    color = not refused and (live or bool(environment.get("FORCE_COLOR")))
    return Terminal(min(max(columns, NARROWEST), WIDEST), color)


def clean(text: str) -> str:
    """Make a text from data safe to show: one line, nothing that moves the cursor or turns the direction of writing."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in " ".join(text.split()))


def fit(text: str, width: int) -> str:
    """Cut a text to a number of columns, with an ellipsis where something is lost."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "\N{HORIZONTAL ELLIPSIS}" if width > 1 else text[:width]


def pad(text: str, width: int, *, right: bool) -> str:
    """Fill a text up to a number of columns, on the left of figures and on the right of words."""
    space = " " * max(width - cell_len(text), 0)
    return space + text if right else text + space
