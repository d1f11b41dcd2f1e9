"""kill -9 at any moment of a refresh leaves a state that the next run continues from; readers never see half of one."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.line.nursery import DIED, Nursery, nursery
from tests.line.ten_deals import EXPORTS, P1, write
from tieout import Workspace, ask, refresh
from tieout.history.ledger import Ledger
from tieout.measure.answers import Question
from tieout.warehouse.builds import published_or_none

NOW = datetime(2026, 12, 22, 8)


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


def killed_many_times(folder: Path, mother: Nursery, times: int, takes: float) -> int:
    """Interrupt refreshes at random moments; give how many were caught at work."""
    dice = random.Random(times)
    caught = 0
    for turn in range(times):
        if turn % 5 == 4:
            edit(folder, turn)
        caught += mother.refresh(folder, NOW, killed_after=dice.uniform(0, takes)).status == -9
        if published_or_none(Workspace(folder)):
            question = Question("pipeline.open", as_of=datetime(2026, 7, 20))
            assert ask(Workspace(folder), question).total.value is not None
    return caught


def edit(folder: Path, turn: int) -> None:
    """Change the contract, so that the next refresh has something to build."""
    (folder / "contract/numbers.yaml").write_text(f"pipeline.open: {{owner: turn {turn}}}\n")


def check(tmp_path: Path, times: int) -> None:
    exports = weekly(weeks=12)
    undisturbed = Workspace(write(tmp_path / "undisturbed", exports=exports))
    with nursery(tmp_path) as mother:
        began = time.monotonic()
        assert mother.refresh(undisturbed.root, NOW).status == 0
        takes = time.monotonic() - began
        folder = write(tmp_path / "killed", exports=exports)
        assert killed_many_times(folder, mother, times, takes) >= times // 4
        assert mother.refresh(folder, NOW).error == ""
    assert told(Workspace(folder)) == told(undisturbed)
    leftovers = [path for path in folder.rglob("*") if path.name.endswith((".tmp", ".aside"))]
    assert [path for path in leftovers if "ledger" in path.parts] == []


def test_a_refresh_killed_at_random_moments(tmp_path: Path) -> None:
    check(tmp_path, times=5)


@pytest.mark.slow
def test_a_refresh_killed_two_hundred_times(tmp_path: Path) -> None:
    check(tmp_path, times=200)


def died(tmp_path: Path, places: Callable[[int], Iterable[int]]) -> None:
    """Let refreshes die at given calls of one that is not disturbed, each in a workspace of its own."""
    with nursery(tmp_path) as mother:
        undisturbed = Workspace(write(tmp_path / "undisturbed"))
        calls = mother.refresh(undisturbed.root, NOW).calls
        assert calls > 40
        for place in places(calls):
            folder = write(tmp_path / f"died-{place}")
            assert mother.refresh(folder, NOW, dies_at=place).status == DIED, place
            assert mother.refresh(folder, NOW).error == "", place
            assert told(Workspace(folder)) == told(undisturbed), place
            shutil.rmtree(folder)


def test_a_refresh_that_dies_at_a_call_to_the_system_is_continued(tmp_path: Path) -> None:
    died(tmp_path, lambda calls: random.Random(7).sample(range(1, calls + 1), 3))


@pytest.mark.slow
def test_a_refresh_that_dies_at_any_call_to_the_system_is_continued(tmp_path: Path) -> None:
    died(tmp_path, lambda calls: range(1, calls + 1))


def test_a_torn_pointer_is_as_good_as_none(tmp_path: Path) -> None:
    workspace = Workspace(write(tmp_path))
    refresh(workspace, NOW)
    workspace.pointer.write_text(json.dumps([{"key": "x"}])[:9])
    assert published_or_none(workspace) is None
    refresh(workspace, NOW)
    assert published_or_none(workspace) is not None
