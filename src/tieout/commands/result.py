"""What a command gives back: the text for standard output, and its exit status."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from tieout.basics.findings import Finding, Level, worst
from tieout.show.terminal import Terminal

OK, FOUND, USAGE, MISTAKE_OF_OURS, BUSY, CLOSED_PIPE, INTERRUPTED = 0, 1, 2, 70, 75, 141, 130


class UsageError(Exception):
    """Options that do not go together, or one that is missing; the message says which."""


class Form(Enum):
    """How an answer is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Output:
    """How and where to a command writes."""

    form: Form = Form.TEXT
    terminal: Terminal = field(default_factory=Terminal)


@dataclass(frozen=True, slots=True)
class Result:
    """The whole of standard output, and the exit status."""

    text: str
    status: int = OK


def page(lines: Iterable[str], status: int = OK) -> Result:
    """Give lines of text."""
    return Result("\n".join(lines), status)


def status_of(findings: Iterable[Finding]) -> int:
    """Say 1 where one of the findings is an error."""
    return FOUND if worst(findings) is Level.ERROR else OK
