"""The first line of a text table: which sign parts its columns, and what they are called."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tieout.basics.findings import Finding, Level
from tieout.connect.files.prepare import UnreadableError

DELIMITERS = (",", ";", "\t", "|")
OURS = frozenset({"_op", "_key", "_digest", "_row", "_line", "_position", "_taken_at", "_previous_taken_at"})
SAMPLE = 1 << 18


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns are called (as in the file, without the space around) and on how many `lines`.

    `first`: it is the first thing in the file, with no empty line or hint of a spreadsheet before it.
    """

    names: tuple[str, ...]
    delimiter: str
    lines: int
    first: bool = True
    findings: tuple[Finding, ...] = ()


def read_header(path: Path, delimiter: str | None, known: Iterable[str], place: str) -> Header:
    """Read the header of plain text; `known` columns help to tell the delimiter."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head = file.read(SAMPLE)
        whole = not file.read(1)
    skip = 0
    first, _, rest = head.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, head, skip = delimiter or first.strip()[-1], rest, 1
    delimiter = "\t" if delimiter == "\\t" else delimiter
    if delimiter and len(delimiter) != 1:
        message = f"The delimiter '{delimiter}' of the contract is not one character."
        raise UnreadableError(message, "Allowed: , ; | or a tab.")
    chosen = delimiter or _delimiter(head, frozenset(known), whole=whole)
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=chosen, skipinitialspace=True)
    try:
        names = next(row for row in rows if row)
    except (StopIteration, csv.Error) as error:
        message = "The file holds no header."
        raise UnreadableError(message, "Export it again with the names of the columns in its first line.") from error
    named, findings = clean_names(names, place)
    return Header(named, chosen, rows.line_num + skip, not skip and not head.startswith(("\n", "\r")), findings)


def _delimiter(head: str, known: frozenset[str], *, whole: bool) -> str:
    """Choose by the known columns that it brings out, then by how evenly, then by how many."""

    def worth(sign: str) -> tuple[int, float, int]:
        rows = [row for row in islice(_rows(head, sign), 101) if row]
        if len(rows) > 1 and not whole and len(rows) <= 100:
            rows = rows[:-1]
        if not rows:
            return 0, 0, 0
        width = len(rows[0])
        even = sum(len(row) == width for row in rows) / len(rows)
        return len(known.intersection(name.strip() for name in rows[0])), even if width > 1 else 0, width

    return max(DELIMITERS, key=worth)


def _rows(head: str, sign: str) -> Iterable[list[str]]:
    try:
        yield from csv.reader(io.StringIO(head, newline=""), delimiter=sign)
    except csv.Error:
        return


def clean_names(names: Iterable[str], place: str) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Give each column a name of its own: what has none is numbered, what repeats is counted, ours are marked."""
    taken: set[str] = set()
    given: list[str] = []
    changed: list[tuple[str, str]] = []
    for number, raw in enumerate(names, 1):
        name = wanted = raw.strip().strip("\0")
        if not name:
            name = f"column {number}"
        elif name.casefold() in OURS:
            name = f"{name} (file)"
        base, count = name, 1
        while name.casefold() in taken:
            count += 1
            name = f"{base} ({count})"
        if name != wanted:
            changed.append((wanted, name))
        taken.add(name.casefold())
        given.append(name)
    if not changed:
        return tuple(given), ()
    told = ", ".join(f"'{old}' is read as '{new}'" for old, new in changed[:8])
    finding = Finding(
        "file.column_names",
        Level.WARNING,
        place,
        f"Columns without a name of their own (empty, repeated, or one of ours): {told}.",
        "Give each column its own name in the export, or map the name told here.",
        count=len(changed),
    )
    return tuple(given), (finding,)
