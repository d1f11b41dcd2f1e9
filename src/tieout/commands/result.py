"""What a command gives back: the text for standard output, and its exit status."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from tieout.basics.findings import Finding, Level, worst
from tieout.contract.writing import write_aside
from tieout.show.as_json import dumps
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
    file: Path | None = None
    """Where a page of HTML is written instead, if one is asked for."""


@dataclass(frozen=True, slots=True)
class Result:
    """The whole of standard output, and the exit status."""

    text: str
    status: int = OK


def page(lines: Iterable[str], status: int = OK) -> Result:
    """Give lines of text."""
    return Result("\n".join(lines), status)


def written(file: Path, html: str, status: int = OK) -> Result:
    """Write a page of HTML to a file, at once and whole. Raises UsageError where it cannot be."""
    try:
        write_aside(file, html)
    except OSError as error:
        message = f"'{file}' cannot be written: {error.strerror}. Give a file in a folder that may be written to."
        raise UsageError(message) from error
    return Result(f"Written to {file}.", status)


def finished(
    output: Output,
    html: Callable[[], str],
    document: Callable[[], Mapping[str, Any]],
    table: Callable[[], str],
    lines: Callable[[], Iterable[str]],
    status: int = OK,
) -> Result:
    """Write what was found in the form that was asked for: a page of HTML, a JSON document, CSV or text."""
    if output.file:
        return written(output.file, html(), status)
    match output.form:
        case Form.JSON:
            return Result(dumps(document()), status)
        case Form.CSV:
            return Result(table(), status)
        case Form.TEXT:
            return page(lines(), status)


def status_of(findings: Iterable[Finding]) -> int:
    """Say 1 where one of the findings is an error."""
    return FOUND if worst(findings) is Level.ERROR else OK
