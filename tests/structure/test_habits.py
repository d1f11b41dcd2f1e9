"""The habits of the source, file by file. The checkers are in `python_rules`, and tested there."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.structure import python_rules as rules
from tests.structure.tree import ROOT, SOURCE, modules, name, parsed, place

REFUSED = {"common", "core", "extras", "helper", "helpers", "misc", "util", "utilities", "utils"}
"""Names under which anything would fit, so that everything ends there."""

BASICS = {"__init__", "calendars", "findings", "hours", "money", "wording", "workspace"}
"""A closed list: what every step may import. A new file here is a decision, not a convenience."""

RAISES: dict[str, str] = {}
"""Files that may raise Python's own errors, and why. This list only gets shorter."""

BESIDE = {"companies", "laws", "line", "oracles", "structure", "wrong_numbers"}
"""Folders of tests that have no folder of the source."""


def broken(rule: Callable[[ast.Module], list[str]], *, but: Callable[[str], bool] = lambda _: False) -> list[str]:
    """Tell where a rule is broken, leaving out the places where it need not hold."""
    return [f"{name(path)}, {found}" for path in modules() if not but(place(path)) for found in rule(parsed(path))]


def test_there_is_source_to_look_at() -> None:
    assert "src/tieout/basics/findings.py" in {name(path) for path in modules()}


def test_nothing_prints() -> None:
    assert broken(rules.prints) == []


def test_only_the_edge_reads_the_clock() -> None:
    assert broken(rules.clocks, but=lambda file: file.startswith(("cli/", "show/"))) == []


def test_only_the_warehouse_opens_an_engine() -> None:
    assert broken(rules.engines, but=lambda file: file.startswith("warehouse/")) == []


def test_only_the_command_line_defers_our_imports() -> None:
    assert broken(rules.deferred_imports, but=lambda file: file.startswith("cli/") or file == "__init__.py") == []


def test_only_our_errors_leave_a_module() -> None:
    assert broken(rules.builtin_raises, but=lambda file: file in RAISES) == []


def test_exemptions_from_our_errors_are_still_needed() -> None:
    assert [file for file in RAISES if not rules.builtin_raises(parsed(SOURCE / file))] == []


def test_public_names_are_short() -> None:
    assert broken(rules.long_names) == []


def test_public_functions_say_what_they_do() -> None:
    assert broken(rules.undocumented) == []


def test_no_folder_or_module_is_called_by_a_name_for_anything() -> None:
    paths = {path.relative_to(SOURCE).with_suffix("") for path in modules()}
    assert sorted(str(path) for path in paths if REFUSED & set(path.parts)) == []


def test_basics_is_a_closed_list() -> None:
    assert {path.stem for path in (SOURCE / "basics").glob("*.py")} <= BASICS


def test_connectors_do_not_import_one_another() -> None:
    connectors = sorted(path.name for path in (SOURCE / "connect").iterdir() if (path / "__init__.py").exists())
    crossed = [
        f"{name(path)} imports {other}"
        for connector in connectors
        for path in sorted((SOURCE / "connect" / connector).rglob("*.py"))
        for other in connectors
        if other != connector and f"tieout.connect.{other}" in path.read_text(encoding="utf-8")
    ]
    assert connectors
    assert crossed == []


@pytest.mark.parametrize("folder", sorted(path for path in (ROOT / "tests").iterdir() if path.is_dir()), ids=str)
def test_tests_live_in_the_folders_of_the_source(folder: Path) -> None:
    source = {path.name for path in SOURCE.iterdir() if path.is_dir()}
    assert folder.name in source | BESIDE | {"__pycache__"}
