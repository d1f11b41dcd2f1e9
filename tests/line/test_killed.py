"""kill -9 at any moment of a refresh leaves a state that the next run continues from; readers never see half of one."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.line.ten_deals import EXPORTS, P1, write
from tieout import Workspace, ask, refresh
from tieout.history.ledger import Ledger
from tieout.measure.answers import Question
from tieout.warehouse.builds import published_or_none

NOW = datetime(2026, 12, 22, 8)
REFRESH = (
    "import sys, pathlib, datetime; from tieout import Workspace, refresh; "
    "refresh(Workspace(pathlib.Path(sys.argv[1])), datetime.datetime(2026, 12, 22, 8))"
)


def weekly(weeks: int) -> dict[str, str]:
    """The worked example, then weeks in which one deal grows."""
    exports = dict(EXPORTS)
    for week in range(1, weeks + 1):
        day = date(2026, 7, 20) + timedelta(weeks=week)
        grown = P1.replace("O1,new,Qualification,100000", f"O1,new,Qualification,{100000 + week}")
        exports[f"opportunities_{day}T0600.csv"] = grown.replace("2026-06-20", f"{day - timedelta(days=1)}")
    return exports


def told(workspace: Workspace) -> object:
    """Everything that must be the same however often the work was interrupted."""
    questions = [Question(metric, "2026-Q3", ("stage",)) for metric in ("pipeline.open_qualified", "pipeline.created")]
    ledger = Ledger(workspace)
    pulls = [(pull.position, str(pull.feed), pull.taken_at, pull.rows, pull.source) for pull in ledger.pulls()]
    return pulls, [ask(workspace, question).rows for question in questions]


def run(folder: Path) -> subprocess.Popen[bytes]:
    """Start a refresh as a process of its own."""
    return subprocess.Popen([sys.executable, "-c", REFRESH, str(folder)], stderr=subprocess.PIPE)


def killed_many_times(folder: Path, times: int) -> int:
    """Interrupt refreshes at random moments; give how many were caught at work."""
    dice = random.Random(times)
    caught = 0
    for _ in range(times):
        process = run(folder)
        time.sleep(dice.uniform(0.3, 2.5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        caught += process.returncode == -signal.SIGKILL
        if published_or_none(Workspace(folder)):
            question = Question("pipeline.open", as_of=datetime(2026, 7, 20))
            assert ask(Workspace(folder), question).total.value is not None
    return caught


def check(tmp_path: Path, times: int) -> None:
    exports = weekly(weeks=20)
    undisturbed = Workspace(write(tmp_path / "undisturbed", exports=exports))
    refresh(undisturbed, NOW)
    folder = write(tmp_path / "killed", exports=exports)
    assert killed_many_times(folder, times) >= times // 4
    report = refresh(Workspace(folder), NOW)
    assert report.after is not None
    assert told(Workspace(folder)) == told(undisturbed)
    leftovers = [path for path in folder.rglob("*") if path.name.startswith(".") and path.suffix in (".tmp", ".aside")]
    assert [path for path in leftovers if "ledger" in path.parts] == []


def test_a_refresh_killed_at_random_moments(tmp_path: Path) -> None:
    check(tmp_path, times=8)


@pytest.mark.slow
def test_a_refresh_killed_a_hundred_times(tmp_path: Path) -> None:
    check(tmp_path, times=100)


def test_two_refreshes_at_once(tmp_path: Path) -> None:
    folder = write(tmp_path, exports=weekly(weeks=40))
    both = [run(folder) for _ in range(2)]
    errors = [process.communicate()[1].decode() for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes[0] == 0
    if codes[1] != 0:
        assert [error for error in errors if "WorkspaceBusyError" in error and str(os.getpid()) not in error]
    refresh(Workspace(folder), NOW)
    undisturbed = Workspace(write(tmp_path / "undisturbed", exports=weekly(weeks=40)))
    refresh(undisturbed, NOW)
    assert told(Workspace(folder)) == told(undisturbed)


def test_a_torn_pointer_is_as_good_as_none(tmp_path: Path) -> None:
    workspace = Workspace(write(tmp_path))
    refresh(workspace, NOW)
    workspace.pointer.write_text(json.dumps([{"key": "x"}])[:9])
    assert published_or_none(workspace) is None
    refresh(workspace, NOW)
    assert published_or_none(workspace) is not None
