"""Measuring: the time and memory of whole processes, medians of repeated calls, and what they were measured on."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

BUILD = Path("build/bench")
"""Where data and workspaces of the bench are kept between runs; ignored by git."""


class BenchError(Exception):
    """A measured program failed; the message ends with what it wrote."""


@dataclass(frozen=True, slots=True)
class Result:
    """One figure with its target; `most` says whether the target is the most or the least it may be."""

    name: str
    value: float
    unit: str
    target: float | None = None
    most: bool = True
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Say whether the target is met; None where there is none."""
        if self.target is None:
            return None
        return self.value <= self.target if self.most else self.value >= self.target


@dataclass(frozen=True, slots=True)
class Run:
    """A finished process: seconds on the wall, seconds of processor, the most memory it held in bytes."""

    wall: float
    processor: float
    memory: int
    output: str


def run(command: Sequence[str | Path], folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Run:
    """Run a program to its end and measure it. Raises BenchError where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None  # noqa: S101 -- asked for above
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{' '.join(map(str, command))} failed with {process.returncode}:\n{output[-3000:]}"
        raise BenchError(message)
    scale = 1 if sys.platform == "darwin" else 1024
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * scale, output)


def tieout(*arguments: str | Path) -> list[str | Path]:
    """Give the command of Tieout that stands beside this Python."""
    return [Path(sys.executable).with_name("tieout"), *arguments]


def apart(statement: str) -> None:
    """Run a Python statement in a process of its own, so that its memory is not counted as that of later children."""
    run([sys.executable, "-c", statement])


def median_time(call: Callable[[], T], times: int = 5) -> tuple[float, T]:
    """Call once to warm up, then several times; give the median in seconds, and what the last call gave."""
    given, taken = call(), []
    for _ in range(times):
        start = time.perf_counter()
        given = call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), given


def machine() -> dict[str, str]:
    """Describe what the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    packages = ", ".join(f"{name} {version(name)}" for name in ("tieout", "duckdb", "pyarrow", "sqlglot"))
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{memory:.0f} GB",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "packages": packages,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
