"""A series is the same as asking at each moment in turn."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.line.ten_deals import write
from tieout import Workspace, refresh
from tieout.basics.calendars import end_of_day
from tieout.measure.answers import Question, QuestionError
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.series import series
from tieout.questions import opened


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(write(tmp_path_factory.mktemp("ten")))
    refresh(workspace, datetime(2026, 7, 22, 8))
    return workspace


MOMENTS = [end_of_day(date(2026, 7, day), ZoneInfo("UTC")) for day in (6, 10, 13, 20)]


@pytest.mark.parametrize("said_then", [False, True])
@pytest.mark.parametrize("metric", ["pipeline.open_qualified", "pipeline.open", "bookings"])
def test_a_series_is_the_same_as_asking_each_in_turn(ten: Workspace, metric: str, *, said_then: bool) -> None:
    question = Question(metric, by=("stage", "month"), said_then=said_then)
    with opened(ten) as asked:
        in_turn = tuple(
            ask(asked, Question(metric, by=("stage", "month"), as_of=moment, said_then=said_then)).rows
            for moment in MOMENTS
        )
        assert series(asked, question, MOMENTS) == in_turn


def test_the_agreed_number_said_then_and_restated(ten: Workspace) -> None:
    with opened(ten) as asked:
        question = Question("pipeline.open_qualified", "2026-Q3")
        restated = [rows[0].value for rows in series(asked, question, MOMENTS)]
        said = [
            rows[0].value
            for rows in series(asked, Question("pipeline.open_qualified", "2026-Q3", said_then=True), MOMENTS)
        ]
    assert restated == [410000, 400000, 330000, 510000]
    assert said == [470000, 470000, 290000, 510000]


def test_a_number_of_events_has_no_series(ten: Workspace) -> None:
    with opened(ten) as asked, pytest.raises(QuestionError, match="counts what happened"):
        series(asked, Question("win_rate.closed.count"), MOMENTS)
