"""The BPI Challenge 2012 log: what `tieout` answers against a recount of the raw events."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import fmean, median
from zoneinfo import ZoneInfo

import pytest

from tests.oracles import bpi2012
from tests.oracles.arithmetic import Days, days, end_of_day, kaplan, month, tally, wilson
from tests.oracles.asking import Workspace, real_data, refreshed
from tests.oracles.bpi2012 import Application

ALWAYS = days("2011-10-01", "2012-03-31")


@pytest.fixture(scope="session")
def log() -> list[Application]:
    return bpi2012.read(real_data("bpi2012"))


@pytest.fixture(scope="session")
def bpi(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return refreshed("bpi2012", tmp_path_factory.mktemp("bpi2012"))


def moment_of(text: str) -> datetime:
    """Read a moment as a person means it: a day is over, a time without offset is local."""
    if len(text) == len("2011-10-30"):
        return end_of_day(text, bpi2012.ZONE)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(bpi2012.ZONE))


# -- the recount itself


def test_the_log_is_the_published_one(log: list[Application]) -> None:
    won = [one for one in log if one.end and one.end.stage in bpi2012.WON]
    lost = [one for one in log if one.end and one.end.stage in bpi2012.LOST]
    assert (len(log), len(won), len(lost)) == (13_087, 2_246, 10_442)
    assert sum(one.end is None for one in log) == 399
    assert sum(one.amount == 0 for one in log) == 1


def test_an_application_read_by_eye(log: list[Application]) -> None:
    one = next(one for one in log if one.case == "173688")
    assert one.amount == 20_000
    assert one.end == (datetime.fromisoformat("2011-10-13T10:37:29.226+02:00"), 21, "A_REGISTERED")
    assert one.stage_at(moment_of("2011-10-01T11:42:43.307+02:00")) == "A_PREACCEPTED"
    assert one.stage_at(moment_of("2011-10-01T11:42:43.308+02:00")) == "A_ACCEPTED"


def test_every_application_is_won_within_a_second(log: list[Application]) -> None:
    spans = [one.steps[-1].at - one.end.at for one in log if one.end]
    assert max(spans).total_seconds() == 0.957


# -- open applications


@pytest.mark.parametrize(
    "as_of",
    [
        "2011-09-30",  # in UTC the first application has come in by midnight; in Amsterdam it is the next day's
        "2011-10-01",
        "2011-10-01T00:38:44.546+02:00",  # the very moment of the first event
        "2011-10-01T00:38:44.545+02:00",
        "2011-10-15T12:00:00",
        "2011-10-30T02:30:00+02:00",  # this hour comes twice that night
        "2011-10-30T02:30:00+01:00",
        "2011-10-31",
        "2011-11-30",
        "2011-12-31",
        "2012-01-16T09:00:00+01:00",
        "2012-01-16T09:00:00+00:00",
        "2012-02-29",
        "2012-03-14",
        "2012-06-30",
    ],
)
def test_open_applications_at_a_moment(bpi: Workspace, log: list[Application], as_of: str) -> None:
    expected = bpi2012.total(bpi2012.open_at(log, moment_of(as_of)))
    answer = bpi.ask("pipeline.open", "--as-of", as_of).total
    assert (answer.n, answer.value or 0) == (expected.n, expected.amount)


@pytest.mark.parametrize("as_of", ["2011-11-05T10:00:00+01:00", "2011-12-31", "2012-02-10T08:15:30", "2012-03-31"])
def test_open_applications_by_stage(bpi: Workspace, log: list[Application], as_of: str) -> None:
    expected = bpi2012.open_at(log, moment_of(as_of))
    answer = bpi.ask("pipeline.open", "--as-of", as_of, "--by", "stage").parts()
    assert {stage: (row.n, row.value) for stage, row in answer.items()} == {
        stage: (part.n, part.amount) for stage, part in expected.items()
    }


@pytest.mark.parametrize(
    ("criteria", "least", "most"),
    [("arr >= 20000", "20000", "inf"), ("arr between 5000 and 10000", "5000", "10000"), ("arr = 0", "0", "0")],
)
def test_open_applications_by_amount(
    bpi: Workspace, log: list[Application], criteria: str, least: str, most: str
) -> None:
    unpaid = next(one for one in log if one.amount == 0)
    as_of = unpaid.steps[0].at.isoformat()
    expected = bpi2012.total(bpi2012.open_at(log, unpaid.steps[0].at, Decimal(least), Decimal(most)))
    answer = bpi.ask("pipeline.open", "--as-of", as_of, "--where", criteria).total
    assert expected.n > 0
    assert (answer.n, answer.value) == (expected.n, expected.amount)


def test_what_never_ended_is_open_to_this_day(bpi: Workspace) -> None:
    assert bpi.ask("pipeline.open").total.n == 399


@pytest.mark.parametrize("period", ["2011-10", "2011-12", "2012-02"])
def test_pipeline_created(bpi: Workspace, log: list[Application], period: str) -> None:
    expected = bpi2012.qualified(log, month(period))
    answer = bpi.ask("pipeline.created", "--period", period).total
    assert (answer.n, answer.value) == (expected.n, expected.amount)


# -- stages


@pytest.mark.parametrize(
    ("period", "window"),
    [
        ("2011-10", month("2011-10")),
        ("2011-11", month("2011-11")),
        ("2012-Q1", days("2012-01-01", "2012-03-31")),
        ("2011-10-30..2011-10-30", days("2011-10-30", "2011-10-30")),  # a day of 25 hours
        ("2011-10-01..2012-03-31", ALWAYS),
    ],
)
def test_visits_of_each_stage(bpi: Workspace, log: list[Application], period: str, window: Days) -> None:
    answer = bpi.ask("stages.visits", "--by", "stage", "--period", period).parts()
    assert {stage: row.value for stage, row in answer.items()} == bpi2012.visits(log, window)


@pytest.mark.parametrize("stage", bpi2012.OPEN)
def test_mean_time_in_a_stage(bpi: Workspace, log: list[Application], stage: str) -> None:
    stays = bpi2012.seconds_in(log, stage)
    answer = bpi.ask("stages.time.mean", "--by", "stage", "--period", "2011-10-01..2012-03-31")
    row = answer.parts()[stage]
    assert row.n == len(stays)
    assert float(row.value or 0) == pytest.approx(fmean(stays) / answer.unit_seconds, rel=1e-6, abs=0.005)


@pytest.mark.parametrize("stage", bpi2012.OPEN)
def test_median_time_in_a_stage(bpi: Workspace, log: list[Application], stage: str) -> None:
    stays = bpi2012.seconds_in(log, stage)
    answer = bpi.ask("stages.time.median", "--by", "stage", "--period", "2011-10-01..2012-03-31")
    row = answer.parts()[stage]
    assert row.n == len(stays)
    assert float(row.value or 0) == pytest.approx(median(stays) / answer.unit_seconds, rel=1e-6, abs=0.005)


@pytest.mark.parametrize(
    ("period", "window"),
    [("2011-10-01..2012-03-31", ALWAYS), ("2011-11", month("2011-11")), ("2012-03", month("2012-03"))],
)
def test_conversion_of_each_stage(bpi: Workspace, log: list[Application], period: str, window: Days) -> None:
    going, staying = (
        bpi.ask(f"stages.{name}", "--by", "stage", "--period", period).parts() for name in ("conversion", "open_share")
    )
    for stage in bpi2012.OPEN:
        on, still, whole = bpi2012.went_on(log, stage, window)
        if not whole:
            assert stage not in going
            continue
        assert going[stage].n == staying[stage].n == whole
        assert float(going[stage].value or 0) == pytest.approx(on / whole, abs=1e-9)
        assert float(staying[stage].value or 0) == pytest.approx(still / whole, abs=1e-9)
        assert going[stage].interval == pytest.approx(wilson(on, whole))


@pytest.mark.parametrize(("name", "share"), [("median", 0.5), ("p90", 0.9)])
def test_time_in_a_stage_with_those_still_there(
    bpi: Workspace, log: list[Application], name: str, share: float
) -> None:
    """Nobody comes back into a stage, so that the latest stay is all of them."""
    now = max(step.at for one in log for step in one.steps)
    answer = bpi.ask(f"stages.time.latest.{name}", "--by", "stage", "--as-of", now.isoformat())
    for stage in bpi2012.OPEN:
        ended = [(seconds, True) for seconds in bpi2012.seconds_in(log, stage)]
        still = [((now - one.steps[-1].at).total_seconds(), False) for one in log if one.steps[-1].stage == stage]
        expected = kaplan([*ended, *still], Fraction(share).limit_denominator(10))
        row = answer.parts()[stage]
        assert row.n == len(ended) + len(still)
        assert float(row.value or 0) * answer.unit_seconds == pytest.approx(expected, abs=1e-3)


def test_stalled_applications(bpi: Workspace, log: list[Application]) -> None:
    now = max(step.at for one in log for step in one.steps)
    expected = bpi2012.stalled(log, now)
    row = bpi.ask("stages.stalled", "--as-of", now.isoformat()).total
    assert (row.n, row.value) == (len(expected), sum(expected.values()))
    assert len(expected) > 100


# -- won and lost


@pytest.mark.parametrize("period", ["2011-10", "2011-11", "2011-12", "2012-01", "2012-02", "2012-03"])
def test_bookings_of_a_month(bpi: Workspace, log: list[Application], period: str) -> None:
    expected = tally(one.amount for one in bpi2012.ended(log, month(period))["won"])
    answer = bpi.ask("bookings", "--period", period).total
    assert (answer.n, answer.value) == (expected.n, expected.amount)


def test_bookings_of_half_a_month(bpi: Workspace, log: list[Application]) -> None:
    expected = tally(one.amount for one in bpi2012.ended(log, days("2012-02-01", "2012-02-15"))["won"])
    answer = bpi.ask("bookings", "--period", "2012-02", "--as-of", "2012-02-15").total
    assert (answer.n, answer.value) == (expected.n, expected.amount)


@pytest.mark.parametrize(
    ("period", "window"),
    [
        ("2011-Q4", days("2011-10-01", "2011-12-31")),
        ("2012-Q1", days("2012-01-01", "2012-03-31")),
        ("2011-11", month("2011-11")),
        ("2011-12-24..2012-01-01", days("2011-12-24", "2012-01-01")),
    ],
)
def test_win_rate(bpi: Workspace, log: list[Application], period: str, window: Days) -> None:
    won, closed = bpi2012.won_of_closed(log, window)
    answer = bpi.ask("win_rate.closed.count", "--period", period).total
    assert answer.n == closed
    assert float(answer.value or 0) == pytest.approx(won / closed, abs=5e-5)
    assert answer.interval == pytest.approx(wilson(won, closed), abs=5e-5)


@pytest.mark.parametrize("period", ["2011-10", "2011-12", "2012-02"])
def test_cycle_time(bpi: Workspace, log: list[Application], period: str) -> None:
    cycles = bpi2012.cycle_days(log, month(period))
    answer = bpi.ask("cycle_time.won.mean", "--period", period)
    assert (answer.unit_seconds, answer.total.n) == (86_400, len(cycles))
    assert float(answer.total.value or 0) == pytest.approx(fmean(cycles), abs=0.005)


# -- from month to month


MONTHS = ("2011-10", "2011-11", "2011-12", "2012-01", "2012-02", "2012-03")


@pytest.mark.parametrize("period", MONTHS[1:])
def test_the_waterfall_of_a_month(bpi: Workspace, log: list[Application], period: str) -> None:
    window = month(period)
    start, end = (end_of_day(str(day), bpi2012.ZONE) for day in (window.first - timedelta(days=1), window.last))
    shown = bpi.run("show", "waterfall", "--period", period, "--closing", "any", "--json")
    found = json.loads(shown, parse_float=Decimal)
    opening, causes, closing, memo = bpi2012.waterfall(log, start, end)
    assert [(found[end]["value"], found[end]["n"]) for end in ("from", "to")] == [
        (told.amount, told.n) for told in (opening, closing)
    ]
    for name, expected in (("lines", causes), ("memo", memo)):
        assert {line["cause"]: (line["amount"], line["n"]) for line in found[name]} == {
            cause: (told.amount, told.n) for cause, told in expected.items()
        }
    assert found["residual"] == 0
    assert causes
    assert memo
