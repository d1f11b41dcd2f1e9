"""`tieout show funnel`: text, files and page say the same, and errors say what to do."""

from __future__ import annotations

import csv
import io
import shlex

import pytest

from tests.line.typed import Type, typing
from tests.oracles.tiny import Life, Tiny, dated, logged
from tieout import Workspace

FEBRUARY = "--period 2026-02-01..2026-02-28"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Twelve leads of 2 February: ten mqls the next day, four of them sqls seven days later, two recycled after three.

    Six came by webinar, four of which are mqls and three sqls; <b> is the other source.
    """
    met = "2026-02-02T09:00"
    sources = ["Webinar"] * 6 + ["<b>"] * 6
    leads: dict[str, Life] = {
        f"P{n:02}": [(met, {"created": met, "source": source})] for n, source in enumerate(sources)
    }
    told = [(f"P{n:02}", "mql", "2026-02-03T09:00", "") for n in range(2, 12)]
    told += [(f"P{n:02}", "sql", "2026-02-10T09:00", "") for n in (2, 3, 4, 6)]
    told += [(f"P{n:02}", "recycled", "2026-02-06T09:00", "No budget") for n in (10, 11)]
    changes = [dict(zip(("lead", "stage", "at", "reason"), row, strict=True)) for row in told]
    exports = dated("leads", leads, ["2026-02-28", "2026-09-14"]) | logged("changes", "2026-09-14", changes)
    return Tiny(exports).refreshed(tmp_path_factory.mktemp("shown"))


@pytest.fixture
def typed(workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command, on a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    type_ = typing(workspace.root, capsys.readouterr)
    return lambda command: type_(*shlex.split(f"show funnel {command}"))


def test_text_and_files_say_the_same(typed: Type) -> None:
    text = typed(f"{FEBRUARY} --by source").out
    assert text.startswith("40.0% of 10 MQLs reached SQL within 90 days\n")
    assert max(map(len, text.splitlines())) <= 80
    lines = [line.split() for line in text.splitlines()]
    assert ["MQL", "10", "100.0%", "·"] in lines  # of themselves: no interval
    assert ["SAL", "4", "40.0%", "16.8\u201368.7%", "40.0%", "4"] in lines  # skipped by all four
    document = typed(f"{FEBRUARY} --by source --json").document
    whole, *parts = document["parts"]
    assert [(step["step"], step["reached"]) for step in whole["steps"]][:3] == [("mql", 10), ("sal", 4), ("sql", 4)]
    assert (whole["steps"][0]["interval"], whole["steps"][0]["stopped"]["recycled"]) == (None, 2)
    assert {part["by"]["source"]: [step["reached"] for step in part["steps"]][:3] for part in parts} == {
        "Webinar": [4, 3, 3], "<b>": [6, 1, 1],
    }  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(typed(f"{FEBRUARY} --by source --csv").out)))
    assert {(row["source"], row["step"]): int(row["reached"]) for row in rows} == {
        (part["by"].get("source", "(all)"), step["step"]): step["reached"]
        for part in document["parts"]
        for step in part["steps"]
    }


def test_records_are_those_that_are_counted(typed: Type) -> None:
    document = typed(f"{FEBRUARY} --step sql --records --json").document
    assert [row["record"] for row in document["records"]] == ["P02", "P03", "P04", "P06"]
    rows = list(csv.DictReader(io.StringIO(typed(f"{FEBRUARY} --records --csv").out)))
    assert [(row["record"], row["furthest"]) for row in rows if row["furthest"] == "sql"] == [
        ("P02", "sql"), ("P03", "sql"), ("P04", "sql"), ("P06", "sql"),
    ]  # fmt: skip
    assert len(rows) == 10


def test_the_page_is_whole(typed: Type, workspace: Workspace) -> None:
    file = workspace.root / "funnel.html"
    assert typed(f"{FEBRUARY} --by source --html {file}").status == 0
    text = file.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "<script" not in text
    assert "<b>" not in text
    assert "P06" in text
    assert "40.0% of 10 MQLs reached SQL within 90 days" in text


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("--by sorce", "'sorce' is not a dimension"),
        ("--step won't", "is not a step"),
        ("--step lead", "'lead' is not a step of this funnel"),
        ('--where "scor > 3"', "Did you mean 'score'?"),
        ("--flow --within 30", "--within is the time a cohort has"),
        ("--period x", "'x' is not a period"),
    ],
)
def test_what_is_wrong_is_said(typed: Type, command: str, told: str) -> None:
    seen = typed(command.replace("'", "\\'") if '"' not in command else command)
    assert seen.status == 2
    assert told in seen.err


def test_nobody_is_told(typed: Type) -> None:
    assert "nobody became an mql in 2025-02" in typed("--period 2025-02").out
    assert typed("--period 2025-02 --json").document["absent"] == "nobody became an mql in 2025-02"
