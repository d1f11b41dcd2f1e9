"""Whatever stops a pull, nothing is lost and nothing is half there."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from tests.history.conftest import Marlow
from tieout.history import LedgerError
from tieout.warehouse.lock import WorkspaceBusyError, writing

PROGRAM = """
import sys, pathlib
from datetime import datetime
from tieout.basics.workspace import Workspace
from tieout.contract.model import Contract, SourceObject, System
from tieout.history import Ledger, changes, commit, pull
from tieout.warehouse.engine import memory
workspace = Workspace(pathlib.Path(sys.argv[1]))
commit.BATCH = 8
source = SourceObject(files="*.csv", key="id")
print("begun", flush=True)
pull(workspace, Contract(sources={"crm": System(path="exports", objects={"deals": source})}), datetime(2027, 1, 1))
ledger = Ledger(workspace)
changes(ledger, memory(), ledger.feeds()[0])
"""
FILES = 150


def lay_many(marlow: Marlow) -> None:
    for number in range(FILES):
        rows = [f"{key},Deal {key},{(key * number) % 4}" for key in range(40) if (key + number) % 11]
        broken = ["x"] if number % 10 == 3 else []
        marlow.lay(f"deals_2026-{number // 28 + 1:02d}-{number % 28 + 1:02d}.csv", *rows, *broken)


def picture(marlow: Marlow) -> object:
    """Tell all that a ledger holds: each pull, each file's bytes, each rejected line, each change."""
    ledger = marlow.ledger
    rejected = {path.name: path.read_bytes() for path in (marlow.root / "ledger" / "rejected").rglob("*.jsonl")}
    there = sorted(str(path.relative_to(marlow.root)) for path in (marlow.root / "ledger").rglob("*.*"))
    pulls = [(one.position, one.source, one.taken_at, one.sha256, one.rows, one.rejected) for one in ledger.pulls()]
    return pulls, rejected, there, marlow.changes()


def kill_and_go_on(marlow: Marlow, times: int, seed: int) -> None:
    lay_many(marlow)
    began = time.monotonic()
    marlow.pull("crm.deals")
    takes = time.monotonic() - began
    undisturbed = picture(marlow)
    shutil.rmtree(marlow.root / "ledger")
    shutil.rmtree(marlow.root / ".tieout")
    chance, killed, halfway = random.Random(seed), 0, 0
    for _ in range(times):
        with subprocess.Popen([sys.executable, "-c", PROGRAM, str(marlow.root)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0, takes / 3))
            process.kill()
            killed += process.wait() != 0
        halfway += 0 < marlow.ledger.position < FILES
    assert min(killed, halfway) >= 2
    marlow.pull("crm.deals")
    assert picture(marlow) == undisturbed
    assert not list(marlow.root.rglob("*.tmp"))


def test_a_pull_that_is_killed_again_and_again_ends_like_one_that_was_not(marlow: Marlow) -> None:
    kill_and_go_on(marlow, 5, 1)


@pytest.mark.slow
def test_a_pull_that_is_killed_a_hundred_times_ends_like_one_that_was_not(marlow: Marlow) -> None:
    kill_and_go_on(marlow, 100, 2)


def manifest(marlow: Marlow) -> Path:
    return marlow.root / "ledger" / "manifest.jsonl"


def test_a_torn_last_line_does_not_count_and_is_mended(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    marlow.lay("13", "1,Ann,20")
    marlow.pull()
    whole = manifest(marlow).read_bytes()
    manifest(marlow).write_bytes(whole[:-30])
    assert marlow.ledger.position == 1
    assert len(marlow.pull().pulled) == 1
    assert manifest(marlow).read_bytes() == whole


def test_a_broken_line_in_the_middle_is_told_and_nothing_is_written_over(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    marlow.lay("13", "1,Ann,20")
    marlow.pull()
    lines = manifest(marlow).read_bytes().splitlines(keepends=True)
    manifest(marlow).write_bytes(b"".join([*lines[:-1], b"{garbage}\n"]))
    marlow.lay("20", "1,Ann,30")
    report = marlow.pull()
    assert [(found.code, found.place) for found in report.findings][:1] == [("ledger.line", "ledger/manifest.jsonl:3")]
    assert [one.position for one in report.pulled] == [3, 4]
    assert (marlow.root / "ledger/pulls/crm.deals/00000002.parquet").exists()


def test_pulls_without_a_manifest_are_not_written_over(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    marlow.pull()
    manifest(marlow).unlink()
    with pytest.raises(LedgerError, match="Restore it from a backup"):
        marlow.pull()


def test_what_a_killed_run_left_is_cleared(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    marlow.pull()
    folder = marlow.root / "ledger" / "pulls" / "crm.deals"
    for name in ("00000002.parquet", "00000003.parquet.tmp"):
        (folder / name).write_bytes(b"half")
    marlow.pull()
    assert sorted(path.name for path in folder.iterdir()) == ["00000001.parquet"]


def test_files_far_ahead_of_the_manifest_are_left_alone(marlow: Marlow) -> None:
    """An old manifest brought back from a backup must not cost the pulls that it does not know."""
    marlow.lay("06", "1,Ann,10")
    marlow.pull()
    far = marlow.root / "ledger" / "pulls" / "crm.deals" / "00000100.parquet"
    far.write_bytes(b"kept")
    marlow.lay("13", "1,Ann,20")
    (one,) = marlow.pull().pulled
    assert (one.position, far.read_bytes()) == (101, b"kept")


# -- one writer at a time


def test_a_second_process_is_told_who_holds_the_workspace(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    program = (
        "import sys, pathlib; from datetime import datetime; from tieout.basics.workspace import Workspace;"
        "from tieout.warehouse.lock import writing\n"
        "with writing(Workspace(pathlib.Path(sys.argv[1])), datetime(2026, 7, 6, 9, 30)):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(marlow.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(WorkspaceBusyError, match=f"Process {process.pid} .* since 2026-07-06T09:30:00") as caught:
            marlow.pull()
        assert caught.value.try_again
        process.kill()
    assert len(marlow.pull().pulled) == 1


def test_an_inner_step_may_take_the_lock_again(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    with writing(marlow.workspace, datetime(2027, 1, 1)):
        assert len(marlow.pull().pulled) == 1
        told = json.loads((marlow.root / ".tieout" / "lock").read_text(encoding="utf-8"))
        assert told["since"] == "2027-01-01T00:00:00"
    with writing(marlow.workspace, datetime(2027, 1, 2)):
        pass
