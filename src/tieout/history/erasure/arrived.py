"""Arrived: exports that came into the workspace after an erasure. Their pulls hold surrogates; the files do not.

Who was erased is known by keyed hashes alone, so what tells them is found in the files themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.connect.files import UnreadableError, file_digest, load, prepare, reading_of
from tieout.history.erasure.arriving import Gate
from tieout.history.erasure.cloak import MARK
from tieout.history.erasure.erased import Erased
from tieout.history.erasure.needles import Needles
from tieout.history.erasure.plan import Lying, Plan
from tieout.history.erasure.roles import all_roles, roles_of
from tieout.history.erasure.rows import Tie
from tieout.history.erasure.search import META, Changed
from tieout.history.exports import Export, list_exports
from tieout.history.judge import named_columns
from tieout.history.keyed import hash_key
from tieout.history.ledger import Ledger, Pull, erasures
from tieout.warehouse.engine import EngineError, identifier, literal

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Contract


@dataclass(frozen=True)
class Lies:
    """An export inside the workspace that came after an erasure, and the pulls that were made of it as it is."""

    export: Export
    name: str
    digest: str
    pulls: tuple[Pull, ...]


def plan_arrived(
    workspace: Workspace,
    contract: Contract,
    engine: DuckDBPyConnection,
    earlier: Erased,
    given: tuple[datetime, Mapping[str, str], Path],
) -> Plan | None:
    """Plan to clean the exports that came after an erasure; None where they do not hold the person.

    `given` are the clock, the environment, and a folder for scratch.
    """
    now, environment, scratch = given
    ledger = Ledger(workspace)
    gate, needles, held = Gate(hash_key(workspace), (earlier,)), Needles(everywhere=earlier.everywhere), []
    for one in _candidates(workspace, contract, ledger, earlier, (now, environment)):
        if one.pulls and not any(pull.rejected or _surrogates(engine, ledger, pull) for pull in one.pulls):
            continue
        found = _needles(engine, gate, one.export, scratch)
        if found is not None and _tells(found):
            needles = _joined(needles, found)
            held.append(one)
    if not held:
        return None
    exports = tuple(
        Lying(
            path=one.name,
            feed=one.export.feed,
            inside=True,
            positions=tuple(pull.position for pull in one.pulls),
            rows=len(rows),
            sha256=one.digest,
            mtime_ns=one.export.found.mtime_ns,
            source=one.export.source,
            changed=rows,
        )
        for one in held
        for rows in [tuple(row for pull in one.pulls[-1:] for row in _surrogates(engine, ledger, pull))]
    )
    number = max(erasures(workspace), earlier.number) + 1
    entry = replace(earlier, number=number, at=now)
    return Plan(entry, needles, ledger.position, all_roles(contract, ledger.feeds()), exports=exports)


def _candidates(
    workspace: Workspace,
    contract: Contract,
    ledger: Ledger,
    earlier: Erased,
    given: tuple[datetime, Mapping[str, str]],
) -> Iterable[Lies]:
    """Give the exports inside the workspace but those that the erasure itself has rewritten."""
    root = workspace.root.resolve()
    listed, _ = list_exports(workspace.root, contract, *given, ledger.feeds())
    for export in listed:
        path = export.found.path.resolve()
        if not path.is_relative_to(root):
            continue
        try:
            digest = file_digest(path)
        except UnreadableError:
            continue
        same = [pull for pull in ledger.pulls(export.feed) if pull.source_sha256 == digest]
        if not same or any(pull.pulled_at >= earlier.at for pull in same):
            yield Lies(export, path.relative_to(root).as_posix(), digest, tuple(same))


def _needles(engine: DuckDBPyConnection, gate: Gate, export: Export, scratch: Path) -> Needles | None:
    reading = reading_of(export.source, export.place, scratch, named_columns(export.source).known)
    try:
        extract = load(engine, prepare(export.found.path, reading), reading)
        return gate.needles(engine, roles_of(export.feed, export.source), extract, gate.erased[0])
    except (UnreadableError, EngineError):
        return None


def _surrogates(engine: DuckDBPyConnection, ledger: Ledger, pull: Pull) -> list[Changed]:
    """Give the rows of a pull that hold surrogates: the export is to say the same."""
    shown = ", ".join(identifier(name) for name in (*META, *pull.columns))
    joined = ", ".join(identifier(name) for name in pull.columns)
    rows: Sequence[tuple[object, ...]] = engine.execute(
        f"select {shown} from read_parquet({literal(str(ledger.path(pull)))}, hive_partitioning = false)"
        f" where contains(lower(concat_ws(chr(1), {joined})), {literal(MARK)}) order by _row"
    ).fetchall()
    found = []
    for position, row, key, digest, *values in rows:
        fresh = {name: str(text) for name, text in zip(pull.columns, values, strict=True) if _marked(text)}
        found.append(Changed(int(str(position)), int(str(row)), str(key), str(digest), fresh, tuple(fresh), Tie.OWN))
    return found


def _marked(text: object) -> bool:
    return isinstance(text, str) and MARK in text.lower()


def _tells(needles: Needles) -> bool:
    named = needles.everywhere and any(" " in name for name in needles.names)
    return bool(named or needles.emails or needles.phones or needles.profiles)


def _joined(one: Needles, other: Needles) -> Needles:
    return Needles(
        one.emails | other.emails,
        one.phones | other.phones,
        one.profiles | other.profiles,
        one.names | other.names,
        other.everywhere,
    )
