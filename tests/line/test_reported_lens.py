"""A lens that is a team's own list: it stands among the lenses, its contents are kept, and the past stays as it was."""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tests.line.ten_deals import LENSES, write
from tests.line.typed import Type, typing
from tieout import Workspace, refresh

NOW = datetime(2026, 7, 22, 8)
LIST = "Deal ID,Amount (USD)\nO1,100000\nO2,80000\nO3,360000\nO4,70000\nO5,90000\nO8,120000\nO9,55000\nO10,25000\n"
REPORTED = "own: {owner: Sales, question: What do we say?, reported: {file: sheets/q3.csv, period: 2026-Q3}}\n"
BOARD = "board: {reported: {total: 400000, period: 2026-Q3}}\n"
EARLIER = "earlier: {reported: {file: sheets/q3.csv, period: 2026-Q2}}\n"
LINES = [
    ("excluded", Decimal("25000.00")),
    ("type", Decimal("55000.00")),
    ("basis", Decimal("280000.00")),
    ("rate", Decimal("30000.00")),
]
"""From agreed (510,000) to the list (900,000): O10 is excluded, O9 a renewal, O3 and O8 have another basis and rate."""


def made(folder: Path, lenses: str) -> Path:
    write(folder)
    (folder / "contract" / "lenses.yaml").write_text(LENSES + lenses)
    (folder / "sheets").mkdir()
    (folder / "sheets" / "q3.csv").write_text(LIST)
    return folder


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = made(tmp_path_factory.mktemp("listed") / "ten", REPORTED + BOARD + EARLIER)
    refresh(Workspace(folder), NOW)
    return folder


@pytest.fixture
def type_(listed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Type:
    monkeypatch.setattr("tieout.cli.given.now", lambda: NOW)
    monkeypatch.setenv("COLUMNS", "100")
    return typing(listed, capsys.readouterr)


def lines(document: dict[str, list[dict[str, object]]]) -> list[tuple[object, object]]:
    return [(line["cause"], line["amount"]) for line in document["lines"]]


def test_the_bridge_and_its_way_back(type_: Type) -> None:
    there = type_("bridge", "agreed@2026-07-20", "own", "--records", "--json").document
    back = type_("bridge", "own", "agreed@2026-07-20", "--records", "--json").document
    assert lines(there) == LINES
    assert lines(back) == [(cause, -amount) for cause, amount in LINES]
    assert (there["to"]["value"], back["from"]["value"]) == (900000, 900000)
    assert (there["residual"], back["residual"]) == (0, 0)
    forth = {(one["record"], one["cause"], one["amount"]) for one in there["postings"]}
    assert {(one["record"], one["cause"], -one["amount"]) for one in back["postings"]} == forth
    assert there["to"]["sheet"] == {
        "file": "sheets/q3.csv", "sha256": hashlib.sha256(LIST.encode()).hexdigest(),
    }  # fmt: skip
    assert "sheet" not in there["from"]


def test_it_stands_among_the_lenses(type_: Type) -> None:
    found = type_("lenses", "--as-of", "2026-07-20", "--json").document
    told = {lens["lens"]: (lens["value"], lens["residual"], lens["owner"]) for lens in found["lenses"]}
    assert told["own"] == (900000, 0, "Sales")
    assert told["board"] == (400000, 0, None)
    assert list(told) == ["sales", "marketing", "own", "board"]
    assert "is of 2026-Q2" in found["left_out"]["earlier"]
    page = type_("lenses", "--as-of", "2026-07-20").out.replace("\n", " ")
    assert "not in the sheet" not in page
    assert f"sheets/q3.csv {hashlib.sha256(LIST.encode()).hexdigest()[:16]}" in page


def test_its_figure_is_among_what_we_said(listed: Path) -> None:
    rows = [row for file in (listed / "ledger" / "said").glob("*.parquet") for row in pq.read_table(file).to_pylist()]
    told = {row["lens"]: (row["metric"], row["period"], row["value"], row["n"]) for row in rows}
    assert told["own"] == ("pipeline.open_qualified", "2026-Q3", "900000.00", 8)
    assert told["earlier"][1:3] == ("2026-Q2", "900000.00")
    assert told["board"][2] == "400000.00"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["ask", "pipeline.open_qualified", "--lens", "own"], "tieout bridge agreed own"),
        (["bridge", "agreed", "own", "--by", "type"], "no slices"),
        (["bridge", "agreed", "own", "--period", "2026-Q2"], "is of 2026-Q3 (2026-07-01 to 2026-09-30)"),
        (["bridge", "agreed", "own@2026-07-10"], "no moment"),
        (["bridge", "agreed", "own+spot"], "no moment and no options"),
        (["bridge", "board", "own"], "Bridge each of them to the agreed number"),
        (["tie", "--total", "5", "--against", "own"], "no rules to count by"),
    ],
)
def test_what_a_list_cannot_tell_is_said(type_: Type, words: list[str], told: str) -> None:
    seen = type_(*words)
    assert seen.status == 2
    assert told in seen.err


def test_other_pages_leave_it_out(type_: Type) -> None:
    assert type_("history", "O1").status == 0
    assert type_("sources").status == 0


def test_a_changed_list_is_another_contract_and_the_old_figure_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieout.cli.given.now", lambda: NOW)
    folder = made(tmp_path / "ten", REPORTED)
    type_ = typing(folder, capsys.readouterr)
    refresh(Workspace(folder), NOW)
    before = type_("bridge", "agreed", "own", "--json").document
    (folder / "sheets" / "q3.csv").write_text(LIST.replace("O1,100000", "O1,100001"))
    (folder / "sheets" / "matches.csv").write_text("id,name,account,record,confirmed\nO2,,,O1,yes\n")
    again = type_("bridge", "agreed", "own", "--json").document
    assert again == before  # what is published was made of the list as it was
    refresh(Workspace(folder), NOW)
    after = type_("bridge", "agreed", "own", "--records", "--json").document
    assert after["to"]["value"] == before["to"]["value"] + 1
    assert after["to"]["contract"] != before["to"]["contract"]
    assert any(one["record"] == "O2" and one["cause"] == "not in the sheet" for one in after["postings"])
    kept = sorted(path.name for path in (folder / "ledger" / "sheets").iterdir())
    assert len(kept) == 3  # the list twice, the confirmed matches once
    first = next(path for path in (folder / "ledger" / "sheets").iterdir() if path.name.startswith(sha(LIST)))
    assert first.read_text().splitlines()[1] == "2,100000.00,O1,,,USD,,"
    first.write_text("row,amount\n2,many\n")
    (folder / "sheets" / "matches.csv").unlink()
    (folder / "sheets" / "q3.csv").write_text(LIST)
    refresh(Workspace(folder), NOW)  # the list still says what the copy said
    assert first.read_text().splitlines()[1] == "2,100000.00,O1,,,USD,,"
    first.unlink()
    assert "has no copy of 'sheets/q3.csv'" in type_("bridge", "agreed", "own").err


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_workbook_with_its_columns_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieout.cli.given.now", lambda: NOW)
    lens = "own: {reported: {file: sheets/q3.xlsx, period: 2026-Q3, sheet: B, id: C, amount: TCV, unit: 1000}}\n"
    folder = made(tmp_path / "ten", lens)
    book = xlsxwriter.Workbook(folder / "sheets" / "q3.xlsx")
    book.add_worksheet("A").write_row(0, 0, ["Deal ID", "Amount"])
    page = book.add_worksheet("B")
    page.write_row(1, 1, ["ARR", "Our id", "TCV"])
    page.write_row(2, 1, [1, "O1", 100])
    page.write_row(3, 1, [2, "O2", 80])
    book.close()
    refresh(Workspace(folder), NOW)
    found = typing(folder, capsys.readouterr)("bridge", "agreed@2026-07-20", "own", "--json").document
    assert (found["to"]["value"], found["to"]["n"]) == (180000, 2)
    assert lines(found) == [("not in the sheet", -330000)]  # O3 110, O4 70, O5 90, O8 60


FAULTY = """
gone: {reported: {file: sheets/none.csv, period: 2026-Q3}}
none: {reported: {period: 2026-Q3}}
both: {reported: {file: sheets/q3.csv, period: 2026-Q3}, basis: tcv, types: all}
odd: {reported: {total: 5, period: Q9, amount: B}}
never: {reported: {file: sheets/q3.csv}}
"""


def test_what_is_wrong_with_a_report_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieout.cli.given.now", lambda: NOW)
    folder = made(tmp_path / "ten", FAULTY)
    type_ = typing(folder, capsys.readouterr)
    found = type_("check", "--json").document["findings"]
    assert sorted(one["code"] for one in found if one["code"].startswith(("lens.", "key."))) == [
        "key.missing", "lens.facets_of_report", "lens.facets_of_report", "lens.file_missing", "lens.report_empty",
        "lens.report_period", "lens.report_without_list",
    ]  # fmt: skip
    (folder / "contract" / "lenses.yaml").write_text(
        "own: {reported: {file: sheets/q3.csv, period: 2026-Q3, amount: Amuont (USD)}}\n"
    )
    for words in (["check", "--json"], ["refresh", "--json"]):
        found = type_(*words).document["findings"]
        told = next(one for one in found if one["code"] == "sheet.unreadable")
        assert "Did you mean 'Amount (USD)'" in told["message"]
    assert not (folder / "ledger" / "sheets").exists()
