"""`tieout serve` as it is started and ended: what it refuses, that it ends quietly."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.show.web.conftest import linked
from tieout import Workspace

RUN = [sys.executable, "-c", "from tieout.cli import main; raise SystemExit(main())", "serve"]


def run(*options: str) -> tuple[int, str]:
    """Run `tieout serve` where it cannot start; give exit status and what it says."""
    done = subprocess.run([*RUN, *options], capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    status, said = run(str(tmp_path))
    assert status == 2
    assert "it has no folder 'contract'" in said


def test_a_port_that_is_taken(marlow: Workspace, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        root = linked(marlow, tmp_path / "workspace")
        status, said = run(str(root), "--port", str(port))
    assert status == 1
    assert f"127.0.0.1:{port} cannot be listened on: Address already in use." in said
    assert not (root / "app").exists()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgres://somebody:hunter22@127.0.0.1:9/tieout", "The database 127.0.0.1:9/tieout cannot be used"),
        ("mangodb://somebody:hunter22@127.0.0.1/tieout", "Allowed: postgres://USER:PASSWORD@HOST:PORT/NAME."),
    ],
)
def test_a_database_that_is_not_there(marlow: Workspace, tmp_path: Path, address: str, told: str) -> None:
    status, said = run(str(linked(marlow, tmp_path / "workspace")), "--port", "0", "--database", address)
    assert status == 1
    assert told in said
    assert "hunter22" not in said


@pytest.mark.parametrize("how", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_it_ends_quietly_with_all_its_processes(marlow: Workspace, tmp_path: Path, how: signal.Signals) -> None:
    root, log = linked(marlow, tmp_path / "workspace"), tmp_path / "log"
    with log.open("w") as errors:
        command = [*RUN, str(root), "--port", "0", "--workers", "2"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True)
    with process:
        assert process.stdout is not None
        first = process.stdout.readline()
        found = re.search(r"http://\S+", first)
        assert found, first
        with urlopen(f"{found[0]}healthz") as answer:
            assert answer.status == 200
        # A terminal sends Ctrl-C to all processes of the group; a service manager ends the first one.
        os.killpg(process.pid, how) if how == signal.SIGINT else process.send_signal(how)
        assert process.wait(20) == 0
    said = log.read_text()
    assert "Traceback" not in said
    assert all(line.startswith("{") for line in said.splitlines())
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
