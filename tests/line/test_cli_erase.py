"""`tieout erase` as a person types it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.history.erasure_company import NOW
from tests.line.typed import typing
from tieout import Workspace

MARIA = "maria.gomez@acme.example"


@pytest.fixture(scope="session")
def known(maria_pulled: Workspace) -> Workspace:
    return maria_pulled


def test_the_plan_then_that_very_plan_then_its_certificate(
    known: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieout.cli.given.now", lambda: NOW)
    monkeypatch.setenv("COLUMNS", "80")
    folder = tmp_path / "small"
    shutil.copytree(known.root, folder)
    type_in = typing(folder, capsys.readouterr)
    plan = type_in("erase", MARIA)
    assert plan.status == 0
    assert "Erasing Gomez Maria, Maria Gomez" in plan.out or "Erasing Maria Gomez" in plan.out
    assert "crm.contacts:003A" in plan.out
    assert max(map(len, plan.out.splitlines())) <= 80
    assert json.loads(type_in("erase", MARIA, "--json").out)["rows"] == 12
    digest = plan.out.split("plan ")[-1].split()[0]
    other = type_in("erase", MARIA, "--yes", "--plan", "00000000")
    assert (other.status, "The plan is no longer 00000000" in other.err) == (2, True)
    done = type_in("erase", MARIA, "--yes", "--plan", digest)
    assert (done.status, "erased, and proven" in done.out) == (0, True)
    certificate = next((folder / "ledger" / "erasures").glob("*.txt")).read_text()
    assert "maria" not in certificate.lower()
    again = type_in("erase", MARIA)
    assert (again.status, "Erased already" in again.out) == (0, True)
    nobody = type_in("erase", "nobody@nowhere.example")
    assert (nobody.status, "Nobody in this workspace is" in nobody.err) == (2, True)


def test_a_name_of_several_people_is_refused_and_tells_them_apart(
    known: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "small"
    shutil.copytree(known.root, folder)
    two = "Id,FirstName,LastName,Email\n003A,Maria,Gomez,maria.gomez@acme.example\n003Z,Maria,Gomez,mg@other.example\n"
    (folder / "exports/crm/contacts_2026-07-21T0600.csv").write_text(two)
    type_in = typing(folder, capsys.readouterr)
    type_in("pull", "--accept", "crm.contacts")
    several = type_in("erase", "Maria Gomez")
    assert several.status == 2
    assert "crm.contacts:003Z" in several.err
    plan = type_in("erase", MARIA)
    assert "crm.contacts:003Z  the same name" in plan.out
