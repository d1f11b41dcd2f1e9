"""The ledger as it is read: which pulls there are, in the order in which they were taken.

Every committed pull is one Parquet file and one line of `manifest.jsonl`. A file without its line was never
committed; a last line without its end was torn by a crash and does not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from tieout.basics.findings import Finding, Level
from tieout.basics.workspace import Workspace
from tieout.warehouse.seals import Seals

FORMAT = 1


CHANGED = "does not hold what was committed"
WATCHED, WATCHED_FILES = 64_000_000, 200
"""How much of the pulls that nobody touched is read again by each refresh: disks forget, too. Larger ones are not."""


class LedgerError(Exception):
    """The ledger cannot be used as it is; the message says what to restore."""


@dataclass(frozen=True, slots=True, order=True)
class Feed:
    """One object of one system: what its pulls belong to."""

    system: str
    object: str

    def __str__(self) -> str:
        """Give the name that people use: system.object."""
        return f"{self.system}.{self.object}"

    @property
    def folder(self) -> str:
        """Give the name of its folders: the name that people use, made unable to lead elsewhere."""
        return str(self).replace("%", "%25").replace("/", "%2F").replace("\\", "%5C")


@dataclass(frozen=True, slots=True)
class Pull:
    """One committed pull: what was taken from where and when, and what its file holds.

    `taken_from` says how `taken_at` is known: by `name`, `contract` or `pull`; `stamp` is the date in the name, in one
    spelling. `deletions`: a record that is absent was deleted. `unique`: no record appears twice in the file.
    """

    position: int
    system: str
    object: str
    mode: str
    keys: tuple[str, ...]
    taken_at: datetime
    taken_from: str
    stamp: str
    pulled_at: datetime
    file: str
    sha256: str
    size: int
    rows: int
    rejected: int
    columns: tuple[str, ...]
    source: str
    source_size: int
    source_mtime_ns: int
    source_sha256: str
    deletions: bool
    unique: bool

    @property
    def feed(self) -> Feed:
        """The object that this is a pull of."""
        return Feed(self.system, self.object)

    @property
    def order(self) -> tuple[datetime, int]:
        """Its place in the taken order."""
        return self.taken_at, self.position

    def line(self) -> str:
        """Spell the pull as its line of the manifest."""
        told = asdict(self)
        for name in ("taken_at", "pulled_at"):
            told[name] = told[name].isoformat()
        return json.dumps(told, ensure_ascii=False) + "\n"


_NAMES = {field.name for field in fields(Pull)}


def read_pull(told: Mapping[str, Any]) -> Pull:
    """Read a line of the manifest; keys that a later version added are passed over."""
    known = {name: value for name, value in told.items() if name in _NAMES}
    for name in ("taken_at", "pulled_at"):
        known[name] = datetime.fromisoformat(known[name])
    for name in ("keys", "columns"):
        known[name] = tuple(known[name])
    return Pull(**known)


class Ledger:
    """The committed pulls of a workspace at the time of reading.

    A pull whose file is missing, or was touched and does not hold what was committed, is left out and told in
    `findings`; so is one that is found damaged later (`verify`, `watch_over`, or the engine that cannot read it).
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.seals = Seals(workspace)
        data = _manifest(manifest_path(workspace))
        self.erased = _last_erasure(data)
        self.committed, self._broken = _told_pulls(data)
        self._wrong = {pull.position: wrong for pull in self.committed if (wrong := self._seen_wrong(pull))}

    def path(self, pull: Pull) -> Path:
        """Give the file of a pull."""
        return self.workspace.ledger / pull.file

    @property
    def position(self) -> int:
        """The running number of the newest pull; 0 where there is none."""
        return max((pull.position for pull in self.committed), default=0)

    def _seen_wrong(self, pull: Pull) -> str | None:
        path = self.path(pull)
        if self.seals.digest(path) == pull.sha256:
            return None
        try:
            size = path.stat().st_size
        except OSError:
            return "is missing"
        return CHANGED if size == pull.size else f"has {size:,} bytes, not {pull.size:,}"

    def leave_out(self, damaged: Iterable[Pull]) -> None:
        """Leave pulls out whose files do not hold what was committed."""
        for pull in damaged:
            self._wrong.setdefault(pull.position, CHANGED)
        self.__dict__.pop("_usable", None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the ledger, as far as it was looked at."""
        lines = tuple(
            Finding(
                "ledger.line",
                Level.ERROR,
                f"ledger/manifest.jsonl:{number}",
                "This line cannot be read; the pull that it told of is left out.",
                "Restore ledger/manifest.jsonl from a backup.",
            )
            for number in self._broken
        )
        damaged = (pull for pull in self.committed if pull.position in self._wrong)
        return (*lines, *(damage(pull, self._wrong[pull.position]) for pull in damaged))

    @cached_property
    def _usable(self) -> tuple[Pull, ...]:
        usable = (pull for pull in self.committed if pull.position not in self._wrong)
        return tuple(sorted(usable, key=lambda pull: pull.order))

    def feeds(self) -> tuple[Feed, ...]:
        """List every object that was ever pulled, sorted."""
        return tuple(sorted({pull.feed for pull in self.committed}))

    def pulls(
        self, feed: Feed | None = None, known_at: datetime | None = None, position: int | None = None
    ) -> tuple[Pull, ...]:
        """List pulls in taken order: of one object, taken by `known_at`, with a running number up to `position`."""
        return tuple(
            pull
            for pull in self._usable
            if (feed is None or pull.feed == feed)
            and (known_at is None or pull.taken_at <= known_at)
            and (position is None or pull.position <= position)
        )


def manifest_path(workspace: Workspace) -> Path:
    """Give the place of the manifest."""
    return workspace.ledger / "manifest.jsonl"


def read_manifest(path: Path) -> tuple[tuple[Pull, ...], tuple[int, ...]]:
    """Read the pulls that a manifest tells of, and the numbers of the lines that cannot be read."""
    return _told_pulls(_manifest(path))


def _manifest(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _told_pulls(data: bytes) -> tuple[tuple[Pull, ...], tuple[int, ...]]:
    pulls: list[Pull] = []
    broken: list[int] = []
    lines = data.split(b"\n")
    for number, line in enumerate(lines[:-1], 1):
        try:
            told = json.loads(line)
            if "position" in told:
                pulls.append(read_pull(told))
        except (ValueError, TypeError, KeyError):
            broken.append(number)
    return tuple(pulls), tuple(broken)


def erasures(workspace: Workspace) -> int:
    """Give the number of the last erasure that the manifest has taken in; 0 where there was none."""
    return _last_erasure(_manifest(manifest_path(workspace)))


def _last_erasure(data: bytes) -> int:
    return max((_erased(line) for line in data.split(b"\n") if line.startswith(b'{"erased"')), default=0)


def _erased(line: bytes) -> int:
    try:
        return int(json.loads(line)["erased"])
    except (ValueError, TypeError, KeyError):  # a finding tells that the line cannot be read
        return 0


def damage(pull: Pull, wrong: str) -> Finding:
    """Tell that a pull's file is not what was committed."""
    return Finding(
        "ledger.damaged",
        Level.ERROR,
        f"ledger/{pull.file}",
        f"The file of pull {pull.position} ({pull.feed} of {pull.taken_at:%Y-%m-%d %H:%M}) {wrong}; it is left out.",
        f"Restore it from a backup of the ledger; it was made from '{pull.source}'.",
    )


def verify(ledger: Ledger) -> tuple[Finding, ...]:
    """Read every file of the ledger, leave out those that do not hold what was committed, and name them."""
    ledger.leave_out(pull for pull in ledger.committed if _unsound(ledger, pull))
    return ledger.findings


def watch_over(ledger: Ledger) -> None:
    """Read the pulls again that were not read for longest, some of them each time; leave out what is damaged."""
    by_path = {ledger.path(pull): pull for pull in ledger.committed if pull.size <= WATCHED}
    left = WATCHED
    for path in ledger.seals.oldest(list(by_path))[:WATCHED_FILES]:
        left -= by_path[path].size
        if left < 0:
            return
        if _unsound(ledger, by_path[path]):
            ledger.leave_out([by_path[path]])


def _unsound(ledger: Ledger, pull: Pull) -> bool:
    path = ledger.path(pull)
    try:
        return path.is_file() and ledger.seals.read(path) != pull.sha256
    except OSError:
        return True
