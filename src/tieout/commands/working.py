"""`tieout work`: refresh whenever something changed, in one process of several that may run.

Whoever holds the lock works; the others wait until it ends, however that comes about, and one of them goes on.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tieout.commands.failing import interrupted
from tieout.commands.watching import Watch, watch

if TYPE_CHECKING:
    from types import FrameType

PARENT = "TIEOUT_PARENT"
"""Names the process without which this one is not wanted any more."""
TURN = 2.0
"""Seconds after which one that waits looks whether it is its turn."""


def work(this: Watch) -> None:
    """Refresh again and again, one process at a time, until told to end.

    1. Wait for the turn. 2. Watch and refresh. A signal to end is taken as Ctrl-C is: what was committed stands.
    """
    signal.signal(signal.SIGTERM, _end)
    alive = _parent()
    try:
        with _turn(this, alive):
            this.write("Watching the exports and the contract. Ctrl-C ends it.\n")
            watch(this, alive)
    except KeyboardInterrupt:
        return
    except RuntimeError as error:
        if not interrupted(error):
            raise


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _parent() -> Callable[[], bool]:
    """Say how to tell that the process which wanted this one is still there."""
    parent = os.environ.get(PARENT, "")
    return (lambda: os.getppid() == int(parent)) if parent.isdigit() else (lambda: True)


@contextmanager
def _turn(this: Watch, alive: Callable[[], bool]) -> Iterator[None]:
    """Hold the lock of those who work; the operating system lets go of it when its holder ends."""
    path = this.workspace.cache / "work.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    told = False
    try:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not told:
                    this.write("Another `tieout work` is at work here. This one waits, and goes on when that ends.\n")
                told = True
            if not alive():
                raise KeyboardInterrupt
            time.sleep(TURN)
        yield
    finally:
        os.close(file)
