"""What every reader of files gives: records, and rejected lines with the reason."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

LONGEST = 2_000_000
KEPT_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that is kept aside: where it was, why, and what it said. `spare`: nothing is lost with it."""

    line: int
    reason: str
    text: str
    spare: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the file with its number among all records and the line on which it begins."""

    number: int
    line: int
    values: list[str]


@contextmanager
def roomy() -> Iterator[None]:
    """Let Python's reader take values as long as ours may be."""
    before = csv.field_size_limit(LONGEST * 2)
    try:
        yield
    finally:
        csv.field_size_limit(before)


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
