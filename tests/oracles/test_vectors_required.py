"""Required coverage by the house's vector, and every reason for which there is none."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from tests.oracles.tiny import Life, Tiny, answered, dated, once, slices, stored
from tieout import Workspace
from tieout.measure.answers import Question, QuestionError
from tieout.measure.numbers.covered import Cover, cover
from tieout.measure.numbers.resampling import resampled
from tieout.questions import opened

HISTORY = ((5000, 1500, 2100), (6200, 1800, 2400), (5500, 1400, 2000), (7000, 2100, 2900))
"""Pipeline at the opening, won of it, won in all, in thousands."""
OPENINGS = ("2025-08-01", "2025-11-01", "2026-02-01", "2026-05-01")
"""The first days of fiscal 2026-Q3 to 2027-Q2."""
QUARTER, OPENING = "2027-Q3", "2026-08-01"
REQUIRED, ADJUSTED = "coverage.required", "coverage.required.adjusted"
Lives = dict[str, Life]


def day(opening: str, months: int, of_month: int) -> str:
    """Give a day some months after the first one of a quarter."""
    year, month = int(opening[:4]), int(opening[5:7]) + months
    return f"{year + (month - 1) // 12}-{(month - 1) % 12 + 1:02}-{of_month:02}"


def quarter(number: int, opening: str, pipeline: int, won_of_it: int, won: int, segment: str = "vector") -> Lives:
    """Deals that are in pipeline on the first day, of which one is won; another is created and won in the quarter."""
    before, later, end = day(opening, -1, 10), day(opening, 1, 10), day(opening, 2, 20)

    def deal(begun: str, amount: int, *more: tuple[str, dict[str, str]]) -> Life:
        first = {"segment": segment, "arr": f"{amount}000", "close": end}
        return [(f"{begun}T12:00", first), *((f"{at}T12:00", changed) for at, changed in more)]

    shut, gone = [(later, {"stage": f"Closed {how}", "close": later}) for how in ("Won", "Lost")]
    return {
        f"{segment} {number} won": deal(before, won_of_it, shut),
        f"{segment} {number} lost": deal(before, pipeline - won_of_it, gone),
        f"{segment} {number} elsewhere": deal(day(opening, 0, 20), won - won_of_it, shut),
    }


def vector() -> Lives:
    """The four quarters, and this one: 6.0 open for a target of 2.0."""
    lives: Lives = {}
    for number, (opening, told) in enumerate(zip(OPENINGS, HISTORY, strict=True)):
        lives |= quarter(number, opening, *told)
    now = {"segment": "vector", "arr": "6000000", "close": "2026-10-15"}
    barren = {"segment": "barren", "arr": "100000", "close": "2026-10-15"}
    for number, opening in enumerate(OPENINGS):
        lives |= quarter(number, opening, 1000, 0, 0, "barren")
    return lives | {"now": [("2026-07-10T12:00", now)], "barren": [("2026-07-10T12:00", barren)]}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    lives = vector()
    days = sorted({version[0][:10] for one in lives.values() for version in one} | {"2026-08-01"})
    targets = {"T1": once(segment="vector", amount="2000000"), "T2": once(segment="new here", amount="1000")}
    exports = dated("deals", lives, days) | dated("targets", targets, days[-1:])
    return Tiny(exports).refreshed(tmp_path_factory.mktemp("required"))


def covered(company: Workspace, **terms: object) -> Cover:
    """Everything about required coverage, on the first day of the quarter."""
    asked = {"period": QUARTER, "as_of": stored(OPENING), **terms}
    with opened(company) as build:
        return cover(build, Question(ADJUSTED, **asked))  # type: ignore[arg-type]


def test_the_vector(company: Workspace) -> None:
    terms = {"period": QUARTER, "by": ("segment",)}
    required, adjusted = (
        slices(answered(company, metric, OPENING, **terms))["vector"] for metric in (REQUIRED, ADJUSTED)
    )
    assert (required.value, required.n) == (pytest.approx(3.49, abs=0.005), 8)
    assert adjusted.value == pytest.approx(2.52, abs=0.005)
    one = next(one for one in covered(company, by=("segment",)).slices if one.by.get("segment") == "vector")
    assert one.required.conversion == pytest.approx(0.2869, abs=5e-5)
    assert one.required.elsewhere == pytest.approx(0.2766, abs=5e-5)
    told = [(each.pipeline, each.won_from, each.won_from + each.won_else) for each in one.required.known]
    assert told == [tuple(1000 * part for part in each) for each in HISTORY]
    assert [each.created for each in one.required.known] == [each.won_else for each in one.required.known]
    # 2.52 times 2.0 is 5.04 of the 6.0 that there are.
    assert one.coverage == pytest.approx(3.00)
    assert float(one.short or 0) == pytest.approx(2_000_000 * 237 / 94 - 6_000_000, abs=0.01)
    assert float(one.short_plain or 0) == pytest.approx(2_000_000 * 237 / 68 - 6_000_000, abs=0.01)


def test_the_whole_is_the_sum_of_the_slices(company: Workspace) -> None:
    whole, *parts = covered(company, by=("segment",)).slices
    told = (part.required.quarters for part in parts if part.required.quarters)
    for place, quarters in enumerate(zip(*told, strict=True)):
        mine = whole.required.quarters[place]
        for name in ("pipeline", "n", "won_from", "won_before", "won_else", "created"):
            assert getattr(mine, name) == sum(getattr(each, name) for each in quarters)


def test_the_interval_is_that_of_all_resamples(company: Workspace) -> None:
    one = next(one for one in covered(company, by=("segment",)).slices if one.by.get("segment") == "vector")
    for bounds, under in ((one.required.interval, 1), (one.required.adjusted_interval, 2)):
        ratios = sorted(
            Fraction(sum(HISTORY[place][0] for place in drawn), sum(HISTORY[place][under] for place in drawn))
            for drawn in product(range(4), repeat=4)
        )
        low, high = bounds or (None, None)
        # The first of 256 draws below which lie 2.5%, and 97.5%: the 7th and the 250th.
        assert (low, high) == (pytest.approx(float(ratios[6])), pytest.approx(float(ratios[249])))


def test_an_interval_without_an_end() -> None:
    low, high = resampled([1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 4.0])
    assert (low, high) == (pytest.approx(1 / 3), None)


# -- none


def test_nothing_won_is_no_conversion(company: Workspace) -> None:
    row = slices(answered(company, REQUIRED, OPENING, period=QUARTER, by=("segment",)))["barren"]
    assert (row.value, row.absent) == (None, "nothing of the pipeline of the trailing quarters was won")


def test_a_segment_that_is_new_has_no_history(company: Workspace) -> None:
    one = next(one for one in covered(company, by=("segment",)).slices if one.by.get("segment") == "new here")
    assert (one.required.adjusted, one.required.absent) == (None, "no trailing quarter has it")
    assert one.short is None


def test_fewer_than_four_quarters_are_too_few(company: Workspace) -> None:
    total = answered(company, REQUIRED, "2026-05-01", period="2027-Q2").total
    assert (total.value, total.absent) == (None, "4 trailing quarters with history are needed, 3 have it")


def test_quarters_before_history_are_named(company: Workspace) -> None:
    whole = covered(company).slices[0].required
    assert [(one.quarter.name, one.absent) for one in whole.quarters][:4] == [
        (name, "history begins on 2025-07-10") for name in ("2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2")
    ]


def test_a_quarter_that_is_not_over_tells_nothing_yet(company: Workspace) -> None:
    """In the middle of 2027-Q2 what its pipeline becomes is not known, however much of it has been won."""
    whole = covered(company, as_of=stored("2026-06-15")).slices[0].required
    last = whole.quarters[-1]
    assert (last.quarter.name, last.absent) == ("2027-Q2", "it is not over")
    assert (whole.required, whole.absent) == (None, "4 trailing quarters with history are needed, 3 have it")


def test_a_target_by_segment_is_no_target_by_owner(company: Workspace) -> None:
    whole = covered(company, by=("owner",)).slices[0]
    assert (whole.coverage, whole.absent) == (None, "targets are by segment, not by owner")
    assert whole.required.adjusted


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ({"period": "2026"}, "'2026' is no quarter, and required coverage is of quarters."),
        ({"period": "2026-08"}, "'2026-08' is no quarter"),
    ],
)
def test_only_a_quarter_has_required_coverage(company: Workspace, terms: dict[str, str], told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        answered(company, REQUIRED, OPENING, **terms)
