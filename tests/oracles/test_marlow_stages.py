"""Marlow's stages, velocity and required coverage against a recount of its exports, whole and by segment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.oracles import marlow as recount
from tests.oracles import marlow_stages as stages
from tests.oracles.arithmetic import days, end_of_day, kaplan, wilson
from tests.oracles.marlow import Deal
from tests.oracles.marlow_books import ZONE, Books, local
from tests.oracles.marlow_stages import Step
from tests.oracles.test_marlow import NOW, QUARTERS, answered, slices, stored
from tieout import Workspace
from tieout.measure.answers import Question
from tieout.measure.numbers.covered import cover
from tieout.questions import opened

WINDOW = days("2025-08-01", "2026-07-31")
RATES: dict[str, Callable[[Step], bool]] = {
    "stages.conversion": lambda step: step.went_on,
    "stages.open_share": lambda step: step.still_open,
    "stages.skip_rate": lambda step: step.skipped,
    "stages.regress_rate": lambda step: step.fell_back,
    "stages.reentry_rate": lambda step: step.again,
}
SHARES = {"median": Fraction(1, 2), "p75": Fraction(3, 4), "p90": Fraction(9, 10)}


@pytest.fixture(scope="module")
def books(marlow: Workspace) -> Books:
    return Books(marlow.root)


@pytest.fixture(scope="module")
def now(books: Books) -> list[Deal]:
    return list(recount.deals(books, NOW))


@pytest.fixture(scope="module")
def steps(books: Books) -> list[Step]:
    return stages.steps(books, NOW)


def cut(found: Iterable[Step]) -> dict[tuple[str, ...], list[Step]]:
    """Part steps by stage, and by stage and segment."""
    parts: dict[tuple[str, ...], list[Step]] = {}
    for step in found:
        for key in ((step.stage,), (step.stage, step.segment)):
            parts.setdefault(key, []).append(step)
    return parts


@pytest.mark.parametrize("metric", list(RATES))
@pytest.mark.parametrize("quarter", [None, "2027-Q2", "2025-Q1"])
def test_what_became_of_deals_in_a_stage(
    marlow: Workspace, steps: list[Step], metric: str, quarter: str | None
) -> None:
    parts = cut(step for step in steps if step.inside(QUARTERS[quarter] if quarter else None))
    for by in (("stage",), ("stage", "segment")):
        rows = {tuple(row.by.values()): row for row in answered(marlow, metric, period=quarter, by=by).rows if row.by}
        assert rows.keys() == {key for key in parts if len(key) == len(by)}
        for key, row in rows.items():
            hits = sum(map(RATES[metric], parts[key]))
            assert (row.n, row.value) == (len(parts[key]), pytest.approx(hits / len(parts[key])))
            assert row.interval == pytest.approx(wilson(hits, len(parts[key])))


def test_as_of_an_earlier_day(marlow: Workspace, books: Books) -> None:
    day = "2026-05-31"
    parts = cut(step for step in stages.steps(books, end_of_day(day, ZONE)) if step.inside(QUARTERS["2027-Q2"]))
    found = slices(answered(marlow, "stages.conversion", day, period="2027-Q2", by=("stage",)))
    for (stage,), mine in ((key, part) for key, part in parts.items() if len(key) == 1):
        hits = sum(step.went_on for step in mine)
        assert (found[stage].n, found[stage].value) == (len(mine), pytest.approx(hits / len(mine)))


@pytest.mark.parametrize("quarter", [None, "2027-Q2"])
def test_time_in_stages_with_those_still_there(
    marlow: Workspace, books: Books, steps: list[Step], quarter: str | None
) -> None:
    inside = [step for step in steps if step.inside(QUARTERS[quarter] if quarter else None)]
    told = list(stages.times(books, inside, NOW))
    for place, kind in ((0, "latest"), (1, "cumulative")):
        for name, share in SHARES.items():
            found = slices(answered(marlow, f"stages.time.{kind}.{name}", period=quarter, by=("stage",)))
            for stage in recount.STAGES:
                spans = [(latest, every)[place] for step, latest, every in told if step.stage == stage]
                assert found[stage].n == len(spans)
                expected = kaplan(spans, share)
                assert found[stage].value == (None if expected is None else pytest.approx(expected))


def test_stalled_deals(marlow: Workspace, books: Books, now: list[Deal]) -> None:
    expected = stages.stalled(books, recount.opened(now), NOW)
    answer = answered(marlow, "stages.stalled", records=True)
    assert {str(row["record"]) for row in answer.records or ()} == set(expected)
    assert answer.total.value == sum(expected.values(), Decimal(0))
    assert len(expected) > 50


def test_velocity_and_its_factors(marlow: Workspace, books: Books, now: list[Deal]) -> None:
    new = [deal for deal in now if deal.row["Type"] == "new"]
    closed = recount.closed(books, now, WINDOW, "new", NOW)
    for segment in (None, "Enterprise", "SMB"):
        mine = [deal for deal in recount.qualified(new) if segment in (None, deal.segment)]
        ended = [deal for deal in closed if segment in (None, deal.segment)]
        won = [deal for deal in ended if deal.outcome == "won"]
        cycles = recount.cycles(books, [deal for deal in new if segment in (None, deal.segment)], WINDOW, NOW)
        amount = sum(recount.booked(books, deal) for deal in won)
        a_day = len(mine) * float(amount) / len(won) * len(won) / len(ended) / (sum(cycles) / len(cycles))
        answer = answered(marlow, "pipeline_velocity", by=("segment",))
        row = slices(answer)[segment] if segment else answer.total
        assert row.n == len(mine)
        assert float(row.value or 0) == pytest.approx(a_day, abs=0.01)
        real = answered(marlow, "pipeline_velocity.realised", by=("segment",))
        row = slices(real)[segment] if segment else real.total
        assert float(row.value or 0) == pytest.approx(float(amount) / 365, abs=0.005)


@pytest.mark.parametrize("quarter", ["2026-Q4", "2027-Q2"])
def test_cohorts_of_qualified_deals(marlow: Workspace, books: Books, now: list[Deal], quarter: str) -> None:
    mine = []
    for deal in now:
        at = recount.reached(books, deal.record)
        dark = recount.unknown_until(books, deal.record)
        if at and deal.row["Type"] == "new" and deal.outcome != "disqualified":
            since = dark[0] if dark and dark[1] >= at else at
            if local(since) >= QUARTERS[quarter].first and local(at) <= QUARTERS[quarter].last:
                mine.append(deal)
    for metric, outcome in (("win_rate.created.count", "won"), ("win_rate.created.open_share", "open")):
        total = answered(marlow, metric, period=quarter).total
        hits = sum(deal.outcome == outcome for deal in mine)
        assert (total.n, total.value) == (len(mine), pytest.approx(hits / len(mine)))


@pytest.mark.parametrize("quarter", ["2026-Q4", "2027-Q2"])
def test_win_rate_against_competitors(marlow: Workspace, books: Books, now: list[Deal], quarter: str) -> None:
    closed = recount.closed(books, now, QUARTERS[quarter], "new", NOW)
    mine = [deal for deal in closed if deal.outcome == "won" or deal.row["Competitor__c"]]
    total = answered(marlow, "win_rate.narrow", period=quarter).total
    hits = sum(deal.outcome == "won" for deal in mine)
    assert (total.n, total.value) == (len(mine), pytest.approx(hits / len(mine)))
    assert len(mine) < len(closed)


@pytest.mark.parametrize(("said", "day"), [(False, 53), (True, 53), (False, 1)])
def test_required_coverage(marlow: Workspace, books: Books, now: list[Deal], *, said: bool, day: int) -> None:
    told = []
    for _, period in stages.first_days():
        on = period.first + timedelta(days=day - 1)
        told.append(stages.past(books, period, end_of_day(str(on), ZONE), now, said=said))
    as_of = stored(NOW) if day == 53 else stored(end_of_day("2026-08-01", ZONE))
    with opened(marlow) as asked:
        question = Question("coverage.required", as_of=as_of, by=("segment",), said_then=said)
        found = cover(asked, question)
    assert found.terms.day == day
    names = ["", "Enterprise", "Mid-Market", "SMB"]
    by_name = {one.by.get("segment", ""): one.required for one in found.slices}
    for name in names:
        one = by_name[name]
        assert [each.quarter.name for each in one.quarters] == [quarter for quarter, _ in stages.first_days()]
        for mine, theirs in zip(one.quarters, told, strict=True):
            assert mine.pipeline == theirs.pipeline.get(name, 0)
            assert mine.won_from == theirs.won_from.get(name, 0)
            if day == 53:  # as of an earlier day, what was won is as of then too
                assert (mine.won_else, mine.won_before) == (
                    theirs.won_else.get(name, 0),
                    theirs.won_before.get(name, 0),
                )
        pipeline = sum(each.pipeline.get(name, Decimal(0)) for each in told)
        won = sum(each.won_from.get(name, Decimal(0)) for each in told)
        other = sum(each.won_else.get(name, Decimal(0)) for each in told)
        assert one.required == pytest.approx(float(pipeline / won))
        if day == 53:
            assert one.adjusted == pytest.approx(float(pipeline / (won + other)))
