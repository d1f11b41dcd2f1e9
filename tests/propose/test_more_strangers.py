"""Exports in which a plausible reading gives a wrong figure: snapshots, parts of deals, units, signs, plans ahead."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.propose.conftest import NOW, Proposing, plan_of
from tests.propose.test_first_number import init, written
from tieout.propose.plan import Proposal
from tieout.propose.propose import propose
from tieout.propose.reading import factor_of
from tieout.propose.taken import week_in
from tieout.propose.value_words import outcome_of

SNAPSHOTS = """
    snapshot_date,deal_id,stage,amount,close_date
    2026-07-06,A,Qualified,100,2026-09-01
    2026-07-06,B,Qualified,200,2026-09-02
    2026-07-06,C,Proposal,400,2026-09-03
    2026-07-13,A,Qualified,100,2026-09-01
    2026-07-13,B,Proposal,250,2026-09-02
    2026-07-13,C,Closed Won,400,2026-07-10
    2026-07-20,A,Closed Lost,100,2026-07-15
    2026-07-20,B,Proposal,250,2026-11-30
    2026-07-20,D,Proposal,800,2026-09-04
"""


def value(proposal: Proposal, name: str, key: str) -> Any:  # noqa: ANN401 - any value of a contract
    return plan_of(proposal, name).told(key)


def asked(proposal: Proposal) -> dict[str, str]:
    return {question.place.rsplit(".objects.", 1)[-1]: question.what for question in proposal.questions}


# -- snapshots


def test_every_deal_again_on_each_day_is_a_log_of_states(proposed: Proposing) -> None:
    proposal = proposed({"pipeline.csv": SNAPSHOTS})
    plan = plan_of(proposal, "pipeline")
    assert plan.key == ("snapshot_date", "deal_id")
    told = {key: plan.told(key) for key in ("mode", "at", "fields.id", "fields.stage", "taken_at")}
    assert told == {
        "mode": "log", "at": "snapshot_date", "fields.id": "deal_id", "fields.stage": "stage", "taken_at": "2026-07-20",
    }  # fmt: skip
    assert "1 of 4 records" in asked(proposal)["pipeline.mode"], "C is not in the last snapshot"
    assert {one.name: one.outcome for one in proposal.stages} == {
        "Qualified": "open", "Proposal": "open", "Closed Won": "won", "Closed Lost": "lost",
    }  # fmt: skip


def test_a_deal_of_three_snapshots_counts_once(tmp_path: Path) -> None:
    """Of 2026-Q3 and open on July 20: D with 800; B moved to November, A and C have ended."""
    told = init(tmp_path / "workspace", written(tmp_path, {"pipeline.csv": SNAPSHOTS}))
    (row,) = [row for row in told["first_number"]["rows"] if not row["by"]]
    assert (told["first_number"]["metric"], row["value"], row["n"]) == ("pipeline.open_qualified", 800.0, 1)


def test_a_number_of_each_row_is_no_key_of_deals(proposed: Proposing) -> None:
    header, *rows = SNAPSHOTS.strip().splitlines()
    lines = [f"row_id,{header.strip()}", *(f"{number},{row.strip()}" for number, row in enumerate(rows, 1))]
    plan = plan_of(proposed({"pipeline.csv": "\n".join(lines) + "\n"}), "pipeline")
    assert (plan.key, plan.told("mode")) == (("snapshot_date", "deal_id"), "log")


def test_a_sample_in_which_no_deal_is_there_twice(proposed: Proposing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a big file a few rows are looked at: here the first two only."""
    monkeypatch.setattr("tieout.propose.look.HEAD_ROWS", 2)
    monkeypatch.setattr("tieout.propose.look.SAMPLED", 3)
    plan = plan_of(proposed({"pipeline.csv": SNAPSHOTS}), "pipeline")
    assert (plan.key, plan.told("mode")) == (("snapshot_date", "deal_id"), "log")


def test_days_that_are_not_named_snapshots_are_told_by_their_rows(proposed: Proposing) -> None:
    plan = plan_of(proposed({"pipeline.csv": SNAPSHOTS.replace("snapshot_date", "day")}), "pipeline")
    assert (plan.key, plan.told("mode"), plan.told("at")) == (("day", "deal_id"), "log", "day")


def test_one_file_for_each_week_with_its_day_in_a_column(proposed: Proposing) -> None:
    week = "As of,Deal ID,Stage,Amount,Close Date\n{0},A,Qualified,100,2026-09-01\n{0},B,Proposal,200,2026-09-02\n"
    files = {f"pipeline KW{number}.csv": week.format(day) for number, day in ((29, "2026-07-13"), (30, "2026-07-20"))}
    plan = plan_of(proposed(files), "pipeline")
    assert (plan.key, plan.told("mode"), plan.told("at")) == (("As of", "Deal ID"), "log", "As of")
    assert "files" not in dict(plan.asked), "the column tells which one is newer"


def test_one_snapshot_tells_when_it_was_taken(proposed: Proposing) -> None:
    deals = "Stichtag,Deal ID,Stage,Amount,Close Date\n" + "".join(
        f"2026-07-20,D{n},Proposal,100,2026-09-0{n}\n" for n in (1, 2, 3)
    )
    plan = plan_of(proposed({"deals.csv": deals}), "deals")
    assert (plan.key, plan.told("mode"), plan.told("taken_at")) == (("Deal ID",), "full", "2026-07-20")


def test_weeks_that_are_no_days_are_left_to_a_person(proposed: Proposing) -> None:
    text = SNAPSHOTS.replace("snapshot_date", "Week")
    for day, week in (("2026-07-06", "2026-W28"), ("2026-07-13", "2026-W29"), ("2026-07-20", "2026-W30")):
        text = text.replace(f"    {day},", f"    {week},")
    proposal = proposed({"pipeline.csv": text})
    assert plan_of(proposal, "pipeline").entity is None
    assert "pipeline.at" in asked(proposal)


def test_lines_of_products_are_no_deals(proposed: Proposing) -> None:
    """A's amount of 100 stands in two rows: 300 in all, not 400."""
    text = """
        Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Product Name
        A,Alpha,Proposal,100,2026-09-01,Basic
        A,Alpha,Proposal,100,2026-09-01,Support
        B,Beta,Proposal,200,2026-09-02,Basic
    """
    proposal = proposed({"opportunities.csv": text})
    (plan,) = proposal.plans
    assert plan.entity is None
    assert any("3 rows tell of 2 values of 'Opportunity ID'" in question.what for question in proposal.questions)


# -- when an export was taken


def deals_until(last: date, header: str = "Close Date") -> str:
    rows = "".join(f"D{n:02d},{('Proposal', 'Closed Lost')[n % 2]},100,{last - timedelta(days=n)}\n" for n in range(12))
    return f"Deal ID,Stage,Amount,{header}\n{rows}"


def test_days_ahead_tell_nothing(proposed: Proposing) -> None:
    """Even of lost deals the expected close date may lie ahead of the export: here until the day of the pull."""
    proposal = proposed({"deals.csv": deals_until(NOW.date(), "Expected Close Date")})
    assert value(proposal, "deals", "taken_at") is None
    assert "the start of the pull counts" in asked(proposal)["deals.taken_at"]


def test_last_activity_tells(proposed: Proposing) -> None:
    header, *rows = deals_until(date(2026, 9, 30)).splitlines()
    text = "\n".join([f"{header},Last Activity", *(f"{row},2026-06-{n + 1:02d}" for n, row in enumerate(rows))])
    assert value(proposed({"deals.csv": f"{text}\n"}), "deals", "taken_at") == "2026-06-12"


def test_a_title_tells(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    book = xlsxwriter.Workbook(str(tmp_path / "exports" / "Vertriebspipeline KW25.xlsx"))
    sheet = book.add_worksheet("Pipeline")
    sheet.write(0, 0, "Vertriebspipeline, Stand 20.06.2026")
    sheet.write_row(2, 0, ["Nr.", "Kunde", "Phase", "Auftragswert", "Abschluss erwartet"])
    for number in range(6):
        sheet.write_row(3 + number, 0, [f"V{number}", "Nord", "Angebot", 100, f"2026-09-0{number + 1}"])
    book.close()
    (plan,) = propose(tmp_path / "exports", tmp_path, NOW).plans
    assert (plan.entity, plan.told("taken_at")) == ("opportunity", "2026-06-20")


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Pipeline KW32.xlsx", date(2026, 8, 9)),
        ("pipeline_2025_week_50.csv", date(2025, 12, 14)),
        ("Forecast KW50.csv", date(2025, 12, 14)),
        ("Kwartal.csv", None),
        ("KW77.csv", None),
    ],
)
def test_the_end_of_a_week_in_a_name(name: str, day: date | None) -> None:
    assert week_in(name, date(2026, 11, 26)) == day


def test_years_of_two_digits(proposed: Proposing) -> None:
    rows = "".join(f"P{n:02d};Angebot;100;{n + 10}.6.26;{n + 10}.9.26\n" for n in range(8))
    proposal = proposed({"Verkaufschancen.csv": f"Projekt-Nr;Phase;Betrag;Angelegt;Abschluss geplant\n{rows}"})
    assert value(proposal, "verkaufschancen", "taken_at") == "2026-06-17"


# -- amounts


@pytest.mark.parametrize(
    ("column", "factor"),
    [
        ("Volumen (k€)", 1000), ("Umsatz TEUR", 1000), ("Amount ($K)", 1000), ("Wert in Tsd.", 1000),
        ("Umsatz Mio. €", 1_000_000), ("Value (M)", 1_000_000), ("金額(万円)", 10_000), ("金額(千円)", 1000),
        ("mrr_amount", 12), ("Amount", 1), ("Betrag", 1), ("Montant (EUR)", 1), ("Market value", 1), ("Kosten", 1),
    ],
)  # fmt: skip
def test_units_in_the_name_of_a_column(column: str, factor: int) -> None:
    assert factor_of(column) == factor


def test_thousands_and_a_flag_for_won(tmp_path: Path) -> None:
    """Open and closing in 2026-Q3: 12.5 + 1,250 thousand; the deal flagged J was won."""
    text = """
        Projekt-Nr;Phase;Volumen (k€);Gewonnen (J/N);Angelegt;Entscheidung bis
        00010;2 - Qualifizierung;12,5;N;13.7.26;14.9.26
        00011;3 - Angebot;1.250;N;14.7.26;15.9.26
        00012;3 - Angebot;99,5;J;15.7.26;20.7.26
    """
    told = init(tmp_path / "workspace", written(tmp_path, {"Verkaufschancen.csv": text}))
    (row,) = [row for row in told["first_number"]["rows"] if not row["by"]]
    assert (told["first_number"]["metric"], row["value"], row["n"]) == ("pipeline.open_qualified", 1_262_500.0, 2)
    assert {term["key"]: term["value"] for term in told["company"]}["currency"] == "EUR"
    assert "00010" in (tmp_path / "exports" / "Verkaufschancen.csv").read_text("utf-8")


def test_the_sign_beside_each_amount_is_its_currency(proposed: Proposing) -> None:
    rows = "".join(f"{n},Proposal,{'€' if n % 2 else '$'}{n}00,2026-09-01\n" for n in range(1, 9))
    proposal = proposed({"deals.csv": f"Deal ID,Stage,Value,Close date\n{rows}"})
    sql = value(proposal, "deals", "fields.currency")["sql"]
    assert """when "Value" like '%€%' then 'EUR'""" in sql
    assert """when "Value" like '%$%' then 'USD'""" in sql
    assert any(question.place == "rates.csv" for question in proposal.questions)


def test_amounts_of_another_kind_are_none_of_the_deal(proposed: Proposing) -> None:
    header = "ID,Name,Status,Total Contract Value,Weighted Value,Discount Amount,Contract End Date"
    rows = "".join(f"{n},Deal {n},{('Open', 'Won')[n % 2]},{n}000,{n}00,10,2027-01-01\n" for n in range(1, 9))
    plan = plan_of(proposed({"deals.csv": f"{header}\n{rows}"}), "deals")
    assert (plan.column("tcv"), plan.told("fields.arr"), plan.told("fields.close_date")) == (
        "Total Contract Value", None, None,
    )  # fmt: skip


def test_a_year_wins_over_a_month(proposed: Proposing) -> None:
    header = "subscription_id,account_id,start_date,end_date,mrr_amount,arr_amount"
    rows = "".join(f"S{n},A{n % 3},2026-01-0{n},,10,120\n" for n in range(1, 9))
    both = proposed({"subscriptions.csv": f"{header}\n{rows}"})
    assert value(both, "subscriptions", "fields.arr") == "arr_amount"


def test_amounts_that_are_no_numbers_are_named(proposed: Proposing) -> None:
    rows = "".join(f"O-{n},{('Proposal', 'Won')[n % 2]},{('25k', '1.2M')[n % 2]},Q3 2026\n" for n in range(8))
    proposal = proposed({"pipeline.csv": f"Opp,Stage,ACV,Expected Close\n{rows}"})
    told = asked(proposal)
    assert "'ACV' has values such as '25k'" in told["pipeline.fields.arr"]
    assert "'Expected Close' has values such as 'Q3 2026'" in told["pipeline.fields.close_date"]


def test_what_was_before_is_not_read(proposed: Proposing) -> None:
    header = "Deal ID,Stage,Previous Stage,Amount,Prior Amount,Close Date,Original Close Date"
    rows = "".join(f"{n},Proposal,Discovery,{n}00,5,2026-09-0{n},2026-06-0{n}\n" for n in range(1, 9))
    plan = plan_of(proposed({"deals.csv": f"{header}\n{rows}"}), "deals")
    assert [plan.column(field) for field in ("stage", "arr")] == ["Stage", "Amount"]
    assert plan.told("fields.close_date") == "Close Date"


def test_what_customers_have_is_no_pipeline(proposed: Proposing) -> None:
    status = ("Active", "At risk", "Churned")
    rows = "".join(f"Cust {n},{n}000,2026-09-0{n},Kim,{status[n % 3]}\n" for n in range(1, 9))
    proposal = proposed({"Renewals tracker.csv": f"Customer,ARR,Renewal Date,Owner,Status\n{rows}"})
    (plan,) = proposal.plans
    assert plan.entity != "opportunity"


# -- what a column is


def test_the_size_of_a_client_is_no_client(proposed: Proposing) -> None:
    rows = "".join(f"{1000 + n},{('Loss', 'Won')[n % 2]},{n}00,{n % 5 + 1}\n" for n in range(60))
    text = f"Opportunity Number,Opportunity Result,Opportunity Amount USD,Client Size By Revenue\n{rows}"
    proposal = proposed({"Sales-Win-Loss.csv": text})
    (plan,) = proposal.plans
    assert (plan.entity, plan.column("account_id"), plan.column("stage")) == ("opportunity", None, "Opportunity Result")
    assert [(one.name, one.outcome, one.rows) for one in proposal.stages] == [("Won", "won", 30), ("Loss", "lost", 30)]
    assert {term.key: (term.value, term.sure.value) for term in proposal.company}["currency"] == ("USD", "medium")


def test_leads_without_any_date(proposed: Proposing) -> None:
    rows = "".join(f"{n:08x},{n},{('Google', '')[n % 2]},{n % 2},{('Select', 'Mumbai')[n % 2]}\n" for n in range(1, 40))
    proposal = proposed({"Lead Scoring.csv": f"Prospect ID,Lead Number,Lead Source,Converted,City\n{rows}"})
    (plan,) = proposal.plans
    assert plan.told("fields.status") == {"column": "Converted", "values": {"0": "Not converted", "1": "Converted"}}
    assert plan.looked.of("City").unknown == ("Select",)
    assert "no conversion of a month's leads" in asked(proposal)["lead_scoring.fields.first_contact_at"]


def test_events_of_which_nothing_tells_the_kind_are_kept_unread(proposed: Proposing) -> None:
    rows = "".join(f"C{n},A{n % 3},2026-01-0{n},pricing,5.5\n" for n in range(1, 9))
    proposal = proposed({"churn_events.csv": f"churn_event_id,account_id,churn_date,reason_code,refund_usd\n{rows}"})
    assert plan_of(proposal, "churn_events").entity is None


def test_months_as_columns_are_no_records(proposed: Proposing) -> None:
    rows = "".join(f"Rep {n},Acct {n},{n}000,{n}00,{n}0,{n}\n" for n in range(1, 9))
    proposal = proposed({"Weekly Forecast.csv": f"Rep,Account,Jan 2026,Feb 2026,Mar 2026,Apr 2026\n{rows}"})
    (plan,) = proposal.plans
    assert plan.entity is None
    assert "its columns are periods ('Jan 2026' to 'Apr 2026')" in plan.terms["kept"].value


@pytest.mark.parametrize(
    ("header", "stages"),
    [
        ("案件番号,案件名,顧客名,フェーズ,金額,受注予定日,作成日", ("見込み", "提案", "受注", "失注")),
        (
            "商机编号,商机名称,客户名称,销售阶段,预计金额,预计成交日期,创建时间",
            ("初步接触", "方案报价", "赢单", "输单"),
        ),
    ],
)
def test_japanese_and_chinese(header: str, stages: tuple[str, ...], proposed: Proposing) -> None:
    rows = "".join(f"A{n},名{n},社{n % 3},{stages[n % 4]},{n}00,2026-09-0{n},2026-06-0{n}\n" for n in range(1, 9))
    proposal = proposed({"list.csv": f"{header}\n{rows}"})
    (plan,) = proposal.plans
    columns = header.split(",")
    fields = ("name", "account_id", "stage", "arr", "close_date", "created_at")
    assert (plan.entity, [plan.column(field) for field in fields]) == ("opportunity", columns[1:])
    assert [one.outcome for one in proposal.stages] == ["open", "open", "won", "lost"]


def test_a_loss_stands_alone() -> None:
    assert [outcome_of(name) for name in ("Loss", "Win/Loss", "Glossary", "Closed - Loss")] == [
        "lost", "lost", None, "lost",
    ]  # fmt: skip


@pytest.mark.slow
def test_won_and_lost_without_a_day_are_no_bookings(tmp_path: Path) -> None:
    """Each would count as won in the quarter of the pull."""
    rows = "".join(f"{1000 + n},{('Loss', 'Won')[n % 2]},{n}00\n" for n in range(1, 61))
    told = init(
        tmp_path / "workspace",
        written(tmp_path, {"deals.csv": f"Deal ID,Result,Deal Amount\n{rows}"}),
        now=datetime(2026, 11, 26, 9, 0),
    )
    assert told["first_number"] is None
    assert [one["name"] for one in told["stages"]] == ["Won", "Loss"]
