"""A progress line for people who wait: what is at hand, how fast it goes, how long it will take; only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import IO

from tieout.show.terminal import Terminal, clean, fit, terminal_of

PATIENCE, EVERY = 0.8, 0.1


class Progress:
    """Told the step at hand, how many are done and how many there are; writes one line over and over."""

    def __init__(self, stream: IO[str], terminal: Terminal) -> None:
        self.stream, self.terminal = stream, terminal
        self.began = self.phase = monotonic()
        self.total = 0
        self.written = 0.0
        self.shown = False

    def __call__(self, name: str, done: int, total: int) -> None:
        """Tell about one step; the first moments are left quiet."""
        now = monotonic()
        if total != self.total:
            self.phase, self.total = now, total
        if now - self.began < PATIENCE or now - self.written < EVERY:
            return
        self.written = now
        seconds = now - self.phase
        counted = ""
        if total and done and seconds > 0:
            pace = done / seconds
            counted = f"{done} of {total}  {pace:,.1f}/s  {_span((total - done) / pace)} left  "
        line = fit(f"{counted or f'{seconds:.0f} s  '}{clean(name)}", self.terminal.width - 1)
        self.stream.write(f"\r\x1b[2K{self.terminal.paint(line, 'label')}")
        self.stream.flush()
        self.shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self.shown:
            self.stream.write("\r\x1b[2K")
            self.stream.flush()
            self.shown = False


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


@contextmanager
def watching(stream: IO[str] | None = None) -> Iterator[Progress | None]:
    """Give a progress line where somebody watches, else None; it is gone afterwards."""
    stream = stream or sys.stderr
    progress = Progress(stream, terminal_of(stream)) if stream.isatty() else None
    try:
        yield progress
    finally:
        if progress:
            progress.clear()
