"""Charts: what is drawn can be counted in the SVG, leads where it was told to, and says in words what it shows."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from tieout.show.charts.canvas import PAGE_WIDE, PHONE
from tieout.show.charts.drawing import Chart, framed, svg
from tieout.show.charts.marks import value_ticks
from tieout.show.charts.over_time import Mark, Point, Series, columns, lines, multiples
from tieout.show.charts.structure import Bar, FunnelStep, bars, funnel
from tieout.show.charts.waterfall import Level, Step, waterfall

HOSTILE = "<script>alert('1')</script> & \"so\" \N{RIGHT-TO-LEFT OVERRIDE}gnp"
SPACE = "{http://www.w3.org/2000/svg}"


def steps() -> Chart:
    causes = [Step("created", Decimal(190), 3, "made"), Step("won", Decimal(-60), 1, "won", "good")]
    causes.append(Step(HOSTILE, Decimal("-0.01"), 1, "odd"))
    ends = Level("opening", Decimal(100), 9, "open"), Level("closing", Decimal("229.99"), 11, "close")
    return waterfall(f"From 100 to 230 {HOSTILE}", ends[0], causes, ends[1])


def days(*values: int | None) -> list[Point]:
    return [Point(None, "before history") if value is None else Point(value) for value in values]


def drawn(chart: Chart) -> ET.Element:
    return ET.fromstring(svg(chart).replace("<svg ", f'<svg xmlns="{SPACE[1:-1]}" ', 1))


def titles(chart: Chart) -> list[str]:
    return [each.text or "" for each in drawn(chart).iter(f"{SPACE}title")]


def words(chart: Chart) -> list[str]:
    return [each.text or "" for each in drawn(chart).iter(f"{SPACE}text")]


def every_chart() -> list[Chart]:
    slices = [Series("a", days(1, 2, None), None), Series(HOSTILE, days(2, None, None), None)]
    names = ["2026-01", "2026-02", "2026-03"]
    marks = [Mark(1, HOSTILE)]
    return [
        steps(),
        bars(HOSTILE, [Bar(HOSTILE, 0.5, 3, (0.2, 0.8), 0.4, anchor="a"), Bar("b", None, 0, absent=HOSTILE)], "rate"),
        funnel(HOSTILE, [FunnelStep("leads", 10, anchor="leads"), FunnelStep(HOSTILE, 0)]),
        columns(HOSTILE, names, slices, "count", marks),
        lines(HOSTILE, names, slices, "count", marks),
        multiples(HOSTILE, names, slices, "count", marks),
    ]


@pytest.mark.parametrize("chart", every_chart(), ids=["waterfall", "bars", "funnel", "columns", "lines", "multiples"])
def test_a_drawing_is_well_formed_the_same_twice_and_has_no_address_outside(chart: Chart) -> None:
    told = svg(chart)
    assert told == svg(chart)
    assert "http" not in told
    assert "<script" not in told
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in "".join(words(chart))
    assert drawn(chart).attrib["viewBox"] == f"0 0 {PAGE_WIDE.width} {chart.height}"
    colors = {each.split("-")[0] for each in re.findall(r'(?:fill|stroke)="([^"]+)"', told)}
    assert {one for one in colors if not one.startswith(("var(", "url("))} <= {"none", "transparent"}


@pytest.mark.parametrize("chart", every_chart(), ids=["waterfall", "bars", "funnel", "columns", "lines", "multiples"])
def test_a_phone_gets_the_same_marks_and_ways_in_a_drawing_of_its_own(chart: Chart) -> None:
    assert chart.narrow is not None
    phone = drawn(chart.narrow)
    assert phone.attrib["viewBox"].split()[2] == str(PHONE.width)
    assert sorted(titles(chart.narrow)) == sorted(titles(chart))
    assert chart.narrow.links == chart.links
    places = [float(place) for place in re.findall(r"translate\((-?[\d.]+),", svg(chart.narrow))]
    assert all(0 <= place <= PHONE.width for place in places)
    told = framed(chart)
    assert (told.count('class="chart"'), told.count('class="narrow"')) == (1, 1)


def test_few_columns_stay_columns() -> None:
    chart = columns("two months", ["2026-08", "2026-09"], [Series("", days(81, 14))], "count")
    ways = re.findall(r'd="M([\d.]+),[\d.]+h([\d.]+)', svg(chart))
    assert [float(width) for _, width in ways] == [72.0, 72.0]


def test_each_bar_of_a_waterfall_leads_to_its_records_and_says_its_amount() -> None:
    chart = steps()
    ways = re.findall(r'<a href="#([^"]+)"><path', svg(chart))
    assert sorted(ways) == ["close", "made", "odd", "open", "won"]
    assert "opening: 100.00, 9 records" in titles(chart)
    assert "created: +190.00, 3 records" in titles(chart)
    assert "won: \N{MINUS SIGN}60.00, 1 record" in titles(chart)


def test_a_waterfall_prints_its_residual_even_where_it_is_nothing() -> None:
    told = words(steps())
    assert told[told.index("residual") + 1] == "0.00"
    off = waterfall("x", Level("opening", Decimal(1)), [], Level("closing", Decimal(2)), Decimal("1.00"))
    assert words(off)[-1] == "1.00"


def test_bars_of_a_waterfall_stand_where_the_amounts_lead() -> None:
    # From 0 to 290 over the width between the names and the figures: 200 to 770.
    wide = {title.text: box for box in drawn(steps()).iter(f"{SPACE}path") for title in box if title.text}
    places = {name: re.match(r"M([\d.]+),[\d.]+h([\d.]+)", box.attrib["d"]) for name, box in wide.items()}
    made, won = places["created: +190.00, 3 records"], places["won: \N{MINUS SIGN}60.00, 1 record"]
    assert made is not None
    assert won is not None
    assert float(made[1]) == pytest.approx(200 + 570 * 100 / 290, abs=0.01)
    assert float(made[2]) == pytest.approx(570 * 190 / 290, abs=0.01)
    assert float(won[1]) == pytest.approx(200 + 570 * 230 / 290, abs=0.01)


def test_an_axis_that_does_not_begin_at_zero_says_so() -> None:
    ends = Level("opening", Decimal(1_000_000)), Level("closing", Decimal(1_010_000))
    told = words(waterfall("x", ends[0], [Step("created", Decimal(10_000))], ends[1]))
    assert "the axis begins at 990K" in told
    assert not [text for text in words(steps()) if "begins" in text]


def test_a_line_far_from_zero_may_begin_elsewhere_and_says_so() -> None:
    far = [Series("", days(1000, 1010))]
    assert "the axis begins at 1K" in words(lines("x", ["1", "2"], far, "count", zero=False))
    assert not [text for text in words(lines("x", ["1", "2"], far, "count")) if "begins" in text]


def test_missing_history_is_a_gap_that_says_why() -> None:
    chart = lines("x", ["1", "2", "3", "4"], [Series("", days(5, None, None, 7))], "count")
    assert titles(chart) == ["n/a: before history", "1: 5", "4: 7"]
    line = next(box.attrib["d"] for box in drawn(chart).iter(f"{SPACE}path") if box.attrib.get("stroke-width") == "2")
    assert line.count("M") == 2, "the line is drawn through where nothing is known"


def test_a_bucket_that_is_not_over_is_hatched_and_says_so() -> None:
    chart = columns("x", ["1", "2"], [Series("", [Point(5), Point(2, partial=True)])], "count")
    assert titles(chart) == ["1: 5", "2: 2, not over yet"]
    assert svg(chart).count('fill="url(#hatch-') == 1


def test_lines_of_categories_have_their_own_look_and_their_name_at_the_end() -> None:
    names = ("one", "two", "three", "four", "five")
    chart = lines("x", ["1", "2"], [Series(name, days(1, 1), None) for name in names], "count")
    strokes = [box.attrib for box in drawn(chart).iter(f"{SPACE}path") if box.attrib.get("stroke-width") == "2"]
    looks = {(box["stroke"], box.get("stroke-dasharray")) for box in strokes}
    assert len(looks) == 5
    ends = [box for box in drawn(chart).iter(f"{SPACE}text") if (box.text or "").split(" ")[0] in names]
    heights = sorted(float(re.findall(r"[\d.]+", box.attrib["transform"])[1]) for box in ends)
    assert all(below - above >= 12 for above, below in itertools.pairwise(heights))


def test_small_multiples_stand_on_one_scale() -> None:
    chart = multiples("x", ["1", "2"], [Series("a", days(0, 100)), Series("b", days(0, 50))], "count")
    tops = [
        min(float(y) for y in re.findall(r",([\d.]+)", box.attrib["d"]))
        for box in drawn(chart).iter(f"{SPACE}path")
        if box.attrib.get("stroke-width") == "2"
    ]
    # Each panel is 120 high: half of the largest is 60 below it.
    assert tops[1] - tops[0] == pytest.approx(60, abs=0.1)


def test_a_funnel_says_what_part_went_on() -> None:
    told = words(funnel("x", [FunnelStep("leads", 10), FunnelStep("MQL", 2), FunnelStep("SAL", 0)]))
    assert [text for text in told if "of" in text] == [
        "\N{DOWNWARDS ARROW} 20.0% of 10",
        "\N{DOWNWARDS ARROW} 0.0% of 2",
    ]
    none = words(funnel("x", [FunnelStep("leads", 0), FunnelStep("MQL", 0)]))
    assert "\N{DOWNWARDS ARROW} n/a: nobody came so far" in none


def test_a_bar_without_a_value_says_why() -> None:
    told = words(bars("x", [Bar("a", 0.4, 8, small=True), Bar("b", None, 0, absent="no deal was closed")], "rate"))
    assert "n/a: no deal was closed" in told
    assert "n 8" in told


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (0, 7, [0, 2, 4, 6, 8]),
        (-3, 3, [-4, -2, 0, 2, 4]),
        (0, 0.29, [0, 0.1, 0.2, 0.3]),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert value_ticks(low, high) == ticks


@pytest.mark.parametrize("chart", [funnel("x", []), bars("x", [], "count"), columns("x", [], [], "money")])
def test_nothing_to_show_is_an_empty_drawing(chart: Chart) -> None:
    assert svg(chart).endswith("</svg>")
