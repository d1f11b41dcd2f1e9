"""Builds of a workspace: a ledger position, a known-at and a contract, aligned into one file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.align.align import align, feed_files
from tieout.align.findings import data_findings
from tieout.align.steps import program
from tieout.connect.files import UnreadableError
from tieout.contract.archive import read_archived
from tieout.history.keyed import hash_key
from tieout.history.ledger import Ledger, LedgerError, erasures
from tieout.measure.quality.findings import quality_findings
from tieout.warehouse.builds import BuildFacts, build_key, build_path, make_build
from tieout.warehouse.contents import store_contract, store_findings
from tieout.warehouse.engine import EngineError
from tieout.warehouse.lock import making

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Contract
    from tieout.history.ledger import Pull
    from tieout.warehouse.engine import Connection


def build(
    workspace: Workspace,
    ledger: Ledger,
    contract: Contract,
    fingerprint: str,
    known_at: datetime | None = None,
    position: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> BuildFacts:
    """Make the build of a ledger position, a known-at and a contract, unless it is there; give its facts.

    Where somebody is erased while it is made, it is made again.
    """
    fresh = False
    while True:
        try:
            return _build(workspace, ledger, contract, fingerprint, (known_at, position), progress, fresh=fresh)
        except (EngineError, LedgerError, UnreadableError, _ErasedMeanwhileError):
            if erasures(workspace) == ledger.erased:
                raise
            ledger, fresh = Ledger(workspace), True


def build_again(workspace: Workspace, facts: BuildFacts, contract: Contract) -> BuildFacts:
    """Make a build that is there once more and put it in its place; by another program it is another one."""
    limits = facts.known_at, facts.position
    return _build(workspace, Ledger(workspace), contract, facts.fingerprint, limits, fresh=True)


class _ErasedMeanwhileError(Exception):
    """Somebody was erased while a build was made, which may hold them therefore."""


def _build(
    workspace: Workspace,
    ledger: Ledger,
    contract: Contract,
    fingerprint: str,
    limits: tuple[datetime | None, int | None],
    progress: Callable[[str, int, int], None] | None = None,
    *,
    fresh: bool = False,
) -> BuildFacts:
    feeds = feed_files(ledger, contract, *limits)
    facts = _facts_of(ledger, fingerprint, limits)

    def fill(engine: Connection) -> None:
        watch = (lambda name: progress(name, 0, 0)) if progress else None
        align(engine, contract, feeds, hash_key(workspace), watch, facts.heard_until)
        store_contract(engine, contract)
        heard = facts.heard_until
        found = (*data_findings(engine, contract, feeds, heard), *quality_findings(engine, contract, heard))
        store_findings(engine, found)
        if erasures(workspace) != ledger.erased:
            raise _ErasedMeanwhileError

    make_build(workspace, facts.key, fill, fresh=fresh)
    if erasures(workspace) != ledger.erased:  # and now that it has its name, the erasure may be past looking at it
        raise _ErasedMeanwhileError
    return facts


def _facts_of(ledger: Ledger, fingerprint: str, limits: tuple[datetime | None, int | None]) -> BuildFacts:
    known_at, position = limits
    pulls = ledger.pulls(known_at=known_at, position=position)
    facts = BuildFacts(
        key="",
        position=position or ledger.position,
        known_at=known_at,
        fingerprint=fingerprint,
        version=program(),
        heard_until=max(one.taken_at for one in pulls),
        heard_from=min(one.taken_at for one in pulls),
    )
    return replace(facts, key=build_key(facts, _left_out(ledger, pulls, facts)))


def _left_out(ledger: Ledger, pulls: Sequence[Pull], facts: BuildFacts) -> tuple[int, ...]:
    """Give the positions of pulls that should be in a build but cannot be read: it is another build without them."""
    used = {pull.position for pull in pulls}
    meant = (
        pull.position
        for pull in ledger.committed
        if pull.position <= facts.position and (facts.known_at is None or pull.taken_at <= facts.known_at)
    )
    return tuple(sorted(set(meant) - used))


def known_build(workspace: Workspace, facts: BuildFacts, contract: Contract, known_at: datetime) -> BuildFacts:
    """Give the build of the same contract and position that knows what was known then, which must not be nothing.

    Between two pulls nothing was heard, so all moments between them have one build: there are no more builds than
    pulls. One is made at a time. Raises BeingMadeError where another one is being made for long.
    """
    ledger = Ledger(workspace)
    limits = _newest(ledger, facts, known_at), facts.position
    return _there_or_made(workspace, ledger, facts.fingerprint, limits, lambda: contract)


def _newest(ledger: Ledger, facts: BuildFacts, known_at: datetime) -> datetime:
    """Give the moment of the newest pull that was known then."""
    pulls = ledger.pulls(known_at=known_at, position=facts.position)
    return max((one.taken_at for one in pulls), default=known_at)


def known_builds(workspace: Workspace, facts: BuildFacts, moments: Sequence[datetime]) -> tuple[bool, ...]:
    """Say of each moment whether the build that knows what was known then is there already; none is made."""
    ledger = Ledger(workspace)
    newest = [_newest(ledger, facts, known_at) for known_at in moments]
    keys = [_facts_of(ledger, facts.fingerprint, (known_at, facts.position)).key for known_at in newest]
    return tuple(build_path(workspace, key).exists() for key in keys)


def contract_build(workspace: Workspace, facts: BuildFacts, fingerprint: str) -> BuildFacts:
    """Give the build of the same position by an archived contract; one is made at a time.

    Raises NotArchivedError where the contract cannot be read, BeingMadeError where another build is made for long.
    """
    if fingerprint == facts.fingerprint:
        return facts
    limits = facts.known_at, facts.position
    return _there_or_made(
        workspace, Ledger(workspace), fingerprint, limits, lambda: read_archived(workspace.archive, fingerprint)
    )


def _there_or_made(
    workspace: Workspace,
    ledger: Ledger,
    fingerprint: str,
    limits: tuple[datetime | None, int],
    read: Callable[[], Contract],
) -> BuildFacts:
    """Give a build that is there, else make it: one is made at a time."""
    found = _facts_of(ledger, fingerprint, limits)
    if build_path(workspace, found.key).exists():
        return found
    contract = read()
    with making(workspace):
        return build(workspace, ledger, contract, fingerprint, *limits)


def archived_build(workspace: Workspace, position: int, fingerprint: str) -> BuildFacts:
    """Give the build of an archived contract at a ledger position. Raises NotArchivedError where it is not there."""
    contract = read_archived(workspace.archive, fingerprint)
    return build(workspace, Ledger(workspace), contract, fingerprint, position=position)
