"""What lies in a folder of exports: every file, its header, and when its name says it was taken."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from tieout.connect.files import (
    Reading,
    Stamp,
    Told,
    UnreadableError,
    prepare,
    read_stamp,
    read_table,
    sheets_of,
)
from tieout.connect.files.header import read_header
from tieout.connect.files.workbook import MAGIC
from tieout.propose.plain import plain
from tieout.warehouse.engine import Connection, EngineError, literal

HEAD = 1 << 18
TABLES = frozenset(
    {
        ".csv",
        ".tsv",
        ".tab",
        ".txt",
        ".psv",
        ".dat",
        ".parquet",
        ".pq",
        ".json",
        ".jsonl",
        ".ndjson",
        ".xlsx",
        ".xlsm",
        ".xlsb",
        ".xls",
        ".ods",
        "",
    }
)
JSON = frozenset({".json", ".jsonl", ".ndjson"})
PACKED = ".gz"
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Source:
    """A table that was found: a file, what its columns are called, and the moment in its name.

    `name` is the path below the folder of exports. `simple`: plain UTF-8 that begins with its header, so that the
    engine may read it where it lies. `told`: the sheet, where the contract has to say which one it is.
    """

    path: Path
    name: str
    size: int
    columns: tuple[str, ...]
    delimiter: str | None = None
    packed: bool = False
    parquet: bool = False
    simple: bool = True
    stamp: Stamp | None = None
    sheet: str | None = None
    told: str | None = None

    @property
    def plain(self) -> frozenset[str]:
        """The columns' plain names."""
        return frozenset(plain(column) for column in self.columns)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not proposed, and why."""

    name: str
    reason: str
    remedy: str = ""


def survey(folder: Path, engine: Connection, scratch: Path) -> tuple[tuple[Source, ...], tuple[LeftOut, ...]]:
    """Read the header of every file below a folder."""
    sources: list[Source] = []
    out: list[LeftOut] = []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            found = _look(path, name, engine, scratch)
        except UnreadableError as error:
            found = [LeftOut(name, str(error), error.remedy)]
        except (OSError, EOFError) as error:
            found = [LeftOut(name, f"It cannot be read: {error}.", "Make it readable, or export it again.")]
        sources += [one for one in found if isinstance(one, Source)]
        out += [one for one in found if isinstance(one, LeftOut)]
    return tuple(sources), tuple(out)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith((".", "~$", "__MACOSX")) for part in path.relative_to(folder).parts)
        if not hidden and path.is_file():
            yield path


def _kind(path: Path) -> str:
    suffixes = [suffix.casefold() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == PACKED:
        suffixes.pop()
    last = suffixes[-1] if suffixes else ""
    return last if len(last) <= 8 and last[1:].isalpha() else ""


def _look(path: Path, name: str, engine: Connection, scratch: Path) -> Sequence[Source | LeftOut]:
    kind = _kind(path)
    if kind not in TABLES:
        return [LeftOut(name, f"A file of kind '{kind}' is no export that can be read.", "Save it as CSV.")]
    with path.open("rb") as file:
        start = file.read(8)
    stamp = read_stamp(name, UTC)
    if start.startswith(b"PAR1"):
        return [Source(path, name, path.stat().st_size, _described(path, engine), parquet=True, stamp=stamp)]
    if start.startswith(MAGIC):
        return _sheets(path, name, stamp)
    if kind in JSON:
        table = read_table(path, rows=1000)
        return [Source(path, name, path.stat().st_size, table.names, simple=False, stamp=stamp)]
    return [_text(path, name, stamp, scratch)]


def _text(path: Path, name: str, stamp: Stamp | None, scratch: Path) -> Source:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as file:
        head = file.read(HEAD)
    cut = head.rfind(b"\n") + 1 if len(head) == HEAD else len(head)
    whole = scratch / "head"
    whole.write_bytes(head[: cut or len(head)])
    reading = Reading(scratch, name)
    prepared = prepare(whole, reading)
    header = read_header(prepared.path, reading)
    if len(header.names) == 1 and _kind(path) in {".txt", ""}:
        message = "It is a text without columns."
        raise UnreadableError(message, "Export a table with several columns.")
    size, plainly = path.stat().st_size, prepared.encoding == "utf-8" and header.first
    return Source(path, name, size, header.names, header.delimiter, packed=packed, simple=plainly, stamp=stamp)


def _sheets(path: Path, name: str, stamp: Stamp | None) -> list[Source | LeftOut]:
    """Give each sheet of a workbook that holds a table."""
    found: list[Source | LeftOut] = []
    sheets = sheets_of(path)
    for sheet in sheets:
        told = f"{name} (sheet '{sheet.name}')"
        if not sheet.table:
            found.append(LeftOut(told, "The sheet is a chart or dialog.", ""))
            continue
        try:
            table = read_table(path, Told(sheet=sheet.name), rows=50)
        except UnreadableError as error:
            found.append(LeftOut(told, str(error), error.remedy))
            continue
        if len(table.names) < 2 or not table.rows:
            found.append(LeftOut(told, "The sheet holds no table.", ""))
            continue
        size = path.stat().st_size
        alone = sheet.name if len(sheets) > 1 else None
        found.append(Source(path, name, size, table.names, simple=False, stamp=stamp, sheet=sheet.name, told=alone))
    return found


def _described(path: Path, engine: Connection) -> tuple[str, ...]:
    try:
        found = engine.execute(f"describe from read_parquet({literal(str(path))})").fetchall()
    except EngineError as error:
        message = f"It is no whole Parquet file: {str(error).splitlines()[0]}."
        raise UnreadableError(message, "Export it again, whole.") from error
    return tuple(str(row[0]) for row in found)
