"""The tutorial and the tour do what they say: every command is typed, and shows what the page shows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.line.pages import Typed, Written, follow, same, steps

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL, TOUR = ROOT / "docs" / "tutorial.md", ROOT / "README.md"


def check(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Follow a page and compare; a block that leaves lines out ends in a line of three dots."""
    for step, shown in follow(page.read_text("utf-8"), folder, monkeypatch, lambda: capsys.readouterr().out):
        said, found = same(step.shown), same(shown)
        if said.endswith("\n..."):
            assert found.startswith(said.removesuffix("\n...")), step.command
        else:
            assert found == said, step.command


def test_the_tutorial_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tieout.cli.given.now", lambda: datetime(2026, 7, 14, 8))
    check(TUTORIAL, tmp_path, monkeypatch, capsys)


@pytest.mark.slow
def test_the_tour_of_marlow_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tieout.cli.given.now", lambda: datetime(2026, 9, 23, 8))
    check(TOUR, tmp_path, monkeypatch, capsys)


def test_pages_are_read_as_files_and_commands() -> None:
    text = "A\n```csv a/b.csv\nId\n1\n```\n```console\n$ tieout x\none\ntwo\n$ cd a\n```\n```sh\nmake demo\n```\n"
    assert list(steps(text)) == [Written("a/b.csv", "Id\n1\n"), Typed("tieout x", "one\ntwo\n"), Typed("cd a", "")]


@pytest.mark.parametrize("page", [TUTORIAL, TOUR], ids=lambda page: page.name)
def test_a_page_has_commands(page: Path) -> None:
    assert [step for step in steps(page.read_text("utf-8")) if isinstance(step, Typed) and step.shown]
