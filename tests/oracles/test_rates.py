"""Gaps of the register of rates, each with the records and the money that want a rate."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracles.test_money import DAYS, DEALS, INVOICES, RATES
from tests.oracles.tiny import COMPANY, NOW, Tiny, dated, logged
from tieout import refresh
from tieout.basics.findings import Finding

Told = dict[tuple[str, str], Finding]


def rate_findings(folder: Path, **contract: object) -> list[Finding]:
    exports = dated("deals", DEALS, DAYS) | logged("invoices", DAYS[-1], INVOICES)
    report = refresh(Tiny(exports, contract, rates=RATES).write(folder), NOW)
    return [finding for finding in report.findings if finding.code.startswith("rate.")]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """The findings where plan and spot are both counted by. The newest data are of 14 September 2026."""
    return rate_findings(tmp_path_factory.mktemp("both"), lenses={"market": {"rates": "spot"}})


def test_every_gap_is_found_and_nothing_else(both: list[Finding]) -> None:
    """EUR has its plan rates; JPY, VND and KWD have none of fiscal 2027; GBP begins in March."""
    assert sorted((finding.code, str(finding.given)) for finding in both) == [
        ("rate.late", "GBP"),
        ("rate.missing", "CHF"),
        ("rate.missing", "EURO"),
        ("rate.missing", "KWD"),
        ("rate.missing", "VND"),
        ("rate.stale", "EUR"),
        ("rate.stale", "GBP"),
        ("rate.stale", "JPY"),
        ("rate.year", "JPY"),
        ("rate.year", "KWD"),
        ("rate.year", "VND"),
    ]


def test_a_finding_says_what_adds_nothing_and_since_when(both: list[Finding]) -> None:
    told = {(finding.code, finding.given): finding.message for finding in both}
    assert told["rate.missing", "CHF"] == (  # a deal of 70 and revenue of 7
        "there is no plan or spot rate of 'CHF': 2 records (77.00 CHF) add nothing from 2026-01-12 on."
    )
    assert "no spot rate of 'VND'" in told["rate.missing", "VND"]
    assert told["rate.late", "GBP"] == (
        "the plan and spot rates of GBP begin on 2026-03-01: before that, from 2026-01-12 on, 1 record "
        "(200.00 GBP) add nothing."
    )
    assert told["rate.year", "JPY"] == (
        "fiscal 2027 has no plan rate of JPY: that of 2025-02-01 is used on, now for 1 record."
    )
    assert "is of 2026-03-01, 197 days before the newest data" in told["rate.stale", "EUR"]
    assert next(finding for finding in both if finding.given == "EURO").nearest == "EUR"


def test_a_kind_that_nothing_counts_by_is_not_missed(tmp_path: Path) -> None:
    found = rate_findings(tmp_path)
    assert {finding.code for finding in found} == {"rate.missing", "rate.late", "rate.year"}
    assert not any("spot" in finding.message for finding in found)


def test_how_old_a_spot_rate_may_be_is_the_contracts(tmp_path: Path) -> None:
    """197 days old is as old as it may be; the yen's is 590 days old."""
    company = COMPANY | {"spot_days": 197}
    found = rate_findings(tmp_path, company=company, lenses={"market": {"rates": "spot"}})
    assert [finding.given for finding in found if finding.code == "rate.stale"] == ["JPY"]
