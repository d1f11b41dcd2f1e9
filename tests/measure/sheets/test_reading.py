"""Amounts, dates and columns as people write them; every row of a sheet is a record, or says why it is none."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from tieout.measure.sheets.amounts import amount_of, currency_in, date_of, decimal_mark
from tieout.measure.sheets.columns import Choice, letter, role_of, unit_in
from tieout.measure.sheets.grid import SheetError
from tieout.measure.sheets.sheet import Sheet, read_sheet


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("8,412,300.00", ".", "8412300"),
        ("8.412.300,00", ",", "8412300"),
        ("8 412 300,50", ",", "8412300.50"),
        ("8'412'300.50", ".", "8412300.50"),
        ("$ 1,200", ".", "1200"),
        ("1.200 \N{EURO SIGN}", ",", "1200"),
        ("EUR 1200", ".", "1200"),
        ("1200 USD", ".", "1200"),
        ("(1,200.50)", ".", "-1200.50"),
        ("-1200", ".", "-1200"),
        ("1200-", ".", "-1200"),
        ("\N{MINUS SIGN}1200", ".", "-1200"),
        ("8.4M", ".", "8400000"),
        ("8,4m", ",", "8400000"),
        ("450k", ".", "450000"),
        ("1.2bn", ".", "1200000000"),
        ("1.5E+5", ".", "150000"),
        ("0", ".", "0"),
    ],
)
def test_an_amount_is_read(text: str, mark: str, amount: str) -> None:
    assert amount_of(text, mark) == Decimal(amount)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "n/a", "tbd", "-", "12 apples", "2026-09-30", "Q3", "9" * 16, "1e999"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert amount_of(text) is None


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1,200", "3,400"], "."),
        (["1.200", "3.400"], ","),
        (["1.200,50", "3,5"], ","),
        (["1,200.50", "3400"], "."),
        (["1200", "3400"], "."),
        (["12,50", "1200"], ","),
        ([], "."),
    ],
)
def test_the_whole_column_tells_what_separates_cents(texts: list[str], mark: str) -> None:
    assert decimal_mark(texts) == mark


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-09-30", date(2026, 9, 30)),
        ("30.09.2026", date(2026, 9, 30)),
        ("09/30/2026", date(2026, 9, 30)),
        ("30/09/2026", date(2026, 9, 30)),
        ("2026-09-30 00:00:00", date(2026, 9, 30)),
        ("soon", None),
        ("2026-02-30", None),
    ],
)
def test_a_date_is_read(text: str, day: date | None) -> None:
    assert date_of(text) == day


@pytest.mark.parametrize(
    ("head", "role"),
    [
        ("Opportunity ID", "id"), ("Deal name", "name"), ("Account", "account"), ("Amount (USD)", "amount"),
        ("ARR", "amount"), ("Close date", "close_date"), ("Owner", "owner"), ("Stage", "stage"),
        ("Currency", "currency"), ("Betrag (T\N{EURO SIGN})", "amount"), ("USD", "amount"),
    ],
)  # fmt: skip
def test_a_head_is_recognized(head: str, role: str) -> None:
    found = role_of(head)
    assert found
    assert found[0] == role


def test_heads_name_units_and_currencies() -> None:
    assert [unit_in(head) for head in ("Amount", "USD k", "in thousands", "EUR (000s)", "Amount $m")] == [
        1, 1000, 1000, 1000, 1_000_000,
    ]  # fmt: skip
    assert (currency_in("\N{EURO SIGN} 12"), currency_in("12 USD"), currency_in("ARR")) == ("EUR", "USD", None)


def test_columns_have_letters() -> None:
    assert [letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


# -- whole sheets


ANY = Choice()


def sheet(folder: Path, text: str, choice: Choice = ANY) -> Sheet:
    path = folder / "sheet.csv"
    path.write_text(text.lstrip(), encoding="utf-8")
    return read_sheet(path, choice)


def test_titles_blank_rows_and_totals_are_no_records(tmp_path: Path) -> None:
    found = sheet(
        tmp_path,
        """
Marketing pipeline;;
;;
Deal ID;Account;Betrag
A1;Acme;1.000,00
A2;Bolt;2.500,50
;Subtotal EMEA;3.500,50
;;
Deal ID;Account;Betrag
A3;Cone;500,00
;Total;4.000,50
""",
    )
    assert [(row.number, row.id, row.account, row.amount) for row in found.rows] == [
        (4, "A1", "Acme", Decimal(1000)),
        (5, "A2", "Bolt", Decimal("2500.50")),
        (9, "A3", "Cone", Decimal(500)),
    ]
    assert [(other.number, other.why, other.stated) for other in found.others] == [
        (1, "above the heading", None),
        (2, "blank", None),
        (3, "heading", None),
        (6, "subtotal", Decimal("3500.50")),
        (7, "blank", None),
        (8, "heading again", None),
        (10, "total", Decimal("4000.50")),
    ]
    assert found.decimal == ","
    assert found.findings == ()


def test_a_total_that_does_not_agree_is_named(tmp_path: Path) -> None:
    found = sheet(tmp_path, "id,amount\nA1,100\nA2,200\nTotal,310\n")
    assert [finding.code for finding in found.findings] == ["sheet.total_differs"]
    assert "310.00" in found.findings[0].message
    assert "300.00" in found.findings[0].message
    assert found.total == 300


def test_a_subtotal_is_told_from_a_total(tmp_path: Path) -> None:
    found = sheet(tmp_path, "id,name,amount\nA1,a one,1\nA2,a two,2\n,Total,3\nA3,a three,4\n,Subtotal,4\n,Total,7\n")
    assert [(other.number, other.why) for other in found.others] == [
        (1, "heading"), (4, "total"), (6, "subtotal"), (7, "total"),
    ]  # fmt: skip
    assert found.total == 7
    assert found.findings == ()


def test_a_customer_called_total_is_a_record(tmp_path: Path) -> None:
    found = sheet(tmp_path, "account,amount\nAcme,100\nTotal Energies,55\nTotalBank,5\n")
    assert [row.account for row in found.rows] == ["Acme", "Total Energies", "TotalBank"]


def test_thousands_are_scaled(tmp_path: Path) -> None:
    found = sheet(tmp_path, "id,Amount (USD k)\nA1,12.5\nA2,7\nA3,3\n")
    assert [row.amount for row in found.rows] == [12500, 7000, 3000]
    assert (found.unit, found.currency, found.rounded) == (1000, "USD", 100)


def test_amounts_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    found = sheet(tmp_path, "id,amount\nA1,100\nA2,tbd\n")
    assert [row.amount for row in found.rows] == [100, None]
    assert [finding.code for finding in found.findings] == ["sheet.amount_unread"]


def test_several_columns_of_amounts_are_said_and_one_can_be_chosen(tmp_path: Path) -> None:
    text = "id,ARR,TCV\nA1,100,300\n"
    first = sheet(tmp_path, text)
    assert [finding.code for finding in first.findings] == ["sheet.several_amounts"]
    assert sheet(tmp_path, text, Choice(columns={"amount": "ARR"})).total == 100
    assert sheet(tmp_path, text, Choice(columns={"amount": "C"})).total == 300


def test_columns_without_heads_are_known_by_what_stands_in_them(tmp_path: Path) -> None:
    found = sheet(tmp_path, "Acme Systems,100\nBolt Works,250\n")
    assert [(row.name, row.amount) for row in found.rows] == [("Acme Systems", 100), ("Bolt Works", 250)]


def test_a_running_number_is_no_id(tmp_path: Path) -> None:
    found = sheet(tmp_path, "No,Deal,Amount\n1,Acme,5\n2,Bolt,6\n3,Cone,7\n")
    assert [row.id for row in found.rows] == ["", "", ""]


@pytest.mark.parametrize(
    ("text", "choice", "told"),
    [
        ("", Choice(), "is empty"),
        ("id,name\nA1,Acme\n", Choice(), "No column of amount"),
        ("amount\n5\n6\n", Choice(), "No column of id, name or account"),
        ("id,amount\nA1,5\n", Choice(columns={"amount": "amuont"}), "Did you mean 'amount'"),
    ],
)
def test_a_sheet_that_cannot_be_read_says_what_to_do(tmp_path: Path, text: str, choice: Choice, told: str) -> None:
    with pytest.raises(SheetError, match=told):
        sheet(tmp_path, text, choice)


def test_a_workbook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Notes").write_row(0, 0, ["nothing here"])
    page = book.add_worksheet("Deals")
    page.write_row(0, 0, ["Q3 pipeline"])
    page.write_row(2, 0, ["Deal ID", "Amount", "Close date"])
    page.write_row(3, 0, ["0012", 1200.5])
    page.write_datetime(3, 2, datetime(2026, 9, 30), book.add_format({"num_format": "yyyy-mm-dd"}))
    page.write_row(4, 0, [13, 1000])
    book.close()
    found = read_sheet(path, Choice())
    assert [(row.id, row.amount, row.close_date) for row in found.rows] == [
        ("0012", Decimal("1200.50"), date(2026, 9, 30)),
        ("13", Decimal(1000), None),
    ]
    assert found.tab == "Deals"
    assert [finding.code for finding in found.findings] == ["sheet.several_tabs"]
    with pytest.raises(SheetError, match="Allowed: Notes, Deals"):
        read_sheet(path, Choice(tab="Deal"))


def test_what_is_no_sheet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    for name, told in (("a.pdf", "is no sheet"), ("a.xlsx", "cannot be read"), ("b.csv", "There is no file")):
        with pytest.raises(SheetError, match=told):
            read_sheet(tmp_path / name, Choice())


def test_merged_cells_repeat_words_and_never_amounts(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    page.write_row(1, 1, ["Account", "Deal ID", "Amount"])
    page.merge_range(2, 1, 3, 1, "Acme")
    page.write_column(2, 2, ["A1", "A2"])
    page.merge_range(2, 3, 3, 3, 500)
    page.write_row(4, 1, ["Bolt", "A3", 250])
    book.close()
    found = read_sheet(path, Choice())
    assert [(row.number, row.account, row.id, row.amount) for row in found.rows] == [
        (3, "Acme", "A1", 500), (4, "Acme", "A2", None), (5, "Bolt", "A3", 250),
    ]  # fmt: skip
    assert found.total == 750
    assert read_sheet(path, Choice(columns={"amount": "D", "id": "C"})).total == 750  # letters as on the screen


def test_an_open_quote_swallows_no_rows(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="Row 3 cannot be read: a quote is opened and not closed"):
        sheet(tmp_path, 'id,amount\nA1,5\nA2,"6\nA3,7\n')


def test_other_encodings_and_packed_lists_are_read(tmp_path: Path) -> None:
    text = "Kunde;Betrag\nM\u00fcller;1.000,50\nB\u00e4r;2,50\n"
    for name, data in (
        ("a.csv", text.encode("cp1252")), ("b.txt", text.encode("utf-16")), ("c.csv.gz", gzip.compress(text.encode())),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(data)
        found = read_sheet(tmp_path / name, Choice())
        assert [(row.account, row.amount) for row in found.rows] == [
            ("M\u00fcller", Decimal("1000.50")), ("B\u00e4r", Decimal("2.50")),
        ]  # fmt: skip
