"""Whole commands: a large first pull, a changed file to a published number, and the sample company."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from bench.company import ACTIVITIES, write_contract
from bench.measuring import BUILD, Result, Run, apart, run, tieout
from tieout import Workspace
from tieout.align.steps import program
from tieout.warehouse.builds import published_or_none
from tieout.warehouse.engine import open_file

AS_MANY = 3
"""How often a command is run whose median is given."""


def first_pull(scale: float) -> list[Result]:
    """Measure the first pull of a log of activities, five columns wide."""
    rows = int(10_000_000 * scale)
    exports = (BUILD / f"activities-{rows}").absolute()
    _made(exports, f"write_log(folder, {rows}, {rows // 20})")
    root = BUILD / "first-pull"
    taken = []
    for _ in range(AS_MANY):
        shutil.rmtree(root, ignore_errors=True)
        write_contract(root, ACTIVITIES)
        (root / "exports").symlink_to(exports)
        taken.append(run(tieout("pull", "--workspace", root)))
    shutil.rmtree(root)
    speed = rows / statistics.median(one.wall for one in taken)
    return [
        Result("first pull of activities", speed, "rows/s", 500_000, most=False, note=f"{rows:,} rows; {_told(taken)}"),
        Result("first pull of activities, memory", max(one.memory for one in taken) / 1e9, "GB", 4),
    ]


def changed_file(scale: float) -> list[Result]:
    """Measure a refresh after one weekly extract was added, and one that has nothing to do."""
    records, activities = int(50_000 * scale), int(1_000_000 * scale)
    made = (BUILD / f"weekly-{records}").absolute()
    _made(made, f"write_weekly(folder, {records}, {activities})")
    root, kept = BUILD / "changed-file", BUILD / "changed-file-before"
    for folder in (root, kept):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(made, root)
    first = _refresh(root)
    shutil.copytree(root, kept)
    taken, idle = [], []
    for _ in range(AS_MANY):
        shutil.rmtree(root)
        shutil.copytree(kept, root)
        for file in (root / "next").iterdir():
            file.rename(root / "exports" / file.name)
        taken.append(_refresh(root))
        idle.append(_refresh(root))
    shutil.rmtree(kept)
    size = f"{records:,} opportunities, {activities:,} activities"
    return [
        Result("changed file to published number", _median(taken), "s", 10, note=f"{size}; {_told(taken)}"),
        Result("refresh with nothing new", _median(idle), "s", note=_told(idle)),
        Result("first refresh of the same", first.wall, "s", note=_told([first])),
    ]


def sample_company(scale: float) -> list[Result]:  # noqa: ARG001 -- the sample company has one size
    """Measure the making of the sample company, its line, and a question to it."""
    root = BUILD / "marlow"
    made = []
    for _ in range(AS_MANY):
        shutil.rmtree(root, ignore_errors=True)
        made.append(run(tieout("demo", root)))
    first = run(tieout("refresh", "--workspace", root))
    question = ("ask", "pipeline.open_qualified", "--by", "segment", "--workspace", root)
    asked = [run(tieout(*question)) for _ in range(5)]
    return [
        Result("tieout demo", _median(made), "s", 30, note=_told(made)),
        Result("tieout refresh of the sample company", first.wall, "s", note=_told([first])),
        Result("tieout ask of the sample company", _median(asked), "s", 1, note=_told(asked)),
    ]


def _made(folder: Path, call: str) -> None:
    apart(f"from bench.company import *; make_once({str(folder)!r}, lambda folder: {call})")


def _refresh(root: Path) -> Run:
    return run(tieout("refresh", "--workspace", root))


def _median(runs: Sequence[Run]) -> float:
    return statistics.median(one.wall for one in runs)


def _told(runs: Sequence[Run]) -> str:
    walls = ", ".join(f"{one.wall:.2f}" for one in runs)
    memory = max(one.memory for one in runs) / 1e9
    return f"runs {walls} s; processor {statistics.median(one.processor for one in runs):.2f} s; {memory:.2f} GB"


def whole_line(scale: float) -> list[Result]:
    """Measure the first refresh of a large company: deals with their history, persons, their ways and activities."""
    records, leads, activities = _sizes(scale)
    root = _line(scale)
    for folder in (root / "ledger", root / ".tieout"):
        shutil.rmtree(folder, ignore_errors=True)
    taken = _refresh(root)
    size = (
        f"{records:,} opportunities, ten states each, {leads:,} persons, {4 * leads:,} changes, {activities:,} touches"
    )
    return [
        Result("first refresh of everything", taken.wall, "s", 180, note=f"{size}; processor {taken.processor:.0f} s"),
        Result("first refresh of everything, memory", taken.memory / 1e9, "GB", 6),
        Result(
            "the bare engine reading the same exports", _read_bare(root), "s", note="typed by its own guess, no history"
        ),
    ]


def _read_bare(root: Path) -> float:
    """Read every export once, as the engine guesses its types, into a database; give the seconds."""
    made = root / "bare.duckdb"
    start = time.perf_counter()
    with open_file(made) as engine:
        for name in ("opportunities", "accounts", "users", "leads", "changes", "activities"):
            source = f"read_csv('{root}/exports/{name}_*.csv', union_by_name = true)"
            engine.execute(f"create table {name} as from {source}")
        engine.execute("checkpoint")
    taken = time.perf_counter() - start
    made.unlink()
    return taken


def large_line(scale: float) -> Path:
    """Give the workspace of this large company, refreshed by this program."""
    root = _line(scale)
    facts = published_or_none(Workspace(root))
    if facts is None or facts.version != program():
        _refresh(root)
    return root


def _sizes(scale: float) -> tuple[int, int, int]:
    """Give how many deals, persons and activities there are."""
    return int(500_000 * scale), int(1_000_000 * scale), int(10_000_000 * scale)


def _line(scale: float) -> Path:
    records, leads, activities = _sizes(scale)
    root = (BUILD / f"line-{records}").absolute()
    call = f"write_line(folder, {records}, {leads}, {4 * leads}, {activities})"
    apart(
        "from bench.company import make_once\nfrom bench.people import *\n"
        f"make_once({str(root)!r}, lambda folder: {call})"
    )
    return root
