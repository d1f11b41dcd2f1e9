"""Fill the commands of a page with what they show today: `.venv/bin/python docs/fill.py docs/tutorial.md README.md`.

`tests/line/test_pages.py` fails when a page no longer shows what its commands do. Look at the difference first: if it
is meant, run this. A block that ends in a line of three dots keeps its number of lines.
"""

# ruff: noqa: INP001 - a script beside the pages, no package

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Reader:
    """Someone who does as a page says, in a new folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PATH": programs}

    def block(self, found: re.Match[str]) -> str:
        """Write a file, or type the commands of a block and give it with what they show."""
        language, path, body = found.groups()
        if path:
            (self.folder / path).write_text(body, encoding="utf-8")
        if language != "console":
            return found[0]
        parts = re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
        return f"```console\n{''.join(self.typed(part) for part in parts)}```"

    def typed(self, part: str) -> str:
        """Type one command."""
        command, _, before = part.partition("\n")
        if command.startswith("cd "):
            self.folder /= command.removeprefix("cd ")
            return f"$ {command}\n"
        done = subprocess.run(  # noqa: S602 - the commands of our own pages
            command, shell=True, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        sys.stderr.write(done.stderr)
        shown = done.stdout.splitlines(keepends=True)
        if before.rstrip().endswith("\n..."):
            shown = [*shown[: len(before.rstrip().splitlines()) - 1], "...\n"]
        return f"$ {command}\n{''.join(shown)}"


def main() -> None:
    """Fill every page that is named."""
    for page in map(Path, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as folder:
            text = BLOCK.sub(Reader(Path(folder)).block, page.read_text(encoding="utf-8"))
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
