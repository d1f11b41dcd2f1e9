"""Who reads what: the published build as one person may see it, and the pages that were made of it before.

A page is a pure function of (build, address, eyes), so it is kept by just that: exact for as long as the build stands.
Kept pages are files beside the builds, shared by all web workers, and are deleted with their build.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import simplejson
from django.conf import settings

from tieout.contract.writing import write_aside
from tieout.operate.people.roles import Right
from tieout.questions import current, opened
from tieout.warehouse.builds import published_or_none

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Contract
    from tieout.operate.people.models import Account
    from tieout.warehouse.builds import BuildFacts

MOST = 5000
"""Up to so many pages are kept of one build."""
LARGEST, ALL = 1_000_000, 200_000_000
"""A page of more characters is not kept; all that are kept have at most so many bytes."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """What somebody may see: personal data or not, and the criterion of the records that may be opened, if any."""

    personal: bool
    rows: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who looks at the published build."""

    workspace: Workspace
    build: BuildFacts
    contract: Contract
    zone: ZoneInfo
    eyes: Eyes


def reader_of(account: Account) -> Reader:
    """Give the published build as this account may see it. Raises NotPublishedError."""
    workspace: Workspace = settings.WORKSPACE
    build = current(workspace)
    contract, zone = _contract(workspace, build)
    rows = account.team.rows if account.team else ""
    return Reader(workspace, build, contract, zone, Eyes(account.may(Right.PERSONAL), rows))


@lru_cache(maxsize=4)
def _contract(workspace: Workspace, build: BuildFacts) -> tuple[Contract, ZoneInfo]:
    with opened(workspace, build) as asked:
        return asked.contract, asked.zone


def stands(reader: Reader) -> bool:
    """Say whether what a reader looks at is still the published build."""
    return published_or_none(reader.workspace) == reader.build


def kept(reader: Reader, name: str, make: Callable[[], str]) -> str:
    """Give a text that is a function of build, name and eyes: as it was made before, else made and kept."""
    told = "\x00".join((name, str(reader.eyes.personal), reader.eyes.rows, _program()))
    folder = _folder(reader.workspace, reader.build.key)
    file = folder / f"{sha256(told.encode()).hexdigest()}.json"
    try:
        return str(simplejson.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        pass
    text = make()
    if not stands(reader):
        return text  # it may hold figures of two builds: whoever shows it makes it again
    if len(text) > LARGEST:
        return text
    # A disk that takes no more costs time, not the page.
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        write_aside(file, simplejson.dumps(text))
        _let_go(reader.workspace, folder)
    return text


@cache
def _program() -> str:
    """Tell this program from any other: a page is made by its code too, which a build does not depend on."""
    root = Path(__file__).parents[2]
    stats = ((file, file.stat()) for kind in ("py", "sql", "yaml") for file in sorted(root.rglob(f"*.{kind}")))
    told = "".join(f"{file}{stat.st_mtime_ns}{stat.st_size}" for file, stat in stats)
    return sha256(told.encode()).hexdigest()


def _folder(workspace: Workspace, key: str) -> Path:
    return workspace.cache / "pages" / key


def _let_go(workspace: Workspace, folder: Path) -> None:
    """Delete the pages of builds that are gone, and the oldest of too many, or of too many bytes."""
    for other in (workspace.cache / "pages").iterdir():
        if not (workspace.builds / f"{other.name}.duckdb").exists():
            shutil.rmtree(other, ignore_errors=True)
    pages = sorted(_pages(workspace.cache / "pages"))
    size, count = sum(one.size for one in pages), sum(one.path.parent == folder for one in pages)
    for page in pages:
        mine = page.path.parent == folder
        if size > ALL or (mine and count > MOST):
            page.path.unlink(missing_ok=True)
            size, count = size - page.size, count - mine


class _Page(NamedTuple):
    """A page that is kept, in the order of their age."""

    at: float
    size: int
    path: Path


def _pages(root: Path) -> Iterator[_Page]:
    for path in root.glob("*/*.json"):
        with suppress(OSError):  # another process deleted it
            stat = path.stat()
            yield _Page(stat.st_mtime, stat.st_size, path)
