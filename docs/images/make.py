"""Make the pictures of the documentation again: real output of the program, on the sample company.

Run `make demo` first, then `.venv/bin/python docs/images/make.py`.
"""

# ruff: noqa: INP001 - a script beside what it makes, no package

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tieout.basics.workspace import Workspace
from tieout.show.terminal import Terminal
from tieout.show.tie_out import tie_out_page
from tieout.tie_out import tie_out

HERE = Path(__file__).parent
MARLOW = HERE.parents[1] / "build" / "marlow"
WIDTH = 90
INK = [(40, 44, 52), (190, 60, 60), (60, 130, 70), (176, 110, 20), (40, 90, 160), (120, 70, 150), (14, 116, 124)]
THEME = TerminalTheme((253, 253, 251), (40, 44, 52), [*INK, (120, 124, 130)], [*INK, (90, 94, 100)])
FONTS = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def picture(lines: list[str], title: str) -> str:
    """Draw lines of a terminal, with the fonts that the reader's own machine has."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="standard")
    console.print(Text.from_ansi("\n".join(lines)), soft_wrap=True)
    drawn = console.export_svg(title=title, theme=THEME, unique_id="tieout")
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace("        font-variant-east-asian: full-width;\n", "")
    drawn = re.sub(r"font-family: (Fira Code, monospace|arial);", f"font-family: {FONTS};", drawn)
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


def main() -> None:
    """Write every picture."""
    workspace = Workspace(Path(sys.argv[1]) if len(sys.argv) > 1 else MARLOW)
    page = tie_out_page(Terminal(WIDTH, color=True), tie_out(workspace))
    (HERE / "tie-out.svg").write_text(picture(page, "tieout lenses"), encoding="utf-8")


if __name__ == "__main__":
    main()
