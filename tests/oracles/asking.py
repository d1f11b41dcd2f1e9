"""Asks `tieout` what its users ask, on an example's contract and the real data, and reads its public JSON."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
DATA = Path(os.environ.get("TIEOUT_DATA") or REPOSITORY / ".." / "shared" / "data").resolve()
SECONDS_PER = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}


def real_data(name: str) -> Path:
    """Give the folder of the real data; skips, visibly, where the named part of it is missing."""
    if not (DATA / name).is_dir():
        pytest.skip(f"no {name} in {DATA}: set TIEOUT_DATA to the folder of the real data")
    return DATA


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an answer."""

    value: Decimal | None
    n: int
    interval: tuple[float, float] | None
    raw: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its unit, and its rows by the values of the dimensions asked for; the total under ()."""

    unit: str
    rows: dict[tuple[str, ...], Row]

    @property
    def total(self) -> Row:
        """The row of the total."""
        return self.rows[()]

    def parts(self) -> dict[str, Row]:
        """Give the rows of the one dimension asked for, without those that count nothing."""
        return {key[0]: row for key, row in self.rows.items() if key and row.n}

    @property
    def unit_seconds(self) -> int:
        """How long the unit of a duration is."""
        return SECONDS_PER[self.unit.removesuffix("s")]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A refreshed copy of an example."""

    folder: Path
    answers: dict[tuple[str, ...], Answer] = field(default_factory=dict)

    def run(self, *arguments: str, checked: bool = True) -> str:
        """Run the program on this workspace and give what it printed; where `checked`, it must succeed."""
        program = Path(sys.executable).with_name("tieout")
        done = subprocess.run(
            [program, *arguments, "--workspace", str(self.folder)],
            env={**os.environ, "TIEOUT_DATA": str(DATA)},
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
        assert not checked or done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def ask(self, *question: str) -> Answer:
        """Ask for a number: its id, then options. The same question is asked once."""
        if question not in self.answers:
            answer = json.loads(self.run("ask", *question, "--json"), parse_float=Decimal)
            assert answer["metric"] == question[0]
            rows = {tuple(row["by"].values()): _row(row) for row in answer["rows"]}
            assert len(rows) == len(answer["rows"]), "two rows for one slice"
            self.answers[question] = Answer(answer["unit"], rows)
        return self.answers[question]

    def findings_about(self, record: str) -> list[str]:
        """List the findings of `tieout check` that name a record, each as JSON."""
        found = json.loads(self.run("check", "--json", checked=False))
        findings = found["findings"] if isinstance(found, dict) else found
        return [text for finding in findings if record in (text := json.dumps(finding))]


def _row(row: dict[str, Any]) -> Row:
    value = None if row["value"] is None else Decimal(str(row["value"]))
    low_high = None if row["interval"] is None else (float(row["interval"][0]), float(row["interval"][1]))
    return Row(value, row["n"], low_high, json.dumps(row, default=str))


def refreshed(example: str, folder: Path) -> Workspace:
    """Copy an example's contract into a folder and refresh it from the real data."""
    real_data(example)
    shutil.copytree(REPOSITORY / "examples" / example / "contract", folder / "contract")
    workspace = Workspace(folder)
    workspace.run("refresh")
    return workspace
