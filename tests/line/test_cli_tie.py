"""`tieout tie` for the worked example: a team's list, only a total, and how each row is told."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.line.ten_deals import EXPORTS, write
from tests.line.typed import Type, typing

SALES = """Sales pipeline,,
,,
Deal ID,Deal,Amount (USD)
O1,,"100,000"
O2,,"80,000"
O3,,"360,000"
O4,,"70,000"
O5,,"90,000"
O8,,"120,000"
O9,,"55,000"
O10,,"25,000"
,Total,"900,000"
"""


def lines(document: dict[str, list[dict[str, object]]]) -> list[tuple[object, object]]:
    return [(line["cause"], line["amount"]) for line in document["lines"]]


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sales.csv"
    path.write_text(SALES)
    return path


def test_a_list_has_the_bridge_of_the_lens_behind_it(typed: Type, sheet: Path) -> None:
    seen = typed("tie", str(sheet), "--against", "agreed@2026-07-20", "--json")
    assert seen.status == 0
    assert lines(seen.document) == [
        ("excluded", Decimal("25000.00")),
        ("type", Decimal("55000.00")),
        ("basis", Decimal("280000.00")),
        ("rate", Decimal("30000.00")),
    ]
    assert (seen.document["to"]["value"], seen.document["residual"]) == (Decimal("900000.00"), Decimal("0.00"))
    assert seen.document["sheet"]["counts"] == {"matched": 8, "ambiguous": 0, "not_matched": 0, "no_record": 4}


def test_the_agreed_list_agrees(typed: Type, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,amount\nO1,100000\nO2,80000\nO3,110000\nO4,70000\nO5,90000\nO8,60000\n")
    seen = typed("tie", str(path), "--against", "agreed@2026-07-20", "--json")
    assert lines(seen.document) == []
    assert typed("tie", str(path), "--against", "agreed@2026-07-20").out.startswith(
        "agreed and list as reported agree: 510K\n"
    )


def test_what_no_rule_explains_is_named_with_its_rows(typed: Type, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,amount\nO1,100001\nO2,50000\nO77,5\nO8,60000\nO8,60000\n")
    seen = typed("tie", str(path), "--against", "agreed@2026-07-20", "--records", "--json").document
    assert lines(seen) == [
        ("not in the sheet", Decimal("-270000.00")),  # O3 110, O4 70, O5 90
        ("not in any system", Decimal("5.00")),
        ("several claims", Decimal("60000.00")),  # O8 again
        ("freshness", Decimal("-30000.00")),  # O2 was 50 until 10 July
        ("amount as reported", Decimal("1.00")),
    ]
    assert [(row["row"], row["status"], row["record"], row["role"]) for row in seen["rows"]] == [
        (2, "matched", "O1", None),
        (3, "matched", "O2", None),
        (4, "not matched", None, None),
        (5, "matched", "O8", None),
        (6, "matched", "O8", "again"),
    ]
    assert ("row 4", "not in any system") in {(one["record"], one["cause"]) for one in seen["postings"]}


def test_split_lines_are_summed(typed: Type, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,amount\nO1,100000\nO2,30000\nO3,110000\nO2,50000\nO4,70000\nO5,90000\nO8,60000\n")
    seen = typed("tie", str(path), "--against", "agreed@2026-07-20", "--records", "--json").document
    assert lines(seen) == []
    assert [row["role"] for row in seen["rows"]] == [None, "part", None, "part", None, None, None]


def test_a_claim_stands_for_its_opportunity(typed: Type, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("claim id,amount\nC1,80000\nC2,80000\nC3,45000\nC4,60000\n")
    seen = typed("tie", str(path), "--against", "agreed@2026-07-20", "--json").document
    assert lines(seen) == [
        ("exists", Decimal("45000.00")),
        ("not in the sheet", Decimal("-370000.00")),
        ("several claims", Decimal("80000.00")),
    ]
    seen = typed("tie", str(path), "--against", "marketing@2026-07-20", "--json").document
    assert lines(seen) == []


def test_a_reported_total_beyond_the_rows_is_a_line(typed: Type, sheet: Path) -> None:
    seen = typed("tie", str(sheet), "--total", "0.95M", "--against", "sales@2026-07-20", "--json").document
    assert lines(seen) == [("more than the records", Decimal("50000.00"))]


def test_only_a_total(typed: Type) -> None:
    seen = typed("tie", "--total", "400k", "--name", "board", "--against", "agreed@2026-07-20")
    assert seen.out.startswith("board as reported: 110K less than agreed@2026-07-20\n") or seen.out.startswith(
        "board as reported: 110K less than agreed\n"
    )
    assert "more than the records  \N{MINUS SIGN}110,000.00" in seen.out


def test_amounts_in_another_currency_are_converted(typed: Type, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,amount,currency\nO1,100000,USD\nO3,100000,EUR\nO4,70000,XXX\n")
    seen = typed("tie", str(path), "--against", "agreed@2026-07-20", "--json").document
    assert seen["to"]["value"] == Decimal("210000.00")
    assert [finding["code"] for finding in seen["findings"]] == ["sheet.rate_missing"]


def test_rows_are_written_as_csv(typed: Type, sheet: Path) -> None:
    out = typed("tie", str(sheet), "--against", "agreed@2026-07-20", "--records", "--csv").out.splitlines()
    assert out[0] == "row,label,amount,value,status,record,score,reason,role,candidates"
    assert len(out) == 1 + len(SALES.splitlines())
    assert out[4] == "4,O1,100000.00,100000.00,matched,O1,100,id,,"
    assert out[-1] == "12,total,900000.00,,no record,,,,,"


def test_confirmed_matches_are_read_first(typed: Type, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,amount\nO77,100000\nO2,80000\nO3,1\n")
    typed("tie", str(path), "--against", "agreed@2026-07-20", "--keep")
    kept = tmp_path / "matches.csv"
    told = kept.read_text().splitlines()
    assert told[0] == "id,name,account,record,confirmed,score,reason"
    assert told[1].startswith("O77,,,,,0,")
    kept.write_text("\n".join([told[0], "O77,,,O1,yes,,", "O2,,,O9,,,", "O3,,,,yes,,"]))
    rows = typed("tie", str(path), "--against", "agreed@2026-07-20", "--records", "--json").document["rows"]
    assert [(row["record"], row["reason"]) for row in rows] == [
        ("O1", "kept"),
        ("O2", "id"),
        (None, "kept: in no system"),
    ]


def test_keeping_again_leaves_what_is_decided(typed: Type, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,amount\nO1,1\nO2,2\n")
    kept = tmp_path / "matches.csv"
    kept.write_text("id,name,account,record,confirmed\nO1,,,O5,yes\n")
    typed("tie", str(path), "--keep")
    assert kept.read_text().splitlines()[1:] == ["O1,,,O5,yes,,", "O2,,,O2,,100,id"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["tie"], "Give a sheet, or a figure with --total"),
        (["tie", "--total", "much"], "'much' is no amount"),
        (["tie", "nowhere.csv"], "There is no file 'nowhere.csv'"),
        (["tie", "--total", "5", "--against", "selas"], "Did you mean 'sales'"),
    ],
)
def test_what_cannot_be_tied_is_said(typed: Type, words: list[str], told: str) -> None:
    seen = typed(*words)
    assert seen.status == 2
    assert told in seen.err


NAMED = """id,type,stage,arr,tcv,currency,close,created,modified,merged_into,name
O1,new,Qualification,100000,,USD,2026-09-15,,2026-06-20,,Acme Systems - New
O2,new,Qualification,50000,,USD,2026-08-20,,2026-06-25,,Bolt Works
O3,expansion,Qualification,70000,,USD,2026-09-30,,2026-06-28,,Bolt Works
O4,new,Qualification,70000,,USD,2026-09-15,,2026-06-30,,Cone Partners
"""
ROWS = """deal,amount
ACME SYSTEMS NEW Inc.,100000
Bolt Wroks,50000
Bolt Works,1
Cone Partners,30000
Cone Partners,40000
Dune Mills,5
"""


def test_names_are_matched_and_what_would_fit_twice_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieout.cli.given.now", lambda: datetime(2026, 7, 22, 8))
    folder = write(tmp_path / "named", EXPORTS | {"opportunities_2026-07-20T0600.csv": NAMED})
    sources = folder / "contract" / "sources.yaml"
    sources.write_text(
        sources.read_text().replace("        type: type\n", "        type: type\n        name: name\n", 1)
    )
    type_ = typing(folder, capsys.readouterr)
    type_("refresh")
    path = tmp_path / "list.csv"

    def told(text: str) -> list[tuple[object, ...]]:
        path.write_text(text)
        rows = type_("tie", str(path), "--period", "2026-Q3", "--records", "--json").document["rows"]
        return [(row["row"], row["status"], row["record"], row["role"]) for row in rows]

    assert told(ROWS) == [
        (2, "matched", "O1", None),
        (3, "matched", "O2", None),  # the amount tells which Bolt Works
        (4, "matched", "O3", None),  # so this is the other one
        (5, "matched", "O4", "part"),
        (6, "matched", "O4", "part"),
        (7, "not matched", None, None),
    ]
    assert told("deal,amount\nBolt Works,1\nBolt Works,2\n") == [
        (2, "ambiguous", None, None),
        (3, "ambiguous", None, None),
    ]
    assert told("deal,amount\nBolt Works,1\n") == [(2, "ambiguous", None, None)]
