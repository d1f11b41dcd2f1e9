"""Pages that show what a person types and sees: their files and commands, so that a test can do as they say.

A code block whose first line names a language and a path is a file to write. A block of language `console` holds
commands, each behind a `$`, with what they show under them.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.line.typed import normalized
from tieout.cli import main

if TYPE_CHECKING:
    import pytest

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KEY = re.compile(r"\bbuild [0-9a-f]{7,8}\b")
PROGRAM = re.compile(r"tieout <version>\+[0-9a-f]{8}")


@dataclass(frozen=True)
class Written:
    """A file that the page has people write."""

    path: str
    text: str


@dataclass(frozen=True)
class Typed:
    """A command that the page has people type, and what it says they see."""

    command: str
    shown: str


def steps(text: str) -> Iterator[Written | Typed]:
    """Read a page as what there is to do, in order."""
    for language, path, body in BLOCK.findall(text):
        if language == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                yield Typed(command, shown)
        elif path:
            yield Written(path, body)


def follow(
    text: str, folder: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[], str]
) -> list[tuple[Typed, str]]:
    """Do as a page says, from `folder` on; give each command with what it showed."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")
    done = []
    for step in steps(text):
        if isinstance(step, Written):
            Path(step.path).write_text(step.text, encoding="utf-8")
        else:
            done.append((step, _type(step.command, monkeypatch, read)))
    return done


def _type(command: str, monkeypatch: pytest.MonkeyPatch, read: Callable[[], str]) -> str:
    program, *words = shlex.split(command)
    if program == "cd":
        monkeypatch.chdir(Path(words[0]).absolute())
        return ""
    assert program == "tieout", f"the page types '{program}', which the test cannot"
    target = words[-1] if words[-2:-1] == [">"] else None
    main(words[:-2] if target else words)
    shown = read()
    if target:
        Path(target).write_text(shown, encoding="utf-8")
        return ""
    return shown


def same(shown: str) -> str:
    """Give what a page must show: without keys and versions, and without the space at its end."""
    return PROGRAM.sub("tieout <version>", KEY.sub("build <key>", normalized(shown))).rstrip()
