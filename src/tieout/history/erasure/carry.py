"""Carry out: an erasure whose plan is written down, from wherever it was when it stopped, to its end in the ledger.

1. Exports and pulls anew, beside the old ones. 2. The manifest swapped. 3. Everything else that tells the person
replaced or deleted. 4. The old pulls deleted. Each step may be done twice.
"""

from __future__ import annotations

import errno
import gzip
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.connect.files import UnreadableError, file_digest
from tieout.history.changes import change_folder
from tieout.history.erasure.cloak import Cloak
from tieout.history.erasure.erased import add_erased, erased_path
from tieout.history.erasure.files import Export, cloak_export, cloak_file
from tieout.history.erasure.plan import Plan, plan_path
from tieout.history.erasure.proof import UNREADABLE, files_of, tells
from tieout.history.erasure.rewrite import Source, new_name, swap_manifest, write_pull
from tieout.history.erasure.search import telling_files
from tieout.history.keyed import hash_key, key_path
from tieout.history.ledger import Ledger, LedgerError, erasures, manifest_path
from tieout.warehouse.engine import EngineError, beside, memory

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from tieout.basics.workspace import Workspace

MEMORY = "2500MB"
AT_ONCE = 2
"""How many pulls are written at a time: the end of each is work for one core."""


def carry_out(workspace: Workspace, plan: Plan) -> None:
    """Do what a written plan says to the ledger, or the rest of it. The caller holds the lock."""
    cloak = Cloak(hash_key(workspace), plan.entry.person, plan.needles)
    with scratch(workspace) as (folder, engine):
        if erasures(workspace) < plan.entry.number:
            add_erased(workspace, plan.entry)
            _swap(workspace, engine, plan, cloak, folder)
        _clean_texts(workspace, engine, cloak)
        clean_cache(workspace, engine, plan)
        _drop_old(workspace)


def folders_of(workspace: Workspace, plan: Plan) -> tuple[Path, ...]:
    """Give the folders in which a plan writes."""
    by_position = {pull.position: workspace.ledger / pull.file for pull in Ledger(workspace).committed}
    pulls = {by_position[position].parent for hits in plan.hits for position in hits.rows}
    exports = {(workspace.root / one.path).parent for one in plan.exports if one.inside}
    return tuple(sorted(pulls | exports))


def refuse_unwritable(folders: Iterable[Path]) -> None:
    """Refuse to begin what could not be finished. Raises LedgerError naming the folder."""
    for folder in folders:
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
            message = f"'{folder}' cannot be written, so nobody was erased. Make it writable, then erase again."
            raise LedgerError(message)


@contextmanager
def scratch(workspace: Workspace) -> Iterator[tuple[Path, DuckDBPyConnection]]:
    """Give a folder that can be thrown away and an engine that spills into it."""
    parent = workspace.cache / "scratch"
    shutil.rmtree(parent, ignore_errors=True)
    parent.mkdir(parents=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        with memory(memory_limit=MEMORY, spill=folder / "spill") as engine:
            yield folder, engine
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _swap(workspace: Workspace, engine: DuckDBPyConnection, plan: Plan, cloak: Cloak, folder: Path) -> None:
    ledger = Ledger(workspace)
    by_position = {pull.position: pull for pull in ledger.committed}
    rows = {position: found for hits in plan.hits for position, found in hits.rows.items()}

    def write(position: int) -> Path:
        with beside(engine) as mine:
            return write_pull(mine, ledger, by_position[position], rows[position], plan.entry.number)

    with ThreadPoolExecutor(AT_ONCE) as writers:
        files = dict(zip(rows, writers.map(write, rows), strict=True))
    sources: dict[int, Source] = {}
    for lying in plan.exports:
        path = workspace.root / lying.path
        if not path.is_file() or path.stat().st_mtime_ns != lying.mtime_ns:
            continue
        if file_digest(path) == lying.sha256:
            changed = {row.row: row for position in lying.positions for row in rows.get(position, ())}
            changed |= {row.row: row for row in lying.changed}
            try:
                cloak_export(path, Export(lying.source, changed), cloak, folder)
            except UnreadableError:
                continue
        now = Source(path.stat().st_size, lying.mtime_ns, file_digest(path))
        sources |= dict.fromkeys(lying.positions, now)
    swap_manifest(workspace, plan.entry.number, files, sources)


def _clean_texts(workspace: Workspace, engine: DuckDBPyConnection, cloak: Cloak) -> None:
    """Replace the person in every other text of the workspace; what is no text is left for the proof to tell."""
    ours = {manifest_path(workspace), plan_path(workspace), erased_path(workspace), key_path(workspace)}
    for path in files_of(workspace):
        if path in ours or path.is_relative_to(workspace.cache) or path.is_relative_to(workspace.ledger / "pulls"):
            continue
        try:
            with path.open("rb") as file:
                head = file.read(1 << 16)
            packed = head[:2] == b"\x1f\x8b"
            told = (packed or b"\0" not in head) and tells(path, engine, cloak.needles)
        except UNREADABLE:
            continue
        try:
            if told:
                cloak_file(path, cloak)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            continue
        except OSError as error:
            # The proof names what stays. A full disk is no reason to go on.
            if error.errno not in {errno.EACCES, errno.EPERM, errno.EROFS}:
                raise


def clean_cache(workspace: Workspace, engine: DuckDBPyConnection, plan: Plan) -> None:
    """Delete what is derived and tells the person; builds that are published are made anew by whoever publishes."""
    terms = plan.terms(workspace)
    for folder in sorted(change_folder(Ledger(workspace)).glob("*")):
        roles = next((roles for feed, roles in plan.roles.items() if feed.folder == folder.name), None)
        paths = sorted(folder.glob("*.parquet"))
        try:
            told = paths if roles is None else telling_files(engine, paths, roles, terms)
        except EngineError:
            told = paths
        for path in (*told, *folder.glob("*.tmp")):
            path.unlink(missing_ok=True)


def _drop_old(workspace: Workspace) -> None:
    """Delete the files that a pull had before."""
    for pull in Ledger(workspace).committed:
        file = workspace.ledger / pull.file
        number = file.stem.partition("-")[2]
        if number and file.is_file():
            names = [f"{pull.position:08d}.parquet"]
            names += [Path(new_name(pull, earlier)).name for earlier in range(1, int(number))]
            for name in names:
                (file.parent / name).unlink(missing_ok=True)
