"""The examples in the reference of commands are what the commands write on the worked example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.line.typed import Type

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"
EXAMPLES = re.findall(r"```\n\$ tieout (.+)\n([^`]+)```", PAGE.read_text(encoding="utf-8"))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize(("command", "output"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_an_example_is_true(command: str, output: str, typed: Type) -> None:
    assert typed(*command.split()).out.startswith(output)
