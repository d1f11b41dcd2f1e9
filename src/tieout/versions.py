"""Contract versions: which ones a figure can be counted by, and the build of each.

The contract in force names its own versions of the agreed definition by their day (`from:`). Each contract that was in
use before is in the archive, by its fingerprint: today's history is read anew by all that it said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tieout.building import contract_build
from tieout.contract.archive import NotArchivedError, part_fingerprint, read_archived
from tieout.contract.definitions import definition_periods
from tieout.measure.answers import QuestionError
from tieout.measure.recalled import contracts_said

if TYPE_CHECKING:
    from datetime import datetime

    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Contract
    from tieout.warehouse.builds import BuildFacts

FIRST = "first"
"""What the definition is called that held before every change."""
FORMS = "first, the day of a definition as 2026-02-01, or the digest of a contract that was in use"
_DIGEST = re.compile(r"[0-9a-f]{6,16}")


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the contract: `name` is what chooses it.

    A definition of the contract has the days from which and until which it holds. Of a contract that was in use before
    it is told when figures were published by it first and last (UTC without zone), if any were.
    """

    name: str
    starts_on: date | None = None
    ends_on: date | None = None
    said: tuple[datetime, datetime] | None = None
    archived: bool = False


def versions_of(workspace: Workspace, contract: Contract, facts: BuildFacts) -> tuple[Version, ...]:
    """Give every version that a figure can be counted by: the definitions of this contract, then earlier contracts."""
    mine = tuple(
        Version(first.isoformat() if first else FIRST, first, last)
        for first, last, _ in definition_periods(contract.pipeline)
    )
    said: dict[str, tuple[datetime, datetime]] = {}
    for moment, name in contracts_said(workspace):
        said[name] = (said.get(name, (moment,))[0], moment)
    earlier = [
        Version(name, said=said.get(name), archived=True)
        for name in _archived(workspace)
        if name != facts.fingerprint and _readable(workspace, name)
    ]
    # The one that was in use last comes first; those by which nothing was said, last.
    earlier.sort(key=lambda one: (one.said is not None, one.said, one.name), reverse=True)
    return mine + tuple(earlier)


def definition_day(version: str | None) -> date | None:
    """Give the day whose definition a version means; None where it names none. Raises QuestionError."""
    if version is None or _DIGEST.fullmatch(version):
        return None
    if version == FIRST:
        return date.min
    try:
        return date.fromisoformat(version)
    except ValueError as error:
        message = f"'{version[:40]}' is no version of the contract. Allowed: {FORMS}."
        raise QuestionError(message) from error


def by_version(workspace: Workspace, facts: BuildFacts, version: str | None) -> BuildFacts:
    """Give the build that a version is read from: the one given, unless it is another contract's.

    Raises QuestionError where there is no such contract, BeingMadeError where another build is being made for long.
    """
    if definition_day(version) or version is None:
        return facts
    names = [name for name in dict.fromkeys((facts.fingerprint, *_archived(workspace))) if name.startswith(version)]
    if len(names) != 1:
        known = ", ".join(_archived(workspace))
        why = "There is no contract" if not names else "More than one contract begins with"
        message = f"{why} '{version}'. Contracts that were in use: {known}."
        raise QuestionError(message)
    try:
        return contract_build(workspace, facts, names[0])
    except NotArchivedError as error:
        message = f"The contract {names[0]} cannot be counted by: {error}"
        raise QuestionError(message) from error


@dataclass(frozen=True, slots=True)
class Since:
    """When figures were first published by the terms of today, by which contract, and whether others came before."""

    said_at: datetime
    contract: str
    before: bool


def in_force_since(workspace: Workspace, facts: BuildFacts, contract: Contract, part: str) -> Since | None:
    """Say since when a part of the contract is as it is now, as far as figures were published by it.

    A contract that cannot be read any more is taken to have been another one.
    """
    since: Since | None = None
    digests = {facts.fingerprint: part_fingerprint(contract, (part,))}
    for said_at, name in reversed(contracts_said(workspace)):
        if name not in digests:
            digests[name] = _part_of(workspace, name, part)
        if digests[name] != digests[facts.fingerprint]:
            return since and Since(since.said_at, since.contract, before=True)
        since = Since(said_at, name, before=False)
    return since


def _part_of(workspace: Workspace, name: str, part: str) -> str:
    """Give the digest of a part of an archived contract; of one that cannot be read, one that is no other's."""
    try:
        return part_fingerprint(read_archived(workspace.archive, name), (part,))
    except NotArchivedError:
        return ""


def _archived(workspace: Workspace) -> list[str]:
    return sorted(file.stem for file in workspace.archive.glob("*.json"))


def _readable(workspace: Workspace, name: str) -> bool:
    """Say whether this program can read a contract: one of an older program may say what it no longer knows."""
    try:
        read_archived(workspace.archive, name)
    except NotArchivedError:
        return False
    return True
