"""One writer at a time: a lock on the workspace that a dead holder cannot keep."""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tieout.basics.workspace import Workspace

_held: dict[Path, tuple[int, int]] = {}


class WorkspaceBusyError(Exception):
    """Another process is writing to the workspace; trying again later can succeed."""

    try_again = True


class BeingMadeError(WorkspaceBusyError):
    """A build that somebody asked for is being made; trying again later can succeed."""


PATIENCE = 20.0
"""Seconds that somebody waits for a build that is made for somebody else."""
_LOOK = 0.1


@contextmanager
def making(workspace: Workspace) -> Iterator[None]:
    """Hold the making of builds for questions: one at a time, whichever process makes it. Raises BeingMadeError."""
    path = workspace.cache / "making"
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        until = time.monotonic() + PATIENCE
        while not _taken(file):
            if time.monotonic() >= until:
                message = "What was known at an earlier moment is being worked out just now. Ask again in a minute."
                raise BeingMadeError(message)
            time.sleep(_LOOK)
        yield
    finally:
        os.close(file)


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def writing(workspace: Workspace, now: datetime) -> Iterator[None]:
    """Hold the workspace for writing; within one thread it may be taken again by an inner step.

    Raises WorkspaceBusyError naming the holder. The operating system lets go of the lock when its holder ends, however
    that comes about.
    """
    path = workspace.cache / "lock"
    key, me = path.absolute(), threading.get_ident()
    holder, depth = _held.get(key, (me, 0))
    if depth and holder == me:
        _held[key] = (me, depth + 1)
        try:
            yield
        finally:
            _held[key] = (me, depth)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _take(file, path, now)
        _held[key] = (me, 1)
        yield
    finally:
        if _held.get(key, (0, 0))[0] == me:
            del _held[key]
        os.close(file)


def _take(file: int, path: Path, now: datetime) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise WorkspaceBusyError(_busy(path)) from error
    os.ftruncate(file, 0)
    os.pwrite(file, json.dumps({"pid": os.getpid(), "since": now.isoformat(timespec="seconds")}).encode(), 0)


def _busy(path: Path) -> str:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        who = f"Process {told['pid']} has been writing to this workspace since {told['since']} UTC."
    except (OSError, ValueError, KeyError, TypeError):
        who = "Another process has just begun to write to this workspace."
    return f"{who} Wait until it has finished, then try again. If it hangs, end it: the lock ends with its process."
