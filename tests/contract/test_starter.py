"""The contract of `tieout init`: whole, without findings, commented, and never over one that is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tieout.contract import starter
from tieout.contract.load import FILES, load_contract
from tieout.contract.schema import json_schemas, schema_name


def test_it_loads_without_findings(tmp_path: Path) -> None:
    files, findings = starter.write_starter(tmp_path / "new")
    assert findings == ()
    contract, findings = load_contract(tmp_path / "new" / "contract", ("pipeline.open_qualified",))
    assert findings == ()
    tables = {"rates.csv", "exclusions.csv", "merges.csv", "distinct.csv", "team.csv", "absences.csv"}
    assert {file.name for file in files} == {*FILES, *tables}
    assert contract.sources["crm"].path == "exports"
    assert (tmp_path / "new" / "exports").is_dir()
    assert set(contract.lenses) == {"sales", "finance"}


def test_every_file_is_about_a_page_and_names_its_schema(tmp_path: Path) -> None:
    files, _ = starter.write_starter(tmp_path)
    for file in files:
        lines = file.read_text().splitlines()
        assert len(lines) <= 120, file.name
        assert any(line.startswith("#") for line in lines)
        if file.suffix == ".yaml":
            match = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", lines[0])
            assert match
            schema = json.loads((file.parent / match[1]).read_text())
            assert schema["$id"] == schema_name(file.name)


@pytest.mark.parametrize("there", ["company.yaml", ".hidden"])
def test_a_contract_that_is_there_is_left_alone(tmp_path: Path, there: str) -> None:
    (tmp_path / "contract").mkdir()
    (tmp_path / "contract" / there).write_text("name: Ours")
    files, findings = starter.write_starter(tmp_path)
    assert files == ()
    assert [finding.code for finding in findings] == ["contract.exists"]
    assert [file.name for file in (tmp_path / "contract").iterdir()] == [there]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "contract").mkdir()
    files, findings = starter.write_starter(tmp_path)
    assert len(files) == 16
    assert findings == ()


def test_a_file_in_the_way_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    files, findings = starter.write_starter(tmp_path / "taken")
    assert files == ()
    assert [finding.code for finding in findings] == ["contract.unwritable"]


def test_a_kill_leaves_no_half_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(folder: Path) -> None:
        raise KeyboardInterrupt(folder)

    monkeypatch.setattr(starter, "write_schemas", killed)
    with pytest.raises(KeyboardInterrupt):
        starter.write_starter(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_schemas_know_every_key_and_the_short_form_of_a_mapping() -> None:
    schemas = json_schemas()
    assert set(schemas) == set(FILES)
    forms = schemas["sources.yaml"]["$defs"]["FieldMapping"]["anyOf"]
    assert [form["type"] for form in forms] == [["string", "number", "boolean"], "array", "object"]
    assert "from" in schemas["pipeline.yaml"]["$defs"]["Definition"]["properties"]
    assert schemas["company.yaml"]["additionalProperties"] is False
    assert schemas["lenses.yaml"]["additionalProperties"] == {"$ref": "#/$defs/Lens"}
