"""What lies in a folder of exports: every file, its header, and when its name says it was taken."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from tieout.connect.files import Stamp, UnreadableError, prepare, read_stamp
from tieout.connect.files.header import read_header
from tieout.propose.plain import plain
from tieout.warehouse.engine import Connection, EngineError, literal

HEAD = 1 << 18
TABLES = frozenset({".csv", ".tsv", ".tab", ".txt", ".psv", ".dat", ".parquet", ".pq", ""})
PACKED = ".gz"
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Source:
    """A table that was found: a file, what its columns are called, and the moment in its name.

    `name` is the path below the folder of exports.
    """

    path: Path
    name: str
    size: int
    columns: tuple[str, ...]
    delimiter: str | None = None
    packed: bool = False
    parquet: bool = False
    encoding: str = "utf-8"
    stamp: Stamp | None = None

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
            found = LeftOut(name, str(error), error.remedy)
        except (OSError, EOFError) as error:
            found = LeftOut(name, f"It cannot be read: {error}.", "Make it readable, or export it again.")
        if isinstance(found, Source):
            sources.append(found)
        else:
            out.append(found)
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


def _look(path: Path, name: str, engine: Connection, scratch: Path) -> Source | LeftOut:
    kind = _kind(path)
    if kind not in TABLES:
        return LeftOut(name, f"A file of kind '{kind}' is no export that can be read.", "Save it as CSV.")
    size = path.stat().st_size
    stamp = read_stamp(name, UTC)
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PAR1":
        described = _described(path, engine)
        return Source(path, name, size, described, parquet=True, stamp=stamp)
    packed = start[:2] == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as file:
        head = file.read(HEAD)
    cut = head.rfind(b"\n") + 1 if len(head) == HEAD else len(head)
    whole = scratch / "head"
    whole.write_bytes(head[: cut or len(head)])
    prepared = prepare(whole, None, scratch)
    header = read_header(prepared.path, None, (), name)
    if len(header.names) == 1 and kind in {".txt", ""}:
        return LeftOut(name, "It is a text without columns.", "Export a table with several columns.")
    return Source(
        path, name, size, header.names, header.delimiter, packed=packed, encoding=prepared.encoding, stamp=stamp
    )


def _described(path: Path, engine: Connection) -> tuple[str, ...]:
    try:
        found = engine.execute(f"describe from read_parquet({literal(str(path))})").fetchall()
    except EngineError as error:
        message = f"It is no whole Parquet file: {str(error).splitlines()[0]}."
        raise UnreadableError(message, "Export it again, whole.") from error
    return tuple(str(row[0]) for row in found)
