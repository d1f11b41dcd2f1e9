"""Commands that write: what a refresh tells, what a check finds, what a demo and an init make, and how they fail."""

from __future__ import annotations

import json
import os
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tests.line.ten_deals import EXPORTS, write
from tests.line.typed import Type, typing
from tieout.cli import main

Fresh = tuple[Path, Type]


@pytest.fixture
def published(ten_deals: Path, fresh: Fresh) -> Fresh:
    """The worked example, refreshed, for one test to change."""
    folder, type_ = fresh
    shutil.copytree(ten_deals, folder, dirs_exist_ok=True)
    return folder, type_


def test_a_first_refresh_publishes(fresh: Fresh) -> None:
    _, type_ = fresh
    found = type_("refresh", "--json").document
    assert len(found["pull"]["pulled"]) == 5
    assert (found["before"], found["change"]) == (None, None)
    assert found["build"]["position"] == 5
    assert found["build"]["heard_until"] == "2026-07-21T06:00:00+00:00"
    assert found["counts"]["error"] == 0


def test_a_second_refresh_tells_what_changed(fresh: Fresh) -> None:
    folder, type_ = fresh
    late = folder / "exports" / "opportunities_2026-07-20T0600.csv"
    late.unlink()
    (folder / "exports" / "history_2026-07-21T0600.csv").unlink()
    type_("refresh")
    late.write_text(EXPORTS[late.name])
    change = type_("refresh", "--json").document["change"]
    assert change["from"]["value"] == Decimal("290000.00")
    assert change["to"]["value"] == Decimal("510000.00")
    assert change["residual"] == Decimal("0.00")


def test_a_refresh_with_nothing_new_says_so(published: Fresh) -> None:
    folder, type_ = published
    first = json.loads((folder / ".tieout" / "published.json").read_text())[0]["key"]
    seen = type_("refresh", "--json")
    assert seen.document["pull"] == {"pulled": [], "unchanged": 5, "held": []}
    assert (seen.document["build"]["key"], seen.document["change"]) == (first, None)
    assert type_("refresh").out.startswith("Nothing new to pull; 5 files known already\n")


def test_a_refresh_with_a_broken_contract_changes_nothing(fresh: Fresh) -> None:
    folder, type_ = fresh
    (folder / "contract" / "pipeline.yaml").write_text("typos: [new]\n")
    seen = type_("refresh", "--json")
    assert seen.status == 1
    assert (seen.document["pull"], seen.document["build"]) == (None, None)
    assert not (folder / "ledger").exists()
    assert "Nothing was published: the contract has errors" in type_("refresh").out


def test_pull_is_the_first_half_alone(fresh: Fresh) -> None:
    folder, type_ = fresh
    assert len(type_("pull", "--json").document["pull"]["pulled"]) == 5
    assert not (folder / ".tieout" / "published.json").exists()
    seen = type_("ask", "pipeline.open")
    assert seen.status == 2
    assert "Nothing is published" in seen.err


def test_the_ledger_is_verified_and_rebuilt(fresh: Fresh) -> None:
    folder, type_ = fresh
    type_("pull")
    assert type_("ledger", "verify", "--json").document["sound"] == 5
    rebuilt = type_("ledger", "rebuild", "--json").document
    assert (rebuilt["rebuilt"], rebuilt["counts"]["error"]) == (5, 0)
    file = next((folder / "ledger" / "pulls").glob("crm.opportunities/*.parquet"))
    file.write_bytes(file.read_bytes()[:-9] + b"different")
    damaged = type_("ledger", "verify", "--json")
    assert damaged.status == 1
    assert [finding["code"] for finding in damaged.document["findings"]] == ["ledger.damaged"]
    assert (damaged.document["pulls"], damaged.document["sound"]) == (5, 4)


def test_check_looks_before_anything_is_pulled(fresh: Fresh) -> None:
    folder, type_ = fresh
    (folder / "exports" / "opportunities_2026-07-20T0600.csv").write_text("id,phase\nO1,Discovery\n")
    (folder / "exports" / "claims_2026-07-20T0500.csv").unlink()
    seen = type_("check", "--json")
    assert seen.status == 1
    codes = {finding["code"] for finding in seen.document["findings"]}
    assert {"file.column_missing", "source.files"} <= codes
    assert not (folder / "ledger").exists()


def test_check_is_quiet_where_all_is_well(fresh: Fresh) -> None:
    seen = fresh[1]("check")
    assert (seen.status, seen.out) == (0, "Nothing found that a person should look at.\n")


def test_check_tells_what_runs_out_soon(fresh: Fresh) -> None:
    folder, type_ = fresh
    register = folder / "contract" / "exclusions.csv"
    register.write_text(register.read_text().replace("RevOps,,", "RevOps,,2026-07-30"))
    found = type_("check", "--json").document["findings"]
    assert [(finding["code"], finding["given"]) for finding in found] == [("register.expiring", "2026-07-30")]


def test_data_in_another_place_is_found_from_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "ten")
    (folder / "exports").rename(tmp_path / "data")
    sources = folder / "contract" / "sources.yaml"
    sources.write_text(sources.read_text().replace("path: exports", "path: ${TIEOUT_DATA}"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIEOUT_DATA", "data")
    found = typing(folder, capsys.readouterr)("pull", "--json").document
    assert len(found["pull"]["pulled"]) == 5


def test_init_makes_a_contract_that_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "ours"
    assert main(["init", str(folder)]) == 0
    assert (folder / "contract" / "company.yaml").is_file()
    assert main(["init", str(folder)]) == 1
    assert "There is a contract" in capsys.readouterr().out


def test_schema_writes_the_schemas(tmp_path: Path) -> None:
    assert main(["schema", str(tmp_path / "schemas")]) == 0
    assert (tmp_path / "schemas" / "pipeline.schema.json").is_file()


def test_demo_writes_over_nothing_of_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    assert main(["demo", str(tmp_path)]) == 2
    assert "holds something else than Marlow" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_no_workspace_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lenses", "--workspace", str(tmp_path)]) == 2
    assert "tieout init" in capsys.readouterr().err


def test_the_nearest_workspace_upwards_is_used(
    ten_deals: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ten_deals / "exports")
    assert main(["lenses", "--as-of", "2026-07-20"]) == 0
    assert "agreed" in capsys.readouterr().out


def test_a_spoiled_pointer_reads_as_not_published(published: Fresh) -> None:
    folder, type_ = published
    for content in ("", "{", "[3]", '[{"key": "x"}]', "null"):
        (folder / ".tieout" / "published.json").write_text(content)
        seen = type_("ask", "pipeline.open")
        assert seen.status == 2
        assert "Run `tieout refresh" in seen.err
        assert type_("refresh").status == 0
        assert type_("ask", "pipeline.open").status == 0


def test_a_spoiled_build_says_what_to_delete(published: Fresh) -> None:
    folder, type_ = published
    build = next((folder / ".tieout" / "builds").glob("*.duckdb"))
    build.write_bytes(b"no database")
    seen = type_("lenses", "--json")
    assert seen.status == 1
    assert seen.document["error"]["code"] == "build.unreadable"
    assert "delete the folder .tieout" in seen.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o500)
    assert main(["schema", str(tmp_path / "schemas")]) == 1
    assert "Permission denied" in capsys.readouterr().err
