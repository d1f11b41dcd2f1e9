"""One message, read on the command line, in the API and on a page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tieout
from tieout.basics.wording import Surface, WordedError, option, worded

MESSAGE = f"Leave out {option('known_at')}, or give {option('every', 'month')} to 'a--b'."


@pytest.mark.parametrize(
    ("surface", "text"),
    [
        (Surface.WORDS, "Leave out 'known at', or give 'every month' to 'a--b'."),
        (Surface.COMMAND, "Leave out --known-at, or give --every month to 'a--b'."),
        (Surface.API, "Leave out known_at, or give every=month to 'a--b'."),
    ],
)
def test_an_option_is_called_what_it_is_called_there(surface: Surface, text: str) -> None:
    assert worded(MESSAGE, surface) == text
    assert WordedError(MESSAGE).said(surface) == text


def test_whoever_knows_no_surface_reads_words() -> None:
    assert str(WordedError(MESSAGE)) == "Leave out 'known at', or give 'every month' to 'a--b'."


def test_a_message_within_another_keeps_its_words() -> None:
    assert WordedError(f"{WordedError(MESSAGE)} Ask again.").said(Surface.COMMAND).startswith("Leave out 'known at'")


def texts(file: Path) -> Iterator[str]:
    """Every text of a file, without commands between backticks and what those take."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.sub(r"`[^`]*`( takes [^.]*)?", "", node.value)


def test_the_library_names_no_option_as_one_surface_does() -> None:
    root = Path(tieout.__file__).parent
    files = [
        *(root / "measure").rglob("*.py"),
        *(root / name for name in ("questions.py", "over_time.py", "waterfall.py")),
    ]
    found = [(file.name, text) for file in files for text in texts(file) if re.search(r"(?<![-\w`])--[a-z]", text)]
    assert found == []
