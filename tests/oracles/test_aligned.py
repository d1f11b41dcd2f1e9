"""A number on the same day of trailing quarters, each counted by hand, and the quarters that have no such day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.line.typed import Type, typing
from tests.oracles.tiny import COMPANY, Life, Tiny, answered, dated, once, stored
from tieout import Workspace
from tieout.commands.asking import Moments
from tieout.commands.asking import ask_aligned as ask_aligned_number
from tieout.commands.result import Form, Output
from tieout.measure.answers import Question, QuestionError
from tieout.measure.numbers.aligned import Aligned, QuarterDay, aligned
from tieout.questions import opened

QUALIFIED = "pipeline.open_qualified"
WEEKS = {"weeks": "4-4-5", "weekday": "sunday", "year_ends": "nearest", "month": 12}
"""2026 has 53 weeks: its last quarter, from 28 September to 3 January, has 14."""
DAYS = ["2026-02-15", "2026-06-30", "2026-09-30", "2026-11-20"]
LIVES: dict[str, Life] = {
    "first": [("2026-02-10T12:00", {"close": "2026-03-31", "arr": "1"}), ("2026-03-20T12:00", {"stage": "Closed Won"})],
    "second": [("2026-05-15T12:00", {"close": "2026-06-30", "arr": "20"})],
    "third early": [("2026-07-20T12:00", {"close": "2026-09-20", "arr": "300"})],
    "third late": [("2026-08-20T12:00", {"close": "2026-09-20", "arr": "4000"})],
    "fourth": [("2026-11-10T12:00", {"close": "2026-12-31", "arr": "50000"})],
}
"""Calendar quarters. As of day 46: 15 February, 15 May, 15 August, 15 November."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    contract = {"company": COMPANY | {"calendars": {"calendar": {"start_month": 1}, "weeks": WEEKS}}}
    return Tiny(dated("deals", LIVES, DAYS), contract).refreshed(tmp_path_factory.mktemp("aligned"))


def ask_aligned(
    company: Workspace, day: str, quarters: int, by: Aligned = "day", metric: str = QUALIFIED, **terms: str
) -> tuple[QuarterDay, ...]:
    with opened(company) as asked:
        return aligned(asked, Question(metric, as_of=stored(day), **terms), quarters, by)  # type: ignore[arg-type]


def told(found: tuple[QuarterDay, ...]) -> list[tuple[str, str, object]]:
    return [(one.quarter.name, str(one.day), one.rows[0].value) for one in found]


def test_the_same_day_of_each_quarter(company: Workspace) -> None:
    found = ask_aligned(company, "2026-11-15", 4)
    assert told(found) == [
        ("2026-Q1", "2026-02-15", 1),
        ("2026-Q2", "2026-05-16", 20),
        ("2026-Q3", "2026-08-15", 300),
        ("2026-Q4", "2026-11-15", 50000),
    ]
    assert {one.day_of_quarter for one in found} == {46}
    assert [one.quarter.days for one in found] == [90, 91, 92, 92]


def test_the_same_distance_from_the_end(company: Workspace) -> None:
    found = ask_aligned(company, "2026-11-15", 4, "end")
    assert told(found) == [
        ("2026-Q1", "2026-02-13", 1),
        ("2026-Q2", "2026-05-15", 20),
        ("2026-Q3", "2026-08-15", 300),
        ("2026-Q4", "2026-11-15", 50000),
    ]
    assert {one.days_to_end for one in found} == {46}


def test_each_is_what_a_question_of_that_day_answers(company: Workspace) -> None:
    for one in ask_aligned(company, "2026-11-15", 4):
        asked = answered(company, QUALIFIED, str(one.day), period=one.quarter.name)
        assert one.rows[0] == asked.total


def test_a_quarter_without_the_day_is_absent(company: Workspace) -> None:
    """Day 91 of 92: the first quarter of 2026 has 90."""
    found = ask_aligned(company, "2026-12-30", 4)
    assert [one.day_of_quarter for one in found] == [None, 91, 91, 91]
    assert found[0].rows[0].absent == "the quarter has 90 days, and so no such day"
    early = ask_aligned(company, "2026-10-01", 2, "end")[0]
    assert (early.days_to_end, str(early.day)) == (91, "2026-07-01")
    assert ask_aligned(company, "2026-10-01", 4, "end")[0].day is None


def test_before_history_it_is_absent_with_the_reason(company: Workspace) -> None:
    found = ask_aligned(company, "2026-11-15", 5)
    assert found[0].rows[0].value is None
    assert "history begins on 2026-02-10" in str(found[0].rows[0].absent)


def test_quarters_of_13_and_14_weeks(company: Workspace) -> None:
    """29 June to 27 September has 91 days, 28 September to 3 January 98; the 92nd is 28 December."""
    found = ask_aligned(company, "2026-12-28", 2, calendar="weeks")
    assert [(one.quarter.days, one.day_of_quarter) for one in found] == [(91, None), (98, 92)]
    back = ask_aligned(company, "2026-12-28", 2, "end", calendar="weeks")
    assert [str(one.day) for one in back] == ["2026-09-21", "2026-12-28"]


def test_bookings_to_date(company: Workspace) -> None:
    """Won on 20 March, closing on the 31st: in no quarter but the first, and not on its day 46."""
    found = ask_aligned(company, "2026-05-15", 2, metric="bookings")
    assert [one.rows[0].value for one in found] == [0, 0]
    later = ask_aligned(company, "2026-06-20", 2, metric="bookings")
    assert [one.rows[0].value for one in later] == [1, 0]


@pytest.mark.parametrize(
    ("quarters", "metric", "period", "words"),
    [
        (0, QUALIFIED, None, "Allowed: 1 to 40"),
        (41, QUALIFIED, None, "Allowed: 1 to 40"),
        (4, QUALIFIED, "2026-Q1", "Leave the period out"),
        (4, "pipeline.created", None, "a series is of a state"),
        (4, "pipeline", None, "is not a number"),
    ],
)
def test_what_cannot_be_aligned(company: Workspace, quarters: int, metric: str, period: str, words: str) -> None:
    with opened(company) as asked, pytest.raises(QuestionError, match=words):
        aligned(asked, Question(metric, period), quarters)


def test_typed(company: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    typed: Type = typing(Path(company.root), capsys.readouterr)
    words = ("ask", QUALIFIED, "--as-of", "2026-11-15", "--align", "4")
    seen = typed(*words)
    assert seen.status == 0
    assert "day 46 of each quarter" in seen.out
    line = next(line for line in seen.out.splitlines() if "2026-Q1" in line)
    assert line.split() == ["2026-Q1", "2026-02-15", "46", "of", "90", "1.00", "1"]
    found = typed(*words, "--json").document["quarters"]
    assert [(one["day_of_quarter"], one["days_to_quarter_end"]) for one in found] == [
        (46, 44),
        (46, 45),
        (46, 46),
        (46, 46),
    ]
    lines = typed(*words, "--csv", "--by", "type").out.splitlines()
    assert lines[0] == "quarter,as_of,day_of_quarter,days_to_quarter_end,days_in_quarter,type,value,n,absent"
    assert len(lines) == 9
    assert typed(*words, "--original").status == 2


def test_quarters_over_each_other_day_by_day(
    company: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed: Type = typing(Path(company.root), capsys.readouterr)
    words = ("show", "series", QUALIFIED, "--to", "2026-11-15", "--align", "2")
    seen = typed(*words)
    assert seen.out.splitlines()[0] == "pipeline.open_qualified: 50K on day 46 of 2026-Q4, up 49.7K from 2026-Q3"
    third, fourth = typed(*words, "--json").document["quarters"]
    values = {one["day"]: one["value"] for one in (*third["days"], *fourth["days"])}
    # All of the third quarter, and the fourth up to the day: 92 and 46.
    assert (len(third["days"]), len(fourth["days"])) == (92, 46)
    told = {"2026-07-19": 0, "2026-07-20": 300, "2026-08-20": 4300, "2026-09-20": 4300, "2026-09-21": 0}
    told |= {"2026-11-09": 0, "2026-11-10": 50000, "2026-11-15": 50000}
    assert {day: values[day] for day in told} == told
    assert typed(*words, "--html", str(tmp_path / "page.html")).status == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "2026-Q3 0" in page
    assert "day 46" in page
    assert typed(*words, "--by", "type").status == 2


def test_the_answer_tells_the_calendar_of_the_lens_and_all_that_was_asked(tmp_path: Path) -> None:
    """Under the lens's own calendar mid May is in the second calendar quarter, not in the second fiscal one."""
    deals = dated("deals", {"one": once(close="2026-06-01")}, ["2026-05-15"])
    workspace = Tiny(deals, {"lenses": {"team": {"calendar": "calendar"}}}).refreshed(tmp_path)
    question = Question("pipeline.open_qualified", lens="team", org="as-is", where="arr > 1")
    told = json.loads(
        ask_aligned_number(workspace, question, Moments("2026-05-15", None), (1, "day"), Output(Form.JSON)).text
    )
    assert [(one["quarter"], one["rows"][0]["n"]) for one in told["quarters"]] == [("2026-Q2", 1)]
    asked = ("calendar", "lens", "org", "filters", "rates", "known_at")
    assert [told[name] for name in asked] == ["calendar", "team", "as-is", "arr > 1", None, None]
