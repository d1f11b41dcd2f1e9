"""What the structure tests look at: the files of the repository, read once."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tieout"

_NOT_OURS = {".git", ".venv", "build", "dist", "node_modules"}
_CACHES = {
    "__pycache__",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".tieout",
}


@cache
def files() -> tuple[Path, ...]:
    """Give every file of the repository that people write, sorted."""
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> list[Path]:
    found: list[Path] = []
    for path in folder.iterdir():
        if path.is_dir():
            found += [] if path.name in _NOT_OURS | _CACHES or path.match("examples/*/ledger") else _walk(path)
        elif path.name not in _NOT_OURS:  # in a linked work tree of git, `.git` is a file
            found.append(path)
    return found


def modules() -> tuple[Path, ...]:
    """Give every Python file of the package that people wrote: migrations are written by Django."""
    ours = (path for path in files() if path.suffix == ".py" and path.is_relative_to(SOURCE))
    return tuple(path for path in ours if "migrations" not in path.parts)


def name(path: Path) -> str:
    """Name a file as people do: from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


def place(path: Path) -> str:
    """Name a file of the package from the package's folder."""
    return path.relative_to(SOURCE).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """Read a Python file as a tree."""
    return ast.parse(path.read_text(encoding="utf-8"), name(path))
