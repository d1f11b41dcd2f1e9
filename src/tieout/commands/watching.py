"""`tieout refresh --watch`: refresh whenever exports or the contract changed and are quiet again; one line each."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import watchfiles

from tieout.basics.findings import Finding, Level
from tieout.basics.workspace import Workspace
from tieout.commands.asking import company_of
from tieout.commands.failing import interrupted, told
from tieout.commands.pulling import Run, accepted, what_changed
from tieout.commands.result import Output
from tieout.connect.files import base_folder, find_files
from tieout.contract.load import load_contract
from tieout.contract.model import Contract
from tieout.refresh import RefreshReport, refresh
from tieout.show import figures
from tieout.show.findings import findings_lines
from tieout.show.findings import told as counted
from tieout.show.terminal import Terminal

QUIET, GLANCE = 2.0, 5.0
"""Seconds in which nothing may change before it is read, and after which it is looked at even if nobody told."""

MOST = 6
Seen = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Watch:
    """What watching is given: `run` reads the clock anew for each refresh, `write` takes lines as they come."""

    workspace: Workspace
    run: Callable[[], Run]
    output: Output
    write: Callable[[str], None]
    quiet: float = QUIET
    glance: float = GLANCE
    known: list[tuple[Seen, Contract]] = field(default_factory=list)


def watch(this: Watch, wanted: Callable[[], bool] = lambda: True) -> None:
    """Refresh again and again, until it is interrupted or not wanted any more.

    1. Look at the files of the contract and its exports. 2. Where they changed, wait until they are quiet. 3. Refresh,
    and tell it in one line; whatever goes wrong is told, and tried again after the next change. 4. Wait for one.
    """
    done: Seen | None = None
    while wanted():
        folders, seen = _look(this)
        if seen != done:
            folders, seen = _settled(this, seen)
            done = seen if _refreshed(this) else None
        _wait(folders, this.glance)


def _look(this: Watch) -> tuple[list[Path], Seen]:
    """Give the folders to be watched, and size and time of change of each file that counts."""
    folders = [this.workspace.contract]
    seen = _stats(this.workspace.contract, [path.name for path in _listed(this.workspace.contract)])
    for folder, name, size, mtime in _exports(this, _contract(this, dict(seen))):
        folders += [folder] if folder not in folders else []
        seen[name] = (size, mtime)
    return folders, seen


def _contract(this: Watch, seen: Seen) -> Contract:
    """Give the contract, read again only where its files changed: else an idle watch would do little but read it."""
    if not this.known or this.known[0][0] != seen:
        this.known[:] = [(seen, load_contract(this.workspace.contract)[0])]
    return this.known[0][1]


def _exports(this: Watch, contract: Contract) -> list[tuple[Path, str, int, int]]:
    environment = this.run().environment
    found = []
    for system in contract.sources.values():
        folder, _ = base_folder(system, this.workspace.root, environment, "")
        for source in system.objects.values() if folder else ():
            files = find_files(folder, source) if folder else ()
            found += [(file.path.parent, str(file.path), file.size, file.mtime_ns) for file in files]
            found += [(folder, "", 0, 0)] if folder else []
    return found


def _stats(folder: Path, names: list[str]) -> dict[str, tuple[int, int]]:
    found = {}
    for name in names:
        try:
            stat = (folder / name).stat()
        except OSError:
            continue
        found[f"contract/{name}"] = (stat.st_size, stat.st_mtime_ns)
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".csv"})
    except OSError:
        return []


def _settled(this: Watch, seen: Seen) -> tuple[list[Path], Seen]:
    """Wait until nothing has changed for a while: a file that is being written is not read."""
    while True:
        time.sleep(this.quiet)
        folders, now = _look(this)
        if now == seen:
            return folders, now
        seen = now


def _wait(folders: list[Path], glance: float) -> None:
    """Wait until something happens in the folders, or for a glance; where nobody tells, a glance is all there is."""
    there = [folder for folder in folders if folder.is_dir()]
    try:
        for _ in watchfiles.watch(
            *there, watch_filter=None, rust_timeout=int(glance * 1000), debounce=200, yield_on_timeout=True
        ):
            return
    except (OSError, RuntimeError):
        time.sleep(glance)


def _refreshed(this: Watch) -> bool:
    """Refresh and tell it; say whether it came to an end, good or bad, that only another change can better."""
    run = this.run()
    try:
        report = refresh(this.workspace, run.now, accepted(this.workspace, run), run.progress, run.environment)
        lines = _lines(this, run, report)
    except Exception as error:
        if interrupted(error):
            raise
        this.write(f"{run.now:%H:%M:%S} UTC  {told(error).message}\n")
        return not getattr(error, "try_again", False)
    if lines:
        this.write("\n".join(lines) + "\n")
    return True


def _lines(this: Watch, run: Run, report: RefreshReport) -> list[str]:
    """Tell what was published, or why nothing was; nothing where all is as it was."""
    terminal = this.output.terminal
    errors = [finding for finding in report.findings if finding.level is Level.ERROR]
    if report.after is None:
        why = "the contract has errors" if report.pull is None else "no export has been pulled yet"
        return [f"{run.now:%H:%M:%S} UTC  Nothing was published: {why}.", *_found(terminal, errors)]
    at = figures.stamp(run.now, ZoneInfo(company_of(this.workspace).time_zone))
    held = report.pull.held if report.pull else ()
    if report.before and report.before.key == report.after.key and not held:
        return []
    pulled = len(report.pull.pulled) if report.pull else 0
    parts = [f"{pulled} pull{'' if pulled == 1 else 's'}"]
    if held:
        parts.append(f"{len(held)} held back")
    if change := what_changed(this.workspace, report):
        moved = change.end.value - change.start.value
        parts.append(f"{change.period} {figures.money(change.end.value)} ({figures.signed(moved)})")
    parts.append(counted(report.findings) if report.findings else "nothing to look at")
    return [f"{at}  published {report.after.key}  {', '.join(parts)}", *(_found(terminal, errors) if held else ())]


def _found(terminal: Terminal, errors: list[Finding]) -> list[str]:
    return findings_lines(terminal, errors, MOST) if errors else []
