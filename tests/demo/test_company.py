"""Marlow is the company it is said to be: about $24M of ARR, a quarter of its deals won in about 80 days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from statistics import mean

from tests.demo.recount import PLAN, Marlow, local, read

LAST = "2026-09-22"


def table(marlow: Marlow, name: str) -> list[dict[str, str]]:
    return read(marlow.folder / "exports" / name / f"{name.split('/')[1]}_{LAST}.csv")


def closed(marlow: Marlow) -> list[dict[str, str]]:
    rows = marlow.weeks[date(2026, 9, 22)].values()
    return [row for row in rows if row["Type"] == "New Business" and row["StageName"] in {"Closed Won", "Closed Lost"}]


def test_it_has_about_24_million_of_arr(marlow: Marlow) -> None:
    running = [
        Decimal(row["arr"]) * PLAN[row["currency"]]
        for row in table(marlow, "finance/subscriptions")
        if row["status"] == "active" and row["end_date"] > LAST
    ]
    assert 23_000_000 < sum(running) < 25_000_000


def test_it_earns_about_a_twelfth_of_it_a_month(marlow: Marlow) -> None:
    august = [
        Decimal(row["amount"]) * PLAN[row["currency"]]
        for path in (marlow.folder / "exports/finance/invoices").iterdir()
        for row in read(path)
        if row["invoice_date"].startswith("2026-08")
    ]
    assert 1_800_000 < sum(august) < 2_200_000


def test_it_wins_about_a_quarter_of_its_deals(marlow: Marlow) -> None:
    won = sum(row["StageName"] == "Closed Won" for row in closed(marlow))
    assert 0.22 < won / len(closed(marlow)) < 0.32


def test_a_won_deal_takes_about_80_days(marlow: Marlow) -> None:
    days = [
        (date.fromisoformat(row["CloseDate"]) - local(row["CreatedDate"])).days
        for row in closed(marlow)
        if row["StageName"] == "Closed Won"
    ]
    assert 70 < mean(days) < 100


def test_the_plan_is_covered_about_three_times(marlow: Marlow) -> None:
    targets = table(marlow, "finance/targets")
    plan = sum(Decimal(row["target"]) for row in targets if row["fiscal_quarter"] == "2027-Q3")
    assert plan == Decimal(1_800_000)
    assert 2.9 < Decimal("5412350.00") / plan < 3.1


def test_there_are_about_12000_leads_and_each_won_deal_of_new_business_has_a_contract(marlow: Marlow) -> None:
    leads = {row["lead_id"] for path in (marlow.folder / "exports/marketing/leads").iterdir() for row in read(path)}
    assert 11_500 < len(leads) < 13_000
    signed = {row["opportunity_id"] for row in table(marlow, "finance/subscriptions")}
    assert {row["Id"] for row in closed(marlow) if row["StageName"] == "Closed Won"} <= signed


def test_the_balancing_records_are_worth_what_such_records_are_worth(marlow: Marlow) -> None:
    readme = (marlow.folder / "README.md").read_text(encoding="utf-8")
    (sentence,) = (line for line in readme.splitlines() if "last amounts of these records" in line)
    for lens_and_id in sentence.split("records: ")[1].rstrip(".").split("; "):
        record = lens_and_id.split(": ")[1]
        rows = [row for row in read(marlow.folder / "truth/postings.csv") if row["record"] == record]
        assert all(1_000 < abs(Decimal(row["amount"])) < 70_000 for row in rows)


def test_no_deal_is_worth_less_than_nothing(marlow: Marlow) -> None:
    rows = marlow.weeks[date(2026, 9, 22)].values()
    assert [row["Id"] for row in rows if Decimal(row["TCV__c"] or 0) < 0] == []


def test_the_readme_names_the_numbers_and_every_trap(marlow: Marlow) -> None:
    readme = (marlow.folder / "README.md").read_text(encoding="utf-8")
    for row in read(marlow.folder / "truth/numbers.csv"):
        assert f"${Decimal(row['amount']):,.2f}" in readme
    for trap in {row["trap"] for row in read(marlow.folder / "truth/traps.csv")}:
        assert f"**{trap}**" in readme
