"""A series counted from spans is what counting at each moment gives, whatever is asked of however odd moments."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.oracles.tiny import COMPANY, GONE, PIPELINE, Fields, Life, Tiny, dated, logged, once
from tieout import Workspace, refresh
from tieout.basics.calendars import PeriodError
from tieout.measure.answers import Question, Row
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.running import EPOCH, TICK, Runs, Steps, runs_of, shared_steps, steps_of
from tieout.measure.numbers.series import series
from tieout.questions import opened

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = datetime(2026, 1, 1)
DAYS = [f"2026-{month:02d}-{day:02d}" for month in range(2, 8) for day in (3, 17)]
LENSES = {
    "wide": {"types": ["new", "expansion", "renewal"], "exclusions": False, "rates": "spot", "past_due": True},
    "merged": {"merged": True, "weighting": "stage", "date_field": "created_at"},
    "stale": {"freshness": {"days": 9}},
    "part": {"slice": "source_class = 'marketing' or arr > 400"},
}
DEFINITION = [
    {"stage": "Qualification", "types": ["new", "expansion"]},
    {"from": "2026-04-05", "types": ["new"], "rates": "spot", "reason": "narrower", "approver": "Ada"},
]
RATES = "kind,currency,from,rate\n" + "".join(
    f"{kind},EUR,2026-{month:02d}-0{day},1.{month}{day}\n"
    for kind, day in (("plan", 1), ("spot", 7))
    for month in range(3, 8)
)
"""No rate before March: until then an amount in EUR is not known in the base currency."""
EXCLUSIONS = """opportunity,d3,test,Ada,2026-02-10,2026-03-20
opportunity,d3,test again,Ada,2026-03-01,2026-04-02
opportunity,d4,twice,Ada,2026-05-01,2026-05-20
opportunity,d4,twice,Ada,2026-06-01,
account,a1,partner,Ada,2026-03-05,2026-06-05
"""
MERGES = "opportunity,d7,d8,twice,Ada,\nopportunity,d9,d10,for a while,Ada,2026-05-05\n"


def lives() -> dict[str, Life]:
    """Thirty deals with some versions each, the same in every run."""
    chance = random.Random(4)
    found: dict[str, Life] = {}
    for number in range(30):
        day = FIRST + timedelta(days=chance.randint(0, 120), hours=chance.randint(0, 23))
        fields = {"arr": str(chance.randint(1, 900)), "currency": chance.choice(["USD", "EUR"])}
        fields |= {"type": chance.choice(["new", "new", "expansion", "renewal"]), "account": f"a{number % 4}"}
        fields |= {"source": chance.choice(["Webinar", "Partner", ""]), "owner": f"u{number % 3}"}
        life: Life = []
        for _ in range(chance.randint(1, 6)):
            fields = fields | {"close": f"{day.date() + timedelta(days=chance.randint(-10, 90))}"}
            fields |= {"stage": chance.choice(["Discovery", "Qualification", "Proposal", "Closed Won", "Closed Lost"])}
            life.append((f"{day:%Y-%m-%dT%H:%M}", fields))
            day += timedelta(days=chance.randint(1, 40), minutes=chance.randint(1, 1000))
        if number % 7 == 5:
            life.append((f"{day:%Y-%m-%dT%H:%M}", {GONE: "1"}))
        if number == 12:
            life.append((f"{day:%Y-%m-%dT%H:%M}", {"merged": "d13"}))
        found[f"d{number}"] = life
    return found


def history() -> Fields:
    """What is told late: changes of some deals, weeks after those that followed them."""
    found: Fields = {}
    for exported, back in (("2026-04-03", 30), ("2026-06-03", 45)):
        told = [
            {"record": f"d{number}", "field": field, "new_value": value, "at": f"{day:%Y-%m-%dT%H:%M}"}
            for number in range(0, 30, 3)
            for day in [datetime.fromisoformat(exported) - timedelta(days=back + number, minutes=7 * number)]
            for field, value in (("Stage", "Proposal"), ("ARR", str(100 + number)), ("Close", f"{day.date()}"))
        ]
        found |= logged("history", exported, told)
    return found


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    accounts = {f"a{number}": once(employees=str(150 + 40 * number)) for number in range(4)}
    users = {f"u{number}": once(team=f"team {number}") for number in range(3)}
    exports = dated("deals", lives(), DAYS) | dated("accounts", accounts, DAYS[:1]) | dated("users", users, DAYS[:1])
    exports |= history()
    contract: dict[str, Any] = {"pipeline": PIPELINE | {"definition": DEFINITION}, "lenses": LENSES, "company": COMPANY}
    for part in ("exclusions", "merges"):
        contract["pipeline"] = contract["pipeline"] | {part: f"{part}.csv"}
    contract["company"] = COMPANY | {"rates": "rates.csv"}
    workspace = Tiny(exports, contract, EXCLUSIONS, MERGES, RATES).write(tmp_path_factory.mktemp("spans"))
    assert refresh(workspace, datetime(2026, 7, 18, 8)).after is not None
    return workspace


COUNTED = ["pipeline.open", "pipeline.open_qualified", "pipeline.past_due", "contribution.open"]
ENGINE = duckdb.connect()
TIMES = st.integers(0, 200 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
ENDS = st.integers(0, 200).map(lambda days: FIRST + timedelta(days=days, hours=4) - timedelta(microseconds=1))
MOMENTS = st.lists(st.one_of(ENDS, TIMES), min_size=1, max_size=5, unique=True).map(sorted)
SLICES = st.sampled_from([(), ("segment",), ("team", "stage"), ("currency", "month"), ("source_class",), ("quarter",)])


@settings(max_examples=18, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    metric=st.sampled_from(COUNTED),
    moments=MOMENTS,
    by=SLICES,
    lens=st.sampled_from([None, *LENSES]),
    known=st.one_of(st.sampled_from(["restated", "said then"]), TIMES),
    terms=st.sampled_from([{}, {"org": "as-is"}, {"where": "arr > 300"}, {"period": "2027-Q1"}, {"rates": "spot"}]),
)
@example("pipeline.open_qualified", [FIRST + timedelta(days=95)], (), None, "restated", {})
def test_counting_from_spans_is_counting_at_each_moment(
    company: Workspace,
    metric: str,
    moments: list[datetime],
    by: tuple[str, ...],
    lens: str | None,
    known: str | datetime,
    terms: dict[str, Any],
) -> None:
    known_at = known if isinstance(known, datetime) else None
    question = Question(metric, by=by, lens=lens, known_at=known_at, said_then=known == "said then", **terms)
    with opened(company) as asked:
        found = series(asked, question, moments)
        for moment, rows in zip(moments, found, strict=True):
            one = Question(
                metric, by=by, lens=lens, known_at=known_at, said_then=known == "said then", as_of=moment, **terms
            )
            assert rows == ask(asked, one).rows, moment


DAILY = [FIRST + timedelta(days=day, hours=5) - timedelta(microseconds=1) for day in range(12, 150)]


@pytest.mark.parametrize("known", [None, "said then", datetime(2026, 5, 4)], ids=["restated", "said then", "known at"])
@pytest.mark.parametrize(
    "metric", ["pipeline.open", "pipeline.open_qualified", "pipeline.past_due", "contribution.open"]
)
def test_day_by_day_both_ways_agree(
    company: Workspace, metric: str, known: str | datetime | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So close together that each change has a moment on both sides, and each close date one on its day."""
    known_at = known if isinstance(known, datetime) else None
    question = Question(metric, by=("stage",), known_at=known_at, said_then=known == "said then")
    with opened(company) as asked:
        spans = series(asked, question, DAILY)
        monkeypatch.setattr("tieout.measure.numbers.series.ADDED", ())
        scans = series(asked, question, DAILY)
    differing = [moment for moment, one, other in zip(DAILY, spans, scans, strict=True) if one != other]
    assert differing == []


def test_the_company_has_what_can_go_wrong(company: Workspace) -> None:
    """The law would hold of nothing: spans, registers, rates and changes of the definition are all there."""
    with opened(company) as asked:
        count = "select count(*) from opportunity_states where valid_from < valid_to"
        assert asked.engine.execute(count).fetchall()[0][0] > 60
        revised = (
            "select count(*) from opportunity_states where seen_to < timestamp '9999-12-31' and seen_to < valid_end"
        )
        assert asked.engine.execute(revised).fetchall()[0][0] > 5
        moments = [FIRST + timedelta(days=days) for days in range(0, 200, 5)]
        agreed = series(asked, Question("pipeline.open_qualified"), moments)
        assert len({rows[0].value for rows in agreed}) > 5
        told: dict[str | None, list[tuple[Row, ...]]] = {
            lens: list(series(asked, Question("pipeline.open", lens=lens), moments)) for lens in (None, *LENSES)
        }
        assert all(rows != told[None] for lens, rows in told.items() if lens)
        said = series(asked, Question("pipeline.open", said_then=True), moments)
        assert list(said) != told[None]
        assert any(rows[0].unvalued for rows in told[None]), "no amount is without a rate"


@pytest.mark.parametrize("chosen", [runs_of, shared_steps])
@settings(max_examples=30)
@given(st.lists(st.one_of(ENDS, TIMES), min_size=1, max_size=12, unique=True).map(sorted), st.lists(TIMES, min_size=1))
def test_a_time_is_not_after_a_moment_where_its_number_is_not_above(
    chosen: Callable[[list[int]], Steps | Runs], moments: list[datetime], times: list[datetime]
) -> None:
    steps = chosen([(moment - EPOCH) // TICK for moment in moments])
    near = [moment + tick for moment in moments for tick in (-TICK, TICK)]
    times = [max(time, moments[0]) for time in (*times, *moments, *near)]
    numbers = [steps.number(time) for time in times]
    for moment in moments:
        for time, number in zip(times, numbers, strict=True):
            assert (time <= moment) == (number <= steps.number(moment))
    sql = f"select {steps.sql('t')} from (select unnest($times) as t)"
    assert [row[0] for row in ENGINE.execute(sql, {"times": times}).fetchall()] == numbers


def test_moments_of_one_clock_share_their_steps() -> None:
    daily = [FIRST + timedelta(days=day) for day in range(100)]
    assert steps_of(daily).size == 86_400_000_000
    summer = [day - timedelta(hours=number > 40) for number, day in enumerate(daily)]
    assert steps_of(summer).number(summer[41]) == 41, "the day with an hour less is a run's first"
    hourly = [day + timedelta(hours=number % 2) for number, day in enumerate(daily)]
    assert steps_of(hourly) == Steps(3_600_000_000, (FIRST - EPOCH) // TICK, ())
    odd = FIRST + timedelta(days=99, hours=1, minutes=7)
    assert steps_of([*hourly, odd]) == Steps(3_600_000_000, (FIRST - EPOCH) // TICK, ((odd - EPOCH) // TICK,))


def test_a_period_that_is_none_is_refused(company: Workspace) -> None:
    with opened(company) as asked, pytest.raises(PeriodError):
        series(asked, Question("pipeline.open_qualified", "2026-Q7"), [FIRST])
