"""Marlow: what `tieout` answers against a recount of its exports, number by number and slice by slice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.oracles import marlow as recount
from tests.oracles.arithmetic import Days, Tally, days, end_of_day, month, wilson
from tests.oracles.marlow import Deal, by
from tests.oracles.marlow_books import EVER, ZONE, Books, local
from tests.oracles.marlow_sources import Sources
from tieout import Workspace, ask
from tieout.ends import BridgeTerms, EndAsked
from tieout.measure.answers import Answer, Question, Row
from tieout.questions import bridge

QUARTERS = {
    "2027-Q3": days("2026-08-01", "2026-10-31"),
    "2027-Q2": days("2026-05-01", "2026-07-31"),
    "2026-Q4": days("2025-11-01", "2026-01-31"),
    "2025-Q1": days("2024-02-01", "2024-04-30"),
    "2024-Q4": days("2023-11-01", "2024-01-31"),
    "2024-Q3": days("2023-08-01", "2023-10-31"),
}
MOMENTS = [("2026-09-22", "2027-Q3"), ("2026-05-31", "2027-Q2"), ("2025-12-31", "2026-Q4")]
SAID = [(*moment, False) for moment in MOMENTS] + [("2026-05-31", "2027-Q2", True)]
NOW = end_of_day("2026-09-22", ZONE)
SEGMENTS = {"Enterprise", "Mid-Market", "SMB"}


@pytest.fixture(scope="module")
def books(marlow: Workspace) -> Books:
    return Books(marlow.root)


@pytest.fixture(scope="module")
def sources(books: Books) -> Sources:
    return Sources(books)


@pytest.fixture(scope="module")
def now(books: Books) -> list[Deal]:
    return list(recount.deals(books, NOW))


def stored(moment: datetime) -> datetime:
    """A moment as questions have it: in UTC, without zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def answered(marlow: Workspace, metric: str, day: str | None = None, **question: object) -> Answer:
    """Ask as of the end of a day."""
    as_of = stored(end_of_day(day, ZONE)) if day else None
    return ask(marlow, Question(metric, as_of=as_of, **question))  # type: ignore[arg-type]


def sums(answer: Answer) -> dict[tuple[str, ...], Tally]:
    """The rows of an answer that count something, by slice."""
    return {tuple(row.by.values()): Tally(row.n, Decimal(row.value or 0)) for row in answer.rows if row.n}


def slices(answer: Answer) -> dict[str, Row]:
    """The rows of the one dimension asked for."""
    return {next(iter(row.by.values())): row for row in answer.rows if row.by}


# -- the state at a moment


@pytest.mark.parametrize(("day", "quarter", "said"), SAID)
@pytest.mark.parametrize("cut", [(), ("segment",), ("team",), ("segment", "team")], ids="+".join)
def test_pipeline(marlow: Workspace, books: Books, day: str, quarter: str, *, said: bool, cut: tuple[str, ...]) -> None:
    when = end_of_day(day, ZONE)
    found = list(recount.deals(books, when, when if said else EVER))
    due = recount.qualified(found)
    expected = {
        "pipeline.open": recount.opened(found),
        "pipeline.open_qualified": recount.in_period(due, QUARTERS[quarter], local(when)),
        "pipeline.past_due": recount.past_due(due, local(when)),
    }
    for metric, counted in expected.items():
        answer = answered(marlow, metric, day, by=cut, said_then=said)
        assert sums(answer) == by(counted, *cut), metric
    assert len(expected["pipeline.open_qualified"]) > 20


def test_said_then_is_not_what_is_said_now(marlow: Workspace) -> None:
    said, restated = (answered(marlow, "pipeline.open", "2026-05-31", said_then=said) for said in (True, False))
    assert (said.total.n, restated.total.n) == (293, 323)


def test_as_is_takes_the_teams_of_now(marlow: Workspace, books: Books) -> None:
    day, when = "2025-12-31", end_of_day("2025-12-31", ZONE)
    expected: Counter[str] = Counter()
    for deal in recount.opened(recount.deals(books, when)):
        newest = books.life(deal.record)[-1].row
        expected[books.team(newest["OwnerId"] if newest else "", NOW)] += 1
    answer = answered(marlow, "pipeline.open", day, by=("team",), org="as-is")
    assert {team: row.n for team, row in slices(answer).items()} == expected
    as_was = {team: row.n for team, row in slices(answered(marlow, "pipeline.open", day, by=("team",))).items()}
    assert as_was != expected


def test_deals_without_a_known_owner_are_of_an_unknown_team(marlow: Workspace) -> None:
    assert slices(answered(marlow, "pipeline.open", by=("team",)))["(unknown)"].n == 4


# -- coverage


@pytest.mark.parametrize(
    ("metric", "quarter", "day"),
    [
        ("coverage.opening", "2027-Q3", "2026-08-01"),
        ("coverage.opening", "2027-Q2", "2026-05-01"),
        ("coverage.opening.week3", "2027-Q3", "2026-08-21"),
        ("coverage.opening.week3", "2026-Q4", "2025-11-21"),
    ],
)
def test_coverage_of_an_opening(marlow: Workspace, books: Books, metric: str, quarter: str, day: str) -> None:
    when, target = end_of_day(day, ZONE), recount.targets(books, quarter)
    open_deals = recount.qualified(recount.deals(books, when))
    pipeline = by(recount.in_period(open_deals, QUARTERS[quarter], local(when)), "segment")
    answer = answered(marlow, metric, period=quarter, by=("segment",))
    assert answer.as_of == stored(when)
    assert float(answer.total.value or 0) == pytest.approx(float(pipeline[()].amount / target[""]))
    for segment in SEGMENTS:
        covered = slices(answer)[segment]
        assert covered.n == pipeline[(segment,)].n
        assert float(covered.value or 0) == pytest.approx(float(pipeline[(segment,)].amount / target[segment]))


@pytest.mark.parametrize(("day", "quarter"), MOMENTS)
def test_coverage_of_what_is_to_go(marlow: Workspace, books: Books, day: str, quarter: str) -> None:
    when, target, period = end_of_day(day, ZONE), recount.targets(books, quarter), QUARTERS[quarter]
    found = list(recount.deals(books, when))
    pipeline = by(recount.in_period(recount.qualified(found), period, local(when)), "segment")
    won = by(recount.won(found, period, recount.AGREED), "segment")
    answer = answered(marlow, "coverage.to_go", day, period=quarter, by=("segment",))
    rows = {(): answer.total} | {(segment,): slices(answer)[segment] for segment in SEGMENTS}
    for key, row in rows.items():
        rest = target["".join(key)] - (won[key].amount if key in won else 0)
        if rest <= 0:
            assert (row.value, row.absent) == (None, "target met")
        else:
            assert float(row.value or 0) == pytest.approx(float(pipeline[key].amount / rest))


# -- what was created, won and lost


@pytest.mark.parametrize("quarter", ["2027-Q2", "2025-Q1"])
def test_pipeline_created(marlow: Workspace, books: Books, quarter: str) -> None:
    expected = by(recount.created(books, QUARTERS[quarter], NOW), "segment")
    assert sums(answered(marlow, "pipeline.created", period=quarter, by=("segment",))) == expected
    assert expected[()].n > 100


@pytest.mark.parametrize("quarter", ["2027-Q2", "2026-Q4", "2025-Q1"])
def test_win_rate(marlow: Workspace, books: Books, now: list[Deal], quarter: str) -> None:
    for kind, metric in (("new", "win_rate.closed.count"), ("expansion", "win_rate.closed.count.expansion")):
        found = recount.closed(books, now, QUARTERS[quarter], kind, NOW)
        hits = sum(deal.outcome == "won" for deal in found)
        total = answered(marlow, metric, period=quarter).total
        assert (total.n, total.value) == (len(found), pytest.approx(hits / len(found)))
        assert total.interval == pytest.approx(wilson(hits, len(found)))


@pytest.mark.parametrize("quarter", ["2027-Q2", "2026-Q4", "2025-Q1"])
def test_win_rate_by_value(marlow: Workspace, books: Books, now: list[Deal], quarter: str) -> None:
    found = recount.closed(books, now, QUARTERS[quarter], "new", NOW)
    won = sum(deal.value for deal in found if deal.outcome == "won")
    total = answered(marlow, "win_rate.closed.value", period=quarter).total
    assert (total.n, total.interval) == (len(found), None)
    assert float(total.value or 0) == pytest.approx(float(won / sum(deal.value for deal in found)))


@pytest.mark.parametrize("quarter", ["2027-Q2", "2026-Q4", "2025-Q1"])
@pytest.mark.parametrize("average", list(recount.AVERAGES))
def test_cycle_time(marlow: Workspace, books: Books, now: list[Deal], quarter: str, average: str) -> None:
    expected = recount.cycles(books, now, QUARTERS[quarter], NOW)
    total = answered(marlow, f"cycle_time.won.{average}", period=quarter).total
    assert total.n == len(expected) > 30
    assert float(total.value or 0) == pytest.approx(recount.AVERAGES[average](expected))


@pytest.mark.parametrize("quarter", list(QUARTERS))
def test_bookings(marlow: Workspace, books: Books, now: list[Deal], quarter: str) -> None:
    """At the plan's rate of each deal's close date: a year's bookings stay what they were when the next year begins."""
    won = [replace(deal, value=recount.booked(books, deal)) for deal in recount.won(now, QUARTERS[quarter])]
    expected = by(won, "segment")
    assert sums(answered(marlow, "bookings", period=quarter, by=("segment",))) == expected


@pytest.mark.parametrize("quarter", ["2027-Q2", "2025-Q1"])
def test_bookings_by_the_teams_of_then_and_of_now(
    marlow: Workspace, books: Books, now: list[Deal], quarter: str
) -> None:
    """A representative moved to another team and others left: by the teams of now, their deals are elsewhere."""
    won = [replace(deal, value=recount.booked(books, deal)) for deal in recount.won(now, QUARTERS[quarter])]
    was, is_now = by(won, "team"), by(recount.as_it_is(books, won), "team")
    assert sums(answered(marlow, "bookings", period=quarter, by=("team",))) == was
    assert sums(answered(marlow, "bookings", period=quarter, by=("team",), org="as-is")) == is_now
    assert was[()] == is_now[()]


@pytest.mark.parametrize(("day", "quarter"), MOMENTS[1:])
@pytest.mark.parametrize("cut", ["team", "segment"])
def test_open_pipeline_by_the_organization_of_now(
    marlow: Workspace, books: Books, day: str, quarter: str, cut: str
) -> None:
    """And the bridge from the slices of then to those of now: each closes, moves only, which cancel out."""
    found = recount.qualified(recount.deals(books, end_of_day(day, ZONE)))
    counted = recount.in_period(found, QUARTERS[quarter], date.fromisoformat(day))
    was, is_now = by(counted, cut), by(recount.as_it_is(books, counted), cut)
    asked = answered(marlow, "pipeline.open_qualified", day, period=quarter, by=(cut,), org="as-is")
    assert sums(asked) == is_now
    made = bridge(
        marlow, EndAsked("agreed", day), EndAsked("agreed", day, org="as-is"), BridgeTerms(quarter, by=(cut,))
    )
    assert (made.lines, made.residual) == ((), 0)
    for part in made.slices:
        key = (part.by[cut],)
        none = Tally(0, Decimal(0))
        assert (part.start.n, part.start.value) == (was.get(key, none).n, was.get(key, none).amount)
        assert (part.end.n, part.end.value) == (is_now.get(key, none).n, is_now.get(key, none).amount)
        assert part.residual == 0
    assert any(part.lines for part in made.slices) == (was != is_now)
    assert was != is_now or cut == "segment"


# -- stages


@pytest.mark.parametrize("quarter", ["2027-Q2", "2025-Q1", "2024-Q4", "2024-Q3"])
def test_visits_of_stages(marlow: Workspace, books: Books, quarter: str) -> None:
    period = QUARTERS[quarter]
    seen = [stay for stay in recount.stays(books, NOW) if local(stay.since) >= period.first]
    began = [stay for stay in seen if local(stay.entered) <= period.last]
    found = slices(answered(marlow, "stages.visits", period=quarter, by=("stage",)))
    assert {stage: row.value for stage, row in found.items()} == Counter(stay.stage for stay in began)


@pytest.mark.parametrize("quarter", ["2027-Q2", "2025-Q1", "2024-Q4"])
@pytest.mark.parametrize("average", list(recount.AVERAGES))
def test_time_in_stages(marlow: Workspace, books: Books, quarter: str, average: str) -> None:
    ended = [stay for stay in recount.stays(books, NOW) if stay.left <= NOW and stay.since == stay.entered]
    inside = [stay for stay in ended if QUARTERS[quarter].holds(local(stay.left))]
    found = slices(answered(marlow, f"stages.time.{average}", period=quarter, by=("stage",)))
    for stage in recount.STAGES:
        times = [(stay.left - stay.entered) / recount.DAY for stay in inside if stay.stage == stage]
        assert found[stage].n == len(times)
        assert float(found[stage].value or 0) == pytest.approx(recount.AVERAGES[average](times))


# -- where it came from


@pytest.mark.parametrize("quarter", ["2027-Q2", "2025-Q1"])
def test_contribution_sourced(marlow: Workspace, books: Books, sources: Sources, quarter: str) -> None:
    found = recount.created(books, QUARTERS[quarter], NOW)
    assert_shares(answered(marlow, "contribution.sourced", period=quarter, by=("source_class",)), found, sources)
    total = answered(marlow, "contribution.sourced", period=quarter).total
    assert_marketing(total, found, [deal for deal in found if sources.class_of(deal) == "marketing"])


@pytest.mark.parametrize(("day", "quarter"), MOMENTS)
def test_contribution_open(marlow: Workspace, books: Books, sources: Sources, day: str, quarter: str) -> None:
    when = end_of_day(day, ZONE)
    found = recount.in_period(recount.qualified(recount.deals(books, when)), QUARTERS[quarter], local(when))
    began = {deal.record: deal for deal in recount.created(books, days("2000-01-01", "2050-12-31"), NOW)}
    marketing = [deal for deal in found if sources.class_of(began.get(deal.record, deal)) == "marketing"]
    assert_marketing(answered(marlow, "contribution.open", day).total, found, marketing)
    shares = slices(answered(marlow, "contribution.open", day, by=("source_class",)))
    assert sum(float(row.value or 0) for row in shares.values()) == pytest.approx(1)


def assert_shares(answer: Answer, found: list[Deal], sources: Sources) -> None:
    """Hold the shares by source class against those of counted deals; they sum to 1."""
    whole = sum(deal.value for deal in found)
    classes = {sources.class_of(deal) for deal in found}
    rows = slices(answer)
    assert set(rows) == classes
    for name in classes:
        mine = sum(deal.value for deal in found if sources.class_of(deal) == name)
        assert float(rows[name].value or 0) == pytest.approx(float(mine / whole))
    assert sum(float(row.value or 0) for row in rows.values()) == pytest.approx(1)


def assert_marketing(row: Row, found: list[Deal], marketing: list[Deal]) -> None:
    """Hold a share against counted deals."""
    share = sum(deal.value for deal in marketing) / sum(deal.value for deal in found)
    assert (row.n, float(row.value or 0)) == (len(found), pytest.approx(float(share)))


@pytest.mark.parametrize("day", ["2026-09-22", "2026-05-31", "2025-12-31"])
@pytest.mark.parametrize(
    ("period", "window"), [("2027-Q2", QUARTERS["2027-Q2"]), ("2025-Q4", days("2024-11-01", "2025-01-31"))]
)
def test_leads_and_their_conversion(marlow: Workspace, sources: Sources, day: str, period: str, window: Days) -> None:
    when = end_of_day(day, ZONE)
    cohort = sources.new_leads(window, when)
    assert answered(marlow, "leads.new", day, period=period).total.value == len(cohort)
    expected = sources.converted(cohort, when)
    found = slices(answered(marlow, "conversion.lead_to_won", day, period=period, by=("source",)))
    assert {source: row.n for source, row in found.items()} == {source: n for source, (_, n) in expected.items()}
    for source, (hits, n) in expected.items():
        assert found[source].value == pytest.approx(hits / n)
        assert found[source].interval == pytest.approx(wilson(hits, n))


@pytest.mark.parametrize("period", ["2026-08", "2025-02", "2024-03"])
def test_revenue(marlow: Workspace, sources: Sources, period: str) -> None:
    expected = sources.revenue(month(period), NOW)
    assert {"(no lead)", "Webinar"} < set(expected)
    found = sums(answered(marlow, "revenue.realised", period=period, by=("source",)))
    total = found.pop(())
    assert {key[0]: part for key, part in found.items()} == expected
    assert total.amount == sum(part.amount for part in expected.values())
