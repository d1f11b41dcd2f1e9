"""Workbooks as people keep them: titles above, groups over columns, dates as numbers, errors, several sheets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from tests.connect.files.conftest import Read, Reader
from tieout.connect.files import Told, UnreadableError, read_table, sheets_of
from tieout.connect.files import workbook as module

Fill = Callable[[Workbook, Worksheet], None]


def book(*sheets: tuple[str, list[list[object]]], fill: Fill | None = None, **options: object) -> bytes:
    """Make a workbook; `fill` may write more into its first sheet."""
    data = io.BytesIO()
    made = Workbook(data, {"in_memory": True, **options})
    for name, rows in sheets:
        sheet = made.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value)
    if fill:
        fill(made, made.worksheets()[0])
    made.close()
    return data.getvalue()


DEALS: list[list[object]] = [["id", "name", "arr"], ["1", "Ann", 10], ["2", "Bob", 20.5]]
ROWS = [("1", "Ann", "10"), ("2", "Bob", "20.5")]


def codes(found: Read) -> list[str]:
    return [finding.code for finding in found.extract.findings]


def test_a_sheet_is_read_as_text(read: Reader) -> None:
    found = read(book(("Deals", DEALS)), name="deals.xlsx")
    assert (found.extract.columns, found.rows, found.rejects, codes(found)) == (("id", "name", "arr"), ROWS, [], [])


def test_numbers_are_spelled_as_the_workbook_shows_them(read: Reader) -> None:
    values = [1, 1.5, 0.1 + 0.2, 1e-7, 123456789012345.0, -3.0, 1e20]
    found = read(book(("S", [["id", "x"], *([str(n), value] for n, value in enumerate(values))])))
    wanted = ["1", "1.5", "0.3", "0.0000001", "123456789012345", "-3", "100000000000000000000"]
    assert [row[1] for row in found.rows] == wanted


def test_dates_and_times_stored_as_numbers_are_iso(read: Reader) -> None:
    def fill(made: Workbook, sheet: Worksheet) -> None:
        for row, (value, form) in enumerate(
            [
                (date(2026, 7, 31), "dd.mm.yyyy"),
                (datetime(2026, 7, 31, 9, 30, 15), "m/d/yy h:mm"),
                (time(12, 0), "hh:mm"),
                (timedelta(hours=36), "[h]:mm"),
                (0.25, "0%"),
            ],
            1,
        ):
            sheet.write(row, 0, str(row))
            sheet.write(row, 1, value, made.add_format({"num_format": form}))

    wanted = ["2026-07-31", "2026-07-31T09:30:15", "12:00:00", "36:00:00", "0.25"]
    for options in ({}, {"date_1904": True}):
        found = read(book(("S", [["id", "at"]]), fill=fill, **options))
        assert [row[1] for row in found.rows] == wanted


def test_flags_and_results_of_formulas_are_read(read: Reader) -> None:
    def fill(_: Workbook, sheet: Worksheet) -> None:
        sheet.write_formula("B3", "=1+1", None, 2)
        sheet.write_formula("B4", '="a"&"b"', None, "ab")
        sheet.write_formula("B5", "=TRUE()", None, value=True)

    found = read(book(("S", [["id", "x"], ["1", False], ["2"], ["3"], ["4"]]), fill=fill))
    assert [row[1] for row in found.rows] == ["false", "2", "ab", "true"]


def test_errors_are_unknown_and_told(read: Reader) -> None:
    def fill(_: Workbook, sheet: Worksheet) -> None:
        sheet.write_formula("C3", "=1/0", None, "#DIV/0!")
        sheet.write_formula("C4", "=A1", None, "#N/A")
        sheet.write_formula("C6", "=A1", None, "#N/A")

    rows: list[list[object]] = [["id", "name", "arr"], ["1", "a", 5], ["2", "b"], ["3", "#N/A"], ["4", "d", 7], ["5"]]
    found = read(book(("S", rows), fill=fill))
    assert found.rows == [("1", "a", "5"), ("2", "b", None), ("3", "#N/A", None), ("4", "d", "7"), ("5", None, None)]
    [finding] = found.extract.findings
    assert (finding.code, finding.count) == ("file.cell_error", 3)
    assert "#N/A 2, #DIV/0! 1" in finding.message
    assert "C3" in finding.message


def test_a_table_may_begin_anywhere(read: Reader) -> None:
    rows: list[list[object]] = [[None], [None, "Pipeline of July"], [None, "by", "RevOps"], [None]]
    found = read(book(("S", [*rows, *([None, *row] for row in DEALS)])))
    assert (found.extract.columns, found.rows) == (("id", "name", "arr"), ROWS)
    [finding] = found.extract.findings
    assert (finding.code, finding.given) == ("file.header", "5")
    assert "Pipeline of July; by RevOps" in finding.message


def test_the_header_is_where_the_contract_says(read: Reader) -> None:
    rows: list[list[object]] = [["a", "b", "c"], ["id", "name", "arr"], ["1", "Ann", 10]]
    found = read(book(("S", rows)), header=(2,))
    assert (found.extract.columns, found.rows, codes(found)) == (("id", "name", "arr"), ROWS[:1], [])


def test_known_columns_tell_the_header(read: Reader) -> None:
    rows: list[list[object]] = [
        ["from", "until", "by"],
        ["May", "June", "Ann"],
        ["Deal Id", "name", "arr"],
        ["1", "b", 2],
    ]
    found = read(book(("S", rows)), known=frozenset({"deal id"}))
    assert (found.extract.columns, found.rows) == (("Deal Id", "name", "arr"), [("1", "b", "2")])


def grouped(_: Workbook, sheet: Worksheet) -> None:
    sheet.merge_range("A2:A3", "id")
    sheet.merge_range("B2:C2", "2026")
    sheet.merge_range("D2:E2", "2027")
    for column, name in enumerate(["Plan", "Actual", "Plan", "Actual"], 1):
        sheet.write(2, column, name)
    for column, value in enumerate(["x1", 1, 2, 3, 4]):
        sheet.write(3, column, value)


def test_merged_groups_are_part_of_the_names(read: Reader) -> None:
    found = read(book(("S", [["Plan against actual"]]), fill=grouped))
    wanted = ("id", "2026 / Plan", "2026 / Actual", "2027 / Plan", "2027 / Actual")
    assert (found.extract.columns, found.rows) == (wanted, [("x1", "1", "2", "3", "4")])


def test_groups_without_merged_cells_are_told_by_the_contract(read: Reader) -> None:
    rows: list[list[object]] = [["", "Deal", "", "Money"], ["id", "name", "type", "arr"], ["1", "Ann", "new", 10]]
    found = read(book(("S", rows)), header=(1, 2))
    assert found.extract.columns == ("id", "Deal / name", "Deal / type", "Money / arr")


def test_cells_merged_downwards_hold_for_each_row(read: Reader) -> None:
    def fill(_: Workbook, sheet: Worksheet) -> None:
        sheet.merge_range("B2:B3", "EMEA")

    found = read(book(("S", [["id", "region"], ["1"], ["2"], ["3", "AMER"]]), fill=fill))
    assert found.rows == [("1", "EMEA"), ("2", "EMEA"), ("3", "AMER")]


def test_empty_rows_and_columns_are_nothing(read: Reader) -> None:
    rows: list[list[object]] = [["id", None, "arr"], ["1", None, 5], [None], [None], ["2", None, 6]]
    found = read(book(("S", rows)))
    assert found.rows == [("1", None, "5"), ("2", None, "6")]


def test_notes_beside_the_table_are_told(read: Reader) -> None:
    rows: list[list[object]] = [["id", "arr"], ["1", 5, None, "ask Bob"], ["2", 6], ["3", 7], ["4", 8]]
    found = read(book(("S", rows)))
    assert found.rows == [("1", "5"), ("2", "6"), ("3", "7"), ("4", "8")]
    [finding] = found.extract.findings
    assert (finding.code, finding.count) == ("file.outside", 1)
    assert "D2" in finding.message


def test_lines_are_the_rows_of_the_sheet(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(book(("S", [["a title"], ["id", "note"], ["1", "two\nlines"], [None], ["2", "x"]])))
    table = read_table(path)
    assert (table.header, table.lines) == (2, (3, 5))


# -- sheets


def hidden(made: Workbook, _: Worksheet) -> None:
    made.worksheets()[1].hide()


SHEETS = (
    ("Cover", [["Made by RevOps"], ["July"]]),
    ("Secret", DEALS),
    ("Deals", DEALS),
    ("People", [["who", "team"], ["u1", "West"]]),
)


def test_the_first_visible_sheet_with_a_table_is_read_and_the_others_are_named(read: Reader) -> None:
    found = read(book(*SHEETS, fill=hidden))  # type: ignore[arg-type]
    assert found.rows == ROWS
    [finding] = found.extract.findings
    assert (finding.code, finding.given) == ("file.sheets", "Deals")
    assert "'Cover', 'Secret' (hidden), 'People'" in finding.message


@pytest.mark.parametrize("sheet", ["People", " people ", "4"])
def test_a_sheet_is_named_or_numbered(read: Reader, sheet: str) -> None:
    found = read(book(*SHEETS), sheet=sheet)  # type: ignore[arg-type]
    assert (found.extract.columns, found.rows, codes(found)) == (("who", "team"), [("u1", "West")], [])


def test_known_columns_tell_the_sheet(read: Reader) -> None:
    assert read(book(*SHEETS), known=frozenset({"Team"})).rows == [("u1", "West")]  # type: ignore[arg-type]


def test_a_sheet_that_is_not_there_is_said_with_those_that_are(read: Reader) -> None:
    with pytest.raises(UnreadableError, match="no sheet 'Deal'") as error:
        read(book(("Deals", DEALS)), sheet="Deal")
    assert "'Deals'" in error.value.remedy


def test_sheets_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(book(*SHEETS, fill=hidden))  # type: ignore[arg-type]
    found = [(sheet.name, sheet.hidden) for sheet in sheets_of(path)]
    assert found == [("Cover", False), ("Secret", True), ("Deals", False), ("People", False)]
    path.write_bytes(b"id\n1\n")
    assert sheets_of(path) == ()


def test_the_beginning_of_a_table_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    path.write_bytes(book(("S", [["id", "n"], *([str(n), n] for n in range(1000))])))
    table = read_table(path, Told(), rows=3)
    assert (table.names, table.rows, table.whole) == (("id", "n"), (("0", "0"), ("1", "1"), ("2", "2")), False)


# -- what is no workbook


def bomb() -> bytes:
    """Make a workbook with two cells, in the corners of the largest sheet there can be: dense, it has no room."""
    data = book(("S", [["a", "b"], ["1", "2"]]))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                part = part.replace(b'r="B2"', b'r="XFD1048576"').replace(b'<row r="2"', b'<row r="1048576"')
            new.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        book(("S", DEALS))[:3000],
        bomb(),
        b"PK\x03\x04" + b"\0" * 500,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000),
        book(("S", [])),
    ],
    ids=["torn", "bomb", "zip", "old", "empty"],
)
def test_what_is_no_whole_workbook_is_one_clear_error(
    read: Reader, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MEMORY", 500_000_000)
    with pytest.raises(UnreadableError, match=r"workbook|sheet"):
        read(data)
