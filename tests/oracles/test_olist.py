"""The Olist funnel: what `tieout` answers against a recount of the raw files."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from tests.oracles import olist
from tests.oracles.arithmetic import Days, days, month, percentile, wilson
from tests.oracles.asking import Row, Workspace, real_data, refreshed
from tests.oracles.olist import Funnel

Q1 = days("2018-01-01", "2018-03-31")
EVER = days("2016-01-01", "2020-12-31")
EARLY_WIN = "b91cf8812365f50ff4bda4bcd6206b05"


@pytest.fixture(scope="session")
def funnel() -> Funnel:
    return olist.read(real_data("olist"))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return refreshed("olist", tmp_path_factory.mktemp("olist"))


def assert_rate(row: Row, won: int, leads: int) -> None:
    """Hold a row of an answer against a counted rate."""
    assert row.n == leads
    assert float(row.value or 0) == pytest.approx(won / leads, abs=5e-5)
    assert row.interval == pytest.approx(wilson(won, leads), abs=5e-5)


# -- the recount itself


def test_the_files_are_the_published_ones(funnel: Funnel) -> None:
    assert (len(funnel.leads), len(funnel.deals), len(funnel.items)) == (8_000, 842, 112_650)
    assert sum(lead.source == olist.UNKNOWN for lead in funnel.leads.values()) == 60 + 1_099
    assert len({deal.seller for deal in funnel.deals}) == 842


def test_a_lead_read_by_eye(funnel: Funnel) -> None:
    deal = next(deal for deal in funnel.deals if deal.lead == "5420aad7fec3549a85876ba1c529bd84")
    assert deal.won_at.isoformat() == "2018-02-26T19:58:54"
    assert (deal.seller, deal.segment) == ("2c43fb513632d29b3b58df74816f1b06", "pet")


def test_wilson_vectors() -> None:
    assert wilson(3, 9) == pytest.approx((0.121, 0.646), abs=5e-4)
    assert wilson(30, 120) == pytest.approx((0.181, 0.334), abs=5e-4)


def test_a_percentile_lies_between_two_values() -> None:
    assert percentile([40.0, 10.0, 20.0, 30.0], 0.9) == pytest.approx(37.0)


# -- conversion


@pytest.mark.parametrize(
    ("period", "window"),
    [
        ("2018-Q1", Q1),
        ("2018", days("2018-01-01", "2018-12-31")),
        ("2017-H2", days("2017-07-01", "2017-12-31")),
        ("2018-04", month("2018-04")),
        ("2018-02-15..2018-03-14", days("2018-02-15", "2018-03-14")),
        ("2016-01-01..2020-12-31", EVER),
    ],
)
def test_conversion_by_source(shop: Workspace, funnel: Funnel, period: str, window: Days) -> None:
    expected = olist.conversion(funnel, window)
    answer = shop.ask("conversion.lead_to_won", "--by", "source", "--period", period).parts()
    assert set(answer) == set(expected)
    for source, (won, leads) in expected.items():
        assert_rate(answer[source], won, leads)


@pytest.mark.parametrize("period", ["2017-06", "2017-09", "2017-12", "2018-01", "2018-03", "2018-05"])
def test_conversion_of_a_month(shop: Workspace, funnel: Funnel, period: str) -> None:
    won, leads = olist.pooled(olist.conversion(funnel, month(period)))
    assert_rate(shop.ask("conversion.lead_to_won", "--period", period).total, won, leads)


@pytest.mark.parametrize("as_of", ["2018-03-31", "2018-06-04", "2018-08-31", "2018-11-30"])
def test_conversion_as_of_a_day(shop: Workspace, funnel: Funnel, as_of: str) -> None:
    won, leads = olist.pooled(olist.conversion(funnel, Q1, date.fromisoformat(as_of)))
    assert_rate(shop.ask("conversion.lead_to_won", "--period", "2018-Q1", "--as-of", as_of).total, won, leads)


@pytest.mark.parametrize(
    ("period", "as_of"),
    [
        ("2018-05", "2018-06-30"),
        ("2018-03", "2018-03-31"),
        ("2018-01", "2018-01-31"),
        ("2017-09", "2018-06-30"),
        ("2018-01", "2018-11-30"),
        ("2018-05", "2018-11-30"),
    ],
)
def test_a_cohort_that_is_too_young_says_so(shop: Workspace, funnel: Funnel, period: str, as_of: str) -> None:
    expected = olist.immature(funnel, month(period), date.fromisoformat(as_of))
    answer = shop.ask("conversion.lead_to_won", "--period", period, "--as-of", as_of).total
    assert ('"immature": true' in answer.raw) == expected


def test_the_deal_won_before_its_first_contact_is_a_finding(shop: Workspace, funnel: Funnel) -> None:
    assert [deal.lead for deal in olist.won_before_contact(funnel)] == [EARLY_WIN]
    (finding,) = shop.findings_about(EARLY_WIN)
    assert '"count": 1' in finding


@pytest.mark.parametrize("days_given", [30, 180])
def test_a_cohort_has_so_many_days(shop: Workspace, funnel: Funnel, days_given: int) -> None:
    window = days("2017-06-01", "2018-05-31")
    given = ["--cohort", "lead", "--within", str(days_given), "--by", "month", "--period", "2017-06-01..2018-05-31"]
    told = json.loads(shop.run("show", "funnel", *given, "--as-of", "2018-11-30", "--json"))
    steps = {
        part["by"].get("month", ""): {step["step"]: step["reached"] for step in part["steps"]} for part in told["parts"]
    }
    counts = {month: (step["won"], step["lead"]) for month, step in steps.items()}
    expected = olist.within(funnel, window, days_given)
    assert counts == expected | {"": olist.pooled(expected)}


@pytest.mark.parametrize("as_of", ["2018-06-30"])
def test_days_to_win_with_those_that_still_may(shop: Workspace, funnel: Funnel, as_of: str) -> None:
    """The p-th quantile is the first hour by which so many of the leads were won, by Kaplan and Meier's estimate.

    Of all leads a tenth was won: the median is not known. The curve is lifelines'; only one step has a time of its own.
    """
    from lifelines import KaplanMeierFitter  # type: ignore[import-untyped]  # noqa: PLC0415 - it takes seconds

    window = days("2018-01-01", "2018-03-31")
    given = ["--cohort", "lead", "--period", "2018-Q1", "--as-of", as_of]
    (row,) = json.loads(shop.run("show", "funnel", *given, "--step", "won", "--json"))["between"]
    waited = olist.waits(funnel, window, date.fromisoformat(as_of))
    assert (row["from"], row["to"], row["n"], row["ended"]) == (
        "lead",
        "won",
        len(waited),
        sum(got for _, got in waited),
    )
    fitted = KaplanMeierFitter().fit([hours for hours, _ in waited], [got for _, got in waited])
    curve = fitted.survival_function_.iloc[:, 0]
    for share, name in ((0.5, "median"), (0.25, "p75"), (0.1, "p90")):
        fallen = [hour for hour, surviving in curve.items() if surviving <= share + 1e-9]
        assert row["days"][name] == (pytest.approx(fallen[0] / 24) if fallen else None)


# -- bookings: the deals carry no amount, so only their number is held


@pytest.mark.parametrize("period", ["2017-11", "2017-12", "2018-02", "2018-04", "2018-11"])
def test_deals_won_in_a_month(shop: Workspace, funnel: Funnel, period: str) -> None:
    assert shop.ask("bookings", "--period", period).total.n == sum(olist.deals_won(funnel, month(period)).values())


def test_deals_won_by_segment(shop: Workspace, funnel: Funnel) -> None:
    answer = shop.ask("bookings", "--by", "segment", "--period", "2018").parts()
    expected = olist.deals_won(funnel, days("2018-01-01", "2018-12-31"))
    assert {segment: row.n for segment, row in answer.items()} == expected


# -- revenue


@pytest.mark.parametrize(
    ("period", "window"),
    [
        ("2018-03", month("2018-03")),
        ("2018-Q1", Q1),
        ("2018-Q3", days("2018-07-01", "2018-09-30")),
        ("2017", days("2017-01-01", "2017-12-31")),
        ("2018-08-31..2018-09-01", days("2018-08-31", "2018-09-01")),
        ("2020-04", month("2020-04")),
        ("2016-01-01..2020-12-31", EVER),
    ],
)
def test_revenue_by_source(shop: Workspace, funnel: Funnel, period: str, window: Days) -> None:
    expected = olist.revenue(funnel, window)
    answer = shop.ask("revenue.realised", "--by", "source", "--period", period).parts()
    assert {source: (row.n, row.value) for source, row in answer.items()} == {
        source: (part.n, part.amount) for source, part in expected.items()
    }


@pytest.mark.parametrize("period", ["2016-10", "2017-10", "2018-02", "2018-06"])
def test_revenue_of_a_month(shop: Workspace, funnel: Funnel, period: str) -> None:
    expected = olist.revenue(funnel, month(period)).values()
    answer = shop.ask("revenue.realised", "--period", period).total
    assert answer.value == sum((part.amount for part in expected), Decimal())
    assert answer.n == sum(part.n for part in expected)
