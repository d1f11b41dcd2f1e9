"""A process that has everything imported and bears children, each of which refreshes a workspace and may come to grief.

A child is killed from outside (`kill -9` after some time); or dies by itself, without any cleaning up, at its n-th call
to the system that writes, flushes, renames or removes a file; or may write no large file; or is another user. Starting
Python for each would take most of the time.
"""

from __future__ import annotations

import codecs
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.saying import few_are_said

CALLS = ("write", "fsync", "rename", "replace", "unlink", "mkdir", "truncate", "rmdir")
DIED = 137


@dataclass(frozen=True)
class Ending:
    """How a child ended: its exit status (-9: killed; 137: died as told; 0: done), calls made, and its error if any."""

    status: int
    calls: int = 0
    error: str = ""


def mother(*, few: bool) -> None:
    """Bear a child for each line that comes in, and tell how it ended."""
    import tieout.refresh  # noqa: F401, PLC0415 - so that children have it
    from tests.saying import saying  # noqa: PLC0415 - the same
    from tieout.align.steps import step_order  # noqa: PLC0415 - the same

    for name in ("utf-8-sig", "utf-16", "cp1252", "latin-1"):
        codecs.lookup(name)  # a child that is another user may not be able to read Python's own files
    step_order()  # once, and not by each child: the order is parsed from the text of every step
    for line in sys.stdin:
        given = json.loads(line)
        child = os.fork()
        if child == 0:
            with saying(few=few):
                _live(given)
        print(child, flush=True)  # noqa: T201 - what the test reads
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


def _live(given: dict[str, Any]) -> None:
    """Refresh as told, note down how it went, and end without coming back."""
    from tieout import Workspace, refresh  # noqa: PLC0415 - imported once, by the mother

    note = Path(given["note"])
    made, error = 0, ""

    def counted(name: str) -> None:
        call = getattr(os, name)

        def dying(*arguments: object, **named: object) -> object:
            nonlocal made
            made += 1
            if made == given["dies_at"]:
                os._exit(DIED)
            return call(*arguments, **named)

        setattr(os, name, dying)

    try:
        if given["largest"]:
            resource.setrlimit(resource.RLIMIT_FSIZE, (given["largest"], resource.RLIM_INFINITY))
        if given["user"]:
            os.setuid(given["user"])
        for name in CALLS:
            counted(name)
        refresh(Workspace(Path(given["folder"])), datetime.fromisoformat(given["now"]))
    except BaseException as trouble:  # noqa: BLE001 - whatever it is, the test reads it
        error = f"{type(trouble).__name__}: {trouble}"
    finally:
        with suppress(OSError):
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            note.write_text(json.dumps({"calls": made, "error": error}))
        os._exit(1 if error else 0)


@dataclass(frozen=True)
class Nursery:
    """The mother process, as tests see it."""

    process: subprocess.Popen[str]
    note: Path

    def refresh(
        self,
        folder: Path,
        now: datetime,
        *,
        dies_at: int = 0,
        killed_after: float | None = None,
        largest: int = 0,
        user: int = 0,
    ) -> Ending:
        """Have a child refresh the workspace, and say how it ended."""
        assert self.process.stdin
        assert self.process.stdout
        self.note.write_text("{}")
        self.note.chmod(0o666)
        told = {"folder": str(folder), "now": now.isoformat(), "dies_at": dies_at, "largest": largest, "user": user}
        self.process.stdin.write(json.dumps(told | {"note": str(self.note)}) + "\n")
        self.process.stdin.flush()
        child = int(self.process.stdout.readline())
        if killed_after is not None:
            time.sleep(killed_after)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        status = int(self.process.stdout.readline())
        return Ending(status, **json.loads(self.note.read_text() or "{}"))


@contextmanager
def nursery(folder: Path) -> Iterator[Nursery]:
    """Start the mother, and end her; `folder` may hold her notes. What is said few of here, her children say few of."""
    command = [sys.executable, "-c", f"from tests.line.nursery import mother; mother(few={few_are_said()})"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Nursery(process, folder / "note.json")
        process.kill()
