"""Who reads what: the published build as one person may see it, and the pages that were made of it before.

A page is a pure function of (build, address, eyes), so it is kept by just that: exact for as long as the build stands.
Kept pages are files beside the builds, shared by all web workers, and are deleted with their build; one that an
erasure wrote anew is another one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

from tieout.contract.writing import write_aside
from tieout.operate.people.roles import Right
from tieout.questions import current, opened
from tieout.show.web.turns import alone, turn
from tieout.warehouse.builds import build_mark, published_or_none

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
PART = 50
"""They are looked through again after a fiftieth of either was written."""
PAGE = ".page"
_written, _LOCK = dict[Path, tuple[int, int]](), Lock()
"""How many pages, of how many characters, this process has kept of a build since it last looked through all."""


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

    @property
    def mark(self) -> str:
        """Tell the build as it is written now from the same build before an erasure."""
        return build_mark(self.workspace, self.build.key)


def reader_of(account: Account) -> Reader:
    """Give the published build as this account may see it. Raises NotPublishedError."""
    return reader_with(eyes_of(account))


def eyes_of(account: Account) -> Eyes:
    """Say what an account may see."""
    return Eyes(account.may(Right.PERSONAL), account.team.rows if account.team else "")


def reader_with(eyes: Eyes) -> Reader:
    """Give the published build as these eyes see it. Raises NotPublishedError."""
    workspace: Workspace = settings.WORKSPACE
    build = current(workspace)
    contract, zone = _contract(workspace, build)
    return Reader(workspace, build, contract, zone, eyes)


@lru_cache(maxsize=4)
def _contract(workspace: Workspace, build: BuildFacts) -> tuple[Contract, ZoneInfo]:
    with opened(workspace, build) as asked:
        return asked.contract, asked.zone


def stands(reader: Reader) -> bool:
    """Say whether what a reader looks at is still the published build."""
    return published_or_none(reader.workspace) == reader.build


def kept(reader: Reader, name: str, make: Callable[[], str]) -> str:
    """Give a text that is a function of build, name and eyes: as it was made before, else made and kept.

    Where several ask for it at once, in whichever process, one makes it and the others take it.
    """
    told = "\x00".join((name, str(reader.eyes.personal), reader.eyes.rows, _program()))
    folder = reader.workspace.cache / "pages" / f"{reader.build.key}.{reader.mark}"
    file = folder / f"{sha256(told.encode()).hexdigest()}{PAGE}"
    if (text := _read(file)) is not None:
        return text
    with ExitStack() as stack:
        # A disk that takes no more costs time, not the page.
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(alone(file.with_suffix(".making")))
        if (text := _read(file)) is not None:
            return text
        with turn():
            text = make()
        if stands(reader) and len(text) <= LARGEST:  # else it may hold figures of two builds: it is made again
            with suppress(OSError):
                write_aside(file, text)
                _let_go(reader.workspace, folder, len(text))
        return text


def _read(file: Path) -> str | None:
    try:
        return file.read_bytes().decode()
    except (OSError, ValueError):
        return None


@cache
def _program() -> str:
    """Tell this program from any other: a page is made by its code too, which a build does not depend on."""
    root = Path(__file__).parents[2]
    stats = ((file, file.stat()) for kind in ("py", "sql", "yaml") for file in sorted(root.rglob(f"*.{kind}")))
    told = "".join(f"{file}{stat.st_mtime_ns}{stat.st_size}" for file, stat in stats)
    return sha256(told.encode()).hexdigest()


def _let_go(workspace: Workspace, folder: Path, more: int) -> None:
    """Delete the pages of builds that are gone or written anew, and the oldest of too many, or of too many bytes.

    All are looked at when a build has its first page, and when so much was written since that it can matter.
    """
    with _LOCK:
        count, size = _written.get(folder, (MOST, ALL))
        count, size = count + 1, size + more
        if count * PART < MOST and size * PART < ALL:
            _written[folder] = (count, size)
            return
        _written.clear()
        _written[folder] = (0, 0)
    for other in (workspace.cache / "pages").iterdir():
        key, _, mark = other.name.partition(".")
        if build_mark(workspace, key) != mark:
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
    for path in root.glob(f"*/*{PAGE}"):
        with suppress(OSError):  # another process deleted it
            stat = path.stat()
            yield _Page(stat.st_mtime, stat.st_size, path)
