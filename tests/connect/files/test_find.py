from __future__ import annotations

from pathlib import Path

import pytest

from tieout.connect.files import base_folder, find_files
from tieout.contract.model import SourceObject, System


def test_files_are_found_by_their_patterns_each_once_and_sorted(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.csv.gz", "notes.txt", "2026/d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("id\n", encoding="utf-8")
    source = SourceObject(files=("*.csv", "a*", "*.gz", "**/d.csv"))
    assert [found.name for found in find_files(tmp_path, source)] == ["2026/d.csv", "a.csv", "b.csv", "c.csv.gz"]


def test_a_path_may_use_a_variable(tmp_path: Path) -> None:
    system = System(path="${TIEOUT_DATA}/crm")
    (tmp_path / "crm").mkdir()
    assert base_folder(system, Path("/"), {"TIEOUT_DATA": str(tmp_path)}, "crm") == (tmp_path / "crm", ())


@pytest.mark.parametrize("environment", [{}, {"TIEOUT_DATE": "x"}, {"TIEOUT_DATA": ""}])
def test_a_variable_that_is_not_set_is_a_finding(tmp_path: Path, environment: dict[str, str]) -> None:
    folder, findings = base_folder(System(path="${TIEOUT_DATA}/crm"), tmp_path, environment, "crm")
    assert (folder, [finding.code for finding in findings]) == (None, ["source.variable"])
    assert findings[0].nearest == next(iter(environment), None)


def test_a_folder_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    folder, findings = base_folder(System(path="nowhere"), tmp_path, {}, "crm")
    assert (folder, [finding.code for finding in findings]) == (None, ["source.folder"])
