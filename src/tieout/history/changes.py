"""Changes: what each pull changed, compared with those taken before it, as one Parquet file for each pull.

A change file depends on its pull and the pulls taken before it, and on nothing else. It is kept under a name that says
which those are, so that it is made once, and a pull that is loaded late only costs the files behind it.

A put stands until the next put of its key, or until the first complete full extract that does not have the key. All
rules below follow from that. `rank` is a pull's place in the taken order.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.connect.files import file_digest
from tieout.history.ledger import Feed, Ledger, LedgerError, Pull, erasures, verify
from tieout.warehouse.engine import EngineError, literal
from tieout.warehouse.seals import Seals

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RULES = "2"
"""Changes when the rules change, so that files made by older rules are not used."""

CHUNK_VALUES = 30_000_000
"""How many values are compared in one run: each run looks at all that stood before it, so few large ones are best."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A pull in taken order, and where its change file is."""

    rank: int
    pull: Pull
    file: Path
    path: Path
    previous: Pull | None

    @property
    def log(self) -> bool:
        return self.pull.mode == "log"


def changes(
    ledger: Ledger,
    engine: DuckDBPyConnection,
    feed: Feed,
    known_at: datetime | None = None,
    position: int | None = None,
) -> tuple[Path, ...]:
    """Give the change files of an object in taken order, making those that are not there yet.

    `known_at` and `position` limit the pulls as in `Ledger.pulls`. Processes that make the same file at once do no
    harm. A pull that turns out to be damaged is left out of the ledger from then on, and told in its findings.
    Raises LedgerError where the engine fails for another reason.
    """
    while True:
        steps = _steps(ledger, ledger.pulls(feed, known_at, position))
        try:
            made = _derive(engine, steps, ledger.seals)
        except EngineError as error:
            damaged = [step.pull for step in steps if file_digest(step.file) != step.pull.sha256]
            if not damaged:
                message = f"The changes of {feed} cannot be derived: {error}"
                raise LedgerError(message) from error
            ledger.leave_out(damaged)
        else:
            _none_erased(ledger, made)
            return tuple(step.path for step in steps)


def _none_erased(ledger: Ledger, made: Sequence[_Step]) -> None:
    """Delete what was made of pulls from which somebody was erased meanwhile. Raises LedgerError."""
    if made and erasures(ledger.workspace) != ledger.erased:
        for step in made:
            step.path.unlink(missing_ok=True)
        message = "Somebody was erased from the ledger while it was read. Try again."
        raise LedgerError(message)


def _derive(engine: DuckDBPyConnection, steps: Sequence[_Step], seals: Seals) -> list[_Step]:
    lacking = [step for step in steps if step.path != step.file and not seals.intact(step.path)]
    for folder in {step.path.parent for step in lacking}:
        folder.mkdir(parents=True, exist_ok=True)
        _clear(folder)
    for chunk in _chunks(lacking):
        _Derivation(engine, steps, chunk, seals).run()
    return lacking


def change_folder(ledger: Ledger) -> Path:
    """Give the folder of all change files; it can be deleted at any time."""
    return ledger.workspace.cache / "changes"


def rebuild(ledger: Ledger, engine: DuckDBPyConnection) -> int:
    """Check every pull, delete all change files, and make them again from the sound ones; give their number."""
    verify(ledger)
    shutil.rmtree(change_folder(ledger), ignore_errors=True)
    return sum(len(changes(ledger, engine, feed)) for feed in ledger.feeds())


def _clear(folder: Path) -> None:
    """Remove what killed processes left aside; what a living one is writing stays."""
    for path in folder.glob("*.tmp"):
        try:
            os.kill(int(path.name.split(".")[-2].split("-")[0]), 0)
        except ProcessLookupError:
            path.unlink(missing_ok=True)
        except (ValueError, OSError):
            continue


def _steps(ledger: Ledger, pulls: Sequence[Pull]) -> list[_Step]:
    steps = []
    before = hashlib.sha256(RULES.encode())
    for rank, pull in enumerate(pulls):
        file = ledger.path(pull)
        name = f"{pull.position:08d}-{before.hexdigest()[:12]}.parquet"
        own = rank == 0 and pull.unique
        path = file if own else change_folder(ledger) / pull.feed.folder / name
        steps.append(_Step(rank, pull, file, path, pulls[rank - 1] if rank else None))
        before.update(f" {pull.position}".encode())
    return steps


def _chunks(lacking: Sequence[_Step]) -> Iterator[list[_Step]]:
    """Part the missing files into runs of neighbors of one kind, none with very many rows."""
    chunk: list[_Step] = []
    for step in lacking:
        follows = chunk and step.rank == chunk[-1].rank + 1 and step.log == chunk[-1].log
        if chunk and not (follows and sum(map(_values, chunk)) + _values(step) <= CHUNK_VALUES):
            yield chunk
            chunk = []
        chunk.append(step)
    if chunk:
        yield chunk


def _values(step: _Step) -> int:
    return step.pull.rows * len(step.pull.columns)


@dataclass(frozen=True)
class _Derivation:
    """Makes the change files of a run of neighbors."""

    engine: DuckDBPyConnection
    steps: Sequence[_Step]
    chunk: Sequence[_Step]
    seals: Seals

    @property
    def first(self) -> _Step:
        return self.chunk[0]

    def run(self) -> None:
        """Choose the rule: a log's, that of one pull against what stood before, or that of a run."""
        if len(self.chunk) == 1 and self.first.pull.unique:
            self._write(self.first, self._single_log() if self.first.log else self._single())
            return
        query = self._many_log() if self.first.log else self._many()
        table = f"derived_{uuid.uuid4().hex}"
        self.engine.execute(f"create temp table {table} as {query}")
        for step in self.chunk:
            own = f"select * from {table} where _position = {step.pull.position}"
            self._write(step, f"select * replace ({_stamps(step)}) from ({own})")
        self.engine.execute(f"drop table {table}")

    def _write(self, step: _Step, query: str) -> None:
        aside = step.path.with_name(f"{step.path.name}.{os.getpid()}-{uuid.uuid4().hex}.tmp")
        target = f"{literal(str(aside))} (format parquet, compression zstd, compression_level 1, use_tmp_file false)"
        self.engine.execute(f"copy (from ({query}) order by _op, _row) to {target}")
        digest = file_digest(aside)
        aside.replace(step.path)
        self.seals.put(step.path, digest)

    @cached_property
    def _base(self) -> int:
        """The rank of the last complete full extract before this run, or -1."""
        earlier = self.steps[: self.first.rank]
        return max((step.rank for step in earlier if step.pull.deletions), default=-1)

    @cached_property
    def _standing(self) -> str | None:
        """What stood before this run: one put for each key."""
        rank, base = self.first.rank, self._base
        if rank == 0:
            return None
        if base == rank - 1:
            return _read([self.steps[base].file])
        files = [self.steps[base].file] if base >= 0 else []
        files += [step.path for step in self.steps[base + 1 : rank] if not step.log]
        if not files:
            return None
        return (
            f"select * from {_from(files)} qualify row_number() over"
            " (partition by _key order by _taken_at desc, _position desc, _row desc) = 1"
        )

    def _single(self) -> str:
        step, now, before = self.first, _read([self.first.file]), self._standing
        if before is None:
            return f"select * replace ({_stamps(step)}) from ({now})"
        puts = (
            f"select * replace ({_stamps(step)}) from ({now}) as n"
            f" where not exists (select 1 from ({before}) as b where b._key = n._key and b._digest = n._digest)"
        )
        if not step.pull.deletions:
            return puts
        gone = (
            f"select * replace ({_stamps(step)}, 'delete' as _op) from ({before}) as b"
            f" where not exists (select 1 from ({now}) as n where n._key = b._key)"
        )
        return f"({puts}) union all by name ({gone})"

    def _many(self) -> str:
        """Judge the keys and digests of the run in one pass over each key's life, then fetch the rows that count."""
        start = self.first.rank
        steps = list(self.chunk)
        now = [step.file for step in steps]
        lives = (
            "select p._key, p._digest, p._row, p._position, r.* exclude (position)"
            f" from {_from(now)} as p join ranks as r on r.position = p._position"
        )
        sources = _read(now)
        if self._standing:
            complete, following = self._complete_upto(start - 1), self._next_complete(start - 1)
            lives += (
                f" union all select _key, _digest, _row, _position, {start - 1}, {complete}, null, {following}"
                f" from ({self._standing})"
            )
            if any(
                step.pull.deletions for step in steps
            ):  # what stood before is written again only where it is deleted
                sources = f"({sources}) union all by name ({self._standing})"
        return f"""
            with ranks(position, rank, complete, complete_before, next_complete) as (values {self._ranks(steps)}),
            lives as ({lives}),
            seen as (
                select *, lag(complete) over life as was_complete, lag(_digest) over life as was,
                    lead(rank) over life as next_rank
                from lives window life as (partition by _key order by rank, _row)
            ),
            verdicts as (
                select _position as position, _row as number, 'put' as op, rank from seen
                where rank >= {start} and (was is null or was_complete < complete_before or was <> _digest)
                union all
                select _position, _row, 'delete', next_complete from seen
                where next_complete is not null and (next_rank is null or next_rank > next_complete)
            )
            select s.* replace (v.op as _op, r.position::bigint as _position) from ({sources}) as s
            join verdicts as v on v.position = s._position and v.number = s._row
            join ranks as r on r.rank = v.rank
        """

    def _ranks(self, steps: Sequence[_Step]) -> str:
        return ", ".join(
            f"({step.pull.position}, {step.rank}, {self._complete_upto(step.rank)},"
            f" {self._complete_upto(step.rank - 1)}, {self._next_complete(step.rank)})"
            for step in steps
        )

    def _complete_upto(self, rank: int) -> int:
        return sum(step.pull.deletions for step in self.steps[: rank + 1])

    def _next_complete(self, rank: int) -> str:
        later = (step.rank for step in self.chunk if step.rank > rank and step.pull.deletions)
        found = next(later, None)
        return "null::integer" if found is None else str(found)

    def _single_log(self) -> str:
        return f"select * replace ({_stamps(self.first)}) from {_from([self.first.file])} as n{self._untold}"

    @property
    def _untold(self) -> str:
        """The condition that an event was not told before this run."""
        files = [step.path for step in self.steps[: self.first.rank]]
        if not files:
            return ""
        told = f"select 1 from {_from(files)} as b where b._key = n._key and b._digest = n._digest"
        return f" where not exists ({told})"

    def _many_log(self) -> str:
        ranks = ", ".join(f"({step.pull.position}, {step.rank})" for step in self.chunk)
        files = _from([step.file for step in self.chunk])
        return (
            f"with ranks(position, rank) as (values {ranks})"
            f" select n.* from {files} as n join ranks as r on r.position = n._position{self._untold}"
            " qualify row_number() over (partition by n._key, n._digest order by r.rank, n._row) = 1"
        )


def _stamps(step: _Step) -> str:
    previous = f"timestamp '{step.previous.taken_at}'" if step.previous else "null::timestamp"
    return (
        f"{step.pull.position}::bigint as _position, timestamp '{step.pull.taken_at}' as _taken_at,"
        f" {previous} as _previous_taken_at"
    )


def _from(files: Sequence[Path]) -> str:
    listed = ", ".join(literal(str(file)) for file in files)
    return f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"


def _read(files: Sequence[Path]) -> str:
    return f"select * from {_from(files)}"
