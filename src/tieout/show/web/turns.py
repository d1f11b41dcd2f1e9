"""Who makes what is not there yet: a page is made by one, whoever asks for it, and few are made at a time.

What is there already is given without a turn: somebody whose page takes long to make holds up nobody who reads.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from threading import BoundedSemaphore, local
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAKERS = 4
"""So many are at work at a time in one process: each may take the memory of a question."""
_turns, _mine = BoundedSemaphore(MAKERS), local()


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn to make something; whoever has one makes parts of it in the same."""
    if getattr(_mine, "has", False):
        yield
        return
    with _turns:
        _mine.has = True
        try:
            yield
        finally:
            _mine.has = False


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Hold the making of one thing, which `file` stands for, against all threads and processes.

    The operating system lets go of it when its holder ends, however that comes about. Raises OSError where a file
    cannot be written there.
    """
    handle = _held(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        os.close(handle)


def _held(file: Path) -> int:
    while True:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            # Whoever held it before has deleted it: then it holds nobody off any more.
            if os.path.samestat(os.fstat(handle), file.stat()):
                return handle
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
