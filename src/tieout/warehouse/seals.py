"""Seals: how a file looked when it was last read whole, so that an untouched one need not be read again.

A seal is a small file under `.tieout/seals` with the SHA-256 of a file, its size and its times of change. A file that
looks as its seal says holds what it held then; any other is read again. Seals can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tieout.basics.workspace import Workspace

Look = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Seals:
    """The seals of a workspace's files."""

    workspace: Workspace

    def place(self, path: Path) -> Path:
        """Give the place of a file's seal."""
        return self.workspace.cache / "seals" / f"{path.relative_to(self.workspace.root)}.json"

    def put(self, path: Path, digest: str) -> None:
        """Seal a file whose content is known; where nothing can be written, it is read again next time."""
        with suppress(OSError):
            seal = self.place(path)
            seal.parent.mkdir(parents=True, exist_ok=True)
            # A seal that a crash tore is as good as none, so it is written where it belongs.
            seal.write_text(json.dumps({"sha256": digest, "look": _look(path)}), encoding="utf-8")

    def digest(self, path: Path) -> str | None:
        """Give the SHA-256 of a file, from its seal where it was not touched since; None where it cannot be read."""
        try:
            told = self._told(path)
            if told is not None and told[1] == _look(path):
                return told[0]
            return self.read(path)
        except OSError:
            return None

    def read(self, path: Path) -> str:
        """Read a file whole, whatever its seal says, and seal what was found."""
        look = _look(path)
        found = _sha256(path)
        if _look(path) == look:
            self.put(path, found)
        return found

    def intact(self, path: Path) -> bool:
        """Say whether a file still holds what it held when it was first sealed; one without a seal does not.

        What it holds instead is never sealed: it would be taken for sound by whoever looks next.
        """
        told = self._told(path)
        if told is None:
            return False
        try:
            if told[1] == _look(path):
                return True
            if _sha256(path) != told[0]:
                return False
        except OSError:
            return False
        self.put(path, told[0])
        return True

    def touched(self, path: Path) -> bool:
        """Say whether a file was written to since it was sealed; of one without a seal nobody can say so."""
        told = self._told(path)
        return told is not None and told[1] != _look(path)

    def oldest(self, paths: list[Path]) -> list[Path]:
        """Sort files by how long ago they were read whole, those without a seal first."""

        def when(path: Path) -> float:
            try:
                return self.place(path).stat().st_mtime
            except OSError:
                return 0.0

        return sorted(paths, key=when)

    def _told(self, path: Path) -> tuple[str, Look] | None:
        try:
            told = json.loads(self.place(path).read_text(encoding="utf-8"))
            size, mtime, ctime = told["look"]
            return str(told["sha256"]), (size, mtime, ctime)
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _look(path: Path) -> Look:
    # The time of change of the file's entry cannot be set back by who writes into the file.
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns
