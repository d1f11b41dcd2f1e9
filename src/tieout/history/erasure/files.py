"""Files beside the pulls: rejected lines, archived contracts, registers, notes, and exports that lie in the workspace.

A file is read line by line; what tells the person is replaced and every other byte stays. In an export, a record that
was pulled gets the values that its row in the ledger has got.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tieout.connect.files import UnreadableError, prepare, reading_of
from tieout.connect.files.careful import read_carefully
from tieout.connect.files.header import Header, read_header
from tieout.connect.files.record import Reject
from tieout.contract.model import SourceObject
from tieout.history.commit import flush
from tieout.history.erasure.cloak import Cloak
from tieout.history.erasure.needles import fold
from tieout.history.erasure.search import Changed
from tieout.history.judge import named_columns

PACKED = b"\x1f\x8b"


@dataclass(frozen=True)
class Export:
    """An export of which some records change: how it is read, and the rows of its pull by number."""

    source: SourceObject
    rows: Mapping[int, Changed]


def cloak_line(cloak: Cloak, line: str) -> str:
    """Replace what tells the person in a line; where it tells them surely, single words of the name go, too."""
    needles = cloak.needles
    if not needles.may(line):
        return line
    folded = fold(line)
    sure = any(pattern and pattern.search(folded) for pattern in (needles.sure, needles.called))
    return cloak.text(line, names=needles.everywhere or sure, parts=sure)


def cloak_file(path: Path, cloak: Cloak) -> bool:
    """Rewrite a text file, packed or not, where it tells the person; say whether it did."""
    with path.open("rb") as file:
        packed = file.read(2) == PACKED
    changed = False
    aside = _aside(path)
    try:
        with gzip.open(path) if packed else path.open("rb") as stream, _writer(aside, packed=packed) as out:
            for line in stream:
                text = line.decode("utf-8", "surrogateescape")
                made = cloak_line(cloak, text)
                changed = changed or made != text
                out.write(made.encode("utf-8", "surrogateescape"))
        if changed:
            _put(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    return changed


def cloak_export(path: Path, export: Export, cloak: Cloak, scratch: Path) -> bool:
    """Rewrite an export where it tells the person; say whether it did. Raises UnreadableError where it cannot be."""
    reading = reading_of(export.source, path.name, scratch, named_columns(export.source).known)
    prepared = prepare(path, reading)
    if prepared.kind != "text" or prepared.replaced or prepared.sign:
        message = "It cannot be rewritten in place."
        raise UnreadableError(message, "Export it again without the person, or delete it.")
    header = read_header(prepared.path, reading)
    with path.open("rb") as file:
        packed = file.read(2) == PACKED
    aside, changed = _aside(path), False
    try:
        opened = prepared.path.open(encoding="utf-8", errors="surrogateescape", newline="")
        with opened as text, _writer(aside, packed=packed) as out:
            for before, after in _parts(text, prepared.path, header, export.rows, cloak, spaced=prepared.spaced):
                changed = changed or before != after
                out.write(after.encode(_codec(prepared.encoding, first=out.tell() == 0), "surrogateescape"))
        if changed:
            _put(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    return changed


def _codec(encoding: str, *, first: bool) -> str:
    """Give the encoding of a part of a file: only the first part has a mark of the order of bytes."""
    if encoding in {"utf-16", "utf-32"} and not first:
        return f"{encoding}-le" if sys.byteorder == "little" else f"{encoding}-be"
    return encoding


def _parts(
    text: IO[str], path: Path, header: Header, rows: Mapping[int, Changed], cloak: Cloak, *, spaced: bool
) -> Iterator[tuple[str, str]]:
    """Give the text in parts as they are and as they become: each record that changes, and what lies between."""
    number = 1
    for item in read_carefully(path, header, spaced=spaced):
        while number < item.line:
            line = text.readline()
            number += 1
            yield line, cloak_line(cloak, line)
        if isinstance(item, Reject) or item.number not in rows:
            continue
        before = text.readline()
        number += 1
        while not _complete(before, header.delimiter, len(header.names)) and (more := text.readline()):
            before += more
            number += 1
        yield before, _record(before, item.values, header, rows[item.number])
    for line in text:
        yield line, cloak_line(cloak, line)


def _complete(text: str, delimiter: str, width: int) -> bool:
    """Whether a text is a whole record: its quotes are closed."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return len(rows) == 1 and len(rows[0]) >= width


def _record(before: str, values: list[str], header: Header, row: Changed) -> str:
    fresh = {name.casefold(): row.values[name] for name in row.fields if name in row.values}
    made = [fresh.get(name.casefold(), value) or "" for name, value in zip(header.names, values, strict=True)]
    end = before[len(before.rstrip("\r\n")) :]
    quoted = before.startswith('"') and before.rstrip().endswith('"')
    text = io.StringIO(newline="")
    if quoted:
        csv.writer(text, delimiter=header.delimiter, quoting=csv.QUOTE_ALL, lineterminator="").writerow(made)
    else:
        csv.writer(text, delimiter=header.delimiter, lineterminator="").writerow(made)
    return text.getvalue() + end


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.erasing.tmp")


def _writer(aside: Path, *, packed: bool) -> IO[bytes]:
    return gzip.GzipFile(aside, "wb", mtime=0) if packed else aside.open("wb")  # type: ignore[return-value]


def _put(aside: Path, path: Path) -> None:
    """Put a rewritten file in the place of the old one, with its mode and its time of change."""
    stat = path.stat()
    shutil.copymode(path, aside)
    os.utime(aside, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    flush(aside)
    aside.replace(path)
    flush(path.parent)
