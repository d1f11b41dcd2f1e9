"""The files of deploy/, as far as they can be tried without what they are for."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tieout.cli import app

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
COMMANDS = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd to ask")
def test_systemd_finds_nothing_in_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text))
    asked = ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in UNITS)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_units_and_services_run_commands_that_there_are() -> None:
    ran = [line.split()[1] for unit in UNITS for line in unit.read_text().splitlines() if line.startswith("ExecStart=")]
    services = YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    ran += [service["command"][0] for service in services.values() if "command" in service]
    ran += re.findall(r'^CMD \["(\w+)"', (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(ran) == ["serve", "serve", "work", "work"]
    assert set(ran) <= COMMANDS


def test_the_image_copies_files_that_there_are_and_may_be_copied() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    allowed = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert names == allowed
    assert all((DEPLOY.parent / name).exists() for name in names)


def test_every_file_says_that_it_is_untried() -> None:
    for file in (*UNITS, DEPLOY / "Dockerfile", DEPLOY / "compose.yaml"):
        assert re.search(r"not tried", file.read_text(encoding="utf-8").lower()), file.name
