"""A known system is one folder of `connect`: found by scanning, complete, and speaking of fields that there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.structure.tree import SOURCE, modules
from tieout.contract.vocabulary import ENTITIES, FIELD_HISTORY, FIELD_HISTORY_FIELDS
from tieout.propose.plain import plain
from tieout.propose.shapes import FILE, known_shapes, read_shapes

FOLDERS = sorted(path.parent for path in (SOURCE / "connect").glob(f"*/{FILE}"))
READ = {
    "entity",
    "of",
    "key",
    "modified",
    "deleted",
    "fields",
    "mode",
    "at",
    "note",
    "where",
    "tracked",
    "minor",
    "stages",
}
TOLD = {"names", "named", "columns", "not", "hints", "kept", "maybe", "unsaid"}


def documents() -> dict[str, dict[str, Any]]:
    """Give what is said of every object of every system."""
    read = [(folder.name, YAML(typ="safe").load((folder / FILE).read_text(encoding="utf-8"))) for folder in FOLDERS]
    return {f"{name}.{one}": given for name, document in read for one, given in document["objects"].items()}


def test_the_eight_systems_are_there() -> None:
    expected = ["google_ads", "hubspot", "linkedin", "marketo", "quickbooks", "salesforce", "stripe", "zendesk"]
    assert [folder.name for folder in FOLDERS] == expected


def test_each_folder_tells_of_its_system() -> None:
    assert [folder.name for folder in FOLDERS if not (folder / "README.md").is_file()] == []


def test_scanning_finds_them_all() -> None:
    assert {shape.system for shape in known_shapes()} == {folder.name for folder in FOLDERS}


def test_no_code_names_a_system() -> None:
    names = {folder.name for folder in FOLDERS}
    words = re.compile(rf"[\"'/.]({'|'.join(names)})[\"'/.]")
    code = [path for path in modules() if path.is_relative_to(SOURCE / "propose")]
    assert [path.name for path in code if words.search(path.read_text(encoding="utf-8"))] == []


def test_a_folder_more_is_a_system_more(tmp_path: Path) -> None:
    folder = tmp_path / "pipedrive"
    folder.mkdir()
    deals = "{entity: opportunity, columns: [Deal - Title], fields: {name: Deal - Title}}"
    text = f"label: Pipedrive\nobjects:\n  deals: {deals}\n"
    (folder / FILE).write_text(text, encoding="utf-8")
    (shape,) = read_shapes(folder)
    assert (shape.system, shape.label, shape.entity) == ("pipedrive", "Pipedrive", "opportunity")
    assert shape.score(frozenset({"dealtitle"}), "deals") > 0


@pytest.mark.parametrize("given", documents().values(), ids=documents())
def test_a_shape_speaks_of_what_there_is(given: dict[str, Any]) -> None:
    entity = given.get("entity")
    fields = FIELD_HISTORY_FIELDS if entity == FIELD_HISTORY else ENTITIES.get(entity or "", {})
    assert set(given) <= READ | TOLD
    assert given.get("columns"), "an object without columns fits every file"
    assert (entity is None) == ("kept" in given), "an object is read, or says why it is not"
    assert entity is None or fields
    assert set(given.get("fields", {})) <= set(fields)
    assert set(given.get("tracked", {}).values()) <= set(ENTITIES["opportunity"])
    assert all(plain(str(column)) for column in given["columns"])
