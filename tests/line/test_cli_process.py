"""What only a whole process shows: a closed pipe, Ctrl-C, a busy workspace, an unknown language of the terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from tests.line.ten_deals import P1, write
from tieout import Workspace
from tieout.warehouse.lock import writing

TIEOUT = (sys.executable, "-c", "import sys; from tieout.cli import main; sys.exit(main())")


def test_a_closed_pipe_is_no_failure_of_ours(ten_deals: Path) -> None:
    reading, writing_end = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*TIEOUT, "lenses", "--workspace", str(ten_deals)], stdout=writing_end, stderr=subprocess.PIPE, check=False
    )
    os.close(writing_end)
    assert (done.returncode, done.stderr) == (141, b"")


def test_output_that_cannot_be_spelled_is_replaced(ten_deals: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [*TIEOUT, "lenses", "--workspace", str(ten_deals)], env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"residual" in done.stdout


def test_a_busy_workspace_says_who_holds_it(tmp_path: Path) -> None:
    folder = write(tmp_path)
    with writing(Workspace(folder), datetime(2026, 7, 22, 8)):
        done = subprocess.run(
            [*TIEOUT, "refresh", "--workspace", str(folder)], capture_output=True, text=True, check=False
        )
    assert done.returncode == 75
    assert done.stderr.startswith(f"error: Process {os.getpid()} has been writing to this workspace")


@pytest.mark.slow
def test_ctrl_c_stops_in_peace(tmp_path: Path) -> None:
    folder = write(tmp_path)
    rows = "".join(f"X{n},new,Qualification,1,,USD,2026-09-15,,2026-06-20,\n" for n in range(400_000))
    (folder / "exports" / "opportunities_2026-07-01T0600.csv").write_text(P1 + rows)
    done = subprocess.Popen(
        [*TIEOUT, "refresh", "--workspace", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not (folder / ".tieout" / "lock").exists():
        time.sleep(0.01)
    done.send_signal(signal.SIGINT)
    _, err = done.communicate(timeout=60)
    assert done.returncode == 130
    assert "Stopped." in err
    assert "Traceback" not in err
