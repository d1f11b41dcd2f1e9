"""A workspace in one file: what cannot be made again, each file with its digest; and back from it.

In it are the contract, the ledger and what people decided (`app/`, its database as one consistent copy), and
`backup.json`, which is written first and names them all. What `.tieout/` holds is made again by a refresh.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import simplejson

from tieout.basics.workspace import Workspace
from tieout.version import VERSION
from tieout.warehouse.builds import sync
from tieout.warehouse.lock import writing

if TYPE_CHECKING:
    from collections.abc import Callable

LIST = "backup.json"
FOLDERS = ("contract", "ledger", "proposals", "app")
EDITED = ("contract", "proposals", "app")
DATABASE = "app/tieout.db"
PART = 1 << 20


class BackupError(Exception):
    """A backup that cannot be made or read back; the message says what is safe and what to do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup holds: how many files, of how many bytes, made when."""

    files: int
    size: int
    made_at: str


def back_up(workspace: Workspace, file: Path, now: datetime, dump: Callable[[Path], None] | None = None) -> Kept:
    """Write a workspace into a new file, whole or not at all. `dump` writes the tables of a database server.

    Nobody refreshes meanwhile; people may go on working: the database is copied as of one moment. Raises BackupError,
    or WorkspaceBusyError while another process writes.
    """
    _packed_by(file)
    if file.exists():
        message = f"'{file}' is there already, and a backup overwrites none. Give another name."
        raise BackupError(message)
    aside = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        with writing(workspace, now), tempfile.TemporaryDirectory(prefix="tieout-") as scratch:
            paths = _paths(workspace, Path(scratch), dump)
            listed = {name: _entry(path) for name, path in paths.items()}
            told = {"program": VERSION, "made_at": now.isoformat(), "files": listed}
            with _packing(aside, file) as archive:
                _put(archive, LIST, simplejson.dumps(told, indent=1).encode(), now)
                for name, path in paths.items():
                    archive.add(path, name, recursive=False)
        sync(aside)
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
    return Kept(len(listed), sum(one["size"] for one in listed.values()), now.isoformat())


def restore(file: Path, folder: Path) -> tuple[Kept, Path | None]:
    """Make a workspace of a backup in a folder that is new or empty, whole or not at all; every digest is compared.

    Gives what was restored, and the file with the tables of a database server, if there is one. Raises BackupError.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"'{folder}' is not empty. Restore into a new folder, so that nothing is mixed."
        raise BackupError(message)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".{folder.name}.{os.getpid()}.restoring")
    aside.mkdir()
    try:
        told = _unpacked(file, aside)
        if folder.exists():
            folder.rmdir()
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    rows = folder / "app" / "rows.json"
    files = told["files"]
    size = sum(int(one["size"]) for one in files.values())
    return Kept(len(files), size, str(told["made_at"])), rows if rows.exists() else None


def _packed_by(file: Path) -> str:
    """Say how a backup is packed by its name. Raises BackupError."""
    kinds = {".tar.gz": "gzip", ".tgz": "gzip", ".tar.zst": "zstd"}
    kind = next((kind for end, kind in kinds.items() if file.name.endswith(end)), None)
    if kind is None:
        message = f"'{file.name}' does not say how it is packed. Allowed: {', '.join(kinds)}."
        raise BackupError(message)
    return kind


@contextmanager
def _packing(aside: Path, file: Path) -> Iterator[tarfile.TarFile]:
    """Open an archive to be written, which nobody else may read: it holds everything."""
    import pyarrow as pa  # noqa: PLC0415 - costly

    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(handle, "wb") as raw,
        pa.CompressedOutputStream(raw, _packed_by(file)) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        yield archive


def _paths(workspace: Workspace, scratch: Path, dump: Callable[[Path], None] | None) -> dict[str, Path]:
    """Name every file that is kept. The database is a copy, and so stands alone."""
    found: dict[str, Path] = {}
    for folder in FOLDERS:
        for path in sorted((workspace.root / folder).rglob("*")):
            name = path.relative_to(workspace.root).as_posix()
            if path.is_file() and not name.startswith(DATABASE) and not path.name.endswith(".tmp"):
                found[name] = _taken(path, scratch / name) if folder in EDITED else path
    if (workspace.root / DATABASE).exists():
        found[DATABASE] = scratch / "copied.db"
        _copy(workspace.root / DATABASE, found[DATABASE])
    if dump is not None:
        found["app/rows.json"] = scratch / "rows.json"
        dump(found["app/rows.json"])
    if not any(name.startswith("contract/") for name in found):
        message = f"'{workspace.root}' has no contract: there is nothing to keep."
        raise BackupError(message)
    return found


def _taken(path: Path, copy: Path) -> Path:
    """Take a copy of what somebody may be editing, so that what is listed is what is kept."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy2(path, copy))


def _copy(database: Path, to: Path) -> None:
    """Copy a database that may be in use, as of one moment."""
    with closing(sqlite3.connect(database, timeout=30)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)
        copy.execute("pragma journal_mode = delete")


def _entry(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "size": path.stat().st_size}


def _put(archive: tarfile.TarFile, name: str, data: bytes, now: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(data), 0o600, int((now - datetime(1970, 1, 1)).total_seconds())
    archive.addfile(entry, io.BytesIO(data))


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    import pyarrow as pa  # noqa: PLC0415 - costly

    kind = _packed_by(file)
    try:
        with (
            file.open("rb") as raw,
            pa.CompressedInputStream(raw, kind) as packed,
            tarfile.open(fileobj=packed, mode="r|") as archive,
        ):
            yield archive
    except (tarfile.TarError, EOFError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is damaged or no backup"
        message = f"'{file}' cannot be read: {reason}. Nothing was restored."
        raise BackupError(message) from error


def _unpacked(file: Path, into: Path) -> dict[str, Any]:
    """Unpack a backup, file by file, each of which has to be listed and to have its digest."""
    with _opened(file) as archive:
        first = archive.next()
        opened = archive.extractfile(first) if first and first.name == LIST else None
        try:
            told: dict[str, Any] = simplejson.loads(opened.read()) if opened else {}
            listed = dict(told["files"])
        except (ValueError, KeyError, TypeError) as error:
            message = f"'{file}' is no backup of a workspace: it has no {LIST}. Nothing was restored."
            raise BackupError(message) from error
        wanted = dict(listed)
        for entry in archive:
            if entry.name == LIST:
                continue
            _place(archive, entry, into, wanted.pop(entry.name, None))
        if wanted:
            message = f"'{file}' lacks {len(wanted)} of its files, '{next(iter(wanted))}' first. Nothing was restored."
            raise BackupError(message)
    return told


def _place(archive: tarfile.TarFile, entry: tarfile.TarInfo, into: Path, told: dict[str, Any] | None) -> None:
    parts = PurePosixPath(entry.name).parts
    opened = archive.extractfile(entry) if entry.isreg() else None
    if told is None or opened is None or parts[0] not in FOLDERS or ".." in parts:
        message = f"'{entry.name}' is in the backup, but not in its list. Nothing was restored."
        raise BackupError(message)
    path = into.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        while part := opened.read(PART):
            digest.update(part)
            file.write(part)
    path.chmod(0o600 if parts[0] == "app" else 0o644)
    os.utime(path, (entry.mtime, entry.mtime))
    if digest.hexdigest() != told["sha256"]:
        message = f"'{entry.name}' is not what was kept: its digest differs. Nothing was restored."
        raise BackupError(message)
    sync(path)
