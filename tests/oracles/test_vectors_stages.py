"""Stages, velocity and cohorts by the house's vectors, through the whole line, each deal counted by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.oracles.arithmetic import wilson
from tests.oracles.tiny import GONE, Life, Tiny, answered, dated, records, slices, stored
from tieout import Workspace
from tieout.measure.answers import Question, Row
from tieout.measure.stages.stages import WHOLE, Stages, stages
from tieout.questions import opened

Q2 = "2027-Q2"
"""May to July 2026."""
LATEST = "2026-11-15"
Lives = dict[str, Life]


def life(*steps: tuple[str, str], segment: str = "steps", **fields: str) -> Life:
    """A deal that entered stages on days of 2026, at noon."""
    first = {"segment": segment, "stage": steps[0][1], **fields}
    return [
        (f"2026-{steps[0][0]}T12:00", first),
        *((f"2026-{day}T12:00", {"stage": stage}) for day, stage in steps[1:]),
    ]


def ways() -> Lives:
    """One deal for each way through the stages."""
    d, q, p, won, lost = "Discovery", "Qualification", "Proposal", "Closed Won", "Closed Lost"
    return {
        "straight": life(("06-10", d), ("06-20", q), ("07-05", p), ("07-20", won)),
        "skips": life(("06-10", d), ("07-05", p), ("07-20", lost)),
        "back and again": life(("06-10", d), ("06-20", q), ("07-05", d), ("07-20", q)),
        "undone win": life(("06-10", d), ("06-20", won), ("07-05", d), ("07-20", lost)),
        "won at once": life(("06-10", d), ("06-20", won)),
        "waits": life(("06-10", d)),
        "begins further": life(("06-20", q), ("07-05", "Disqualified")),
        "stage of old": life(("06-10", d), ("06-20", "Demo"), ("07-05", p), ("07-20", won)),
        "from the dark": life(("06-10", d), ("06-20", q), created="2026-01-05"),
        "first seen won": life(("06-10", won)),
        "restored": [
            ("2026-06-10T12:00", {"segment": "restored", "stage": d}),
            ("2026-06-20T12:00", {GONE: "1"}),
        ],
    }


def slow() -> Lives:
    """Ten stays of ten days, and two that go on: one for long. In another segment only nine have ended."""
    moved = ("06-10", "Qualification"), ("06-20", "Proposal")
    done = {f"slow {n}": life(*moved, segment="slow") for n in range(10)}
    few = {f"few {n}": life(*moved, segment="few") for n in range(9)}
    still = {
        "too long": life(("06-10", "Qualification"), segment="slow", arr="5000"),
        "young": life(("11-10", "Qualification"), segment="slow", arr="700"),
        "nobody knows": life(("06-10", "Qualification"), segment="few", arr="90"),
    }
    back = life(("06-10", "Qualification"), ("07-01", "Closed Won"), ("08-20", "Proposal"), segment="twice", arr="300")
    return done | few | still | {"won and back": back}


def moved() -> Lives:
    """Ten stays of ten days in a segment, one that goes on and whose account has left it; one that came to it later."""
    ways = ("06-10", "Qualification"), ("06-20", "Proposal")
    done = {f"home {n}": life(*ways, segment="home") for n in range(10)}
    left = life(("06-10", "Qualification"), segment="home", arr="300")
    came = life(("06-10", "Qualification"), segment="elsewhere", arr="4")
    return done | {
        "has left": [*left, ("2026-08-10T12:00", {"segment": "elsewhere"})],
        "has come": [*came, ("2026-08-10T12:00", {"segment": "home"})],
    }


def flow() -> Lives:
    """18 open, 25 closed of which 6 won, 42,000 on average, each after 78 days; what must not count beside them."""
    begun = ("05-01", "Qualification")
    opened = {f"open {n}": life(("10-20", "Qualification"), segment="vector", close="2026-12-20") for n in range(18)}
    amounts = ("36000", "48000", "42000", "42000", "42000", "42000")
    won = {
        f"won {n}": life(begun, ("07-18", "Closed Won"), segment="vector", arr=arr, close="2026-07-18")
        for n, arr in enumerate(amounts)
    }
    lost = {f"lost {n}": life(begun, ("06-20", "Closed Lost"), segment="vector", close="2026-06-20") for n in range(19)}
    other = {
        "expansion": life(begun, ("07-18", "Closed Won"), segment="vector", type="expansion", close="2026-07-18"),
        "too early": life(("10-20", "Discovery"), segment="vector"),
        "this quarter": life(begun, ("11-10", "Closed Won"), segment="vector", arr="9", close="2026-11-10"),
    }
    return opened | won | lost | other


def cohort() -> Lives:
    """Won 3, lost 6 of which 2 to a competitor, open 2: they qualified on 10 June; one disqualified."""
    begun = ("06-10", "Qualification")
    won = {f"W{n}": life(begun, ("07-20", "Closed Won"), segment="cohort", close="2026-07-20") for n in range(3)}
    lost = {
        f"L{n}": life(begun, ("07-05", "Closed Lost"), segment="cohort", close="2026-07-05", competitor=named)
        for n, named in enumerate(("Rival", "Other", "", "", "", ""))
    }
    still = {f"N{n}": life(begun, segment="cohort") for n in range(2)}
    return won | lost | still | {"out": life(begun, ("06-20", "Disqualified"), segment="cohort")}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    lives = ways() | slow() | moved() | flow() | cohort()
    lives["long ago"] = [("2025-10-15T12:00", {"stage": "Discovery", "segment": "ago"})]
    days = sorted({version[0][:10] for one in lives.values() for version in one} | {LATEST})
    return Tiny(dated("deals", lives, days)).refreshed(tmp_path_factory.mktemp("stages"))


def rates(company: Workspace, metric: str, as_of: str = LATEST) -> dict[str, tuple[int, int]]:
    """Numerator and denominator by stage, of the ways."""
    answer = answered(company, metric, as_of, period=Q2, by=("stage",), where="segment = 'steps'")
    return {stage: (round(float(row.value or 0) * row.n), row.n) for stage, row in slices(answer).items()}


# -- the way through the stages


def test_who_reached_a_stage_and_went_on(company: Workspace) -> None:
    expected = {"Discovery": (5, 7), "Qualification": (3, 6), "Proposal": (2, 3)}
    assert rates(company, "stages.conversion") == expected
    row = slices(answered(company, "stages.conversion", LATEST, period=Q2, by=("stage",), where="segment = 'steps'"))
    assert row["Discovery"].interval == pytest.approx(wilson(5, 7))


def test_who_may_still_go_on(company: Workspace) -> None:
    assert rates(company, "stages.open_share") == {"Discovery": (1, 7), "Qualification": (2, 6), "Proposal": (0, 3)}


def test_skips_steps_back_and_coming_again_are_told_apart(company: Workspace) -> None:
    assert rates(company, "stages.skip_rate") == {"Discovery": (1, 7), "Qualification": (2, 6), "Proposal": (1, 3)}
    assert rates(company, "stages.regress_rate") == {"Discovery": (0, 7), "Qualification": (1, 6), "Proposal": (0, 3)}
    assert rates(company, "stages.reentry_rate") == {"Discovery": (2, 7), "Qualification": (1, 6), "Proposal": (0, 3)}


def test_a_win_counts_until_it_is_undone(company: Workspace) -> None:
    assert rates(company, "stages.conversion", "2026-06-30") == {
        "Discovery": (5, 7),
        "Qualification": (2, 6),
        "Proposal": (2, 2),
    }
    where = "segment = 'steps' and record = 'undone win'"
    then = slices(answered(company, "stages.conversion", "2026-06-30", period=Q2, by=("stage",), where=where))
    now = slices(answered(company, "stages.conversion", LATEST, period=Q2, by=("stage",), where=where))
    assert {stage: row.value for stage, row in then.items()} == dict.fromkeys(
        ("Discovery", "Qualification", "Proposal"), 1.0
    )
    assert {stage: row.value for stage, row in now.items()} == {"Discovery": 0.0}


def test_who_is_in_no_cohort(company: Workspace) -> None:
    found = records(company, "stages.conversion", LATEST, where="segment = 'steps'")
    assert {"stage of old", "first seen won"} & found == set()
    assert "from the dark" in found
    assert "from the dark" not in records(
        company, "stages.conversion", LATEST, period=Q2, where="segment = 'steps' and stage = 'Discovery'"
    )
    assert records(company, "stages.conversion", LATEST, where="segment = 'restored'") == set()


# -- time


def test_time_counts_those_who_are_still_there(company: Workspace) -> None:
    where = "segment = 'steps' and stage = 'Qualification'"
    half = answered(company, "stages.time.latest.median", LATEST, period=Q2, where=where).total
    assert (half.n, half.value) == (4, 15.0)  # two left after 15 days, two are still there
    most = answered(company, "stages.time.latest.p75", LATEST, period=Q2, where=where).total
    assert (most.value, most.absent) == (None, "too many still go on: the p75 is not reached")


def test_stays_add_up_to_the_time_of_a_deal(company: Workspace) -> None:
    where = "record = 'back and again' and stage = 'Discovery'"
    latest, every = (
        answered(company, f"stages.time.{kind}.median", LATEST, where=where).total for kind in ("latest", "cumulative")
    )
    assert (latest.value, every.value) == (15.0, 25.0)
    where = "record = 'back and again' and stage = 'Qualification'"
    told = answered(company, "stages.time.cumulative.median", LATEST, where=where, records=True).records or ()
    day = timedelta(days=1)
    still = (stored(LATEST) - stored("2026-07-20") + timedelta(hours=12) - timedelta(microseconds=1)) / day
    assert [(row["ended"], row["value"]) for row in told] == [(False, pytest.approx(15 + still, abs=1e-6))]


# -- stalls


def test_a_deal_stalls_by_the_measure_of_its_own_segment(company: Workspace) -> None:
    where = "segment in ('slow', 'few')"
    answer = answered(company, "stages.stalled", LATEST, where=where)
    assert (answer.total.value, answer.total.n) == (Decimal(5000), 1)
    found = view(company, where=where)
    assert [(one.record, one.amount, one.p90) for one in found.stalled] == [("too long", Decimal(5000), 10.0)]
    usual = {(one.stage, one.segment): (one.open, one.ended, one.p90, one.stalled) for one in found.usual}
    assert usual == {
        ("Qualification", "slow"): (2, 10, 10.0, 1),
        ("Qualification", "few"): (1, 9, None, 0),
        ("Proposal", "slow"): (10, 0, None, 0),
        ("Proposal", "few"): (9, 0, None, 0),
    }


@pytest.mark.parametrize("org", ["as-was", "as-is"])
@pytest.mark.parametrize("as_of", ["2026-07-31", LATEST])
def test_a_deal_stalls_by_the_segment_in_which_it_reached_its_stage(company: Workspace, as_of: str, org: str) -> None:
    where = "record in ('has left', 'has come')"
    answer = answered(company, "stages.stalled", as_of, where=where, by=("segment",), org=org)
    assert (answer.total.value, answer.total.n) == (Decimal(300), 1)
    stands = "home" if (as_of, org) == ("2026-07-31", "as-was") else "elsewhere"
    assert {segment: row.value for segment, row in slices(answer).items()} == {stands: Decimal(300)}


def test_a_win_that_skipped_a_stage_and_was_undone_counts_the_deal_once(company: Workspace) -> None:
    found = view(company, where="segment = 'twice'")
    assert [(one.stage, one.open) for one in found.usual] == [("Proposal", 1)]


def view(company: Workspace, **terms: str) -> Stages:
    """Everything about the stages."""
    with opened(company) as asked:
        return stages(asked, Question("stages.conversion", as_of=stored(LATEST), **terms))  # type: ignore[arg-type]


def test_the_view_says_what_the_numbers_say(company: Workspace) -> None:
    found = view(company, period=Q2, where="segment = 'steps'")
    told = {one.stage: (one.went_on, one.still_open, one.skipped, one.fell_back, one.came_back) for one in found.stages}
    assert told == {"Discovery": (5, 1, 1, 0, 2), "Qualification": (3, 2, 2, 1, 1), "Proposal": (2, 0, 1, 0, 0)}
    assert [one.closed for one in found.stages] == [1, 1, 1]
    trend = {(one.stage, one.quarter): (one.went_on, one.reached) for one in found.trend if one.quarter == Q2}
    assert trend == {("Discovery", Q2): (5, 7), ("Qualification", Q2): (3, 6), ("Proposal", Q2): (2, 3)}


# -- velocity


def test_a_part_is_as_it_stands_in_the_whole(company: Workspace) -> None:
    question = Question("stages.conversion", by=("segment",), as_of=stored(LATEST))
    with opened(company) as asked:
        whole = stages(asked, question)
        going, flow, late = (stages(asked, question, parts=(part,)) for part in WHOLE)
        label = stages(asked, question, parts=())
    assert (going.stages, going.trend, going.quarters) == (whole.stages, whole.trend, whole.quarters)
    assert (flow.velocity, flow.win_rates) == (whole.velocity, whole.win_rates)
    assert (late.usual, late.stalled) == (whole.usual, whole.stalled)
    assert going.answer == flow.answer == late.answer == label.answer == whole.answer
    assert not (going.velocity)
    assert not (going.usual)
    assert not (flow.stages)
    assert not (flow.usual)
    assert not (late.stages)
    assert not (late.velocity)
    assert whole.stages
    assert whole.velocity
    assert whole.usual


def by_segment(company: Workspace, metric: str, segment: str = "vector", **terms: str) -> Row:
    return slices(answered(company, metric, LATEST, by=("segment",), **terms))[segment]


def test_eighteen_by_forty_two_thousand_by_a_quarter_less_a_bit_by_seventy_eight(company: Workspace) -> None:
    row = by_segment(company, "pipeline_velocity")
    assert (row.value, row.n) == (Decimal("2326.15"), 18)
    assert pytest.approx(209_353.85, abs=0.005) == 90 * 18 * 42_000 * 0.24 / 78
    assert by_segment(company, "pipeline_velocity.realised").value == Decimal("690.41")  # 252,000 / 365


def test_a_velocity_without_one_of_its_factors(company: Workspace) -> None:
    none = answered(company, "pipeline_velocity", LATEST, where="segment = 'ago'").total
    assert (none.value, none.n, none.absent) == (None, 0, "no qualified deal is open")
    assert (
        by_segment(company, "pipeline_velocity", "slow").absent == "no qualified deal was closed in the four quarters"
    )


def test_four_quarters_of_history_are_needed(company: Workspace) -> None:
    early = answered(company, "pipeline_velocity", "2026-07-31").total
    assert early.value is None
    assert early.absent == "four quarters are needed, 2026-Q3..2027-Q2: history begins on 2025-10-15"


# -- win rates


def test_three_won_of_a_cohort_of_eleven(company: Workspace) -> None:
    row = by_segment(company, "win_rate.created.count", "cohort", period=Q2)
    assert (row.n, row.value) == (11, pytest.approx(0.2727, abs=5e-5))
    assert row.interval == pytest.approx(wilson(3, 11))
    assert by_segment(company, "win_rate.created.open_share", "cohort", period=Q2).value == pytest.approx(2 / 11)


def test_a_cohort_is_mature_when_it_is_older_than_most_cycles(company: Workspace) -> None:
    old = by_segment(company, "win_rate.created.maturity", "cohort", period=Q2)
    assert (old.value, old.n) == (1.0, 11)
    young = by_segment(company, "win_rate.created.count", "vector", period="2027-Q3")
    assert (young.n, young.value, young.immature) == (18, 0.0, True)
    assert not by_segment(company, "win_rate.created.count", "cohort", period=Q2).immature


def test_only_losses_to_a_competitor_are_narrow(company: Workspace) -> None:
    row = by_segment(company, "win_rate.narrow", "cohort")
    assert (row.n, row.value) == (5, 0.6)
    assert by_segment(company, "win_rate.closed.count", "cohort").n == 9
