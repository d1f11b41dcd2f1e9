"""Files written so that a kill or a power cut leaves the old state or the new one, never half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_aside(file: Path, text: str) -> None:
    """Write a text file aside, flush it to the disk, and rename it into place."""
    handle, aside = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".aside", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(aside).chmod(0o644)
        Path(aside).replace(file)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
