"""The strip of lenses: bars on one scale from 0, steps that lead from the agreed line to each bar's end, links."""

from __future__ import annotations

import re
from decimal import Decimal

from tieout.show.charts.canvas import PAGE_WIDE
from tieout.show.charts.drawing import svg
from tieout.show.charts.lenses import Lens, lens_strip
from tieout.show.charts.waterfall import Step

AGREED = Lens("agreed", Decimal(500), 5, (), "/records/pipeline.open_qualified")
TEAM = Lens(
    "sales", Decimal(900), 8, [Step("type", Decimal(600), 2, "/a"), Step("slice", Decimal(-200), 1, "/b")], "/c"
)


def places(drawn: str, label: str) -> tuple[float, float]:
    """Give where a bar begins and ends, by what it says."""
    path = re.search(rf'aria-label="{re.escape(label)}[^"]*"[^>]*? d="([^"]*)"', drawn) or re.search(
        rf' d="([^"]*)"[^>]*aria-label="{re.escape(label)}', drawn
    )
    assert path
    numbers = [float(text) for text in re.findall(r"-?\d+(?:\.\d+)?", path[1])]
    begin, width = numbers[0], numbers[2] if "h" in path[1] else numbers[2] - numbers[0]
    return min(begin, begin + width), max(begin, begin + width)


def test_bars_and_steps_are_on_one_scale() -> None:
    drawn = svg(lens_strip("words", AGREED, [TEAM]))
    start, end = places(drawn, "sales: 900.00, 8 records")
    assert start == PAGE_WIDE.labels
    unit = (end - start) / 900
    up, down = places(drawn, "sales, type: +600.00, 2 records"), places(drawn, "sales, slice: −200.00, 1 record")  # noqa: RUF001
    assert [round((place - start) / unit) for place in (*up, *down)] == [500, 1100, 900, 1100]


def test_every_bar_step_and_name_leads_somewhere() -> None:
    drawn = svg(lens_strip("words", AGREED, [TEAM]))
    assert {"/a", "/b", "/c", "/records/pipeline.open_qualified"} == set(re.findall(r'<a href="([^"]+)"', drawn))
    assert 'aria-hidden="true"><a' not in drawn


def test_the_largest_steps_are_named_as_far_as_they_fit() -> None:
    steps = [Step(f"a cause with a long name {number}", Decimal(number)) for number in range(1, 12)]
    drawn = svg(lens_strip("words", AGREED, [Lens("sales", Decimal(566), 1, steps)]))
    said = re.search(r"a cause with a long name 11 \+11[^<]*", drawn)
    assert said
    shown = said[0].count("a cause")
    assert 1 < shown < 11
    assert said[0].endswith(f"{11 - shown} more")


def test_figures_of_nothing_are_drawn_too() -> None:
    assert "<svg" in svg(lens_strip("words", Lens("agreed", Decimal(0), 0, ()), [Lens("sales", Decimal(-5), 1, ())]))
