"""What gets installed is locked, hashed, and the same for running and for testing."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.structure.tree import ROOT

LOCKS = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"([a-z0-9][a-z0-9-]*)==([\w.!+]+) \\((?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+)")


def pins(text: str) -> dict[str, str]:
    """Read the packages of a lock and their versions. Raises where something is there that is no hashed pin."""
    rest = re.sub(r"^ *#.*$", "", PIN.sub("", text), flags=re.MULTILINE).strip()
    assert not rest, f"not a hashed pin: {rest.splitlines()[0]}"
    return {match[1]: match[2] for match in PIN.finditer(text)}


def lock(name: str) -> dict[str, str]:
    """Read a lock by its file's name."""
    return pins((ROOT / name).read_text(encoding="utf-8"))


def asked(*parts: str) -> set[str]:
    """List what pyproject.toml asks for, with names as locks write them."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = {
        "run": told["project"]["dependencies"],
        "dev": told["project"]["optional-dependencies"]["dev"],
        "build": told["build-system"]["requires"],
    }
    names = (re.split(r"[<>=!~\[; ]", line)[0] for part in parts for line in lists[part])
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def test_the_locks_hold_what_is_asked_for() -> None:
    assert asked("run", "build") <= lock(LOCKS[0]).keys()
    assert asked("run", "build", "dev") <= lock(LOCKS[1]).keys()


def test_both_locks_agree() -> None:
    assert lock(LOCKS[0]).items() <= lock(LOCKS[1]).items()


@pytest.mark.parametrize(
    "line",
    ["rich==15.0.0", "rich>=15", "--index-url x", "rich @ file:rich.whl", "rich==15.0.0 \\\n    --hash=md5:00"],
)
def test_a_line_that_is_no_hashed_pin_is_caught(line: str) -> None:
    with pytest.raises(AssertionError, match="not a hashed pin"):
        pins(line)
