"""Type a command as a person does, within this process, and see what comes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import simplejson

from tieout.cli import main


class Seen(NamedTuple):
    """What a command wrote, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401 - JSON
        """The one JSON document on standard output, money as decimals."""
        return simplejson.loads(self.out, use_decimal=True)


Type = Callable[..., Seen]

GOLDEN = Path(__file__).parent / "golden"


def typing(folder: Path, read: Callable[[], Any]) -> Type:
    """Give a function that types commands for one workspace; `read` gives what was written since last time."""

    def type_(*words: str) -> Seen:
        status = main([*words, "--workspace", str(folder)])
        written = read()
        return Seen(status, written.out, written.err)

    return type_


def normalized(text: str) -> str:
    """Replace what a change of the program or of a default in the contract changes: keys and versions."""
    return re.sub(r"tieout \d+\.\d+\.\d+", "tieout <version>", re.sub(r"\b[0-9a-f]{16}\b", "<key>", text))


def golden(name: str) -> str:
    """Read a golden output."""
    return (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
