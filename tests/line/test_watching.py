"""`tieout refresh --watch`: files that are dropped are published, mistakes are told, Ctrl-C ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.line.ten_deals import write
from tieout import Workspace
from tieout.commands import watching as module
from tieout.commands.failing import interrupted
from tieout.commands.pulling import Run
from tieout.commands.result import Output
from tieout.commands.watching import Watch, watch

NOW = datetime(2026, 12, 22, 8)


class StoppedError(Exception):
    """Ends the watching of a test."""


class Watched:
    """A watch in a thread, the lines it wrote, and a way to end it."""

    def __init__(self, folder: Path) -> None:
        self.lines: list[str] = []
        self.stop = False
        self.thread = threading.Thread(target=self._watch, args=(folder,), daemon=True)
        self.thread.start()

    def _watch(self, folder: Path) -> None:
        try:
            watch(Watch(Workspace(folder), self._run, Output(), self.lines.append, quiet=0.1, glance=0.2))
        except StoppedError:
            return

    def _run(self) -> Run:
        if self.stop:
            raise StoppedError
        return Run(NOW, dict(os.environ))

    def wait_for(self, text: str, seconds: float = 60) -> str:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            for line in list(self.lines):
                if text in line:
                    return line
            time.sleep(0.05)
        pytest.fail(f"'{text}' was not told, but {self.lines}")


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    write(tmp_path)
    made = Watched(tmp_path)
    yield made
    made.stop = True
    made.thread.join(60)


def test_what_arrives_is_published_and_mistakes_are_told(watched: Watched, tmp_path: Path) -> None:
    first = watched.wait_for("published")
    assert "pulls" in first
    contract = tmp_path / "contract" / "numbers.yaml"
    good = contract.read_text(encoding="utf-8") if contract.exists() else ""
    contract.write_text("pipeline.opn: {owner: Ann}\n", encoding="utf-8")
    assert "pipeline.open" in watched.wait_for("Nothing was published: the contract has errors")
    watched.lines.clear()
    contract.write_text(good + "\npipeline.open: {owner: Ann}\n", encoding="utf-8")
    watched.wait_for("published")


def test_an_idle_watch_does_not_read_the_contract_again(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.wait_for("published")
    time.sleep(0.5)
    read: list[Path] = []
    monkeypatch.setattr(module, "load_contract", read.append)
    time.sleep(1)
    assert read == []


def test_ctrl_c_ends_it_with_130(tmp_path: Path) -> None:
    write(tmp_path)
    command = [sys.executable, "-m", "tieout", "refresh", "--watch", "--workspace", str(tmp_path)]
    code = "import sys; from tieout.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, *command[3:]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("Watching")
        assert "published" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, "Stopped." in errors, "Traceback" in errors) == (130, True, False)


def test_an_interrupted_query_ends_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        message = "Query interrupted"
        raise RuntimeError(message)

    write(tmp_path)
    monkeypatch.setattr(module, "refresh", interrupt)
    this = Watch(Workspace(tmp_path), lambda: Run(NOW, dict(os.environ)), Output(), lambda _: None, quiet=0, glance=0.1)
    with pytest.raises(RuntimeError) as error:
        watch(this)
    assert interrupted(error.value)
