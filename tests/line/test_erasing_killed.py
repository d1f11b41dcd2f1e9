"""An erasure that is stopped anywhere is finished by whoever writes next; nobody reads half of it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.history.erasure_company import LATER, NOW, figures, lay, left, tables
from tieout import Workspace, refresh
from tieout.contract.load import load_contract
from tieout.erasing import Done, erase
from tieout.history import LedgerError, pull
from tieout.history.erasure import carry, rewrite
from tieout.history.erasure.plan import plan_path
from tieout.history.erasure.rewrite import Source
from tieout.history.ledger import Ledger
from tieout.warehouse.lock import WorkspaceBusyError, writing

MARIA = "maria.gomez@acme.example"
ERASE = (
    "import sys, pathlib, datetime; from tieout import Workspace; from tieout.erasing import erase; "
    "print('begun', flush=True); "
    f"erase(Workspace(pathlib.Path(sys.argv[1])), '{MARIA}', datetime.datetime(2026, 11, 1, 8), {{}})"
)


@pytest.fixture(scope="session")
def whole(maria_refreshed: Workspace) -> Workspace:
    """The company before anything was erased; tests only read it."""
    return maria_refreshed


def copied(whole: Workspace, folder: Path) -> Workspace:
    shutil.copytree(whole.root, folder)
    return Workspace(folder)


class _Stopped(BaseException):
    """Stands for a power cut: nothing but `finally` runs after it."""


STEPS = [
    (carry, "add_erased"),
    (carry, "write_pull"),
    (carry, "cloak_export"),
    (carry, "swap_manifest"),
    (rewrite, "write_aside"),
    (carry, "_clean_texts"),
    (carry, "clean_cache"),
    (carry, "_drop_old"),
]
QUICK = {("swap_manifest", "after")}
"""The steps that are tried at each run of the tests; the others are slow ones."""


@pytest.mark.parametrize(
    ("module", "name", "when"),
    [
        pytest.param(
            module, name, when, marks=() if (name, when) in QUICK else pytest.mark.slow, id=f"{when} {name.strip('_')}"
        )
        for module, name in STEPS
        for when in ("before", "after")
    ],
)
def test_a_stop_at_any_step_is_finished_by_the_next_writer(
    whole: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object, name: str, when: str
) -> None:
    workspace = copied(whole, tmp_path / "stopped")
    real = getattr(module, name)

    def stop(*given: object, **named: object) -> None:
        if when == "after":
            real(*given, **named)
        raise _Stopped

    with monkeypatch.context() as patched:
        patched.setattr(module, name, stop)
        with pytest.raises(_Stopped):
            erase(workspace, MARIA, NOW, {})
    assert Ledger(workspace).findings == ()
    report = refresh(workspace, NOW + timedelta(hours=1))
    assert report.pull is not None
    assert report.pull.pulled == ()
    assert left(workspace.root) == []
    assert tables(workspace) == tables(whole)
    certificate = json.loads(next((workspace.ledger / "erasures").glob("*.json")).read_text())
    assert certificate["proof"]["holds"] is True
    assert not plan_path(workspace).exists()
    assert not list(workspace.root.rglob("*.tmp"))


def killed(whole: Workspace, folder: Path, times: int, seed: int) -> None:
    dice, caught = random.Random(seed), 0
    for turn in range(times):
        workspace = copied(whole, folder / str(turn))
        with subprocess.Popen([sys.executable, "-c", ERASE, str(workspace.root)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(dice.uniform(0.1, 1.5))
            process.send_signal(signal.SIGKILL)
            caught += process.wait() == -signal.SIGKILL
        assert Ledger(workspace).findings == ()
        refresh(workspace, NOW + timedelta(hours=1))
        begun = (workspace.ledger / "erased.jsonl").exists()
        assert not begun or left(workspace.root) == []
        assert tables(workspace) == tables(whole)
    assert caught >= min(times, 1)


def test_kill_9_leaves_all_or_nothing(whole: Workspace, tmp_path: Path) -> None:
    killed(whole, tmp_path, 1, 1)


@pytest.mark.slow
def test_kill_9_many_times(whole: Workspace, tmp_path: Path) -> None:
    killed(whole, tmp_path, 40, 2)


def test_a_plan_that_is_carried_out_is_readable_by_its_owner_alone(
    maria_pulled: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = copied(maria_pulled, tmp_path / "stopped")

    def stop(*_: object) -> None:
        raise _Stopped

    monkeypatch.setattr(carry, "add_erased", stop)
    with pytest.raises(_Stopped):
        erase(workspace, MARIA, NOW, {})
    assert stat.S_IMODE(plan_path(workspace).stat().st_mode) == 0o600


@pytest.mark.slow
def test_a_full_disk_stops_it_and_the_next_writer_finishes(
    whole: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = copied(whole, tmp_path / "full")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(carry, "swap_manifest", full)
        with pytest.raises(OSError, match="No space left"):
            erase(workspace, MARIA, NOW, {})
        with pytest.raises((OSError, LedgerError), match="No space left"):
            refresh(workspace, NOW)
    refresh(workspace, NOW)
    assert left(workspace.root) == []


def test_another_writer_is_waited_for(maria_pulled: Workspace, tmp_path: Path) -> None:
    workspace = copied(maria_pulled, tmp_path / "busy")
    code = (
        "import sys, pathlib, datetime; from tieout import Workspace; from tieout.warehouse.lock import writing\n"
        "with writing(Workspace(pathlib.Path(sys.argv[1])), datetime.datetime(2026, 11, 1)):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(workspace.root)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(WorkspaceBusyError):
            erase(workspace, MARIA, NOW, {})
        process.communicate()
    with writing(workspace, NOW):
        assert isinstance(erase(workspace, MARIA, NOW, {}), Done)


def test_without_the_key_nothing_is_pulled(maria_pulled: Workspace, tmp_path: Path) -> None:
    workspace = copied(maria_pulled, tmp_path / "keyless")
    erase(workspace, MARIA, NOW, {})
    (workspace.ledger / "key").unlink()
    with pytest.raises(LedgerError, match="Restore"):
        refresh(workspace, NOW)


@pytest.mark.slow
def test_a_reader_sees_the_same_figures_all_the_time(whole: Workspace, tmp_path: Path) -> None:
    workspace = copied(whole, tmp_path / "read")
    before, seen = figures(workspace), 0
    with subprocess.Popen([sys.executable, "-c", ERASE, str(workspace.root)], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            assert figures(workspace) == before
            seen += 1
    assert process.returncode == os.EX_OK
    assert seen > 1


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_stop_while_what_came_after_is_cleaned_is_finished_too(
    maria_pulled: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    workspace = copied(maria_pulled, tmp_path / "stopped")
    assert isinstance(erase(workspace, MARIA, NOW + timedelta(hours=1), {}), Done)
    lay(workspace.root, LATER)
    contract, _ = load_contract(workspace.contract)
    pull(workspace, contract, NOW + timedelta(hours=2), environment={})
    pulls = [one.sha256 for one in Ledger(workspace).pulls()]
    real = rewrite.swap_manifest

    def stop(workspace: Workspace, number: int, files: dict[int, Path], sources: dict[int, Source]) -> None:
        if when == "after":
            real(workspace, number, files, sources)
        raise _Stopped

    with monkeypatch.context() as patched:
        patched.setattr(carry, "swap_manifest", stop)
        with pytest.raises(_Stopped):
            erase(workspace, MARIA, NOW + timedelta(hours=3), {})
    report = pull(workspace, contract, NOW + timedelta(hours=4), environment={})
    assert (report.pulled, report.held) == ((), ())
    assert [one.sha256 for one in Ledger(workspace).pulls()] == pulls
    assert left(workspace.root / "exports") == []
