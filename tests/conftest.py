"""Marlow, made and refreshed once for a whole run of the tests; laws have no deadline, since machines have bad days."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings

from tests.saying import saying
from tieout import Workspace, refresh
from tieout.align.steps import program
from tieout.demo import make_marlow

NOW = datetime(2026, 11, 23, 8)
# Whoever starts the tests in the background has Ctrl-C ignored, and so would every program that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
settings.register_profile("tieout", deadline=None)
settings.load_profile("tieout")


@pytest.fixture(scope="session", autouse=True)
def few_are_said() -> Iterator[None]:
    """Let small companies say a few numbers; `make test-all`, where laws have many examples, says every one."""
    with saying(few="TIEOUT_LAW_EXAMPLES" not in os.environ):
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that need Marlow where the second of two workers begins, which makes it while the first goes on.

    As pytest-django orders tests, both would begin with pages of Marlow, and one would wait a minute for the other.
    """
    needing = {item.path for item in items if "marlow_files" in getattr(item, "fixturenames", ())}
    with_it = [item for item in items if item.path in needing]
    others = [item for item in items if item.path not in needing]
    half = min(len(items) // 2, len(others))
    items[:] = [*others[:half], *with_it, *others[half:]]


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Give a folder that whichever process comes first makes, while the others wait."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            aside = folder.with_suffix(".making")
            make(aside)
            aside.rename(folder)
    return folder


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder that all processes of this run share; TIEOUT_TESTS_KEEP names one that outlives it."""
    if kept := os.environ.get("TIEOUT_TESTS_KEEP"):
        folder = Path(kept) / program()
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    base = tmp_path_factory.getbasetemp()
    return base.parent if hasattr(request.config, "workerinput") else base


@pytest.fixture(scope="session")
def marlow_files(shared_folder: Path) -> Path:
    """Marlow as it is written, without a ledger; nobody may change it."""
    return made_once(shared_folder / "marlow-files", make_marlow)


@pytest.fixture(scope="session")
def marlow(shared_folder: Path, marlow_files: Path) -> Workspace:
    """Marlow refreshed; nobody may change it."""

    def make(folder: Path) -> None:
        shutil.copytree(marlow_files, folder)
        with saying(few=False):
            assert refresh(Workspace(folder), NOW).after is not None

    return Workspace(made_once(shared_folder / "marlow", make))


@pytest.fixture
def marlow_copy(marlow: Workspace, tmp_path: Path) -> Workspace:
    """Marlow refreshed, for one test to change."""
    return Workspace(shutil.copytree(marlow.root, tmp_path / "marlow"))
