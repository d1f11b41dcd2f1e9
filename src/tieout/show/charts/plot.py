"""The plot of a chart over time: its scales, its grid, what is missing, and what changed on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING, Literal

from tieout.show.charts.canvas import canvas
from tieout.show.charts.marks import SMALL, Layer, Scale, at, rects, rules, texts, tick, token, value_ticks
from tieout.show.terminal import clean, fit

if TYPE_CHECKING:
    from tieout.measure.answers import Unit, Value

Kind = Literal["actual", "previous", "plan", "forecast"]
LETTER = 7
"""The width of a letter, about."""
MARKS = 6
"""Up to so many marks carry their words; more carry numbers."""


@dataclass(frozen=True, slots=True)
class Point:
    """The value of a bucket, or the reason why there is none; `partial` where the bucket is not over yet."""

    value: Value | None
    absent: str | None = None
    partial: bool = False
    anchor: str | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One row of points, one for each bucket of the chart; a category where it is neither actual, plan, nor forecast.

    `kind` None takes the next of five colors.
    """

    name: str
    points: Sequence[Point]
    kind: Kind | None = "actual"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened before the bucket at `place` (from 0): a definition changed, history begins."""

    place: float
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a plot stands, and the scales of its buckets and values."""

    x: Scale
    y: Scale
    ticks: tuple[float, ...]
    unit: Unit


def frame_of(
    series: Sequence[Series],
    count: int,
    unit: Unit,
    across: tuple[float, float],
    down: tuple[float, float],
    *,
    zero: bool,
) -> Frame:
    """Choose the scales of a plot between two places across and two down; `zero` makes values begin at 0."""
    found = [float(point.value) for one in series for point in one.points if point.value is not None] or [0.0]
    low, high = min(found), max(found)
    if zero or low <= (high - low):
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = low + 1.0
    ticks = value_ticks(low, high)
    x = Scale(-0.5, max(count, 1) - 0.5, *across)
    return Frame(x, Scale(ticks[0], ticks[-1], down[1], down[0]), tuple(ticks), unit)


def grid(frame: Frame, buckets: Sequence[str], *, few: bool = False, left: bool = True, align: str) -> list[Layer]:
    """Draw the lines of the values, and the names of the buckets at their `center` or beginning, as many as fit."""
    ticks = (frame.ticks[0], frame.ticks[-1]) if few else frame.ticks
    across = [{"x0": frame.x.low, "x1": frame.x.high, "y0": value, "y1": value} for value in ticks]
    told = [{"x": frame.x.low, "y": value, "text": tick(value, frame.unit)} for value in ticks] if left else []
    widest = max((len(name) for name in buckets), default=1) * LETTER + 14
    room = max(int((frame.x.end - frame.x.start) / widest), 1)
    stride = max(ceil(len(buckets) / (min(room, 2) if few else room)), 1)
    named = [(place, name) for place, name in enumerate(buckets) if place % stride == 0]
    below = [{"x": place, "y": frame.y.low, "text": clean(name)} for place, name in named]
    return [
        *rules(across, frame.x, frame.y),
        *texts(_muted(told), frame.x, frame.y, align="right", dx=-8, fontSize=SMALL),
        *texts(_muted(below), frame.x, frame.y, align=align, dy=16, fontSize=SMALL),
    ]


def _muted(rows: Sequence[Layer]) -> list[Layer]:
    return [{**row, "fill": token("muted")} for row in rows]


def zero_line(frame: Frame) -> list[Layer]:
    """Draw the line of 0, where it is within the plot."""
    if not frame.y.low <= 0 <= frame.y.high:
        return []
    return rules([{"x0": frame.x.low, "x1": frame.x.high, "y0": 0.0, "y1": 0.0}], frame.x, frame.y, "muted")


def gaps(series: Sequence[Series], frame: Frame) -> list[Layer]:
    """Shade the buckets in which nothing is there to be shown, and say why."""
    count = max((len(one.points) for one in series), default=0)
    reasons = [_missing(series, place) for place in range(count)]
    bands: list[Layer] = []
    said: list[Layer] = []
    for why, group in groupby(range(count), key=lambda place: reasons[place]):
        places = list(group)
        if why is None:
            continue
        left, right = places[0] - 0.5, places[-1] + 0.5
        ends = {"x0": left, "x1": right, "y0": frame.y.low, "y1": frame.y.high}
        bands.append(ends | {"fill": token("missing"), "words": f"n/a: {why}"})
        if frame.x.place(right) - frame.x.place(left) > 24:
            said.append({"x": (left + right) / 2, "y": (frame.y.low + frame.y.high) / 2, "text": "n/a"})
    return [*rects(bands, frame.x, frame.y), *texts(_muted(said), frame.x, frame.y, align="center", fontSize=SMALL)]


def _missing(series: Sequence[Series], place: int) -> str | None:
    there = [one.points[place] for one in series if place < len(one.points)]
    if not there or any(point.value is not None for point in there):
        return None
    return there[0].absent or "nothing is known"


def marks_on(marks: Sequence[Mark], frame: Frame, shift: float) -> list[Layer]:
    """Draw what changed as dashed rules, with words where there are few and numbers where there are many."""
    ends = {"y0": frame.y.low, "y1": frame.y.high}
    found = [{"x0": mark.place + shift, "x1": mark.place + shift, **ends} for mark in marks]
    drawn = rules(found, frame.x, frame.y, "accent", strokeDash=[4, 3])
    short = len(marks) <= MARKS
    taken: list[float] = [-1.0, -1.0]
    for number, mark in enumerate(marks, 1):
        place = frame.x.place(mark.place + shift)
        text = fit(clean(mark.text), min(40, canvas().width // (2 * LETTER))) if short else str(number)
        if not mark.text:
            continue
        row = 0 if taken[0] <= place else 1
        width = len(text) * LETTER
        right = place + width > canvas().width - 4
        taken[row] = place + (0 if right else width + 8)
        align = "right" if right else "left"
        up = frame.y.end - 8 - 14 * row
        drawn.append(at(place - 4 if right else place, up, text, "accent", align=align, fontSize=11))
    return drawn
