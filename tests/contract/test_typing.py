"""How texts become values. What is not plainly one value is none: a guess would be a wrong number without an error."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from tieout.contract.currencies import CURRENCIES, minor_digits
from tieout.contract.typing_sql import Writing, cast, currency_in, from_minor, plain, typed
from tieout.contract.vocabulary import Kind

ZONE = "Europe/Berlin"
ENGINE = duckdb.connect(config={"threads": 1})
ENGINE.execute("set timezone = 'UTC'")


def read(text: str, kind: Kind, dates: str = "iso", decimal: str = "point") -> object:
    made = plain(exp.Literal.string(text), kind, Writing(dates, decimal)).as_("made")
    tree = exp.select(cast(exp.column("made"), kind, ZONE)).from_(exp.select(made).subquery("given"))
    return ENGINE.execute(tree.sql("duckdb")).fetchall()[0][0]


def test_money_with_a_point_is_read_in_every_common_way() -> None:
    for text in ("1234.50", "1,234.50", "1 234.50", "1\u00a0234.50", "1\u202f234.50", "1'234.50", "1\u2019234.50"):
        assert read(text, Kind.MONEY) == Decimal("1234.50"), text
    for text in ("$1,234.50", "USD 1,234.50", "1234.50 EUR", "1,234.50€", "US$ 1234.5", "eur1234.5", "+1234.50"):
        assert read(text, Kind.MONEY) == Decimal("1234.50"), text
    assert read("12,34,567.80", Kind.MONEY) == Decimal("1234567.80")
    assert read("1.005", Kind.MONEY) == Decimal("1.01")


def test_money_with_a_comma_is_read_in_every_common_way() -> None:
    for text in ("1234,50", "1.234,50", "1 234,50", "1\u202f234,50", "1'234,50", "€ 1.234,50", "1.234,5 EUR"):
        assert read(text, Kind.MONEY, decimal="comma") == Decimal("1234.50"), text
    assert read("1.234", Kind.MONEY, decimal="comma") == Decimal(1234)


def test_negatives_of_accountants_are_negative() -> None:
    for text in ("-1234.50", "(1,234.50)", "1234.50-", "\u22121,234.50", "-$1,234.50", "$-1234.5", "($1,234.50)"):
        assert read(text, Kind.MONEY) == Decimal("-1234.50"), text
    assert read("1.234,50- EUR", Kind.MONEY, decimal="comma") == Decimal("-1234.50")


def test_what_could_be_two_numbers_is_none() -> None:
    for text in ("1.234,50", "1,23", "12,34", "1,2345", "1.234.567", "1 234,567", "5.5.5", "1,234 567"):
        assert read(text, Kind.MONEY) is None, text
    for text in ("1,234.50", "1.5", "12.34", "1,234,567", "1.2345"):
        assert read(text, Kind.MONEY, decimal="comma") is None, text


def test_what_is_no_number_is_none() -> None:
    for text in (
        "",
        " ",
        "abc",
        "abc5",
        "5 apples",
        "1_000",
        "0x10",
        "--5",
        "-(5)",
        "(5",
        "5)",
        "€",
        "-",
        "inf",
        "nan",
        "1e",
    ):
        assert read(text, Kind.MONEY) is None, text
        assert read(text, Kind.NUMBER) is None, text


def test_a_number_in_percent_is_a_share_and_money_in_percent_is_none() -> None:
    assert (read("25 %", Kind.NUMBER), read("12.5%", Kind.NUMBER), read("(5%)", Kind.NUMBER)) == (0.25, 0.125, -0.05)
    assert read("12,5 %", Kind.NUMBER, decimal="comma") == 0.125
    assert read("25", Kind.NUMBER) == 25
    assert read("25%", Kind.MONEY) is None


def test_whole_numbers_are_read_with_groups() -> None:
    assert (read("1,200", Kind.INTEGER), read("1.200", Kind.INTEGER, decimal="comma")) == (1200, 1200)


@settings(max_examples=30, deadline=None)
@given(
    cents=st.integers(-(10**15), 10**15),
    style=st.sampled_from([("point", ",", "."), ("comma", ".", ","), ("point", " ", "."), ("comma", "\u202f", ",")]),
)
def test_an_amount_is_the_same_however_it_is_grouped(cents: int, style: tuple[str, str, str]) -> None:
    decimal, group, mark = style
    text = f"{abs(cents) // 100:,}".replace(",", group) + f"{mark}{abs(cents) % 100:02}"
    for written in (f"-{text}", f"({text})", f"{text}-") if cents < 0 else (text, f"€ {text}", f"{text} USD"):
        assert read(written, Kind.MONEY, decimal=decimal) == Decimal(cents) / 100


# -- dates and times

DAY = date(2026, 7, 31)


@pytest.mark.parametrize(
    ("dates", "texts"),
    [
        ("iso", ["2026-07-31", "2026-7-31", " 2026-07-31 "]),
        ("dmy", ["31.07.2026", "31/7/26", "31-07-2026", "31-Jul-2026", "31 July 2026", "Jul 31, 2026", "2026-07-31"]),
        (
            "mdy",
            ["07/31/2026", "7/31/26", "7-31-2026", "Jul 31, 2026", "July 31st 2026", "31-Jul-26", "Fri, 31 Jul 2026"],
        ),
        ("ymd", ["2026/07/31", "20260731", "2026.7.31", "26-07-31"]),
        ("excel", ["46234", "46234.75", "2026-07-31"]),
        ("unix", ["1785448800", "1785535199", "2026-07-31"]),
        ("unix_ms", ["1785448800000", "2026-07-31"]),
    ],
)
def test_a_date_is_read_as_its_export_writes_it(dates: str, texts: list[str]) -> None:
    assert {text: read(text, Kind.DATE, dates) for text in texts} == dict.fromkeys(texts, DAY)


@pytest.mark.parametrize(
    ("dates", "text", "utc"),
    [
        ("iso", "2026-07-31 09:30", datetime(2026, 7, 31, 7, 30)),
        ("iso", "2026-07-31T09:30:15.5Z", datetime(2026, 7, 31, 9, 30, 15, 500000)),
        ("iso", "2026-07-31T09:30:00.000+0000", datetime(2026, 7, 31, 9, 30)),
        ("iso", "2026-07-31 09:30:00 +0200", datetime(2026, 7, 31, 7, 30)),
        ("iso", "2026-07-31 1:30 PM", datetime(2026, 7, 31, 11, 30)),
        ("iso", "2026-07-31 12:30 am", datetime(2026, 7, 30, 22, 30)),
        ("iso", "2026-07-31", datetime(2026, 7, 30, 22)),
        ("mdy", "7/31/2026, 9:30:15 AM", datetime(2026, 7, 31, 7, 30, 15)),
        ("mdy", "7/31/2026 12:00 PM", datetime(2026, 7, 31, 10)),
        ("mdy", "July 31, 2026 10 p.m.", datetime(2026, 7, 31, 20)),
        ("dmy", "31.07.2026 09:30:15", datetime(2026, 7, 31, 7, 30, 15)),
        ("dmy", "Fri, 31 Jul 2026 09:30:00 +0000", datetime(2026, 7, 31, 9, 30)),
        ("excel", "46234.395833333336", datetime(2026, 7, 31, 7, 30)),
        ("unix", "1785490215", datetime(2026, 7, 31, 9, 30, 15)),
        ("unix_ms", "1785490215123", datetime(2026, 7, 31, 9, 30, 15, 123000)),
    ],
)
def test_a_time_is_read_as_its_export_writes_it(dates: str, text: str, utc: datetime) -> None:
    assert read(text, Kind.TIME, dates) == utc


@pytest.mark.parametrize(
    ("dates", "text"),
    [
        ("iso", "31.07.2026"), ("iso", "07/31/2026"), ("iso", "20260731"), ("iso", "Jul 31, 2026"),
        ("iso", "2026-07-31 09:30 CET"), ("iso", "2026-07-31 13:30 PM"), ("iso", "2026-02-30"), ("iso", "infinity"),
        ("dmy", "07/31/2026"), ("mdy", "31/07/2026"), ("dmy", "31.02.2026"), ("dmy", "31. Juli 2026"),
        ("dmy", "31-Jul-202"), ("dmy", "janitor 5 2026"), ("dmy", "13:00"),
        ("excel", "60"), ("excel", "0"), ("excel", "31.07.2026"), ("excel", "20260731"),
        ("unix", "0"), ("unix", "1785490215000"), ("unix", "20260731"), ("unix_ms", "1785490215"),
    ],
)  # fmt: skip
def test_a_date_that_does_not_fit_is_none(dates: str, text: str) -> None:
    assert (read(text, Kind.DATE, dates), read(text, Kind.TIME, dates)) == (None, None)


@settings(max_examples=30, deadline=None)
@given(day=st.dates(date(1970, 1, 1), date(2068, 12, 31)))
def test_a_day_is_the_same_in_every_writing(day: date) -> None:
    written = {
        "dmy": f"{day:%d.%m.%y}", "mdy": f"{day:%b} {day.day}, {day.year}", "ymd": f"{day:%Y%m%d}",
        "excel": str((day - date(1899, 12, 30)).days), "iso": day.isoformat(),
    }  # fmt: skip
    assert {dates: read(text, Kind.DATE, dates) for dates, text in written.items()} == dict.fromkeys(written, day)


# -- currencies


def test_the_currency_is_read_beside_the_amount() -> None:
    told = {
        "USD 1,200": "USD", "1,200 eur": "EUR", "€ 5": "EUR", "£5": "GBP", "$5": "$", "US$ 5": "US$", "¥5": "¥",
        "5": None, "EUR": "EUR", "euro": "euro", "1,200 kr": None,
    }  # fmt: skip
    for text, currency in told.items():
        tree = currency_in(exp.Literal.string(text)).sql("duckdb")
        assert ENGINE.execute(f"select {tree}").fetchall() == [(currency,)], text


@pytest.mark.parametrize(
    ("rule", "currency", "amount"),
    [
        ("iso", "USD", "1050.00"), ("iso", "JPY", "105000.00"), ("iso", "KWD", "105.00"), ("iso", "CLF", "10.50"),
        ("iso", "ISK", "105000.00"), ("stripe", "ISK", "1050.00"), ("stripe", "UGX", "1050.00"),
        ("stripe", "MGA", "105000.00"), ("iso", "MGA", "1050.00"), ("iso", "XYZ", None), ("iso", "", None),
    ],
)  # fmt: skip
def test_minor_units_have_the_decimals_of_their_currency(rule: str, currency: str, amount: str | None) -> None:
    money = typed(exp.Literal.string("105000"), Kind.MONEY, ZONE)
    tree = from_minor(money, exp.Literal.string(currency), rule).sql("duckdb")
    assert ENGINE.execute(f"select {tree}").fetchall() == [(amount and Decimal(amount),)]


def test_every_currency_has_its_minor_unit() -> None:
    assert set(minor_digits("iso")) == set(minor_digits("stripe")) == CURRENCIES
    assert [code for code, digits in minor_digits("iso").items() if digits == 3 and code in {"KWD", "USD"}] == ["KWD"]


@pytest.mark.parametrize("dates", ["iso", "dmy", "excel", "unix"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_reading_can_be_written_for_spark(kind: Kind, dates: str) -> None:
    assert typed(exp.column("x"), kind, ZONE, Writing(dates, "comma")).sql("spark")


def test_a_date_without_separators_has_six_or_eight_digits() -> None:
    assert read("261213", Kind.DATE, "ymd") == date(2026, 12, 13)
    assert read("260101", Kind.DATE, "ymd") == date(2026, 1, 1)
    assert read("20261213 10:00", Kind.DATE, "ymd") == date(2026, 12, 13)
    # Seven digits can be two dates (1 November, 11 January), and fewer are none.
    for text in ("2026111", "26111", "1213", "261", "261313", "20261301"):
        assert read(text, Kind.DATE, "ymd") is None, text
