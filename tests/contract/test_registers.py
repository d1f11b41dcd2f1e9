"""Registers: rows with their lines, faulty cells told one by one, the other rows kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.contract.conftest import Load

RATES = "kind,currency,from,rate\n"
EXCLUSIONS = "object,id,reason,owner,from,expires\n"
MERGES = "object,id,into,reason,owner,expires\n"


def test_registers_are_read(load: Load) -> None:
    contract, told, _ = load(
        rates_csv=RATES + "plan,EUR,2026-01-01,1.10\nspot,EUR,2026-07-01,1.20\n",
        exclusions_csv=EXCLUSIONS + '# tests\naccount,A1,"demo, internal",RevOps,2026-01-01,2026-12-31\n\n',
        merges_csv=MERGES + "opportunity,O6,O1,entered twice,Sales,\n",
    )
    assert told == []
    assert [(rate.kind, rate.from_, rate.rate) for rate in contract.rates] == [
        ("plan", date(2026, 1, 1), Decimal("1.10")),
        ("spot", date(2026, 7, 1), Decimal("1.20")),
    ]
    assert contract.exclusions[0].reason == "demo, internal"
    assert contract.exclusions[0].expires == date(2026, 12, 31)
    assert (contract.merges[0].id, contract.merges[0].into, contract.merges[0].expires) == ("O6", "O1", None)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_spreadsheet_s_delimiter_is_recognized(load: Load, delimiter: str) -> None:
    text = (RATES + "plan,EUR,2026-01-01,1.10\n").replace(",", delimiter)
    contract, told, _ = load(rates_csv=b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert told == []
    assert contract.rates[0].rate == Decimal("1.10")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("rates", RATES + "plan,EUR,2026-01-01,1\n\nplann,EUR,2026-01-01,1\n", ["value.choice rates.csv:4"]),
        ("rates", RATES + "plan,EUR,,1\n", ["key.missing rates.csv:2"]),
        ("rates", RATES + "plan,,,\n", ["key.missing rates.csv:2"] * 3),
        ("rates", RATES + "plan,EUR,2026-13-01,one\n", ["value.type rates.csv:2"] * 2),
        ("rates", RATES + "plan,EUR,2026-01-01,0\n", ["value.range rates.csv:2"]),
        ("rates", RATES + "plan,EUR,2026-01-01,1,2\n", ["register.cells rates.csv:2"]),
        ("rates", RATES + "plan,EUR,2026-01-01,1\nplan,EUR,2026-01-01,2\n", ["rate.duplicate rates.csv:3"]),
        ("rates", RATES + "plan,USD,2026-01-01,1.1\n", ["rate.base rates.csv:2"]),
        ("rates", "kind,currency,rate\nplan,EUR,1\n", ["register.column_missing rates.csv:1"]),
        ("rates", "kind,currency,from,rate,rate\n", ["register.column_twice rates.csv:1"]),
        ("rates", "# rates\nkind,currency,form,rate\n",
         ["register.column_missing rates.csv:2", "register.column_unknown rates.csv:2"]),
        ("rates", RATES + 'plan,"EUR,2026-01-01,1\n', ["register.syntax rates.csv:2"]),
        ("absences", "user,from,to,reason\nU1,2026-08-14,2026-08-03,vacation\n", ["absence.dates absences.csv:2"]),
        ("rates", b"\x00\x01", ["file.binary rates.csv"]),
        ("rates", b"", ["file.empty rates.csv"]),
        ("rates", b"kind,currency,from,rate\nplan,EUR,2026-01-01,1\xff\n",
         ["file.encoding rates.csv:2", "value.type rates.csv:2"]),
        ("exclusions", EXCLUSIONS + "opportunity,O1,,Sales,,\nopportunity,O2,test,,,\n",
         ["key.missing exclusions.csv:2", "key.missing exclusions.csv:3"]),
        ("exclusions", EXCLUSIONS + "lead,O1,test,Sales,,\n", ["value.choice exclusions.csv:2"]),
        ("exclusions", EXCLUSIONS + "opportunity,O1,test,Sales,2026-02-01,2026-01-31\n",
         ["exclusion.dates exclusions.csv:2"]),
        ("exclusions", EXCLUSIONS + "opportunity,O1,test,Sales,,\n" * 2, ["exclusion.duplicate exclusions.csv:3"]),
        ("exclusions", EXCLUSIONS + 'opportunity,O1,"two\nlines",Sales,,\nopportunity,O2,test,,,\n',
         ["key.missing exclusions.csv:4"]),
        ("merges", MERGES + "opportunity,O1,O1,twice,Sales,\n",
         ["merge.itself merges.csv:2"]),
        ("merges", MERGES + "opportunity,O1,O2,twice,Sales,\nopportunity,O1,O3,twice,Sales,\n",
         ["merge.twice merges.csv:3"]),
        ("merges", MERGES + "opportunity,O1,O2,a,S,\nopportunity,O2,O3,a,S,\nopportunity,O3,O1,a,S,\n",
         ["merge.circle merges.csv:4"]),
        ("merges", MERGES + "opportunity,O1,O2,a,S,\nlead,O2,O1,a,S,\n", []),
    ],
)  # fmt: skip
def test_mistakes_in_registers(load: Load, name: str, text: str | bytes, told: list[str]) -> None:
    assert sorted(load(**{f"{name}_csv": text})[1]) == told


def test_a_faulty_row_goes_and_the_others_stay(load: Load) -> None:
    text = RATES + "plan,EUR,2026-01-01,1\nplan,XXL,2026-01-01,1\nplan,GBP,2026-01-01,2\nplan,GBP,2026-01-01,3\n"
    contract, told, _ = load(rates_csv=text)
    assert told == ["currency.unknown rates.csv:3", "rate.duplicate rates.csv:5"]
    assert [(rate.currency, str(rate.rate)) for rate in contract.rates] == [("EUR", "1"), ("GBP", "2")]


def test_many_mistakes_of_one_kind_end_in_a_count(load: Load) -> None:
    _, told, findings = load(rates_csv=RATES + "plan,EUR,today,1\n" * 500 + "plan,EUR,2026-01-01,x\n")
    assert len(told) == 21
    assert sum(finding.count for finding in findings) == 501


def test_a_big_register_is_read_in_time(load: Load) -> None:
    rows = "".join(f"opportunity,O{n},test,RevOps,,\n" for n in range(30_000))
    contract, told, _ = load(exclusions_csv=EXCLUSIONS + rows)
    assert told == []
    assert len(contract.exclusions) == 30_000


def test_a_register_of_another_name(load: Load) -> None:
    contract, told, _ = load(company="rates: fx.csv", fx_csv=RATES + "plan,EUR,2026-01-01,1.1\n")
    assert told == []
    assert len(contract.rates) == 1
