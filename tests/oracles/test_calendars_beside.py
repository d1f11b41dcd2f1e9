"""The same deals under a calendar of months and one of weeks: each period by hand, and what makes them differ."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.line.typed import Type, typing
from tests.oracles.tiny import COMPANY, Life, Tiny, answered, dated, records, slices, stored, text
from tieout import Workspace, bridge
from tieout.ends import BridgeTerms, read_end
from tieout.measure.answers import Question, QuestionError
from tieout.side_by_side import side_by_side
from tieout.warehouse.builds import published
from tieout.warehouse.contents import read_findings

AS_OF = "2026-09-14"
QUALIFIED = "pipeline.open_qualified"
WEEKS = {"weeks": "4-4-5", "weekday": "sunday", "year_ends": "nearest", "month": 12}
"""The Sunday nearest to the end of December: 28 December 2025, then 3 January 2027, so 2026 has 53 weeks.

Its quarters begin on 29 December, 30 March, 29 June and 28 September; the last one has 14 weeks.
"""
CLOSES = {
    "first of august": "2026-08-01",
    "before it": "2026-07-31",
    "last of weeks": "2026-09-27",
    "first after": "2026-09-28",
    "last of october": "2026-10-31",
    "november": "2026-11-01",
    "year's last day": "2027-01-03",
    "next year": "2027-01-04",
}
AMOUNTS = {name: 2**place * 1000 for place, name in enumerate(CLOSES)}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    deals: dict[str, Life] = {
        name: [("2026-07-06T09:00", {"close": close, "arr": str(AMOUNTS[name])})] for name, close in CLOSES.items()
    }
    targets = [
        {"id": "T1", "period": "2026-Q4", "amount": "1000"},
        {"id": "T2", "period": "FY2026-Q3", "amount": "8000"},
        {"id": "T3", "period": "2027-Q3", "amount": "99"},
        {"id": "T4", "period": "third quarter", "amount": "98"},
        {"id": "T5", "period": "2025-W53", "amount": "97"},
    ]
    exports = dated("deals", deals, [AS_OF]) | {"targets_2026-09-14.csv": text("targets", targets)}
    contract = {
        "company": COMPANY | {"calendars": {"fiscal": {"start_month": 2}, "weeks": WEEKS}},
        "plan": {"calendar": "weeks"},
        "lenses": {"warehouse": {"calendar": "weeks"}},
    }
    return Tiny(exports, contract).refreshed(tmp_path_factory.mktemp("beside"))


@pytest.fixture
def typed(company: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Type:
    monkeypatch.setenv("COLUMNS", "80")
    return typing(company.root, capsys.readouterr)


@pytest.mark.parametrize(
    ("period", "counted"),
    [
        ("2026-Q3", {"last of weeks"}),
        ("2026-Q4", {"first after", "last of october", "november", "year's last day"}),
        ("2026", {"last of weeks", "first after", "last of october", "november", "year's last day"}),
        ("2026-H2", {"last of weeks", "first after", "last of october", "november", "year's last day"}),
        ("2026-P12", {"year's last day"}),
        ("2026-P10", {"first after"}),
        ("2026-W39", {"last of weeks"}),
        ("2026-W40", {"first after"}),
        ("2026-W53", {"year's last day"}),
        ("2027-W01", {"next year"}),
        ("2026-09", {"last of weeks", "first after"}),
    ],
)
def test_periods_of_weeks(company: Workspace, period: str, counted: set[str]) -> None:
    assert records(company, QUALIFIED, AS_OF, period=period, calendar="weeks") == counted


def test_slices_are_named_by_the_calendar_that_was_asked_for(company: Workspace) -> None:
    found = {
        (calendar, by): set(slices(answered(company, "pipeline.open", AS_OF, calendar=calendar, by=(by,))))
        for calendar in ("fiscal", "weeks")
        for by in ("quarter", "fiscal_month", "year")
    }
    assert found["weeks", "quarter"] == {"2026-Q3", "2026-Q4", "2027-Q1"}
    assert found["fiscal", "quarter"] == {"2027-Q2", "2027-Q3", "2027-Q4"}
    assert found["weeks", "year"] == {"2026", "2027"}
    assert found["weeks", "fiscal_month"] == {
        "2026-P08", "2026-P09", "2026-P10", "2026-P11", "2026-P12", "2027-P01",
    }  # fmt: skip
    weeks = slices(answered(company, "pipeline.open", AS_OF, calendar="weeks", by=("week",)))
    assert weeks["2026-W53"].value == AMOUNTS["year's last day"]


def test_side_by_side_names_the_records_of_the_difference(company: Workspace) -> None:
    """Fiscal 2027-Q3 is August to October; the third quarter of weeks 29 June to 27 September. As of mid September."""
    first, other = side_by_side(company, Question(QUALIFIED, as_of=stored(AS_OF)), ("fiscal", "weeks"))
    assert (first.answer.period, other.answer.period) == ("2027-Q3", "2026-Q3")
    assert (str(other.answer.days), first.bridge) == (
        "(datetime.date(2026, 6, 29), datetime.date(2026, 9, 27))",
        None,
    )
    both, after, october = (AMOUNTS[name] for name in ("last of weeks", "first after", "last of october"))
    assert (first.answer.total.value, other.answer.total.value) == (both + after + october, both)
    assert other.difference == -(after + october)
    assert {(one.posting.record, one.posting.cause, one.posting.amount, one.counted) for one in other.moved} == {
        ("first after", "calendar", Decimal(-after), "fiscal"),
        ("last of october", "calendar", Decimal(-october), "fiscal"),
    }
    assert other.bridge is not None
    assert other.bridge.residual == 0


def test_a_bridge_between_calendars_tells_the_same(company: Workspace) -> None:
    """Without a period each end has its own calendar's quarter; with one each reads the name in its own way."""
    ends = read_end(f"agreed@{AS_OF}"), read_end(f"agreed@{AS_OF}+calendar:weeks")
    found = bridge(company, *ends)
    other = side_by_side(company, Question(QUALIFIED, as_of=stored(AS_OF)), ("fiscal", "weeks"))[1]
    assert found.end.value == AMOUNTS["last of weeks"]
    assert set(found.postings) == {one.posting for one in other.moved}
    named = bridge(company, ends[0], ends[1], BridgeTerms("2026-Q4"))
    fourth = ("first after", "last of october", "november", "year's last day")
    assert named.end.value == sum(AMOUNTS[name] for name in fourth)


def test_the_way_back_is_the_negative(company: Workspace) -> None:
    question = Question(QUALIFIED, as_of=stored(AS_OF))
    there = side_by_side(company, question, ("fiscal", "weeks"))[1]
    back = side_by_side(company, question, ("weeks", "fiscal"))[1]
    assert {one.posting.record: one.posting.amount for one in there.moved} == {
        one.posting.record: -one.posting.amount for one in back.moved
    }


def test_targets_are_for_the_days_of_the_plans_calendar(company: Workspace) -> None:
    """The plan is by weeks; fiscal 2027-Q3 has no target, though one is written 2027-Q3."""
    opening = answered(company, "coverage.to_go", AS_OF, period="2026-Q3", calendar="weeks").total
    assert opening.value == pytest.approx(AMOUNTS["last of weeks"] / 8000)
    assert answered(company, "coverage.to_go", AS_OF, period="2027-Q3").total.absent == "the plan has no target for it"


def test_a_target_that_no_period_can_be_read_for_is_found(company: Workspace) -> None:
    """2025 has 52 weeks."""
    found = read_findings(company, published(company))
    told = {finding.given: finding.place for finding in found if finding.code == "target.period"}
    assert told == {"THIRD QUARTER": "target T4", "2025-W53": "target T5"}


def test_a_calendar_named_twice_or_unknown_is_refused(company: Workspace) -> None:
    with pytest.raises(QuestionError, match="named twice: fiscal, fiscal"):
        side_by_side(company, Question(QUALIFIED), ("fiscal", "fiscal"))
    with pytest.raises(QuestionError, match="Allowed: fiscal, weeks"):
        side_by_side(company, Question(QUALIFIED), ("fiscal", "week"))


def test_typed(typed: Type) -> None:
    words = ("ask", QUALIFIED, "--as-of", AS_OF, "--calendar", "fiscal", "--calendar", "weeks")
    seen = typed(*words, "--records")
    assert seen.status == 0
    assert "only in fiscal" in seen.out
    assert "last of october  2026-10-31  fiscal      calendar" in seen.out
    assert max(map(len, seen.out.splitlines())) <= 80
    document = typed(*words, "--json").document
    assert [one["calendar"] for one in document["calendars"]] == ["fiscal", "weeks"]
    assert document["calendars"][1]["difference"] == -(AMOUNTS["first after"] + AMOUNTS["last of october"])
    assert document["calendars"][1]["answer"]["first_day"] == "2026-06-29"
    lines = typed(*words, "--csv").out.splitlines()
    assert lines[0] == "calendar,period,first_day,last_day,value,n,absent,difference"
    assert lines[2] == "weeks,2026-Q3,2026-06-29,2026-09-27,4000.00,1,,-24000.00"
    moved = typed(*words, "--csv", "--records").out.splitlines()
    assert moved[1] == "weeks,first after,,calendar,-8000.00,fiscal,2026-09-28"


def test_numbers_without_a_bridge_have_their_difference(typed: Type) -> None:
    seen = typed(
        "ask", "pipeline.created", "--period", "2026-Q3", "--calendar", "fiscal", "--calendar", "weeks", "--json"
    )
    found = seen.document["calendars"][1]
    assert (found["lines"], found["moved"]) == (None, [])


def test_lenses_and_lives_under_a_calendar(typed: Type) -> None:
    seen = typed("lenses", "--as-of", AS_OF, "--calendar", "weeks", "--json").document
    assert (seen["period"], seen["agreed"]["value"]) == ("2026-Q3", AMOUNTS["last of weeks"])
    life = typed("history", "first after", "--calendar", "weeks", "--period", "2026-Q4", "--json").document
    assert [(one["lens"], one["counted"]) for one in life["memberships"]] == [("agreed", True), ("warehouse", True)]
