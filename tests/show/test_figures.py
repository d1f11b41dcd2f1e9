from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tieout.show import figures

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("8412300", "8,412,300.00"),
        ("-40000", "\N{MINUS SIGN}40,000.00"),
        ("0", "0.00"),
        ("0.005", "0.01"),
        ("12.3", "12.30"),
    ],
)
def test_money_has_cents_and_a_true_minus(value: str, written: str) -> None:
    assert figures.money(Decimal(value)) == written


def test_a_step_has_its_sign() -> None:
    assert figures.signed(Decimal(30)) == "+30.00"
    assert figures.signed(Decimal(-30)) == "\N{MINUS SIGN}30.00"
    assert figures.signed(Decimal(0)) == "0.00"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("8400000", "8.4M"),
        ("8412300", "8.4M"),
        ("24137000", "24.1M"),
        ("510000", "510K"),
        ("51234", "51.2K"),
        ("1000", "1K"),
        ("999", "999"),
        ("999.99", "1K"),
        ("999960", "1M"),
        ("99960", "100K"),
        ("1250000000", "1.3B"),
        ("10000000", "10M"),
        ("20000000", "20M"),
        ("-556000", "\N{MINUS SIGN}556K"),
        ("0", "0"),
    ],
)
def test_a_headline_is_short(value: str, written: str) -> None:
    assert figures.short(Decimal(value)) == written


def test_rates_points_and_ratios() -> None:
    assert figures.rate(0.3124) == "31.2%"
    assert figures.points(-0.013) == "\N{MINUS SIGN}1.3 pts"
    assert figures.figure(2.6, "ratio") == "2.60x"
    assert figures.headline(41.96, "days") == "42.0 days"
    assert figures.interval((0.2482, 0.2894)) == "24.8\N{EN DASH}28.9%"
    assert figures.interval(None) == ""


def test_a_share_is_never_rounded_to_all_or_nothing() -> None:
    assert [figures.share(part) for part in (1.0, 0.999, 0.5, 0.001, 0.0)] == ["100%", ">99%", "50%", "<1%", "0%"]


def test_a_grade_names_only_what_there_is() -> None:
    assert figures.grade({"observed": 1.0}) == "observed"
    assert figures.grade({"observed": 0.9, "assumed": 0.1}) == "observed 90%, assumed 10%"
    assert figures.grade({}) == ""


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 7, 6, 21, 59, 59, 999999), "2026-07-06"),
        (datetime(2026, 7, 5, 22), "2026-07-06"),
        (datetime(2026, 7, 6, 6), "2026-07-06 08:00"),
        (datetime(9999, 12, 31), "\N{MIDDLE DOT}"),
    ],
)
def test_a_moment_is_written_in_the_zone_of_the_company(moment: datetime, written: str) -> None:
    assert figures.stamp(moment, BERLIN) == written


def test_what_was_known() -> None:
    assert figures.known(None, BERLIN) == "as known now"
    assert figures.known(datetime(2026, 7, 6, 6), BERLIN) == "as known 2026-07-06 08:00"


def test_a_figure_is_headed_by_the_worst_grade_of_more_than_one_per_cent() -> None:
    assert figures.graded({"observed": 0.9, "derived": 0.08, "assumed": 0.02}).startswith(
        "history assumed: observed 90%"
    )
    assert figures.graded({"observed": 0.93, "derived": 0.06, "assumed": 0.01}).startswith("history derived: ")
    assert figures.graded({"observed": 1.0}) == "history observed"
    assert figures.graded({}) == ""


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("1561450", "-2008995"), ["1.6M", "\N{MINUS SIGN}2.0M"]),
        (("90000", "510000"), ["90K", "510K"]),
        (("73000", "28300", "615837"), ["73.0K", "28.3K", "616K"]),
        ((), []),
    ],
)
def test_figures_beside_one_another_have_their_decimals_alike(values: tuple[str, ...], expected: list[str]) -> None:
    assert figures.shorts(*map(Decimal, values)) == expected
