"""Builds: files named by the key of what they are a pure function of, and the pointer to the published one.

A build is written aside and renamed, so a reader sees all of it or nothing. Publishing moves the pointer, atomically.
Readers open a build read-only and never block; a build that somebody still reads can be deleted safely on POSIX.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import simplejson

from tieout.warehouse.engine import EngineError, open_file, reading
from tieout.warehouse.seals import Seals

if TYPE_CHECKING:
    from pathlib import Path

    from tieout.basics.workspace import Workspace
    from tieout.warehouse.engine import Connection

KEEP = 5
"""How many published builds are kept beside those of month ends."""


MEMORY = "4GB"
"""What the engine may hold while it fills a build; beyond that it spills, so that a refresh stays below 6 GB."""

UNWRITABLE = ("No space left", "File too large", "Could not write", "Failed to create checkpoint")
"""What the engine says where the disk takes no more."""

UNLISTED_FOR = timedelta(hours=1)
"""How long a build that a question had made is kept for the next one."""


class NotWrittenError(Exception):
    """A build could not be written, most likely because the disk is full; the message says what is safe."""


class NotPublishedError(Exception):
    """Nothing is published in this workspace yet; the message says what to run."""


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """What a build is a function of, and how far it had heard. Times are UTC without zone.

    `known_at` is None where the build knows everything up to `position`. `heard_until` is the newest taking of a pull
    in it: the default as-of; before `heard_from`, the oldest, nothing was known.
    """

    key: str
    position: int
    known_at: datetime | None
    fingerprint: str
    version: str
    heard_until: datetime
    heard_from: datetime

    def to_json(self) -> dict[str, str | int | None]:
        """Give the facts as JSON values."""
        times = {name: value.isoformat() for name, value in asdict(self).items() if isinstance(value, datetime)}
        return asdict(self) | times

    @classmethod
    def from_json(cls, stored: dict[str, str | int | None]) -> BuildFacts:
        """Read what `to_json` gave."""
        known_at = stored["known_at"]
        return cls(
            key=str(stored["key"]),
            position=int(stored["position"] or 0),
            known_at=datetime.fromisoformat(str(known_at)) if known_at else None,
            fingerprint=str(stored["fingerprint"]),
            version=str(stored["version"]),
            heard_until=datetime.fromisoformat(str(stored["heard_until"])),
            heard_from=datetime.fromisoformat(str(stored["heard_from"])),
        )


def build_key(facts: BuildFacts, left_out: tuple[int, ...] = ()) -> str:
    """Name a build by what it is a pure function of; pulls that cannot be read and so are not in it make it another."""
    known_at = facts.known_at.isoformat() if facts.known_at else "all"
    told = "|".join((str(facts.position), known_at, facts.fingerprint, facts.version, *map(str, left_out)))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def build_path(workspace: Workspace, key: str) -> Path:
    """Give the file of a build."""
    return workspace.builds / f"{key}.duckdb"


def build_mark(workspace: Workspace, key: str) -> str:
    """Tell one writing of a build from the next: an erasure writes it anew under its name. Empty where it is gone."""
    try:
        stat = build_path(workspace, key).stat()
    except FileNotFoundError:
        return ""
    return f"{stat.st_ino:x}-{stat.st_mtime_ns:x}"


def make_build(workspace: Workspace, key: str, fill: Callable[[Connection], None], *, fresh: bool = False) -> Path:
    """Fill a new file aside and move it to its name; a build that is there already is left as it is, unless `fresh`."""
    path = build_path(workspace, key)
    seals = Seals(workspace)
    if not fresh and _readable(path) and not seals.touched(path):
        return path
    workspace.builds.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{key}.{os.getpid()}.{uuid4().hex}.tmp")
    spill = workspace.cache / "spill" / f"{os.getpid()}-{uuid4().hex}"
    spill.mkdir(parents=True)
    try:
        with open_file(aside, memory_limit=MEMORY, spill=spill) as engine:
            fill(engine)
            # An engine that is closed says nothing of what it could not write; one that is asked to write does.
            engine.execute("checkpoint")
        sync(aside)
        aside.replace(path)
        seals.put(path, "")  # its blocks have checksums of their own
    except EngineError as error:
        first = str(error).splitlines()[0]
        if not any(sign in first for sign in UNWRITABLE):
            raise
        message = (
            f"The build could not be written: {first} What is published and the ledger are as they were. Make room on "
            "the disk, then run `tieout refresh` again."
        )
        raise NotWrittenError(message) from error
    finally:
        shutil.rmtree(spill, ignore_errors=True)
        for leftover in workspace.builds.glob(f"{aside.name}*"):
            leftover.unlink(missing_ok=True)
    return path


def _readable(path: Path) -> bool:
    """Say whether a build is there and whole; a damaged one is made again."""
    if not path.exists():
        return False
    try:
        with reading(path) as engine:
            engine.execute("select count(*) from contract").fetchall()
    except EngineError:
        return False
    return True


def publish(workspace: Workspace, facts: BuildFacts, published_at: datetime) -> None:
    """Point readers at a build, and let go of the old ones; the last few and each month's last are kept."""
    month = published_at.isoformat()[:7]
    earlier = [
        entry
        for entry in _pointers(workspace)
        if entry["key"] != facts.key or str(entry.get("published_at"))[:7] != month
    ]
    entries = [facts.to_json() | {"published_at": published_at.isoformat()}, *earlier]
    kept = _retained(entries)
    _write(workspace.pointer, simplejson.dumps(kept, indent=1))
    keys = {entry["key"] for entry in kept}
    for path in workspace.builds.glob("*.duckdb"):
        if path.stem not in keys and _idle(path, published_at):
            path.unlink(missing_ok=True)
            Seals(workspace).place(path).unlink(missing_ok=True)
    clear_killed(workspace)


def clear_killed(workspace: Workspace) -> None:
    """Delete what processes that were killed left beside builds, and of what they had spilled."""
    for path in workspace.builds.glob(".*.tmp*"):
        if not _alive(path.name.split(".")[2]):
            path.unlink(missing_ok=True)
    for path in (workspace.cache / "spill").glob("*"):
        if path.is_file():
            path.unlink(missing_ok=True)
        elif not _alive(path.name.partition("-")[0]):
            shutil.rmtree(path, ignore_errors=True)


def _idle(path: Path, now: datetime) -> bool:
    """Say whether a build that is not published is old enough to go: a reader may have made it just now."""
    try:
        made = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
    except FileNotFoundError:
        return False
    return now - made > UNLISTED_FOR


def _alive(pid: str) -> bool:
    """Say whether a process is running: what a killed one left aside is nobody's."""
    if not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def published(workspace: Workspace) -> BuildFacts:
    """Give the published build. Raises NotPublishedError where there is none."""
    entries = _pointers(workspace)
    if not entries or not build_path(workspace, str(entries[0]["key"])).exists():
        message = f"Nothing is published in '{workspace.root}' yet. Run `tieout refresh --workspace {workspace.root}`."
        raise NotPublishedError(message)
    return BuildFacts.from_json(entries[0])


@dataclass(frozen=True, slots=True)
class Publication:
    """A build that was published and is still there, and when that was (UTC without zone)."""

    facts: BuildFacts
    published_at: datetime


def publications(workspace: Workspace) -> tuple[Publication, ...]:
    """Give the published builds that are still there, the newest first."""
    return tuple(
        Publication(BuildFacts.from_json(entry), datetime.fromisoformat(str(entry["published_at"])))
        for entry in _pointers(workspace)
        if entry.get("published_at") and build_path(workspace, str(entry["key"])).exists()
    )


def published_or_none(workspace: Workspace) -> BuildFacts | None:
    """Give the published build, if there is one."""
    try:
        return published(workspace)
    except NotPublishedError:
        return None


def sync(path: Path) -> None:
    """Make sure that a file has reached the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _pointers(workspace: Workspace) -> list[dict[str, str | int | None]]:
    try:
        entries: list[dict[str, str | int | None]] = list(simplejson.loads(workspace.pointer.read_text()))
        for entry in entries:
            BuildFacts.from_json(entry)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # Whatever else stands there was not written by us; a refresh publishes again.
        return []
    return entries


def _retained(entries: list[dict[str, str | int | None]]) -> list[dict[str, str | int | None]]:
    kept, months = [], set()
    for place, entry in enumerate(entries):
        month = str(entry.get("published_at"))[:7]
        if place < KEEP or month not in months:
            kept.append(entry)
        months.add(month)
    return kept


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    aside.write_text(text)
    sync(aside)
    aside.replace(path)
