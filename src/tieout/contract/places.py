"""Where each part of a contract stands in its files, and what is wrong with it.

A path names a part: the file, then keys and list positions (`("pipeline.yaml", "stages", 2, "name")`), or the file,
record and column of a register. Rules speak in paths; `Places` knows the line of each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tieout.basics.findings import Finding, Level, nearest

Path = tuple[str | int, ...]
FOLDER = "contract"


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding together with the path of the part that is at fault, so that the part can be left out."""

    path: Path
    finding: Finding


@dataclass(frozen=True, slots=True)
class Places:
    """The line of each part, filled while the files are read; an unknown path has the line of what encloses it."""

    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int | None:
        """Give the line of a part, else of the nearest part around it."""
        for length in range(len(path), 0, -1):
            if found := self.lines.get(path[:length]):
                return found
        return None

    def place(self, path: Path) -> str:
        """Name file and line as people read them: `contract/pipeline.yaml:12`."""
        line = self.line(path)
        return f"{FOLDER}/{path[0]}" + (f":{line}" if line else "")

    def fault(
        self,
        path: Path,
        code: str,
        message: str,
        remedy: str,
        *,
        given: object = None,
        allowed: Iterable[str] = (),
        level: Level = Level.ERROR,
    ) -> Fault:
        """Make a fault of a part; the nearest allowed name is looked up here, so that no rule forgets it."""
        names = tuple(allowed)
        text = None if given is None else shorten(str(given))
        close = nearest(text, names) if text and names else None
        return Fault(path, Finding(code, level, self.place(path), message, remedy, text, names, close))


def shorten(text: str, limit: int = 60) -> str:
    """Make a value that a person gave fit into a sentence: one line, printable, not too long."""
    line = "".join(letter if letter.isprintable() else "�" for letter in " ".join(text.split()))
    return line if len(line) <= limit else line[: limit - 3] + "..."
