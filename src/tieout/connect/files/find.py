"""Find the export files of an object: its patterns under its system's path."""

from __future__ import annotations

import glob
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tieout.basics.findings import Finding, Level, nearest
from tieout.contract.model import SourceObject, System

_VARIABLE = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that a pattern found: its name below the system's path, and what tells quickly whether it changed."""

    path: Path
    name: str
    size: int
    mtime_ns: int


def base_folder(
    system: System, root: Path, environment: Mapping[str, str], place: str
) -> tuple[Path | None, tuple[Finding, ...]]:
    """Give the folder that holds a system's exports; relative paths begin at the workspace."""
    findings = [
        Finding(
            "source.variable",
            Level.ERROR,
            place,
            f"The path '{system.path}' uses the environment variable {variable}, which is not set.",
            f"Set it, for example: export {variable}=/path/to/exports",
            given=variable,
            nearest=nearest(variable, environment),
        )
        for variable in dict.fromkeys(_VARIABLE.findall(system.path))
        if not environment.get(variable)
    ]
    if findings:
        return None, tuple(findings)
    told = _VARIABLE.sub(lambda match: environment[match[1]], system.path)
    folder = root / Path(told).expanduser()
    if not folder.is_dir():
        missing = Finding(
            "source.folder",
            Level.ERROR,
            place,
            f"There is no folder '{folder}'.",
            "Correct the system's 'path' in contract/sources.yaml, or put the exports there.",
            given=system.path,
        )
        return None, (missing,)
    return folder, ()


def find_files(folder: Path, source: SourceObject) -> tuple[Found, ...]:
    """Find the files of an object, each once, sorted by name."""
    names: set[str] = set()
    for pattern in source.patterns:
        names.update(glob.glob(pattern, root_dir=folder, recursive=True))  # noqa: PTH207 -- takes '..' too
    found = []
    for name in sorted(names):
        path = folder / name
        try:
            if path.is_file():
                stat = path.stat()
                found.append(Found(path, name, stat.st_size, stat.st_mtime_ns))
        except FileNotFoundError:  # it went while it was looked at, as what is renamed in a watched folder does
            continue
    return tuple(found)
