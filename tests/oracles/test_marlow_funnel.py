"""Marlow's funnel: what `tieout` answers against a recount of its exports, number by number and slice by slice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest

from tests.oracles.arithmetic import Days, days, end_of_day
from tests.oracles.marlow_books import ZONE, Books, local
from tests.oracles.marlow_funnel import STEPS, Hit, People, Way, in_time, month_of, rates
from tests.oracles.marlow_sources import Sources
from tieout import Workspace, ask
from tieout.measure.answers import Question
from tieout.measure.funnel.funnel import FunnelTerms, funnel
from tieout.measure.funnel.parts import Funnel
from tieout.questions import opened

QUARTER = ("2027-Q1", days("2026-02-01", "2026-04-30"))
YEAR = ("2026", days("2025-02-01", "2026-01-31"))
YOUNG = ("2026-07-01..2026-09-22", days("2026-07-01", "2026-09-22"))
NOW, BEFORE = "2026-09-22", "2026-05-31"


@pytest.fixture(scope="module")
def people(marlow: Workspace) -> People:
    books = Books(marlow.root)
    return People(books, Sources(books))


def at(day: str) -> datetime:
    """The end of a local day."""
    return end_of_day(day, ZONE)


def answered(
    marlow: Workspace, metric: str, period: str, day: str, *by: str
) -> dict[tuple[str, ...], tuple[float, int]]:
    """Ask as of the end of a day: value and n by slice, of what counts something."""
    as_of = at(day).astimezone(UTC).replace(tzinfo=None)
    answer = ask(marlow, Question(metric, period, by, as_of))
    return {tuple(row.by.values()): (float(row.value or 0), row.n) for row in answer.rows if row.n}


def as_rates(found: dict[tuple[str, ...], tuple[int, int]]) -> dict[tuple[str, ...], tuple[object, int]]:
    """Counts as rates."""
    return {key: (pytest.approx(hits / n), n) for key, (hits, n) in found.items()}


def reaches(step: str, start: str, horizon: int) -> Hit:
    """Whether an episode reaches a step within the horizon."""
    return lambda way: in_time(way.reached.get(step), way.told[start], horizon)


@pytest.mark.parametrize(
    ("metric", "start", "goal"),
    [
        ("mql_to_sal.cohort_90d", "mql", "sal"),
        ("mql_to_sql.cohort_90d", "mql", "sql"),
        ("qualified_to_opportunity", "sql", "opportunity"),
    ],
)
def test_conversion_of_a_cohort(marlow: Workspace, people: People, metric: str, start: str, goal: str) -> None:
    for period, window, day in ((*QUARTER, NOW), (*YOUNG, NOW), (*YEAR, BEFORE)):
        _hold_cohort(marlow, people, (metric, start, goal), period, window, day)


def _hold_cohort(
    marlow: Workspace, people: People, number: tuple[str, str, str], period: str, window: Days, day: str
) -> None:
    """Hold a number against the recount, cut in several ways."""
    metric, start, goal = number
    cuts = {(): (), ("source", "month"): (people.source, month_of(start)), ("score_band",): (people.band,)}
    cuts |= {("owner",): (people.owner,), ("segment",): (people.segment,)}
    for by, keys in cuts.items():
        expected = rates(people.ways(at(day)), start, window, reaches(goal, start, 90), *keys)
        assert answered(marlow, metric, period, day, *by) == as_rates(expected), by


@pytest.mark.parametrize(("period", "window"), [QUARTER, YEAR])
@pytest.mark.parametrize("day", [NOW, BEFORE])
def test_leads_to_qualified_opportunities(
    marlow: Workspace, people: People, period: str, window: Days, day: str
) -> None:
    def hit(way: Way) -> bool:
        return in_time(way.qualified, way.told["lead"], 180)

    expected = rates(people.ways(at(day)), "lead", window, hit, people.source)
    assert answered(marlow, "lead_to_opportunity", period, day, "source") == as_rates(expected)


@pytest.mark.parametrize(("period", "window"), [QUARTER, YEAR])
def test_quality(marlow: Workspace, people: People, period: str, window: Days) -> None:
    mine = [way for way in people.ways(at(NOW)) if people.is_marketing(way)]

    def worked(way: Way) -> bool:
        touch = people.touched(way, at(NOW))
        return in_time(touch, way.told["mql"], 90) or reaches("sal", "mql", 90)(way)

    sourced = rates(iter(mine), "lead", window, reaches("sql", "lead", 180), people.source)
    assert answered(marlow, "quality.sourced", period, NOW, "source") == as_rates(sourced)
    mqls = [way for way in mine if "mql" in way.told]
    accepted = rates(iter(filter(worked, mqls)), "mql", window, reaches("sal", "mql", 90), people.source)
    assert answered(marlow, "quality.worked", period, NOW, "source") == as_rates(accepted)
    idle = rates(iter(mqls), "mql", window, lambda way: not worked(way), people.source)
    assert answered(marlow, "quality.not_worked", period, NOW, "source") == as_rates(idle)


@pytest.mark.parametrize(("period", "window"), [QUARTER, YOUNG])
def test_mqls_and_their_flow(marlow: Workspace, people: People, period: str, window: Days) -> None:
    ways = [way for way in people.ways(at(NOW)) if "mql" in way.told]
    came = Counter(people.source(way) for way in ways if window.holds(local(way.told["mql"])))
    went = Counter(
        people.source(way) for way in ways if "sql" in way.reached and window.holds(local(way.reached["sql"]))
    )
    counts = answered(marlow, "mql.count", period, NOW, "source")
    assert counts == {(): (came.total(), came.total())} | {(source,): (n, n) for source, n in came.items()}
    flow = answered(marlow, "mql_to_sql.flow", period, NOW, "source")
    assert flow == {(): (pytest.approx(went.total() / came.total()), came.total())} | {
        (source,): (pytest.approx(went[source] / n), n) for source, n in came.items()
    }


def test_touches_to_convert(marlow: Workspace, people: People) -> None:
    counts = []
    for way in people.ways(at(NOW)):
        if (since := way.told.get("opportunity")) and QUARTER[1].holds(local(since)):
            touches = people.marketing.get(people.keys[way.episode.lead], [])
            counts.append(sum(touch <= since for touch in touches))
    found = answered(marlow, "touches_to_convert.median", QUARTER[0], NOW)
    assert found == {(): (median(counts), len(counts))}
    note = next(iter(ask(marlow, Question("touches_to_convert.median", QUARTER[0])).notes))
    mqls = [way for way in people.ways(at(NOW)) if "mql" in way.told and QUARTER[1].holds(local(way.told["mql"]))]
    without = sum("opportunity" not in way.reached for way in mqls)
    assert note.startswith(f"Of {len(mqls)} mqls of the period {without} ({without / len(mqls):.1%})")


# -- the whole funnel


def shown(marlow: Workspace, terms: FunnelTerms, period: str, day: str = NOW, **question: object) -> Funnel:
    """Count a funnel as of the end of a day."""
    as_of = at(day).astimezone(UTC).replace(tzinfo=None)
    with opened(marlow) as asked:
        return funnel(asked, Question(terms.metric.id, period, as_of=as_of, **question), terms)  # type: ignore[arg-type]


@pytest.mark.parametrize("start", ["mql", "lead"])
@pytest.mark.parametrize(("period", "window"), [QUARTER, YOUNG])
def test_steps_and_where_people_stop(marlow: Workspace, people: People, start: str, period: str, window: Days) -> None:
    terms = FunnelTerms(start=start)  # type: ignore[arg-type]
    found = shown(marlow, terms, period, by=("source",))
    steps = STEPS[STEPS.index(start) :]
    parts: dict[str, list[Way]] = {"": []}
    for way in people.ways(at(NOW)):
        if start in way.told and window.holds(local(way.told[start])):
            parts[""].append(way)
            parts.setdefault(people.source(way), []).append(way)
    assert {part.by.get("source", "") for part in found.parts} == set(parts)
    for part in found.parts:
        ways = parts[part.by.get("source", "")]
        for place, step in enumerate(part.steps):
            there = [way for way in ways if reaches(step.step, start, terms.horizon)(way)]
            assert step.reached == len(there), (part.by, step.step)
            assert step.told == sum(in_time(way.told.get(step.step), way.told[start], terms.horizon) for way in ways)
            if place + 1 < len(steps):
                stuck = [way for way in there if not reaches(steps[place + 1], start, terms.horizon)(way)]
                ends = Counter(
                    way.ended[1] if way.ended and in_time(way.ended[0], way.told[start], terms.horizon) else "open"
                    for way in stuck
                )
                assert {kind: n for kind, n in step.stopped.items() if n} == dict(ends), (part.by, step.step)


def test_reasons_before_a_step(marlow: Workspace, people: People) -> None:
    found = shown(marlow, FunnelTerms(step="sql"), QUARTER[0])
    expected: Counter[tuple[str, str | None]] = Counter()
    for way in people.ways(at(NOW)):
        if "mql" not in way.told or not QUARTER[1].holds(local(way.told["mql"])):
            continue
        if reaches("sal", "mql", 90)(way) and not reaches("sql", "mql", 90)(way):
            ended = way.ended if way.ended and in_time(way.ended[0], way.told["mql"], 90) else None
            expected[(ended[1], ended[2]) if ended else ("open", None)] += 1
    assert {(one.ended_by, one.reason): one.n for one in found.reasons} == expected


def test_flow(marlow: Workspace, people: People) -> None:
    found = shown(marlow, FunnelTerms("flow"), QUARTER[0])
    ways = [way for way in people.ways(at(NOW)) if "mql" in way.told]
    for step in found.whole.steps:
        times = (way.told.get("mql") if step.step == "mql" else way.reached.get(step.step) for way in ways)
        assert step.reached == sum(time is not None and QUARTER[1].holds(local(time)) for time in times), step.step


@pytest.mark.parametrize(("period", "window", "day"), [(*QUARTER, NOW), (*YEAR, BEFORE)])
def test_days_between_steps(marlow: Workspace, people: People, period: str, window: Days, day: str) -> None:
    """The quantiles are those of the curve that lifelines finds, in hours from first reaching a step."""
    from lifelines import KaplanMeierFitter  # type: ignore[import-untyped]  # noqa: PLC0415 - it takes seconds

    found = shown(marlow, FunnelTerms(), period, day)
    ways = [w for w in people.ways(at(day)) if "mql" in w.told and window.holds(local(w.told["mql"]))]
    for row in found.between:
        hours, ended = [], []
        for way in ways:
            if since := way.reached.get(row.start):
                got = way.reached.get(row.end)
                until = got or min(at(day), way.ended[0] if way.ended else at(day))
                hours.append(max(0, int(until.timestamp() // 3600) - int(since.timestamp() // 3600)))
                ended.append(got is not None)
        assert (row.n, row.ended) == (len(hours), sum(ended))
        if not hours:
            continue
        curve = KaplanMeierFitter().fit(hours, ended).survival_function_.iloc[:, 0]
        for share, value in ((0.5, row.median), (0.25, row.p75), (0.1, row.p90)):
            fallen = [hour for hour, surviving in curve.items() if surviving <= share + 1e-9]
            assert value == (pytest.approx(fallen[0] / 24) if fallen else None)


def test_without_a_period_a_cohort_has_had_its_time(marlow: Workspace) -> None:
    with opened(marlow) as asked:
        found = funnel(asked, Question("mql_to_sql.cohort_90d"), FunnelTerms())
    assert (found.period, found.chosen, found.whole.immature) == ("2027-Q1", True, False)
    assert found.last_day + timedelta(days=90) < datetime(2026, 9, 22).date()


def test_records_are_those_that_are_counted(marlow: Workspace) -> None:
    found = shown(marlow, FunnelTerms(step="sql"), QUARTER[0], records=True)
    step = next(step for step in found.whole.steps if step.step == "sql")
    assert found.records is not None
    assert len({record["person"] for record in found.records}) == step.reached
    everybody = shown(marlow, FunnelTerms(), QUARTER[0], records=True)
    furthest = Counter(str(record["furthest"]) for record in everybody.records or ())
    for place, one in enumerate(found.whole.steps):
        assert one.reached == sum(furthest[later] for later in STEPS[1 + place :])
