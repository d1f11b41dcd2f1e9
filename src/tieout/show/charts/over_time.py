"""Time runs from left to right: columns for a few buckets, lines for many, small multiples for many slices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING

from tieout.show import figures
from tieout.show.charts.canvas import canvas, for_phones_too
from tieout.show.charts.drawing import HATCH, Chart
from tieout.show.charts.marks import PAGE, SMALL, Layer, Links, Tone, at, rects, texts, tick, token, told
from tieout.show.charts.plot import (
    LETTER,
    Frame,
    Kind,
    Mark,
    Point,
    Series,
    frame_of,
    gaps,
    grid,
    marks_on,
    zero_line,
)
from tieout.show.terminal import clean, fit

if TYPE_CHECKING:
    from tieout.measure.answers import Unit

__all__ = ["Kind", "Mark", "Point", "Series", "columns", "lines", "multiples"]

TOP, FOOT = 34, 28
HEIGHT = 240
PANEL, GAP = 120, 44
LINE, DOTS = 15, 40
WIDEST = 72
"""A column is no wider than this, however few there are."""
CATEGORIES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("category-1", ()),
    ("category-2", (7, 3)),
    ("category-3", (2, 3)),
    ("category-4", (9, 3, 2, 3)),
    ("category-5", (4, 2)),
)
"""Colors of categories, each with its dashes: on paper they have no color."""


@for_phones_too
def columns(
    words: str, buckets: Sequence[str], series: Sequence[Series], unit: Unit, marks: Sequence[Mark] = ()
) -> Chart:
    """Draw columns, all from 0: the actual in front, the previous lighter behind, plan outlined, forecast hatched."""
    links, room = Links(), canvas()
    frame = frame_of(series, len(buckets), unit, (room.left, room.width - 8), (TOP, TOP + HEIGHT), zero=True)
    behind = [one for one in series if one.kind != "actual"]
    half = min(0.3, WIDEST / 2 / (frame.x.place(1) - frame.x.place(0)))
    shift = half / 3 if behind and len(behind) < len(series) else 0.0
    drawn = [bar for one in behind for bar in _columns(one, buckets, frame, (-shift, half), links)]
    front = [one for one in series if one.kind == "actual"]
    drawn += [bar for one in front for bar in _columns(one, buckets, frame, (shift, half), links)]
    labeled = (front or behind)[:1] if len(buckets) <= room.labeled else []
    layers = [
        *gaps(series, frame),
        *grid(frame, buckets, align="center"),
        *rects(drawn, frame.x, frame.y),
        *zero_line(frame),
        *(label for one in labeled for label in _values(one, frame, shift)),
        *marks_on(marks, frame, -0.5),
        *_key(series),
    ]
    return Chart(words, TOP + HEIGHT + FOOT, tuple(layers), links.anchors)


@for_phones_too
def lines(
    words: str,
    buckets: Sequence[str],
    series: Sequence[Series],
    unit: Unit,
    marks: Sequence[Mark] = (),
    *,
    zero: bool = True,
) -> Chart:
    """Draw lines with their names at their ends; a line breaks where history is missing. At most five categories."""
    room = canvas()
    right = room.width - (room.right if len(series) > 1 else room.left)
    frame = frame_of(series, len(buckets), unit, (room.left, right), (TOP, TOP + HEIGHT), zero=zero)
    layers = [*gaps(series, frame), *grid(frame, buckets, align="left"), *zero_line(frame)]
    looks = _looks(series)
    links = Links()
    for one, look in zip(series, looks, strict=True):
        layers += _line(one, look, frame)
        layers += _dots(one, look, buckets, frame, links)
    layers += [*_ends(series, looks, frame), *marks_on(marks, frame, 0)]
    if frame.y.low > 0:
        layers.append(at(room.left, TOP - 22, f"the axis begins at {tick(frame.y.low, unit)}", "muted", align="left"))
    return Chart(words, TOP + HEIGHT + FOOT, tuple(layers), links.anchors)


@for_phones_too
def multiples(
    words: str, buckets: Sequence[str], panels: Sequence[Series], unit: Unit, marks: Sequence[Mark] = ()
) -> Chart:
    """Draw one small chart for each slice, all on one scale; the end carries the last value."""
    room = canvas()
    across = room.across
    width = (room.width - room.left - (across - 1) * 32 - 70) / across
    drawn: list[Layer] = []
    for number, one in enumerate(panels):
        left = room.left + (number % across) * (width + 50)
        top = TOP + (number // across) * (PANEL + GAP + 20)
        frame = frame_of(panels, len(buckets), unit, (left, left + width - 24), (top, top + PANEL), zero=True)
        first = number % across == 0
        layers = [*gaps([one], frame), *grid(frame, buckets, few=True, left=first, align="left"), *zero_line(frame)]
        layers += [*_line(one, ("actual", ()), frame), *_dots(one, ("actual", ()), buckets, frame, Links(), wide=False)]
        layers += _last(one, frame)
        layers += marks_on([Mark(mark.place, "") for mark in marks], frame, 0)
        panel: Layer = {"layer": layers}
        drawn += [panel, at(left, top - 14, fit(clean(one.name), 28), "ink", align="left", fontSize=13, fontWeight=600)]
    rows = ceil(len(panels) / across) or 1
    return Chart(words, TOP + rows * (PANEL + GAP + 20) - 8, tuple(drawn), apart=True)


# -- columns


def _columns(
    one: Series, buckets: Sequence[str], frame: Frame, place_of: tuple[float, float], links: Links
) -> Iterator[Layer]:
    shift, half = place_of
    for place, point in enumerate(one.points):
        if point.value is None:
            continue
        value = float(point.value)
        fill, stroke = _paint(one.kind, partial=point.partial)
        yield {
            "x0": place + shift - half,
            "x1": place + shift + half,
            "y0": min(value, 0.0),
            "y1": max(value, 0.0),
            "fill": fill,
            "stroke": stroke,
            "words": _words(one, buckets[place], point, frame.unit),
            "key": links.key(point.anchor),
        }


def _paint(kind: Kind | None, *, partial: bool) -> tuple[str, str]:
    if kind == "forecast" or (partial and kind not in {"plan", "previous"}):
        return HATCH, token("actual")
    if kind == "plan":
        return token("paper"), token("actual")
    return token("previous" if kind == "previous" else "actual"), "none"


def _words(one: Series, bucket: str, point: Point, unit: Unit) -> str:
    value = figures.figure(point.value, unit) if point.value is not None else "n/a"
    n = f", n {figures.count(point.n)}" if point.n is not None else ""
    name = f"{one.name}, " if one.name else ""
    return f"{name}{bucket}: {value}{n}{', not over yet' if point.partial else ''}"


def _values(one: Series, frame: Frame, shift: float) -> list[Layer]:
    there = [(place, point.value) for place, point in enumerate(one.points) if point.value is not None]
    above = [
        {"x": place + shift, "y": max(float(value), 0.0), "text": told(value, frame.unit)} for place, value in there
    ]
    # The style sheet paints the stroke under the letters: they stay readable on the outline of a plan.
    look = {"stroke": token("paper"), "strokeWidth": 4}
    return texts(above, frame.x, frame.y, align="center", dy=-9, fontSize=SMALL, **look)


def _key(series: Sequence[Series]) -> list[Layer]:
    """Name the rows of columns above the plot, each in front of its look."""
    if len(series) < 2:
        return []
    drawn: list[Layer] = []
    place = float(canvas().left)
    for one in series:
        fill, stroke = _paint(one.kind, partial=False)
        square = {"x0": place, "x1": place + 10, "y0": 3, "y1": 13, "fill": fill, "stroke": stroke}
        drawn += rects([square], PAGE, PAGE)
        drawn.append(at(place + 16, 9, one.name, align="left"))
        place += 34 + len(one.name) * LETTER
    return drawn


# -- lines

End = tuple[float, float, str, str]
"""Where the words at the end of a line stand (y, x), the words and their color."""
Look = tuple[Tone | str, tuple[int, ...]]
KINDS: dict[Kind, Look] = {
    "actual": ("actual", ()),
    "previous": ("previous", ()),
    "plan": ("muted", (6, 4)),
    "forecast": ("actual", (2, 3)),
}


def _looks(series: Sequence[Series]) -> list[Look]:
    colors = iter(CATEGORIES * (1 + len(series) // len(CATEGORIES)))
    return [KINDS[one.kind] if one.kind else next(colors) for one in series]


def _line(one: Series, look: Look, frame: Frame) -> list[Layer]:
    rows = [
        {"x": place, "y": None if point.value is None else float(point.value)} for place, point in enumerate(one.points)
    ]
    mark = {"type": "line", "stroke": token(look[0]), "strokeWidth": 2, "aria": False, "tooltip": None}
    mark |= {"strokeDash": list(look[1])} if look[1] else {}
    encoding = {"x": frame.x.of("x"), "y": frame.y.of("y")}
    return [{"data": {"values": rows}, "mark": mark | {"invalid": "break-paths-show-domains"}, "encoding": encoding}]


def _dots(
    one: Series, look: Look, buckets: Sequence[str], frame: Frame, links: Links, *, wide: bool = True
) -> list[Layer]:
    """Put a dot on each point where there are few, else on those that stand alone, are partial or lead somewhere."""
    few = len(one.points) <= (DOTS if wide else DOTS // 3)
    rows = []
    for place, point in enumerate(one.points):
        if point.value is None or not (few or point.partial or point.anchor or _alone(one.points, place)):
            continue
        x, y = frame.x.place(place), frame.y.place(float(point.value))
        fill, stroke = (token("paper"), token(look[0])) if point.partial else (token(look[0]), token(look[0]))
        square = {"x0": x - 2.5, "x1": x + 2.5, "y0": y - 2.5, "y1": y + 2.5, "fill": fill, "stroke": stroke}
        rows.append(square | {"words": _words(one, buckets[place], point, frame.unit), "key": links.key(point.anchor)})
    return rects(rows, PAGE, PAGE)


def _alone(points: Sequence[Point], place: int) -> bool:
    beside = [points[near].value for near in (place - 1, place + 1) if 0 <= near < len(points)]
    return all(value is None for value in beside)


def _ends(series: Sequence[Series], looks: Sequence[Look], frame: Frame) -> list[Layer]:
    """Write each line's name and last value at its end; those that would stand on one another move apart."""
    ends: list[End] = []
    early: list[End] = []
    for one, look in zip(series, looks, strict=True):
        there = [(place, point.value) for place, point in enumerate(one.points) if point.value is not None]
        if not there:
            continue
        place, value = there[-1]
        name = f"{fit(clean(one.name), canvas().series)} " if len(series) > 1 else ""
        text = f"{name}{told(value, frame.unit)}"
        tone = "muted" if look[0] == "previous" else look[0]
        x, y = frame.x.place(place), frame.y.place(float(value))
        stops = place < len(one.points) - 1 and frame.x.end - x > canvas().right
        (early if stops else ends).append((y, x + 6, text, tone))
    drawn = [at(x, y, text, tone, align="left") for y, x, text, tone in early]
    for height, (_, _, text, tone) in zip(_apart([end[0] for end in sorted(ends)], frame), sorted(ends), strict=True):
        drawn.append(at(frame.x.end + 6, height, text, tone, align="left"))
    return drawn


def _apart(heights: Sequence[float], frame: Frame) -> list[float]:
    """Move heights, sorted, apart: downwards where they meet, and up again from the axis, so that none is below it."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + LINE) if moved else height)
    limit = frame.y.start
    for place in reversed(range(len(moved))):
        moved[place] = min(moved[place], limit)
        limit = moved[place] - LINE
    return moved


def _last(one: Series, frame: Frame) -> list[Layer]:
    last = next((point.value for point in reversed(one.points) if point.value is not None), None)
    if last is None:
        return []
    return [at(frame.x.end + 4, frame.y.place(float(last)), told(last, frame.unit), align="left")]
