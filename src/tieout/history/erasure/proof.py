"""Proof: every file of the workspace is read, as bytes and as what it holds, and searched for the person."""

from __future__ import annotations

import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tieout.history.erasure.needles import Needles
from tieout.warehouse.engine import EngineError, identifier, literal, reading

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from tieout.basics.workspace import Workspace

CHUNK = 1 << 22
OVERLAP = 1 << 10
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_NOT_PLAIN = bytes(range(128, 256))
_TEXTS = ("VARCHAR", "JSON", "BLOB", "ENUM")
PACKED = (b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"\x04\x22\x4d\x18", b"Rar!", b"%PDF")
"""How files begin whose texts are packed in a way that is not read here."""
UNREAD = (".git",)
"""Folders that are not read: what version control keeps of earlier versions cannot be rewritten from here."""


class PackedError(Exception):
    """A file is packed in a way that is not read."""


# What zipfile raises of a member that is encrypted is a RuntimeError.
UNREADABLE = (OSError, EngineError, zipfile.BadZipFile, EOFError, zlib.error, RuntimeError, PackedError)
"""What is raised of a file that cannot be read."""


@dataclass
class Proof:
    """What was read, and what was found: the files that still tell the person, and those that could not be read.

    `before` counts the pulls whose rows were read when the plan was made, and that nobody wrote to since.
    """

    files: int = 0
    size: int = 0
    found: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    digest: str = ""
    before: int = 0

    @property
    def holds(self) -> bool:
        """Whether everything was read and nothing found."""
        return not self.found and not self.unread

    def to_json(self) -> dict[str, Any]:
        """Give the proof as JSON values."""
        return {
            "files": self.files,
            "bytes": self.size,
            "rows_read_by_the_plan": self.before,
            "found": self.found,
            "unread": self.unread,
            "digest": self.digest,
            "holds": self.holds,
        }


def files_of(workspace: Workspace) -> Iterator[Path]:
    """Give every file of the workspace, sorted; what version control keeps is none of it."""
    for path in sorted(workspace.root.rglob("*")):
        below = path.relative_to(workspace.root)
        if path.is_file() and not path.is_symlink() and not set(below.parts) & set(UNREAD):
            yield path


def read_all(
    workspace: Workspace,
    engine: DuckDBPyConnection,
    needles: Needles,
    leave: frozenset[Path] = frozenset(),
    known: frozenset[Path] = frozenset(),
) -> Proof:
    """Read every file but `leave` and search it for the needles; of `known` ones, the rows were searched already."""
    proof, whole = Proof(), hashlib.sha256()
    paths = [path for path in files_of(workspace) if path not in leave]
    parquet = [path for path in paths if path.suffix == ".parquet"]
    tables = _tables_tell(engine, [path for path in parquet if path not in known], needles)
    tables |= {path: False for path in parquet if path in known}
    proof.before = len(known)
    for path in paths:
        name = path.relative_to(workspace.root).as_posix()
        try:
            proof.size += path.stat().st_size
            told = (
                tables[path] or _stream_tells(path.open("rb"), needles)
                if path in tables
                else tells(path, engine, needles)
            )
            whole.update(f"{name}\n".encode())
        except FileNotFoundError:
            continue
        except UNREADABLE:
            proof.unread.append(name)
            told = False
        proof.files += 1
        if told:
            proof.found.append(name)
    proof.digest = whole.hexdigest()
    return proof


def _tables_tell(engine: DuckDBPyConnection, paths: Sequence[Path], needles: Needles) -> dict[Path, bool]:
    """Search the Parquet files of each folder at once; those of a folder that cannot be read so are left out."""
    found: dict[Path, bool] = {}
    for folder in sorted({path.parent for path in paths}):
        mine = [path for path in paths if path.parent == folder]
        listed = ", ".join(literal(str(path)) for path in mine)
        relation = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false, filename = true)"
        try:
            told = {
                row[-1] for row in _hits(engine, relation, needles) if any(map(needles.holds, filter(None, row[:-1])))
            }
        except EngineError:
            continue
        found |= {path: str(path) in told for path in mine}
    return found


def tells(path: Path, engine: DuckDBPyConnection, needles: Needles) -> bool:
    """Whether a file tells the person: as bytes, and as what it holds. Raises what is `UNREADABLE`."""
    with path.open("rb") as file:
        head = file.read(16)
    if _stream_tells(path.open("rb"), needles):
        return True
    if head[:4] == b"PAR1":
        return _relation_tells(engine, f"read_parquet({literal(str(path))}, hive_partitioning = false)", needles)
    if head[8:12] == b"DUCK":
        return _database_tells(path, needles)
    if head[:2] == b"\x1f\x8b":
        return _stream_tells(gzip.open(path), needles)
    if head[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as members:
            return any(_stream_tells(members.open(name), needles) for name in members.namelist())
    if head.startswith(PACKED):
        message = f"'{path}' is packed in a way that is not read."
        raise PackedError(message)
    return False


def _stream_tells(stream: IO[bytes] | gzip.GzipFile, needles: Needles) -> bool:
    """Search bytes: text as UTF-8 and Latin-1, what has zero bytes as UTF-16, anything else for what is plain in it."""
    with stream as file:
        rest = b""
        while chunk := file.read(CHUNK):
            data = rest + chunk
            if 0 in data and data.count(0) * 4 <= len(data):
                # No text: the plain letters in it are all that can be read.
                plain = data.translate(None, _NOT_PLAIN)
                if needles.may_plain(plain.lower()) and _text_tells(plain.decode("ascii"), needles):
                    return True
            elif any(_text_tells(text, needles) for text in _readings(data)):
                return True
            rest = data[-OVERLAP:]
    return False


def _readings(data: bytes) -> Iterator[str]:
    if 0 not in data:
        try:
            yield data.decode("utf-8")
        except UnicodeDecodeError:
            yield data.decode("utf-8", "ignore")
            yield data.decode("latin-1")
        return
    yield data.decode("ascii", "replace")
    yield data.decode("utf-16-le", "ignore")
    yield data[1:].decode("utf-16-le", "ignore")


def _text_tells(text: str, needles: Needles) -> bool:
    if "\\u" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return needles.may(text) and any(needles.holds(line) for line in text.splitlines())


def _relation_tells(engine: DuckDBPyConnection, relation: str, needles: Needles) -> bool:
    return any(needles.holds(value) for row in _hits(engine, relation, needles) for value in row if value)


def _hits(engine: DuckDBPyConnection, relation: str, needles: Needles) -> list[tuple[str | None, ...]]:
    """Give the texts of the rows that may tell the person; the name of the file is the last where there is one."""
    described = engine.execute(f"describe select * from {relation}").fetchall()
    columns = [
        identifier(str(name)) if kind == "VARCHAR" else f"{identifier(str(name))}::varchar"
        for name, kind, *_ in described
        if any(one in kind for one in _TEXTS) and name != "filename"
    ]
    condition = needles.sql(columns)
    if condition == "false":
        return []
    shown = ", ".join([*columns, "filename"] if any(row[0] == "filename" for row in described) else columns)
    return engine.execute(f"select {shown} from {relation} where {condition}").fetchall()


def _database_tells(path: Path, needles: Needles) -> bool:
    with reading(path) as engine:
        tables = engine.execute("select table_name from duckdb_tables()").fetchall()
        return any(_relation_tells(engine, identifier(str(row[0])), needles) for row in tables)
