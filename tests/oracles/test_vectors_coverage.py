"""Coverage by the house's vector, and every reason for which there is none."""

from __future__ import annotations

import pytest

from tests.oracles.tiny import Life, Tiny, answered, dated, once, slices
from tieout import Workspace

DAYS = ["2026-07-31", "2026-09-30", "2026-11-15"]
QUARTER, BEGUN = "2027-Q3", "2026-07-06T09:00"
OPENING, WEEK3, TO_GO = "coverage.opening", "coverage.opening.week3", "coverage.to_go"


def deal(segment: str, arr: int, **fields: str) -> Life:
    """A deal that was qualified before the quarter."""
    return [(BEGUN, {"segment": segment, "arr": str(arr), "close": "2026-10-15", **fields})]


def won(segment: str, arr: int, **fields: str) -> Life:
    """A deal won on 10 September."""
    return [*deal(segment, arr, **fields), ("2026-09-10T12:00", {"stage": "Closed Won", "close": "2026-09-10"})]


def lost(segment: str, arr: int) -> Life:
    """A deal lost on 10 September."""
    return [*deal(segment, arr), ("2026-09-10T12:00", {"stage": "Closed Lost", "close": "2026-09-10"})]


LIVES: dict[str, Life] = {
    # 6.0 at the beginning; later 0.8 won and 2.7 open.
    "V1": won("vector", 800_000),
    "V2": deal("vector", 2_700_000),
    "V3": lost("vector", 2_500_000),
    "V4": won("vector", 900_000, type="renewal"),
    "V5": deal("vector", 400_000, close="2026-07-15"),
    "E1": won("exactly", 1_000_000),
    "E2": deal("exactly", 500_000),
    "O1": won("over", 1_200_000),
    "N1": deal("no target", 100_000),
    "U1": deal("", 100_000),
    "Z1": deal("zero", 100_000),
    # Qualified within the third week: not there at the opening.
    "W1": [("2026-07-06", {"segment": "week", "stage": "Discovery", "close": "2026-10-15"}),
           ("2026-08-21T23:30", {"stage": "Qualification", "arr": "300000"})],
    "W2": [("2026-07-06", {"segment": "week", "stage": "Discovery", "close": "2026-10-15"}),
           ("2026-08-22T00:30", {"stage": "Qualification", "arr": "700000"})],
}  # fmt: skip
TARGETS: dict[str, Life] = {
    "T1": once(segment="vector", amount="2000000"),
    "T2": once(segment="exactly", amount="1000000"),
    "T3": once(segment="over", amount="1000000"),
    "T4": once(segment="zero", amount="0"),
    "T5": once(segment="week", amount="100000"),
    "T6": once(segment="nobody sells", amount="50000"),
    "T7": once(segment="vector", amount="9", period="2027-Q4"),
}
LENSES = {
    "renewing": {"types": ["new", "expansion", "renewal"]},
    "total": {"basis": "tcv"},
    "market": {"rates": "spot"},
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    days = sorted([*DAYS, "2026-08-21", "2026-08-22"])
    tiny = Tiny(dated("deals", LIVES, days) | dated("targets", TARGETS, DAYS[:1]), {"lenses": LENSES})
    return tiny.refreshed(tmp_path_factory.mktemp("coverage"))


def test_six_for_two_is_three(company: Workspace) -> None:
    answer = answered(company, OPENING, period=QUARTER, by=("segment",))
    row = slices(answer)["vector"]
    assert (row.value, row.n, row.verdict) == (pytest.approx(3.00), 3, "healthy")
    assert str(answer.as_of) == "2026-08-02 03:59:59.999999"


def test_two_point_seven_for_what_is_left_is_two_and_a_quarter(company: Workspace) -> None:
    row = slices(answered(company, TO_GO, "2026-09-30", period=QUARTER, by=("segment",)))["vector"]
    assert (row.value, row.n, row.verdict) == (pytest.approx(2.25), 1, "breach")


@pytest.mark.parametrize("segment", ["exactly", "over"])
def test_a_target_that_is_met_has_no_coverage_to_go(company: Workspace, segment: str) -> None:
    row = slices(answered(company, TO_GO, "2026-09-30", period=QUARTER, by=("segment",)))[segment]
    assert (row.value, row.absent, row.verdict) == (None, "target met", None)


@pytest.mark.parametrize(
    ("segment", "reason"),
    [
        ("no target", "the plan has no target for it"),
        ("(unknown)", "the plan has no target for it"),
        ("zero", "the target is 0"),
    ],
)
def test_without_a_target_there_is_no_coverage(company: Workspace, segment: str, reason: str) -> None:
    row = slices(answered(company, OPENING, period=QUARTER, by=("segment",)))[segment]
    assert (row.value, row.n, row.absent) == (None, 1, reason)


def test_a_target_without_pipeline_is_covered_by_nothing(company: Workspace) -> None:
    row = slices(answered(company, OPENING, period=QUARTER, by=("segment",)))["nobody sells"]
    assert (row.value, row.n, row.absent, row.verdict) == (0.0, 0, None, "breach")


def test_a_quarter_without_a_plan(company: Workspace) -> None:
    total = answered(company, OPENING, period="2027-Q2").total
    assert (total.value, total.absent) == (None, "the plan has no target for it")


def test_a_quarter_that_has_not_begun(company: Workspace) -> None:
    total = answered(company, TO_GO, "2026-10-31", period="2027-Q4").total
    assert (total.value, total.absent) == (None, "the period has not begun")


def test_the_third_week_ends_with_its_last_day(company: Workspace) -> None:
    opening, week3 = (
        slices(answered(company, metric, period=QUARTER, by=("segment",)))["week"] for metric in (OPENING, WEEK3)
    )
    assert (opening.value, opening.n) == (0.0, 0)
    assert (week3.value, week3.n) == (pytest.approx(3.0), 1)


def test_the_whole_is_the_sum_of_pipeline_over_the_sum_of_targets(company: Workspace) -> None:
    total = answered(company, OPENING, period=QUARTER).total
    pipeline = 6_000_000 + 1_500_000 + 1_200_000 + 100_000 + 100_000 + 100_000
    assert (total.value, total.n) == (pytest.approx(pipeline / 4_150_000), 9)
    to_go = answered(company, TO_GO, "2026-09-30", period=QUARTER).total
    open_then = 2_700_000 + 500_000 + 3 * 100_000 + 300_000 + 700_000
    assert (to_go.value, to_go.n) == (pytest.approx(open_then / (4_150_000 - 3_000_000)), 7)


@pytest.mark.parametrize("metric", [OPENING, WEEK3, TO_GO])
@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"lens": "renewing"}, "types: the plan counts expansion and new, the pipeline expansion and new and renewal"),
        ({"lens": "total"}, "basis: the plan counts arr, the pipeline tcv"),
        ({"lens": "market"}, "rates: the plan counts plan, the pipeline spot"),
        ({"rates": "spot"}, "rates: the plan counts plan, the pipeline spot"),
        ({"where": "arr > 10"}, "filter: the plan has no target for a filtered pipeline"),
    ],
)
def test_unlike_is_not_compared_with_like(company: Workspace, metric: str, terms: dict[str, str], reason: str) -> None:
    answer = answered(company, metric, "2026-09-30", period=QUARTER, by=("segment",), **terms)
    assert {(row.value, row.absent) for row in answer.rows} == {(None, reason)}
