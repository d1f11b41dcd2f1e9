"""Time, knowledge and bridges by hand: every figure and posting of the worked example, in thousands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from tests.line.ten_deals import CHANGED, EXPORTS, P1, RESTATED, write
from tieout import Workspace, ask, bridge, refresh
from tieout.basics.calendars import end_of_day
from tieout.ends import BridgeTerms, read_end
from tieout.measure.answers import Answer, Bridge, Chosen, Question, QuestionError

NOW = datetime(2026, 7, 22, 8)
PULLS = sorted(EXPORTS, key=lambda name: name.rpartition("_")[2])


class Move(NamedTuple):
    """A posting, in thousands."""

    record: str
    cause: str
    amount: int


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The workspace with all four pulls."""
    return refreshed(tmp_path_factory.mktemp("ten"))


def refreshed(folder: Path, **changes: str) -> Workspace:
    """Write the workspace and bring its numbers up to date."""
    workspace = Workspace(write(folder, **changes))  # type: ignore[arg-type]
    report = refresh(workspace, NOW)
    assert report.after is not None, report.findings
    return workspace


def on(day: int, month: int = 7) -> datetime:
    """The end of a day of 2026."""
    return end_of_day(date(2026, month, day), ZoneInfo("UTC"))


def agreed(workspace: Workspace, as_of: datetime, known_at: datetime | None = None, **terms: object) -> Answer:
    """Ask for the agreed number of 2026-Q3."""
    question = Question("pipeline.open_qualified", period="2026-Q3", as_of=as_of, known_at=known_at, **terms)  # type: ignore[arg-type]
    return ask(workspace, question)


def thousands(answer: Answer) -> Decimal | None:
    """The answer's total in thousands."""
    return None if answer.total.value is None else Decimal(answer.total.value) / 1000


def explained(workspace: Workspace, start: str, end: str, *, gross: bool = False) -> Bridge:
    """The bridge between two ends, which always closes."""
    made = bridge(workspace, read_end(start), read_end(end), BridgeTerms("2026-Q3", gross=gross))
    assert made.residual == Decimal("0.00")
    assert made.end.value - made.start.value == sum(posting.amount for posting in made.postings)
    return made


def moves(made: Bridge) -> set[Move]:
    """The postings in thousands; none may share record and cause."""
    found = [Move(p.record, p.cause, int(p.amount / 1000)) for p in made.postings]
    assert len(found) == len(set(found))
    return set(found)


GRID: list[tuple[int, dict[int, int | None]]] = [
    (6, {6: 470, 13: 370, 20: 370, 21: 410}),
    (13, {6: None, 13: 290, 20: 290, 21: 330}),
    (20, {6: None, 13: None, 20: 510, 21: 510}),
]
CELLS = [(as_of, known_at, figure) for as_of, row in GRID for known_at, figure in row.items()]


@pytest.mark.parametrize(("as_of", "known_at", "figure"), CELLS)
def test_the_agreed_number_as_of_and_known_at(ten: Workspace, as_of: int, known_at: int, figure: int | None) -> None:
    assert thousands(agreed(ten, on(as_of), on(known_at))) == figure


@pytest.mark.parametrize(("as_of", "figure"), [(6, 470), (13, 290), (20, 510)])
def test_as_said_then(ten: Workspace, as_of: int, figure: int) -> None:
    assert thousands(agreed(ten, on(as_of), said_then=True)) == figure


@pytest.mark.parametrize(("as_of", "figure"), [(6, 410), (13, 330), (20, 510)])
def test_restated(ten: Workspace, as_of: int, figure: int) -> None:
    assert thousands(agreed(ten, on(as_of))) == figure


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[tuple[str, Workspace]]:
    """The workspace after each pull in turn, as those who asked then saw it."""

    def steps() -> Iterator[tuple[str, Workspace]]:
        for count in range(1, len(PULLS) + 1):
            yield PULLS[count - 1], refreshed(tmp_path, exports={name: EXPORTS[name] for name in PULLS[:count]})  # type: ignore[arg-type]

    return steps()


def test_as_of_the_6th_went_470_370_410_while_the_pulls_came_in(growing: Iterator[tuple[str, Workspace]]) -> None:
    figures = {name[:8] + name[-15:-4]: thousands(agreed(workspace, on(6))) for name, workspace in growing}
    assert list(figures.values()) == [470, 370, 370, 370, 410]


def test_what_the_agreed_number_counts_on_the_6th_said_then(ten: Workspace) -> None:
    answer = agreed(ten, on(6), on(6), records=True)
    counted = {str(row["record"]): row["value"] for row in answer.records or ()}
    assert counted == {"O1": 100000, "O2": 50000, "O3": 110000, "O4": 70000, "O6": 100000, "O7": 40000}


def test_the_missing_state_is_not_counted_and_said(ten: Workspace) -> None:
    assert agreed(ten, on(6), on(20)).notes == (
        "1 opportunities existed, but nothing tells their state then: not counted.",
    )
    assert agreed(ten, on(6), on(21)).notes == ()


def test_the_grade_of_410_is_observed_but_for_40(ten: Workspace) -> None:
    grade = agreed(ten, on(6)).total.grade
    assert grade == {"observed": pytest.approx(370 / 410, abs=1e-6), "assumed": pytest.approx(40 / 410, abs=1e-6)}


def test_restatement_of_the_6th(ten: Workspace) -> None:
    made = explained(ten, "agreed@2026-07-06~2026-07-06", "agreed@2026-07-06~2026-07-21")
    assert (made.start.value, made.end.value) == (470000, 410000)
    assert moves(made) == {Move("O6", "merged", -100), Move("O8", "late history", 40)}


def test_waterfall_net_with_its_memo(ten: Workspace) -> None:
    made = explained(ten, "agreed@2026-07-06", "agreed@2026-07-20")
    assert (made.start.value, made.end.value) == (410000, 510000)
    assert moves(made) == {
        Move("O2", "amount up", 30),
        Move("O5", "qualified", 90),
        Move("O7", "pushed out", -40),
        Move("O8", "amount up", 20),
    }
    assert [(line.cause, line.amount, line.n) for line in made.memo] == [("deleted and restored", 70000, 1)]


def test_a_memo_line_has_its_records(ten: Workspace) -> None:
    terms = BridgeTerms("2026-Q3", postings=Chosen("deleted and restored"))
    made = bridge(ten, read_end("agreed@2026-07-06"), read_end("agreed@2026-07-20"), terms)
    assert moves(made) == {Move("O4", "deleted and restored", 70)}
    assert [line.cause for line in made.lines] == ["qualified", "amount up", "pushed out"]


def test_a_bridge_tells_the_grade_of_both_its_ends(ten: Workspace) -> None:
    made = explained(ten, "agreed@2026-07-06", "agreed@2026-07-20")
    assert made.start.grade == {
        "observed": pytest.approx(370 / 410, abs=1e-6), "assumed": pytest.approx(40 / 410, abs=1e-6)
    }  # fmt: skip
    assert sum(made.end.grade.values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("amount up", [("O2", 30), ("O8", 20)]),
        ("opening", [("O3", 110), ("O1", 100), ("O4", 70), ("O2", 50), ("O7", 40), ("O8", 40)]),
        ("closing", [("O3", 110), ("O1", 100), ("O5", 90), ("O2", 80), ("O4", 70), ("O8", 60)]),
        ("won", []),
    ],
)
def test_the_postings_of_one_cause(ten: Workspace, cause: str, expected: list[tuple[str, int]]) -> None:
    there, back = read_end("agreed@2026-07-06"), read_end("agreed@2026-07-20")
    terms = BridgeTerms("2026-Q3", postings=Chosen(cause))
    made = bridge(ten, there, back, terms)
    assert [(one.record, one.amount / 1000) for one in made.postings] == expected
    assert made.posted == 4
    other = {"opening": "closing", "closing": "opening"}.get(cause, cause)
    turned = bridge(ten, back, there, replace(terms, postings=Chosen(other))).postings
    sign = 1 if other in {"opening", "closing"} else -1
    assert [(one.record, sign * one.amount / 1000) for one in turned] == expected


def test_waterfall_gross(ten: Workspace) -> None:
    net = moves(explained(ten, "agreed@2026-07-06", "agreed@2026-07-20"))
    gross = moves(explained(ten, "agreed@2026-07-06", "agreed@2026-07-20", gross=True))
    assert gross - net == {Move("O4", "deleted", -70), Move("O4", "restored", 70)}
    assert net - gross == set()


SALES = {
    Move("O10", "excluded", 25),
    Move("O9", "type", 55),
    Move("O3", "basis", 220),
    Move("O8", "basis", 60),
    Move("O3", "rate", 30),
}


def test_the_sales_lens(ten: Workspace) -> None:
    made = explained(ten, "agreed@2026-07-20", "sales@2026-07-20")
    assert (made.start.value, made.end.value) == (510000, 900000)
    assert moves(made) == SALES


def test_the_marketing_lens(ten: Workspace) -> None:
    made = explained(ten, "agreed@2026-07-20", "marketing@2026-07-20")
    assert (made.start.value, made.end.value) == (510000, 265000)
    assert moves(made) == {
        Move("C3", "exists", 45),
        Move("O1", "slice", -100),
        Move("O3", "slice", -110),
        Move("O4", "slice", -70),
        Move("O5", "slice", -90),
        Move("O2", "several claims", 80),
    }


def test_a_claim_without_a_deal_is_within_no_condition(ten: Workspace) -> None:
    """C3 is of no type: of new deals marketing claims O2 twice and O8, 80 + 80 + 60."""
    terms = BridgeTerms("2026-Q3", where="type = 'new'")
    made = bridge(ten, read_end("agreed@2026-07-20"), read_end("marketing@2026-07-20"), terms)
    assert (made.start.value, made.end.value, made.end.n) == (400000, 220000, 3)
    assert moves(made) == {
        Move("O1", "slice", -100), Move("O4", "slice", -70), Move("O5", "slice", -90), Move("O2", "several claims", 80)
    }  # fmt: skip
    for where, figure in [("type = 'new'", 220), ("type = 'expansion'", 0), ("type is null", 45)]:
        assert thousands(agreed(ten, on(20), lens="marketing", where=where)) == figure


@pytest.mark.parametrize("lens", ["sales", "marketing"])
def test_the_way_back_has_the_same_lines_with_the_opposite_sign(ten: Workspace, lens: str) -> None:
    there = explained(ten, "agreed@2026-07-20", f"{lens}@2026-07-20")
    back = explained(ten, f"{lens}@2026-07-20", "agreed@2026-07-20")
    assert moves(back) == {Move(record, cause, -amount) for record, cause, amount in moves(there)}


def test_the_waterfall_backwards(ten: Workspace) -> None:
    there = moves(explained(ten, "agreed@2026-07-06", "agreed@2026-07-20"))
    back = moves(explained(ten, "agreed@2026-07-20", "agreed@2026-07-06"))
    assert back == {Move(record, cause, -amount) for record, cause, amount in there}


def test_a_sharper_definition_from_august(tmp_path: Path) -> None:
    workspace = refreshed(tmp_path, pipeline=CHANGED)
    assert thousands(agreed(workspace, on(31))) == 510
    assert thousands(agreed(workspace, on(1, month=8))) == 0
    made = explained(workspace, "agreed@2026-07-31", "agreed@2026-08-01")
    assert [(line.cause, line.amount, line.n) for line in made.lines] == [("definition", -510000, 6)]


def test_a_restated_definition_holds_in_the_past_too(tmp_path: Path) -> None:
    workspace = refreshed(tmp_path, pipeline=RESTATED)
    assert thousands(agreed(workspace, on(20))) == 0


def test_nobody_could_know_yet(ten: Workspace) -> None:
    with pytest.raises(QuestionError, match="nobody could know"):
        explained(ten, "agreed@2026-07-13~2026-07-06", "agreed@2026-07-20")


def test_before_history_there_is_no_figure_rather_than_none(ten: Workspace) -> None:
    answer = ask(ten, Question("pipeline.open", as_of=datetime(2026, 6, 1)))
    assert answer.total.value is None
    assert answer.total.absent == "nothing is known of that time: history begins on 2026-06-20"


def test_before_the_first_pull_nothing_was_known(ten: Workspace) -> None:
    for metric in ("pipeline.open", "bookings", "pipeline.created", "win_rate.closed.count"):
        answer = ask(ten, Question(metric, as_of=on(1), known_at=on(1)))
        assert (answer.total.value, answer.total.n) == (None, 0)
        assert answer.total.absent == "nothing was known then: the first pull was taken later"


def test_a_deal_that_time_alone_made_past_due(tmp_path: Path) -> None:
    export = P1.replace("2026-08-20", "2026-07-10")
    workspace = refreshed(tmp_path, exports={"opportunities_2026-07-06T0600.csv": export})  # type: ignore[arg-type]
    for gross in (False, True):
        made = explained(workspace, "agreed@2026-07-06", "agreed@2026-07-15", gross=gross)
        assert moves(made) == {Move("O2", "past due", -50)}
