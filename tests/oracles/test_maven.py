"""The Maven CRM sample: what `tieout` answers against a recount of the raw file."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from tests.oracles import maven
from tests.oracles.arithmetic import days, month, wilson
from tests.oracles.asking import Workspace, real_data, refreshed
from tests.oracles.maven import Deal

Q4 = days("2017-10-01", "2017-12-31")
YEAR = days("2017-01-01", "2017-12-31")


@pytest.fixture(scope="session")
def deals() -> list[Deal]:
    return maven.read(real_data("maven"))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return refreshed("maven", tmp_path_factory.mktemp("maven"))


def agent(deal: Deal) -> str:
    return deal.agent


def team(deal: Deal) -> str:
    return deal.manager


def everything(_: Deal) -> str:
    return "all"


# -- the recount itself


def test_the_file_is_the_published_one(deals: list[Deal]) -> None:
    assert len(deals) == 8_800
    assert sum(deal.account == "" for deal in deals) == 1_425
    assert sum(deal.engaged is None for deal in deals) == 500


def test_a_deal_read_by_eye(deals: list[Deal]) -> None:
    deal = next(deal for deal in deals if deal.id == "1C1I7A6R")
    assert (deal.agent, deal.manager, deal.stage) == ("Moses Frase", "Dustin Brinkmann", "Won")
    assert (deal.engaged, deal.closed, deal.amount) == (date(2016, 10, 20), date(2017, 3, 1), Decimal(1054))


# -- pipeline


def test_what_is_open_at_the_end(shop: Workspace, deals: list[Deal]) -> None:
    answer = shop.ask("pipeline.open").total
    assert (answer.value, answer.n) == (maven.open_amount(deals), maven.open_count(deals, maven.END))
    assert (answer.value, answer.n) == (Decimal(4_966_215), 2_089)


@pytest.mark.parametrize("day", ["2016-11-30", "2017-03-01", "2017-06-30", "2017-12-27", "2017-12-30"])
def test_how_many_were_open_on_a_day(shop: Workspace, deals: list[Deal], day: str) -> None:
    expected = maven.open_count(deals, date.fromisoformat(day))
    assert shop.ask("pipeline.open", "--as-of", day).total.n == expected


def test_deals_without_an_engage_date_count_only_at_the_end(shop: Workspace) -> None:
    before = shop.ask("pipeline.open", "--as-of", "2017-12-30").total.n
    assert shop.ask("pipeline.open").total.n > before + 450


# -- bookings


@pytest.mark.parametrize("period", ["2017-03", "2017-06", "2017-12"])
def test_bookings_of_a_month(shop: Workspace, deals: list[Deal], period: str) -> None:
    expected = maven.bookings(deals, month(period), everything)["all"]
    answer = shop.ask("bookings", "--period", period).total
    assert (answer.value, answer.n) == (expected.amount, expected.n)


@pytest.mark.parametrize(("by", "part"), [("owner", agent), ("team", team)])
def test_bookings_by_agent_and_team(shop: Workspace, deals: list[Deal], by: str, part: object) -> None:
    assert callable(part)
    expected = maven.bookings(deals, Q4, part)
    answer = shop.ask("bookings", "--by", by, "--period", "2017-Q4").parts()
    assert {name: (row.value, row.n) for name, row in answer.items()} == {
        name: (told.amount, told.n) for name, told in expected.items()
    }


# -- win rates


@pytest.mark.parametrize(("period", "window"), [("2017-Q4", Q4), ("2017", YEAR), ("2017-06", month("2017-06"))])
def test_win_rate(shop: Workspace, deals: list[Deal], period: str, window: object) -> None:
    won, closed = maven.win_rate(deals, window, everything)["all"]  # type: ignore[arg-type]
    answer = shop.ask("win_rate.closed.count", "--period", period).total
    assert answer.n == closed
    assert float(answer.value or 0) == pytest.approx(won / closed, abs=5e-5)
    assert answer.interval == pytest.approx(wilson(won, closed), abs=5e-5)


def test_win_rate_by_agent(shop: Workspace, deals: list[Deal]) -> None:
    expected = maven.win_rate(deals, YEAR, agent)
    answer = shop.ask("win_rate.closed.count", "--by", "owner", "--period", "2017").parts()
    assert {name: row.n for name, row in answer.items()} == {name: n for name, (_, n) in expected.items()}
    for name, (won, closed) in expected.items():
        assert float(answer[name].value or 0) == pytest.approx(won / closed, abs=5e-5)


# -- what is wrong with the data is found


def test_dirty_names_missing_accounts_and_stale_deals_are_findings(shop: Workspace, deals: list[Deal]) -> None:
    misspelled = sum(deal.product == "GTXPro" for deal in deals)
    assert any(f'"count": {misspelled}' in one for one in shop.findings_about("GTXPro"))
    assert any('"count": 12' in one for one in shop.findings_about("technolgy"))
    assert any('"count": 1425' in one for one in shop.findings_about("have no account_id"))
    assert shop.findings_about("quality.stale")


# -- over time


def test_each_month_of_a_series(shop: Workspace, deals: list[Deal]) -> None:
    """Open deals at the end of each month and what was won in it; before the first deal nobody knows."""
    words = ("--every", "month", "--from", "2016-08-01", "--to", "2017-12-31", "--json")
    opened = json.loads(shop.run("show", "series", "pipeline.open", *words))["buckets"]
    won = json.loads(shop.run("show", "series", "bookings", *words), parse_float=Decimal)["buckets"]
    assert len(opened) == len(won) == 17
    assert [(rows["name"], rows["restated"][0]["value"]) for rows in won[:2]] == [("2016-08", None), ("2016-09", None)]
    for state, flow in zip(opened[2:], won[2:], strict=True):
        first, last = date.fromisoformat(state["first_day"]), date.fromisoformat(state["last_day"])
        assert state["restated"][0]["n"] == sum(deal.is_open(last) for deal in deals), last
        closed = [deal for deal in deals if deal.stage == "Won" and deal.closed and first <= deal.closed <= last]
        row = flow["restated"][0]
        assert (row["n"], row["value"]) == (len(closed), sum(deal.amount for deal in closed)), first


def test_a_waterfall_without_amounts_counts_deals(shop: Workspace, deals: list[Deal]) -> None:
    """From the end of June to that of September: those that engaged, were won and were lost, deal by deal."""
    words = ("--from", "2017-06-30", "--to", "2017-09-30", "--closing", "any")
    made = json.loads(shop.run("show", "waterfall", *words, "--json"))
    first, last = date(2017, 6, 30), date(2017, 9, 30)
    begun = [deal for deal in deals if deal.is_open(first)]
    new = [deal for deal in deals if deal.is_open(last) and not deal.is_open(first)]
    gone = [deal for deal in begun if not deal.is_open(last)]
    counted = {line["cause"]: line["n"] for line in made["lines"]}
    assert counted == {
        "created": len(new),
        "won": sum(deal.stage == "Won" for deal in gone),
        "lost": sum(deal.stage == "Lost" for deal in gone),
    }
    title = (
        f"Pipeline went from {len(begun):,} to {len(begun) + len(new) - len(gone):,} deals, whose amounts nobody knows"
    )
    assert shop.run("show", "waterfall", *words).splitlines()[0] == title
