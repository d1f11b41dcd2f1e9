"""Money by hand: currencies beside their value, rates that change, amounts without a rate."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Literal

import pytest

from tests.line.typed import Type, typing
from tests.oracles.tiny import PIPELINE, Life, Tiny, answered, dated, logged
from tieout import Workspace, bridge
from tieout.ends import BridgeTerms, read_end
from tieout.measure.answers import Bridge, QuestionError

QUALIFIED = "pipeline.open_qualified"
DAYS = ["2026-01-31", "2026-03-31", "2026-09-14"]
RATES = """kind,currency,from,rate
plan,EUR,2025-02-01,1.05
plan,EUR,2026-02-01,1.10
spot,EUR,2025-02-01,1.20
spot,EUR,2026-03-01,1.25
plan,JPY,2025-02-01,0.0066
spot,JPY,2025-02-01,0.00667
plan,VND,2025-02-01,0.000038123456
plan,KWD,2025-02-01,3.25
plan,GBP,2026-03-01,1.30
spot,GBP,2026-03-01,1.31
"""
BEGUN = "2026-01-12T09:00"
LATER = "2026-03-02T12:00"


def deal(*later: dict[str, str], **fields: str) -> Life:
    """A deal of January with a close date in the fiscal year's last quarter, changed in March."""
    return [(BEGUN, {"close": "2026-12-15", **fields}), *((LATER, changed) for changed in later)]


DEALS: dict[str, Life] = {
    "dollars": deal(arr="1000"),
    "euro": deal(arr="100", currency="EUR"),
    "euro grew": deal({"arr": "120"}, arr="100", currency="EUR"),
    "euro cents": deal(arr="33.33", currency="eur"),
    "became euro": deal({"currency": "EUR"}, arr="500", currency="USD"),
    "yen": deal(arr="1000001", currency="JPY"),
    "dong": deal(arr="25000000", currency="VND"),
    "dinar": deal(arr="10.01", currency="KWD"),
    "negative": deal(arr="-50", currency="EUR"),
    "pound": deal(arr="200", currency="GBP"),
    "franc": deal(arr="70", currency="CHF"),
    "slip of the pen": deal(arr="5", currency="EURO"),
    "no currency": deal(arr="9", currency=""),
    "no amount": deal(arr="", currency="EUR"),
    "huge": deal(arr="9999999999999999.99", currency="KWD"),
}
AT_PLAN = {
    "dollars": "1000.00", "euro": "110.00", "euro grew": "132.00", "euro cents": "36.66", "became euro": "550.00",
    "yen": "6600.01", "dong": "953.09", "dinar": "32.53", "negative": "-55.00", "pound": "260.00",
}  # fmt: skip
"""In September: 100 x 1.10, 120 x 1.10, 33.33 x 1.10 = 36.663, 25,000,000 x 0.000038123456 = 953.0864, 10.01 x 3.25 =
32.5325, and so on; each rounded to the cent by itself."""


INVOICES = [
    {"account": "A1", "amount": "100", "at": "2026-01-20", "currency": "EUR"},
    {"account": "A1", "amount": "100", "at": "2026-02-20", "currency": "EUR"},
    {"account": "A1", "amount": "7", "at": "2026-02-21", "currency": "CHF"},
]
SPOT_SINCE = [{"rates": "plan"}, {"from": "2026-03-15", "rates": "spot", "reason": "as traded", "approver": "CFO"}]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    exports = dated("deals", DEALS, DAYS) | logged("invoices", "2026-09-14", INVOICES)
    tiny = Tiny(exports, {"lenses": {"market": {"rates": "spot"}}}, rates=RATES)
    return tiny.refreshed(tmp_path_factory.mktemp("money"))


@pytest.fixture(scope="module")
def redefined(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    pipeline = PIPELINE | {"definition": SPOT_SINCE}
    tiny = Tiny(dated("deals", DEALS, DAYS), {"pipeline": pipeline}, rates=RATES)
    return tiny.refreshed(tmp_path_factory.mktemp("redefined"))


@pytest.fixture
def typed(company: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Type:
    monkeypatch.setenv("COLUMNS", "80")
    return typing(company.root, capsys.readouterr)


# -- original and base


def test_each_record_is_rounded_and_then_summed(company: Workspace) -> None:
    found = answered(company, QUALIFIED, "2026-09-14", period="2027-Q4", records=True)
    values = {row["record"]: row["value"] for row in found.records or () if row["value"] is not None}
    assert values == {name: Decimal(value) for name, value in AT_PLAN.items()}
    assert found.total.value == sum(map(Decimal, AT_PLAN.values()))


@pytest.mark.parametrize("rates", ["plan", "spot"])
def test_original_times_rate_is_base_record_by_record(company: Workspace, rates: Literal["plan", "spot"]) -> None:
    found = answered(company, QUALIFIED, "2026-09-14", period="2027-Q4", rates=rates, records=True, original=True)
    for row in found.records or ():
        if row["value"] is not None:
            product = Decimal(str(row["original"])) * Decimal(str(row["rate"]))
            assert row["value"] == product.quantize(Decimal("0.01"), ROUND_HALF_UP), row
    currencies = found.currencies or ()
    assert sum(one.value or 0 for one in currencies) == found.total.value
    assert sum(one.n for one in currencies) == found.total.n == len(DEALS)
    assert sum(one.unvalued for one in currencies) == found.total.unvalued


def test_each_currency_beside_its_value(company: Workspace) -> None:
    found = answered(company, QUALIFIED, "2026-09-14", period="2027-Q4", original=True).currencies or ()
    by_name = {(one.currency, str(one.rate)): (one.original, one.value, one.n, one.unvalued) for one in found}
    assert by_name == {
        ("USD", "1"): (Decimal(1000), Decimal(1000), 1, 0),
        ("EUR", "1.1"): (Decimal("703.33"), Decimal("773.66"), 6, 1),
        ("JPY", "0.0066"): (Decimal(1000001), Decimal("6600.01"), 1, 0),
        ("VND", "0.000038123456"): (Decimal(25000000), Decimal("953.09"), 1, 0),
        ("KWD", "3.25"): (Decimal("10000000000000010.00"), Decimal("32.53"), 2, 1),
        ("GBP", "1.3"): (Decimal(200), Decimal(260), 1, 0),
        ("CHF", "None"): (Decimal(70), None, 1, 1),
        ("EURO", "None"): (Decimal(5), None, 1, 1),
        ("(unknown)", "None"): (Decimal(9), None, 1, 1),
    }


def test_what_adds_nothing_is_said(company: Workspace) -> None:
    notes = answered(company, QUALIFIED, "2026-09-14", period="2027-Q4").notes
    assert notes == (
        "1 opportunities have no known amount: they count and add nothing.",
        "1 opportunities (5.00 EURO) have no plan rate of EURO then: they count and add nothing.",
        "1 opportunities (70.00 CHF) have no plan rate of CHF then: they count and add nothing.",
        "1 opportunities have an amount and no currency: they count and add nothing.",
        "1 opportunities have an amount that is too large to keep: they count and add nothing.",
    )


def test_revenue_is_at_the_rate_of_its_day(company: Workspace) -> None:
    found = answered(company, "revenue.realised", "2026-09-14", original=True)
    assert found.total.value == Decimal(105 + 110)
    rates = {(one.currency, str(one.rate)): one.value for one in found.currencies or ()}
    assert rates == {("EUR", "1.05"): 105, ("EUR", "1.1"): 110, ("CHF", "None"): None}
    assert found.notes == (
        "1 records of revenue (7.00 CHF) have no plan rate of CHF then: they count and add nothing.",
    )


def test_what_is_no_money_has_no_currencies(company: Workspace) -> None:
    with pytest.raises(QuestionError, match="is no money"):
        answered(company, "win_rate.closed.count", original=True)


# -- rates that change


NET = {
    ("euro", "rate"): "5.00",
    ("euro grew", "amount up"): "21.00",
    ("euro grew", "rate"): "6.00",
    ("euro cents", "rate"): "1.66",
    ("became euro", "amount up"): "25.00",
    ("became euro", "rate"): "25.00",
    ("negative", "rate"): "-2.50",
    ("pound", "rate"): "260.00",
}
"""From the end of January (EUR 1.05, no rate of GBP) to that of March (1.10 and 1.30).

"euro grew": 100 x 1.05 = 105, then 120 x 1.05 = 126 and 120 x 1.10 = 132. "euro cents": 33.33 x 1.05 = 34.9965, so
35.00, and 36.66. "became euro": 500 dollars, then 500 x 1.05 = 525 and 550: a change of currency is one of the amount.
"""


def posted(found: Bridge) -> dict[tuple[str, str], Decimal]:
    assert found.residual == 0
    return {(one.record, one.cause): one.amount for one in found.postings}


@pytest.mark.parametrize("gross", [False, True])
def test_amount_and_rate_are_lines_of_their_own(company: Workspace, gross: bool) -> None:  # noqa: FBT001
    terms = BridgeTerms("2027-Q4", gross=gross)
    ends = read_end("agreed@2026-01-31"), read_end("agreed@2026-03-31")
    there = posted(bridge(company, *ends, terms))
    assert there == {key: Decimal(amount) for key, amount in NET.items()}
    back = posted(bridge(company, ends[1], ends[0], terms))
    assert back == {key: -amount for key, amount in there.items()}


def test_a_team_at_spot_moves_with_the_market(company: Workspace) -> None:
    """EUR 1.20 to 1.25; JPY does not move."""
    ends = read_end("market@2026-01-31"), read_end("market@2026-03-31")
    found = posted(bridge(company, *ends, BridgeTerms("2027-Q4")))
    assert found["euro", "rate"] == Decimal("5.00")
    assert (found["euro grew", "amount up"], found["euro grew", "rate"]) == (Decimal("24.00"), Decimal("6.00"))
    assert not any(record == "yen" for record, _ in found)


def test_from_plan_to_spot_is_one_line(company: Workspace) -> None:
    found = posted(
        bridge(company, read_end("agreed@2026-03-31"), read_end("market@2026-03-31"), BridgeTerms("2027-Q4"))
    )
    assert found == {
        ("euro", "rate"): Decimal("15.00"),
        ("euro grew", "rate"): Decimal("18.00"),
        ("euro cents", "rate"): Decimal("5.00"),  # 41.6625, so 41.66, less 36.66
        ("became euro", "rate"): Decimal("75.00"),
        ("negative", "rate"): Decimal("-7.50"),
        ("pound", "rate"): Decimal("2.00"),
        ("yen", "rate"): Decimal("70.00"),  # 6,670.00667 less 6,600.0066
        ("dong", "rate"): Decimal("-953.09"),  # no spot rate
        ("dinar", "rate"): Decimal("-32.53"),
    }


@pytest.mark.parametrize("gross", [False, True])
def test_time_moves_the_rate_before_the_definition_does(redefined: Workspace, gross: bool) -> None:  # noqa: FBT001
    """Plan until 15 March, spot since: 1.05 to 1.10 is the rate's, 1.10 to 1.25 the definition's."""
    ends = read_end("agreed@2026-01-31"), read_end("agreed@2026-03-31")
    found = posted(bridge(redefined, *ends, BridgeTerms("2027-Q4", gross=gross)))
    assert {cause: amount for (record, cause), amount in found.items() if record == "euro grew"} == {
        "amount up": Decimal("21.00"),
        "rate": Decimal("6.00"),
        "definition": Decimal("18.00"),
    }
    assert found["pound", "definition"] == Decimal("2.00")


# -- what is won


def test_bookings_keep_the_rate_of_their_close(tmp_path: Path) -> None:
    """Won on 20 January at the plan's 1.05; asked in March, when the plan of the new year says 1.10."""
    won = {"close": "2026-01-20", "stage": "Closed Won", "currency": "EUR", "arr": "100"}
    lives: dict[str, Life] = {"won": [(BEGUN, {"close": "2026-01-20", "currency": "EUR", "arr": "100"}),
                                      ("2026-01-20T12:00", won)]}  # fmt: skip
    company = Tiny(dated("deals", lives, DAYS), rates=RATES).refreshed(tmp_path)
    for day in DAYS:
        assert answered(company, "bookings", day, period="2026-Q4").total.value == Decimal("105.00"), day
    assert answered(company, "bookings", DAYS[-1], period="2026-Q4", rates="spot").total.value == Decimal("120.00")


# -- typed


def test_typed(typed: Type) -> None:
    words = ("ask", QUALIFIED, "--as-of", "2026-09-14", "--period", "2027-Q4", "--original")
    page = typed(*words).out
    line = next(line for line in page.splitlines() if line.startswith("  EUR "))
    assert line.split() == ["EUR", "703.33", "1.1", "773.66", "6", "1"]
    assert max(map(len, page.splitlines())) <= 80
    found = typed(*words, "--json").document["currencies"]
    assert {"currency": "JPY", "rate": Decimal("0.0066"), "original": Decimal("1000001.00"),
            "value": Decimal("6600.01"), "n": 1, "unvalued": 0} in found  # fmt: skip
    assert "VND,0.000038123456,25000000.00,953.09,1,0" in typed(*words, "--csv").out.splitlines()
    rows = typed(*words[:-1], "--records", "--csv").out.splitlines()
    assert "yen,yen,6600.01,observed,2026-12-15,1000001.00,JPY,0.0066" in rows
    assert "0.000038123456" in typed(*words[:-1], "--records").out


def test_original_is_for_one_calendar(typed: Type) -> None:
    seen = typed("ask", QUALIFIED, "--original", "--calendar", "fiscal", "--calendar", "calendar")
    assert (seen.status, "one calendar at a time" in seen.err) == (2, True)
