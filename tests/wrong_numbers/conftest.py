"""The small company of this folder, refreshed once for all its files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.wrong_numbers.company import company
from tieout import Workspace


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The company with something of everything, refreshed; tests only read it."""
    return company().refreshed(tmp_path_factory.mktemp("small"))


@pytest.fixture
def small_copy(small: Workspace, tmp_path: Path) -> Workspace:
    """The company, refreshed, for one test to change."""
    return Workspace(shutil.copytree(small.root, tmp_path / "small"))
