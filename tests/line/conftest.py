"""The worked example as a workspace that commands are typed for."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.conftest import made_once
from tests.history import erasure_company
from tests.line.ten_deals import write
from tests.line.typed import Type, typing
from tieout import Workspace, refresh
from tieout.contract.load import load_contract
from tieout.history import pull

NOW = datetime(2026, 7, 22, 8)


@pytest.fixture(scope="session")
def ten_deals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked example, refreshed; tests only read it."""
    folder = write(tmp_path_factory.mktemp("typed"))
    refresh(Workspace(folder), NOW)
    return folder


@pytest.fixture
def typed(ten_deals: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command for the worked example, on a terminal of 100 columns wherever the tests run."""
    monkeypatch.setenv("COLUMNS", "100")
    return typing(ten_deals, capsys.readouterr)


@pytest.fixture
def fresh(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Type]:
    """A workspace of the worked example that nothing was pulled into, on 22 July 2026, and typing for it."""
    monkeypatch.setattr("tieout.cli.given.now", lambda: NOW)
    folder = write(tmp_path / "ten")
    return folder, typing(folder, capsys.readouterr)


@pytest.fixture(scope="session")
def maria_pulled(shared_folder: Path) -> Workspace:
    """The company that knows Maria Gomez, pulled but not built; tests only read it."""

    def make(folder: Path) -> None:
        workspace = erasure_company.write(folder)
        contract, _ = load_contract(workspace.contract)
        pull(workspace, contract, erasure_company.NOW, environment={})

    return Workspace(made_once(shared_folder / "maria-pulled", make))


@pytest.fixture(scope="session")
def maria_refreshed(shared_folder: Path) -> Workspace:
    """The company that knows Maria Gomez, refreshed; tests only read it."""

    def make(folder: Path) -> None:
        refresh(erasure_company.write(folder), erasure_company.NOW)

    return Workspace(made_once(shared_folder / "maria", make))
