"""The command line: what people type, and nothing else. Each command hands on to `tieout.commands`.

What a command needs is imported when it runs, so that each starts fast.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper

import typer

from tieout.cli import accounts, asking, backing, doubles, keeping, looking, making, serving, showing, tying
from tieout.cli.given import app
from tieout.commands.result import INTERRUPTED, UsageError

__all__ = [
    "accounts",
    "app",
    "asking",
    "backing",
    "doubles",
    "keeping",
    "looking",
    "main",
    "making",
    "serving",
    "showing",
    "tying",
]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit status; whatever goes wrong is told in one message."""
    given = sys.argv[1:] if arguments is None else arguments
    if "" in given:
        return _fail(UsageError("An option or argument was given an empty text. Leave it out, or give a value."), given)
    try:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")
        status = typer.main.get_command(app).main(given or ["--help"], prog_name="tieout", standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the edge: nothing is above it to tell a person
        return _fail(error, given)
    # typer takes Ctrl-C for itself and says nothing.
    return _fail(KeyboardInterrupt(), given) if status == INTERRUPTED else int(status or 0)


def _fail(error: BaseException, given: list[str]) -> int:
    from tieout.commands.failing import fail

    return fail(error, json="--json" in given)
