"""No file of the repository names the machine or the network it was made on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.structure.tree import ROOT, files, name

# Put together here, so that this file does not hold what it looks for.
FOLDERS = (str(Path("/") / "work"), str(Path("/") / "tmp" / "w"))
BESIDE = str(Path("..") / "shared")
REGISTRIES = tuple(".".join(words) for words in (("pypi", "org"), ("pythonhosted", "org"), ("anaconda", "org")))
DATA = f"TIEOUT_DATA={BESIDE}/data"

WORDS = re.compile(
    "|".join([
        *(rf"(?<![\w.~-]){re.escape(folder)}(?![\w-])" for folder in FOLDERS),
        *(re.escape(host) for host in REGISTRIES),
    ])
)  # fmt: skip


def offences(text: str, *, is_test: bool = False) -> list[str]:
    """Find words that belong to a machine. Tests may name the folder of real data as a default."""
    told: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        told += [f"line {number}: {word}" for word in WORDS.findall(line)]
        if BESIDE in line and not (is_test and "TIEOUT_DATA" in line):
            told.append(f"line {number}: {BESIDE}")
    return told


def test_no_file_names_a_machine() -> None:
    texts = ((path, path.read_bytes().decode("utf-8", errors="replace")) for path in files())
    found = {name(path): offences(text, is_test=path.is_relative_to(ROOT / "tests")) for path, text in texts}
    assert {file: told for file, told in found.items() if told} == {}


@pytest.mark.parametrize(
    "line",
    [
        f"cd {FOLDERS[0]}",
        f"see {FOLDERS[0]}/main",
        f'"{FOLDERS[1]}/notes"',
        f"https://{REGISTRIES[0]}/simple",
        f"files.{REGISTRIES[1]}",
        f"read {BESIDE}/data",
    ],
)
def test_a_word_of_a_machine_is_caught(line: str) -> None:
    assert len(offences(f"first\n{line}\n")) == 1


@pytest.mark.parametrize(
    "line",
    ["a network/worker", "contract/work", f"{FOLDERS[0]}space/contract", f"{FOLDERS[1]}eekly"],
)
def test_an_ordinary_word_passes(line: str) -> None:
    assert offences(line) == []


def test_only_a_test_may_default_to_the_folder_of_real_data() -> None:
    assert offences(DATA, is_test=True) == []
    assert len(offences(DATA)) == 1
    assert len(offences(f"read {BESIDE}/data", is_test=True)) == 1


def test_the_files_looked_at_are_those_of_the_repository() -> None:
    names = {name(path) for path in files()}
    assert {"Makefile", ".ci/run", "pyproject.toml", "src/tieout/basics/findings.py"} <= names
    assert ROOT / ".venv" not in {parent for path in files() for parent in path.parents}
