"""Trouble with the machine: a full disk, folders that may not be written, several processes at once.

What was committed stands, what is published stays readable, one clear error says what to do, the next refresh goes on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.conftest import made_once
from tests.line.nursery import nursery
from tests.line.ten_deals import EXPORTS, P3, write
from tests.line.test_killed import NOW, told, weekly
from tieout import Workspace, ask, refresh
from tieout.measure.answers import Question

NOBODY = 65534
MOUNT = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs"]
REFRESH = (
    "import sys, pathlib, datetime; from tieout import Workspace, refresh; "
    "refresh(Workspace(pathlib.Path(sys.argv[1])), datetime.datetime(2026, 12, 22, 8))"
)
READ = """
import sys, pathlib, datetime
from tieout import Workspace, ask
from tieout.measure.answers import Question
from tieout.warehouse.builds import published_or_none
workspace = Workspace(pathlib.Path(sys.argv[1]))
seen = set()
print("ready", flush=True)
for _ in range(15):
    answer = ask(workspace, Question("pipeline.open_qualified", "2026-Q3", ("stage",), datetime.datetime(2026, 7, 20)))
    assert sum(row.value for row in answer.rows[1:]) == answer.total.value
    seen.add((answer.passport.build, str(answer.total.value)))
print(sorted(value for _, value in seen))
"""


QUESTION = Question("pipeline.open_qualified", "2026-Q3", ("stage",))


def with_many(deals: int) -> dict[str, str]:
    """The worked example, and a week later an extract with many more deals."""
    more = "".join(f"M{n},new,Qualification,{n},,USD,2026-09-15,,2026-07-23,\n" for n in range(deals))
    return {**EXPORTS, "opportunities_2026-07-27T0600.csv": P3 + more}


def figures(workspace: Workspace) -> list[object]:
    """The agreed number by stage, as published."""
    return [(row.by, row.value, row.n) for row in ask(workspace, QUESTION).rows]


@pytest.mark.slow
def test_a_disk_that_takes_no_more_stops_a_refresh_and_loses_nothing(tmp_path: Path) -> None:
    undisturbed = Workspace(write(tmp_path / "undisturbed", exports=with_many(3000)))
    begun = write(tmp_path / "begun")
    with nursery(tmp_path) as mother:
        assert mother.refresh(undisturbed.root, NOW).error == ""
        assert mother.refresh(begun, NOW).error == ""
        before = figures(Workspace(begun))
        for largest in (2_000, 30_000, 300_000):
            full = Workspace(shutil.copytree(begun, tmp_path / f"full-{largest}"))
            write(full.root, exports=with_many(3000))
            ending = mother.refresh(full.root, NOW, largest=largest)
            assert ending.status == 1
            told = ("LedgerError: The pull stopped", "NotWrittenError: ", "OSError: ")
            assert ending.error.startswith(told), ending.error
            assert figures(full) == before
            assert mother.refresh(full.root, NOW).error == ""
            assert figures(full) == figures(undisturbed) != before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run([*MOUNT, str(disk)], check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        workspace = Workspace(write(disk / "company"))
        with nursery(tmp_path) as mother:
            assert mother.refresh(workspace.root, NOW).error == ""
            before = figures(workspace)
            fill = disk / "fill"
            fill.write_bytes(b"x" * (free(disk) - 200_000))
            write(workspace.root, exports=weekly(weeks=8))
            ending = mother.refresh(workspace.root, NOW)
            assert ending.status == 1
            assert "No space left" in ending.error, ending.error
            assert figures(workspace) == before
            fill.unlink()
            assert mother.refresh(workspace.root, NOW).error == ""
        assert figures(workspace) != before
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def free(disk: Path) -> int:
    """The bytes that are left on a disk."""
    found = os.statvfs(disk)
    return found.f_bavail * found.f_frsize


@pytest.fixture(scope="session")
def first_pulled(shared_folder: Path) -> Path:
    """The worked example with its first export alone, refreshed."""

    def make(folder: Path) -> None:
        refresh(Workspace(write(folder, exports=dict(list(EXPORTS.items())[:1]))), NOW)

    return made_once(shared_folder / "first-pulled", make)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("closed", [".", "ledger", ".tieout", "ledger/pulls"])
def test_a_folder_that_may_not_be_written_is_told_and_read_all_the_same(
    first_pulled: Path, tmp_path: Path, closed: str
) -> None:
    workspace = Workspace(shutil.copytree(first_pulled, tmp_path / "company"))
    before = figures(workspace)
    write(workspace.root)
    for path in (tmp_path, *tmp_path.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    for parent in (*tmp_path.parents, tmp_path):
        if not parent.stat().st_mode & 0o001:
            parent.chmod(0o755)
    for path in (workspace.root / closed, *(workspace.root / closed).rglob("*")):
        os.chown(path, 0, 0)
        path.chmod(0o755 if path.is_dir() else 0o644)
    with nursery(tmp_path) as mother:
        ending = mother.refresh(workspace.root, NOW, user=NOBODY)
    assert ending.status == 1
    assert "ermission denied" in ending.error, ending.error
    assert figures(workspace) == before
    refresh(workspace, NOW)
    assert figures(workspace) != before


@pytest.mark.slow
def test_two_refreshes_and_ten_readers_at_once(tmp_path: Path) -> None:
    folder = write(tmp_path / "company", exports=weekly(weeks=8))
    workspace = Workspace(folder)
    refresh(Workspace(write(tmp_path / "undisturbed", exports=weekly(weeks=12))), NOW)
    refresh(workspace, NOW)
    readers = [subprocess.Popen([sys.executable, "-c", READ, str(folder)], stdout=PIPE, stderr=PIPE) for _ in range(10)]
    for reader in readers:
        assert reader.stdout
        reader.stdout.readline()
    write(folder, exports=weekly(weeks=12))
    writers = [subprocess.Popen([sys.executable, "-c", REFRESH, str(folder)], stderr=PIPE) for _ in range(2)]
    troubles = [writer.communicate()[1].decode() for writer in writers]
    codes = [writer.returncode for writer in writers]
    assert 0 in codes
    assert all("WorkspaceBusyError" in trouble for code, trouble in zip(codes, troubles, strict=True) if code)
    for reader in readers:
        _, trouble = reader.communicate()
        assert reader.returncode == 0, trouble.decode()
    refresh(workspace, NOW)
    assert told(workspace) == told(Workspace(tmp_path / "undisturbed"))
