"""Sales efficiency by hand: what was won over the cost of sales that the plan names, or why there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracles.tiny import Life, Tiny, answered, dated, logged
from tieout import Workspace

QUARTER = "2027-Q3"


def won(arr: str, **fields: str) -> Life:
    """A deal won on 10 September."""
    return [
        ("2026-07-06T12:00", {"arr": arr, **fields}),
        ("2026-09-10T12:00", {"stage": "Closed Won", "close": "2026-09-10"}),
    ]


SPEND = [
    {"at": "2026-08-31", "amount": "40000", "category": "Sales people"},
    {"at": "2026-09-30", "amount": "10000", "category": "commission"},
    {"at": "2026-09-30", "amount": "10000", "category": "Commission", "currency": "EUR"},
    {"at": "2026-09-30", "amount": "7", "category": "program"},
    {"at": "2026-07-31", "amount": "9", "category": "commission"},
]


def asked(tmp_path: Path, *named: str, **changed: str) -> Workspace:
    """The company whose plan names categories as the cost of sales."""
    deals = {"new": won("90000"), "more": won("32000", type="expansion"), "again": won("500", type="renewal")}
    spend = [row | changed if row["at"] == "2026-08-31" else row for row in SPEND]
    exports = dated("deals", deals, ["2026-07-31", "2026-09-30"]) | logged("spend", "2026-10-05", spend)
    return Tiny(exports, {"plan": {"sales_cost": list(named)}}).refreshed(tmp_path)


def test_won_for_each_dollar_of_sales(tmp_path: Path) -> None:
    company = asked(tmp_path, "sales people", "commission")
    answer = answered(company, "sales_efficiency", period=QUARTER)
    assert (answer.total.value, answer.total.n) == (pytest.approx(122_000 / (40_000 + 10_000 + 11_000)), 2)
    assert "122,000.00 won / 61,000.00 of sales cost." in answer.notes
    none = answered(company, "sales_efficiency", period="2026-Q4").total
    assert (none.value, none.absent) == (None, "no cost of sales is told of the period")
    cut = answered(company, "sales_efficiency", period=QUARTER, by=("segment",))
    assert [row.by for row in cut.rows] == [{}]
    assert "Spend tells of no segment and no owner: the figure is of the whole." in cut.notes


def test_the_cost_of_a_cycle_earlier(tmp_path: Path) -> None:
    """Both deals were qualified on 6 July and won on 10 September: 66 days are two months. June to August cost 40,009.

    The quarter is August to October. A renewal is of no new business: its cycle does not count.
    """
    company = asked(tmp_path, "sales people", "commission")
    answer = answered(company, "sales_efficiency.lagged", "2026-10-31", period=QUARTER)
    assert (answer.total.value, answer.total.n) == (pytest.approx(122_000 / 40_009), 2)
    lag = "of 2026-06-01..2026-08-31, 2 months earlier (median cycle 66.0 days)"
    assert f"122,000.00 won / 40,009.00 of sales cost {lag}." in answer.notes
    running = answered(company, "sales_efficiency.lagged", "2026-10-05", period=QUARTER)
    assert running.total.value == pytest.approx(122_000 / 9)  # until 5 October: the cost until 5 August
    assert any("of 2026-06-01..2026-08-05, 2 months earlier" in note for note in running.notes)
    none = answered(company, "sales_efficiency.lagged", period="2027-Q2").total
    assert (none.value, none.absent) == (None, "no deal that was won in the period has a known cycle")


def test_without_a_fully_loaded_cost_there_is_none(tmp_path: Path) -> None:
    total = answered(asked(tmp_path), "sales_efficiency", period=QUARTER).total
    assert total.value is None
    assert total.absent == "the contract does not say which spend is the fully-loaded cost of sales (plan: sales_cost)"


def test_a_posting_without_a_rate_is_no_part_of_a_sum(tmp_path: Path) -> None:
    total = answered(asked(tmp_path, "Sales people", currency="CHF"), "sales_efficiency", period=QUARTER).total
    assert (total.value, total.absent) == (None, "1 postings of the cost of sales have no amount in the base currency")
