"""`tieout audit` and `tieout sources`, as people and programs see them, on the worked example with a few rules."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.line.conftest import NOW
from tests.line.ten_deals import write
from tests.line.typed import Type, typing
from tieout import Workspace, refresh

QUALITY = """
fields:
  opportunity.type: {owner: Ann, allowed: [new, expansion]}
rules:
  large-enough: {must: arr >= 70, owner: Bob, meaning: It is too small}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked example with two rules, refreshed; tests only read it."""
    found = write(tmp_path_factory.mktemp("audited"))
    (found / "contract" / "quality.yaml").write_text(QUALITY.replace("70", "70000"))
    assert refresh(Workspace(found), NOW).after is not None
    return found


@pytest.fixture
def audited(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command for it, on a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("tieout.cli.given.now", lambda: NOW)
    return typing(folder, capsys.readouterr)


def test_the_audit_ranks_rules_by_what_is_at_stake(audited: Type) -> None:
    """Of ten deals O10 is excluded and O6 merged. O7 (40) and O8 (60) are too small; O9 (55) is, too, and a renewal."""
    seen = audited("audit", "--json")
    assert seen.status == 0
    checks = {check["name"]: check for check in seen.document["checks"]}
    small, types = checks["large-enough"], checks["opportunity.type allowed"]
    assert [one["record"] for one in small["records"]] == ["O8", "O7", "O9"]
    assert (small["checked"], small["broken"], small["stake"], small["owner"]) == (8, 3, Decimal("100000.00"), "Bob")
    assert (types["checked"], types["broken"], types["stake"], types["owner"]) == (8, 1, None, "Ann")
    assert [check["name"] for check in seen.document["checks"]] == ["large-enough", "opportunity.type allowed"]
    assert types["records"] == [{"record": "O9", "given": "renewal", "stake": None}]


@pytest.mark.parametrize("words", [("audit",), ("audit", "--records"), ("sources",), ("sources", "opportunity.arr")])
def test_a_page_fits_eighty_columns(audited: Type, words: tuple[str, ...]) -> None:
    seen = audited(*words)
    assert seen.status == 0
    assert seen.err == ""
    assert max(map(len, seen.out.splitlines())) <= 80


def test_records_come_as_csv(audited: Type) -> None:
    rows = list(csv.DictReader(io.StringIO(audited("audit", "--csv", "--records").out)))
    assert {(row["rule"], row["record"]) for row in rows} == {
        ("large-enough", "O7"), ("large-enough", "O8"), ("large-enough", "O9"), ("opportunity.type allowed", "O9"),
    }  # fmt: skip
    rules = list(csv.DictReader(io.StringIO(audited("audit", "--csv").out)))
    assert [(row["rule"], row["broken"]) for row in rules] == [("large-enough", "3"), ("opportunity.type allowed", "1")]


def test_the_inventory_names_objects_and_readers(audited: Type) -> None:
    found = audited("sources", "--json").document
    assert {one["object"]: one["entity"] for one in found["objects"]}["crm.opportunities"] == "opportunity"
    field = audited("sources", "opportunity.close_date", "--json").document
    assert "pipeline.open_qualified" in field["numbers"]
    assert audited("sources", "--mermaid").out.startswith("flowchart LR\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sources", "opportunity.close"), "Did you mean 'opportunity.close_date'?"),
        (("sources", "--mermaid", "--json"), "--mermaid is a chart of everything"),
        (("audit", "--json", "--csv"), "cannot both be given"),
    ],
)
def test_what_cannot_be_meant_is_refused(audited: Type, words: tuple[str, ...], told: str) -> None:
    seen = audited(*words)
    assert seen.status == 2
    assert told in seen.out + seen.err


def test_nothing_published_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    type_: Callable[..., object] = typing(write(tmp_path / "fresh"), capsys.readouterr)
    for word in ("audit", "sources"):
        assert "Run `tieout refresh" in str(type_(word))
