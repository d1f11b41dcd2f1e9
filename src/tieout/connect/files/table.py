"""Any file as a table in memory: what a person's list holds, or the beginning of an export that is to be known."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.basics.findings import Finding
from tieout.connect.files.load import TABLE, load
from tieout.connect.files.prepare import Reading, prepare
from tieout.connect.files.record import Reject
from tieout.connect.files.unreadable import AGAIN, UnreadableError
from tieout.connect.files.workbook import MAGIC
from tieout.warehouse.engine import memory

if TYPE_CHECKING:
    from tieout.contract.model import SourceObject

LEAST, EACH = 1 << 20, 1 << 11


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text: empty cells are None. `lines`: where each row stands in the file, or its number in Parquet.

    `kind` is text, json, workbook or parquet. `whole`: there is no more in the file than `rows`.
    """

    kind: str
    names: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    lines: tuple[int, ...]
    rejects: tuple[Reject, ...] = ()
    findings: tuple[Finding, ...] = ()
    whole: bool = True
    sheet: str | None = None
    header: int = 1
    delimiter: str | None = None
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a file before it is read; nothing has to be."""

    sheet: str | None = None
    header: tuple[int, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None
    known: frozenset[str] = frozenset()


def reading_of(source: SourceObject, place: str, scratch: Path, known: Collection[str] = ()) -> Reading:
    """Give how the files of an object are read by its contract."""
    return Reading(
        scratch,
        place,
        delimiter=source.delimiter,
        known=frozenset(known),
        encoding=source.encoding,
        sheet=source.sheet,
        header=source.header_rows,
    )


def read_table(path: Path, told: Told = Told(), rows: int | None = None) -> Table:
    """Read a file of any kind, or about its first `rows` rows. Raises UnreadableError where it is no table."""
    with tempfile.TemporaryDirectory(prefix="tieout-") as folder, memory() as engine:
        scratch = Path(folder)
        given, whole = (path, True) if rows is None else _head(path, rows, scratch)
        reading = Reading(
            scratch, path.name, told.delimiter, told.known, told.encoding, told.sheet, told.header, rows and rows + 100
        )
        prepared = prepare(given, reading)
        extract = load(engine, prepared, reading)
        columns = ", ".join(extract.column(name) for name in extract.columns)
        line = "line" if extract.numbered else f"rowid + {extract.header.lines + 1 if extract.header else 1}"
        most = "" if rows is None else f" limit {rows}"
        found = engine.execute(f"select {line}, {columns} from {TABLE} order by rowid{most}").fetchall()
    rejects = extract.rejects if whole else extract.rejects[:-1]
    return Table(
        prepared.kind,
        extract.columns,
        tuple(row[1:] for row in found),
        tuple(row[0] for row in found),
        rejects,
        extract.findings,
        whole and len(found) == extract.rows,
        prepared.grid.sheet.name if prepared.grid else None,
        extract.header.row if extract.header else 1,
        extract.header.delimiter if extract.header and not prepared.grid else None,
        prepared.encoding,
    )


def _head(path: Path, rows: int, scratch: Path) -> tuple[Path, bool]:
    """Give a file with the beginning of a text, and whether that is all of it; other kinds are given as they are."""
    most = max(LEAST, rows * EACH)
    try:
        with path.open("rb") as file:
            start = file.read(8)
            if start.startswith((b"PAR1", *MAGIC)):
                return path, True
            file.seek(0)
            if start[:2] == b"\x1f\x8b":
                with gzip.open(file) as packed:
                    data, more = packed.read(most), bool(packed.read(1))
            else:
                data, more = file.read(most), bool(file.read(1))
    except (OSError, EOFError, zlib.error) as error:
        message = f"The file cannot be read: {error}."
        raise UnreadableError(message, AGAIN) from error
    if data.startswith((b"PAR1", *MAGIC)):
        return path, True
    if more and b"\0" not in data[:1000]:
        data = data[: data.rfind(b"\n") + 1] or data
    head = scratch / "head"
    head.write_bytes(data)
    return head, not more
