"""The ledger as it is written: files first and flushed, then their lines in the manifest; so a crash loses nothing.

Pulls are committed in batches. What a killed run left behind has no line; the next writer removes it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.basics.workspace import Workspace
from tieout.connect.files import TABLE, Extract, Reject
from tieout.history.exports import Export
from tieout.history.judge import digest_sql, key_sql
from tieout.history.ledger import FORMAT, LedgerError, Pull, manifest_path, read_manifest
from tieout.warehouse.engine import identifier, literal
from tieout.warehouse.seals import Seals

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH = 64
BATCH_BYTES = 64_000_000


@dataclass
class Batch:
    """Pulls that are written aside and wait to be committed together."""

    workspace: Workspace
    pulls: list[Pull] = field(default_factory=list)
    files: list[tuple[Path, Path]] = field(default_factory=list)

    def place(self, pull: Pull) -> Path:
        """Tell where the file of a pull of this batch, or of an earlier one, lies now."""
        final = self.workspace.ledger / pull.file
        return next((aside for aside, target in self.files if target == final), final)

    def add(self, pull: Pull, aside: Path, rejects: Iterable[Reject]) -> None:
        """Take in a pull whose file lies aside, with the lines that it rejected."""
        self.files.append((aside, self.workspace.ledger / pull.file))
        told = [
            json.dumps({"line": reject.line, "reason": reject.reason, "text": reject.text}, ensure_ascii=False)
            for reject in rejects
        ]
        if told:
            target = rejected_path(self.workspace, pull)
            aside = target.with_suffix(".jsonl.tmp")
            aside.parent.mkdir(parents=True, exist_ok=True)
            aside.write_text("\n".join(told) + "\n", encoding="utf-8")
            self.files.append((aside, target))
        self.pulls.append(pull)

    @property
    def full(self) -> bool:
        """Say whether the batch is large enough to be committed."""
        return len(self.pulls) >= BATCH or sum(pull.size for pull in self.pulls) >= BATCH_BYTES

    def commit(self) -> None:
        """Flush and rename the files, flush their folders, then add their lines to the manifest and flush it."""
        if not self.pulls:
            return
        for aside, _ in self.files:
            flush(aside)
        for aside, target in self.files:
            aside.rename(target)
        for folder in {target.parent for _, target in self.files}:
            flush(folder)
        lines = "".join(pull.line() for pull in self.pulls).encode()
        file = os.open(manifest_path(self.workspace), os.O_WRONLY | os.O_APPEND)
        try:
            os.write(file, lines)
            os.fsync(file)
        finally:
            os.close(file)
        seals = Seals(self.workspace)
        for pull in self.pulls:
            seals.put(self.workspace.ledger / pull.file, pull.sha256)
        self.pulls.clear()
        self.files.clear()


def rejected_path(workspace: Workspace, pull: Pull) -> Path:
    """Give the place of the lines that a pull rejected."""
    return workspace.ledger / "rejected" / pull.feed.folder / f"{pull.position:08d}.jsonl"


def flush(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def open_for_writing(workspace: Workspace) -> None:
    """Make the ledger ready for a writer: begin its manifest, mend its torn end, clear what a killed run left.

    Raises LedgerError where pulls are there without a manifest: to go on would write over them.
    """
    path = manifest_path(workspace)
    pulls = workspace.ledger / "pulls"
    if not path.exists():
        if any(pulls.glob("*/*.parquet")):
            message = (
                f"'{path}' is missing, but there are pulls beside it. Restore it from a backup of the ledger; "
                "pulling now would begin a new ledger over the old one."
            )
            raise LedgerError(message)
        pulls.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".tmp")
        aside.write_text(json.dumps({"ledger": FORMAT}) + "\n", encoding="utf-8")
        flush(aside)
        aside.rename(path)
        flush(path.parent)
        flush(workspace.root)
    _mend(path)
    _clear(workspace)


def _mend(path: Path) -> None:
    """Cut off a last line that has no end: a crash tore it, and its pull was never committed."""
    data = path.read_bytes()
    good = data.rfind(b"\n") + 1
    if good < len(data):
        os.truncate(path, good)
        flush(path)


def _clear(workspace: Workspace) -> None:
    """Remove files aside, and the files of at most one batch that follow the last committed pull."""
    committed, broken = read_manifest(manifest_path(workspace))
    if broken:
        return
    last = max((pull.position for pull in committed), default=0)
    for folder in (workspace.ledger / "pulls", workspace.ledger / "rejected"):
        for path in folder.glob("*/*"):
            number = re.fullmatch(r"(\d{8})\.(parquet|jsonl)", path.name)
            if path.name.endswith(".tmp") or (number and last < int(number[1]) <= last + BATCH):
                path.unlink()


def next_position(workspace: Workspace) -> int:
    """Give the next running number; one that no file bears, whether or not the manifest knows of it."""
    committed, _ = read_manifest(manifest_path(workspace))
    files = (workspace.ledger / "pulls").glob("*/*.parquet")
    numbers = [int(path.stem) for path in files if path.stem.isdigit()]
    return max([*numbers, *(pull.position for pull in committed)], default=0) + 1


def store(engine: DuckDBPyConnection, export: Export, extract: Extract, aside: Path, position: int) -> int:
    """Write an extract aside as the Parquet file of a pull, and give the number of its rows.

    It has the columns of a change file too, as if all its rows were new: the first pull of an object is its own change
    file then, and no row has to be written twice.
    """
    raw = ", ".join(f"{extract.column(name)} as {identifier(name)}" for name in extract.columns)
    row = "record" if extract.numbered else "rowid + 1"
    written = engine.execute(
        f"copy (select 'put' as _op, {key_sql(extract, export.source.keys)} as _key, {digest_sql(extract)} as _digest,"
        f" {row} as _row, {position}::bigint as _position, timestamp '{export.taken_at}' as _taken_at,"
        f" null::timestamp as _previous_taken_at, {raw} from {TABLE})"
        f" to {literal(str(aside))} (format parquet, compression zstd, compression_level 1, use_tmp_file false)"
    )
    return int(written.fetchall()[0][0])
