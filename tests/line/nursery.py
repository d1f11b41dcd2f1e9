"""A process that has everything imported and bears children, each of which refreshes a workspace and may be killed.

A child is killed from outside (`kill -9` after some time), or dies by itself, without any cleaning up, at its n-th call
to the system that writes, flushes, renames or removes a file. Starting Python for each would take most of the time.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

CALLS = ("write", "fsync", "rename", "replace", "unlink", "mkdir", "truncate", "rmdir")


def bear(folder: str, now: str, dies_at: int) -> int:
    """Refresh a workspace; die at the n-th call (0: never). Gives the number of calls that were made, at most 255."""
    from tieout import Workspace, refresh  # noqa: PLC0415 - imported once, by the mother

    made = 0

    def counted(name: str) -> None:
        call = getattr(os, name)

        def dying(*given: object, **named: object) -> object:
            nonlocal made
            made += 1
            if made == dies_at:
                os._exit(137)
            return call(*given, **named)

        setattr(os, name, dying)

    for name in CALLS:
        counted(name)
    refresh(Workspace(Path(folder)), datetime.fromisoformat(now))
    return made


def mother() -> None:
    """Bear a child for each line that comes in, and tell how it ended."""
    import tieout.refresh  # noqa: F401, PLC0415 - so that children have it

    for line in sys.stdin:
        folder, now, dies_at = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = min(bear(folder, now, int(dies_at)), 136)
            finally:
                os._exit(status)
        print(child, flush=True)  # noqa: T201 - what the test reads
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


@dataclass(frozen=True)
class Nursery:
    """The mother process, as tests see it."""

    process: subprocess.Popen[str]

    def refresh(self, folder: Path, now: datetime, *, dies_at: int = 0, killed_after: float | None = None) -> int:
        """Have a child refresh; give the calls it made (up to 136), 137 where it died, -9 where it was killed."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{folder}\t{now.isoformat()}\t{dies_at}\n")
        self.process.stdin.flush()
        child = int(self.process.stdout.readline())
        if killed_after is not None:
            time.sleep(killed_after)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return int(self.process.stdout.readline())


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Start the mother, and end her."""
    command = [sys.executable, "-c", "from tests.line.nursery import mother; mother()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Nursery(process)
        process.kill()


__all__ = ["CALLS", "Nursery", "mother", "nursery"]
