"""Each promise of docs/promises.md names tests that are there."""

from __future__ import annotations

import ast
import re

from tests.structure.tree import ROOT, parsed

PAGE = ROOT / "docs" / "promises.md"


def named() -> list[tuple[str, str | None]]:
    """List the tests that the page names: a file, and a function of it where one is named."""
    found = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE.read_text(encoding="utf-8"))
    return [(file, function or None) for file, function in found]


def lacking(file: str, function: str | None) -> bool:
    """Say whether a named test is not there."""
    path = ROOT / file
    if not path.is_file():
        return True
    tests = {node.name for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef)}
    return function not in tests if function else not any(name.startswith("test_") for name in tests)


def test_every_promise_names_a_test_that_is_there() -> None:
    assert len(named()) > 20
    assert [f"{file}::{function}" for file, function in named() if lacking(file, function)] == []


def test_every_promise_has_a_test() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert [row for row in rows if "tests/" not in row and row != "| promise | held by |"] == []


def test_a_test_that_is_gone_is_noticed() -> None:
    assert lacking("tests/structure/test_promises.py", "test_that_never_was")
    assert lacking("tests/structure/gone.py", None)
    assert not lacking("tests/structure/test_promises.py", "test_a_test_that_is_gone_is_noticed")
