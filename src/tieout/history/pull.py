"""Pull: take in every export that is new, in the order in which they were taken, and keep what each said.

Nothing is taken twice and nothing is lost: a file is committed with its rejected lines beside it, or held back with a
finding that says why.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.basics.findings import Finding, Level, nearest
from tieout.basics.workspace import Workspace
from tieout.connect.files import Extract, UnreadableError, file_digest, load, prepare, reading_of
from tieout.contract.model import Contract
from tieout.history import judge
from tieout.history.commit import Batch, next_position, open_for_writing, store
from tieout.history.erasure.arriving import Gate
from tieout.history.erasure.carry import carry_out
from tieout.history.erasure.erased import read_erased
from tieout.history.erasure.plan import read_plan
from tieout.history.erasure.roles import roles_of
from tieout.history.exports import Export, list_exports
from tieout.history.intake import Past, Verdict, take_in
from tieout.history.keyed import hash_key
from tieout.history.ledger import Feed, Ledger, LedgerError, Pull
from tieout.warehouse.engine import EngineError, memory
from tieout.warehouse.lock import writing

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "2500MB"

Progress = Callable[[str, int, int], None]
"""Is told the file at hand, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file that was not committed, and the code of the finding that says why."""

    feed: Feed
    source: str
    code: str


@dataclass(frozen=True, slots=True)
class PullReport:
    """What a pull committed, how many files it had already, what it held back, and what a person should look at."""

    pulled: tuple[Pull, ...]
    unchanged: int
    held: tuple[Held, ...]
    findings: tuple[Finding, ...]


def pull(
    workspace: Workspace,
    contract: Contract,
    now: datetime,
    accept: frozenset[str] = frozenset(),
    progress: Progress | None = None,
    environment: Mapping[str, str] | None = None,
) -> PullReport:
    """Pull every new export of every system. `now` is UTC; `accept` names objects whose deletions are let through.

    1. Take the lock, and mend what a killed run left. 2. List the files in the order in which they were taken. 3. Take
    each new one in. 4. Commit them in batches.

    Raises WorkspaceBusyError while another process writes, and LedgerError where the ledger cannot be written.
    """
    try:
        with writing(workspace, now):
            open_for_writing(workspace)
            if unfinished := read_plan(workspace):
                carry_out(workspace, unfinished)
            puller = _Puller(workspace, now, accept, contract.company.time_zone)
            given = os.environ if environment is None else environment
            exports, findings = list_exports(workspace.root, contract, now, given, puller.known)
            puller.findings += (*findings, *_unknown(accept, contract))
            try:
                puller.take_all(exports, progress)
            finally:
                puller.close()
            return puller.report()
    except (OSError, EngineError) as error:
        message = f"The pull stopped: {error}. What it had committed stands; mend the cause and pull again."
        raise LedgerError(message) from error


def _unknown(accept: frozenset[str], contract: Contract) -> list[Finding]:
    """Tell which objects are accepted that the contract does not have."""
    there = [f"{name}.{label}" for name, system in contract.sources.items() for label in system.objects]
    return [
        Finding(
            "pull.accept",
            Level.ERROR,
            f"--accept {name}",
            f"The contract has no object '{name}'.",
            "Name it as SYSTEM.OBJECT.",
            given=name,
            allowed=tuple(there),
            nearest=nearest(name, there),
        )
        for name in sorted(accept)
        if name not in there
    ]


class _Puller:
    """What a pull knows while it runs."""

    def __init__(self, workspace: Workspace, now: datetime, accept: frozenset[str], zone: str) -> None:
        self.workspace, self.now, self.accept, self.zone = workspace, now, accept, zone
        ledger = Ledger(workspace)
        erased = read_erased(workspace)
        self.gate = Gate(hash_key(workspace) if erased else "", erased)
        self.findings: list[Finding] = list(ledger.findings)
        self.latest = max((pull.pulled_at for pull in ledger.committed), default=now)
        self.known: dict[Feed, list[Pull]] = {feed: list(ledger.pulls(feed)) for feed in ledger.feeds()}
        self.unmapped: dict[Feed, dict[str, None]] = defaultdict(dict)
        self.position = next_position(workspace)
        self.batch = Batch(workspace)
        self.pulled: list[Pull] = []
        self.held: list[Held] = []
        self.unchanged = 0

    @cached_property
    def scratch(self) -> Path:
        """A folder for what can be thrown away; what a killed pull left in it goes."""
        folder = self.workspace.cache / "scratch"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return Path(tempfile.mkdtemp(dir=folder))

    @cached_property
    def engine(self) -> DuckDBPyConnection:
        """The engine, opened when the first new file is met."""
        return memory(memory_limit=MEMORY, spill=self.scratch / "spill")

    def close(self) -> None:
        """Let go of the engine and the scratch folder, where they were needed."""
        if "engine" in self.__dict__:
            self.engine.close()
        if "scratch" in self.__dict__:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def take_all(self, exports: Sequence[Export], progress: Progress | None) -> None:
        """Take the files in, one after another, and commit them."""
        undated = Counter(one.feed for one in exports if one.taken_from == "pull" and one.source.mode == "full")
        for done, export in enumerate(exports):
            if progress:
                progress(export.place, done, len(exports))
            self._take(export, several=export.taken_from == "pull" and undated[export.feed] > 1)
        self.batch.commit()
        if progress:
            progress("", len(exports), len(exports))

    def _take(self, export: Export, *, several: bool) -> None:
        """Take one file in, unless it is known already or has to be held back."""
        if self._looks_known(export):
            self.unchanged += 1
        elif several:
            message = f"Several files of {export.feed} have no date in their names: which full extract is the newest?"
            self._hold(export, "pull.undated", message, "Put the date of extraction in each name, or leave one file.")
        elif export.taken_at == self.now < self.latest:
            message = (
                f"The clock says {self.now:%Y-%m-%d %H:%M} UTC, but the last pull was made at "
                f"{self.latest:%Y-%m-%d %H:%M}: it was set back, and nothing else tells when the file was taken."
            )
            self._hold(export, "pull.clock", message, "Set the clock right, or put date and time into the file's name.")
        elif export.taken_at > self.now:
            message = (
                f"By its name the file was taken at {export.taken_at:%Y-%m-%d %H:%M} UTC, which is later than now."
            )
            self._hold(export, "pull.future", message, "Correct the date in its name, or pull it after that time.")
        else:
            try:
                self._read(export)
            except UnreadableError as error:
                self._hold(export, "file.unreadable", str(error), error.remedy)

    def _looks_known(self, export: Export) -> bool:
        """Say whether name, size and time of change are those of the newest pull of that name."""
        same = [pull for pull in self.known.get(export.feed, ()) if pull.source == export.found.name]
        newest = max(same, key=lambda pull: pull.position, default=None)
        found = export.found
        return newest is not None and (newest.source_size, newest.source_mtime_ns) == (found.size, found.mtime_ns)

    def _is_known(self, export: Export, digest: str) -> bool:
        """Say whether this content was pulled as of this time already.

        A time that is exact tells one content from another. Otherwise the newest pull of that name decides, so that a
        file that went from A to B and back to A is new.
        """
        pulls = self.known.get(export.feed, [])
        same = [pull for pull in pulls if pull.source_sha256 == digest]
        if export.exact:
            return any(pull.taken_at == export.taken_at for pull in same)
        named = [pull for pull in pulls if pull.source == export.found.name]
        if named:
            return max(named, key=lambda pull: pull.position) in same
        return any(pull.stamp == export.told for pull in same)

    def _read(self, export: Export) -> None:
        digest = file_digest(export.found.path)
        if self._is_known(export, digest):
            self.unchanged += 1
            return
        if self._disagrees(export):
            return
        source = export.source
        reading = reading_of(source, export.place, self.scratch, judge.named_columns(source).known)
        extract = load(self.engine, prepare(export.found.path, reading), reading)
        if _changed(export):
            self._hold(
                export, "file.changing", "The file was written to while it was read.", "Pull it when it is whole."
            )
            return
        extract, kept_out = self.gate.keep_out(self.engine, roles_of(export.feed, source), extract, export.place)
        self.findings += (*extract.findings, *kept_out)
        self._judge(export, extract, digest)

    def _disagrees(self, export: Export) -> bool:
        pulls = self.known.get(export.feed, ()) if export.source.mode == "full" else ()
        other = next((pull for pull in pulls if pull.mode == "full" and pull.taken_at == export.taken_at), None)
        if other:
            message = (
                f"This full extract of {export.feed} and '{other.source}' (pull {other.position}) were both taken at "
                f"{other.taken_at:%Y-%m-%d %H:%M} UTC and differ: the two files disagree. This one is held back."
            )
            remedy = "Remove the wrong one, or let each name tell when it was taken."
            self._hold(export, "pull.disagree", message, remedy)
        return other is not None

    def _judge(self, export: Export, extract: Extract, digest: str) -> None:
        before = [pull for pull in self.known.get(export.feed, ()) if pull.order < (export.taken_at, self.position)]
        files = [str(self.batch.place(pull)) for pull in judge.standing(before)]
        past = Past(before, files, accepted=str(export.feed) in self.accept, zone=self.zone)
        verdict = take_in(self.engine, export, extract, past)
        self.findings += verdict.findings
        if verdict.held:
            self.held.append(Held(export.feed, export.found.name, verdict.held))
            return
        unmapped = judge.unmapped_columns(judge.named_columns(export.source), extract.columns)
        self.unmapped[export.feed].update(dict.fromkeys(unmapped))
        self._store(export, extract, verdict, digest)

    def _store(self, export: Export, extract: Extract, verdict: Verdict, digest: str) -> None:
        feed, found = export.feed, export.found
        file = f"pulls/{feed.folder}/{self.position:08d}.parquet"
        aside = self.workspace.ledger / f"{file}.tmp"
        aside.parent.mkdir(parents=True, exist_ok=True)
        rows = store(self.engine, export, extract, aside, self.position)
        done = Pull(
            position=self.position,
            system=feed.system,
            object=feed.object,
            mode=export.source.mode,
            keys=export.source.keys,
            taken_at=export.taken_at,
            taken_from=export.taken_from,
            stamp=export.told,
            pulled_at=self.now,
            file=file,
            sha256=file_digest(aside),
            size=aside.stat().st_size,
            rows=rows,
            rejected=len(verdict.rejects),
            columns=extract.columns,
            source=found.name,
            source_size=found.size,
            source_mtime_ns=found.mtime_ns,
            source_sha256=digest,
            deletions=verdict.deletions,
            unique=verdict.unique,
        )
        self.batch.add(done, aside, verdict.rejects)
        self.position += 1
        self.pulled.append(done)
        pulls = self.known.setdefault(feed, [])
        pulls.append(done)
        pulls.sort(key=lambda pull: pull.order)
        if self.batch.full:
            self.batch.commit()

    def _hold(self, export: Export, code: str, message: str, remedy: str) -> None:
        self.held.append(Held(export.feed, export.found.name, code))
        self.findings.append(Finding(code, Level.ERROR, export.place, message, remedy, given=export.found.name))

    def report(self) -> PullReport:
        """Tell what was done, with one note for each object that has columns nobody mapped."""
        notes = [
            Finding(
                "file.unmapped",
                Level.NOTE,
                str(feed),
                f"Columns that the contract does not name: {', '.join(repr(name) for name in list(names)[:20])}.",
                "They are kept in the ledger. Map them in contract/sources.yaml if they matter.",
                count=len(names),
            )
            for feed, names in self.unmapped.items()
            if names
        ]
        return PullReport(tuple(self.pulled), self.unchanged, tuple(self.held), (*self.findings, *notes))


def _changed(export: Export) -> bool:
    stat = export.found.path.stat()
    return (stat.st_size, stat.st_mtime_ns) != (export.found.size, export.found.mtime_ns)
