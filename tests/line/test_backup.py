"""A workspace in one file and back: figures and the build key are the same, and nothing half is ever left."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from tests.line.ten_deals import write
from tieout import Workspace, refresh
from tieout.backup import BackupError, back_up, restore
from tieout.measure.answers import Question
from tieout.questions import ask
from tieout.warehouse.lock import WorkspaceBusyError, writing

NOW = datetime(2026, 11, 26, 8)


HOLD = """
import sys, time
from datetime import datetime
from pathlib import Path
from tieout import Workspace
from tieout.warehouse.lock import writing
with writing(Workspace(Path(sys.argv[1])), datetime(2026, 1, 1)):
    print("held", flush=True)
    time.sleep(60)
"""


def contents(workspace: Workspace, folder: str) -> dict[Path, bytes]:
    """Give every file of a folder."""
    files = (path for path in (workspace.root / folder).rglob("*") if path.is_file())
    return {path.relative_to(workspace.root): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def deals(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The worked example refreshed, with a database that somebody has open."""
    workspace = Workspace(write(tmp_path_factory.mktemp("deals")))
    assert refresh(workspace, NOW).after
    workspace.app.mkdir()
    (workspace.app / "secret").write_text("signed with this")
    with closing(sqlite3.connect(workspace.app / "tieout.db")) as database:
        database.execute("pragma journal_mode = wal")
        database.execute("create table accounts (name text)")
        database.execute("insert into accounts values ('Alice'), ('Bob')")
        database.commit()
    return workspace


@pytest.mark.parametrize("name", ["kept.tar.gz", "kept.tar.zst"])
def test_what_is_restored_gives_the_same_figures_and_build(deals: Workspace, tmp_path: Path, name: str) -> None:
    with closing(sqlite3.connect(deals.app / "tieout.db")) as somebody:
        somebody.execute("insert into accounts values ('not committed')")
        kept = back_up(deals, tmp_path / name, NOW)
    assert (tmp_path / name).stat().st_mode & 0o077 == 0
    again, rows = restore(tmp_path / name, tmp_path / "again")
    assert (again.files, again.size, rows) == (kept.files, kept.size, None)
    restored = Workspace(tmp_path / "again")
    for folder in ("contract", "ledger"):
        assert contents(restored, folder) == contents(deals, folder)
    with closing(sqlite3.connect(restored.app / "tieout.db")) as database:
        assert database.execute("select name from accounts order by name").fetchall() == [("Alice",), ("Bob",)]
    assert (restored.app / "secret").read_text() == "signed with this"
    assert not list(restored.app.glob("*-wal"))
    before = ask(deals, Question("pipeline.open_qualified", period="2026-Q3"))
    report = refresh(restored, NOW)
    assert report.after is not None
    assert report.after.key == before.passport.build
    assert ask(restored, Question("pipeline.open_qualified", period="2026-Q3")).rows == before.rows


def test_nothing_is_overwritten_or_mixed(deals: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "kept.tar.gz"
    back_up(deals, file, NOW)
    with pytest.raises(BackupError, match="overwrites none"):
        back_up(deals, file, NOW)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(BackupError, match="not empty"):
        restore(file, tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    with pytest.raises(BackupError, match="Allowed: "):
        back_up(deals, tmp_path / "kept.zip", NOW)


def test_nobody_writes_the_ledger_meanwhile(deals: Workspace, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(deals.root)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(WorkspaceBusyError):
            back_up(deals, tmp_path / "kept.tar.gz", NOW)
        other.kill()
    assert list(tmp_path.iterdir()) == []
    with writing(deals, NOW):
        back_up(deals, tmp_path / "kept.tar.gz", NOW)


def changed(file: Path, name: str, data: bytes | None, to: Path, add: str | None = None) -> Path:
    """Write a backup again with one file changed, left out (None), or added."""
    with tarfile.open(file) as old, tarfile.open(to, "w:gz") as new:
        for entry in old:
            opened = old.extractfile(entry)
            assert opened is not None
            body = data if entry.name == name else opened.read()
            if body is not None:
                entry.size = len(body)
                new.addfile(entry, io.BytesIO(body))
        if add:
            entry = tarfile.TarInfo(add)
            entry.size = 1
            new.addfile(entry, io.BytesIO(b"x"))
    return to


def test_a_damaged_backup_restores_nothing(deals: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "kept.tar.gz"
    back_up(deals, file, NOW)
    whole = file.read_bytes()
    with tarfile.open(file) as archive:
        listed = json.loads(archive.extractfile("backup.json").read())["files"]  # type: ignore[union-attr]
    pull = next(name for name in listed if name.endswith(".parquet"))
    cases = [
        changed(file, pull, b"other", tmp_path / "a.tar.gz"),
        changed(file, pull, None, tmp_path / "b.tar.gz"),
        changed(file, "backup.json", b"{}", tmp_path / "c.tar.gz"),
        changed(file, "", b"", tmp_path / "d.tar.gz", add="../outside"),
        changed(file, "", b"", tmp_path / "e.tar.gz", add="contract/more.yaml"),
    ]
    cut, noise = tmp_path / "f.tar.gz", tmp_path / "g.tar.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    noise.write_bytes(os.urandom(5000))
    for case in (*cases, cut, noise, tmp_path / "nothing.tar.gz"):
        with pytest.raises(BackupError, match="Nothing was restored"):
            restore(case, tmp_path / "again")
        assert not (tmp_path / "again").exists()
        assert not list(tmp_path.glob(".again*"))
    assert not (tmp_path.parent / "outside").exists()


@pytest.mark.slow
@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_kill_in_the_middle_leaves_nothing_half(deals: Workspace, tmp_path: Path, command: str) -> None:
    back_up(deals, tmp_path / "kept.tar.gz", NOW)
    words = {
        "backup": ["backup", str(tmp_path / "new.tar.gz"), "--workspace", str(deals.root)],
        "restore": ["restore", str(tmp_path / "kept.tar.gz"), str(tmp_path / "again")],
    }[command]
    target = tmp_path / ("new.tar.gz" if command == "backup" else "again")
    for wait in (0.3, 0.6, 0.8, 1.0, 1.2, 1.5):
        process = subprocess.Popen(
            [sys.executable, "-c", "from tieout.cli import main; main()", *words], stdout=subprocess.DEVNULL
        )
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if not target.exists():
            continue
        if command == "restore":
            assert refresh(Workspace(target), NOW).after
        else:
            restore(target, tmp_path / f"checked-{wait}")
        break
