"""Structure runs from top to bottom: bars of segments, sources or people, and the steps of a funnel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.show import figures
from tieout.show.charts.canvas import canvas, for_phones_too
from tieout.show.charts.drawing import HATCH, Chart
from tieout.show.charts.marks import (
    PAGE,
    SMALL,
    Layer,
    Links,
    Scale,
    at,
    names,
    rects,
    rules,
    texts,
    token,
    told,
)
from tieout.show.terminal import fit

if TYPE_CHECKING:
    from tieout.measure.answers import Unit, Value

ROW, STEP, BETWEEN = 30, 34, 22
FOOT = 20
LETTER = 7.2
"""The width of a letter, about."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its value or the reason why there is none, its n, its interval (low, high), the period before.

    `small` greys a value that counts too few; `immature` hatches it; `plan` outlines what is asked for. `anchor` is the
    id of its table of records.
    """

    label: str
    value: Value | None
    n: int | None = None
    interval: tuple[float, float] | None = None
    previous: Value | None = None
    absent: str | None = None
    small: bool = False
    immature: bool = False
    plan: bool = False
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """A step of a funnel: how many reached it, and words on the way from the step before (its rate, if not given)."""

    label: str
    n: int
    between: str | None = None
    anchor: str | None = None


@for_phones_too
def bars(
    words: str,
    rows: Sequence[Bar],
    unit: Unit,
    mark: tuple[Value, str] | None = None,
    band: tuple[float, float] | None = None,
) -> Chart:
    """Lay out horizontal bars, all from 0 on one scale.

    `mark` is one line through them with its words; `band` the range that is healthy.
    """
    links = Links()
    reach = [0.0, *(float(row.value) for row in rows if row.value is not None)]
    reach += [end for row in rows for end in row.interval or ()]
    reach += [float(row.previous) for row in rows if row.previous is not None]
    reach += [float(mark[0])] if mark else []
    low, high = min(reach), max(reach) or 1.0
    room = canvas()
    x = Scale(low, high, room.labels, room.width - room.count)
    y = Scale(0, len(rows) or 1, 0, (len(rows) or 1) * ROW)
    there = [(row, bar, bar.value) for row, bar in enumerate(rows) if bar.value is not None]
    before = [_previous(row, bar) for row, bar in enumerate(rows) if bar.previous is not None]
    drawn = [*before, *(_bar(row, bar, value, unit, links) for row, bar, value in there)]
    labels = [(row + 0.5, bar.label, links.key(bar.anchor)) for row, bar in enumerate(rows)]
    layers = [
        *_band(band, x, y),
        *rects(drawn, x, y),
        *_whiskers(there, x, y),
        *texts([_figure(row, bar, unit, x) for row, bar in enumerate(rows)], x, y, align="left", dx=8),
        *names(labels, y),
        *_counts(rows, y),
        *rules([{"x0": 0.0, "x1": 0.0, "y0": 0, "y1": y.high}], x, y, "muted"),
        *(_marked(mark, x, y, unit) if mark else []),
    ]
    height = int(y.end) + (FOOT if mark else 0)
    return Chart(words, height, tuple(layers), links.anchors)


def _bar(row: int, bar: Bar, value: Value, unit: Unit, links: Links) -> Layer:
    n = f", n {figures.count(bar.n)}" if bar.n is not None else ""
    words = f"{bar.label}: {figures.figure(value, unit)}{n}{', too few to judge' if bar.small else ''}"
    words += ", not yet mature" if bar.immature else ""
    fill = HATCH if bar.immature else token("paper" if bar.plan else "small" if bar.small else "actual")
    drawn = {"x0": min(0.0, float(value)), "x1": max(0.0, float(value)), "y0": row + 0.2, "y1": row + 0.8}
    stroke = token("actual") if bar.immature or bar.plan else "none"
    return drawn | {"fill": fill, "stroke": stroke, "words": words, "key": links.key(bar.anchor)}


def _previous(row: int, bar: Bar) -> Layer:
    drawn = {"x0": 0.0, "x1": float(bar.previous or 0), "y0": row + 0.08, "y1": row + 0.5}
    return drawn | {"fill": token("previous")}


def _figure(row: int, bar: Bar, unit: Unit, x: Scale) -> Layer:
    if bar.value is None:
        reason = f"n/a: {bar.absent}" if bar.absent else "n/a"
        return {
            "x": max(0.0, x.low),
            "y": row + 0.5,
            "text": fit(reason, canvas().letters(LETTER)),
            "fill": token("muted"),
        }
    right = max(0.0, float(bar.value), *(bar.interval or ()), float(bar.previous or 0))
    tone = "muted" if bar.small else "ink"
    return {"x": right, "y": row + 0.5, "text": told(bar.value, unit), "fill": token(tone)}


def _whiskers(rows: Sequence[tuple[int, Bar, Value]], x: Scale, y: Scale) -> list[Layer]:
    ends = [(row, bar.interval) for row, bar, _ in rows if bar.interval]
    lines = [{"x0": low, "x1": high, "y0": row + 0.5, "y1": row + 0.5} for row, (low, high) in ends]
    caps = [{"x0": end, "x1": end, "y0": row + 0.38, "y1": row + 0.62} for row, both in ends for end in both]
    return rules([*lines, *caps], x, y, "whisker", strokeWidth=1.5)


def _counts(rows: Sequence[Bar], y: Scale) -> list[Layer]:
    counts = [
        {"x": canvas().width - 4, "y": row + 0.5, "text": f"n {figures.count(bar.n)}", "fill": token("muted")}
        for row, bar in enumerate(rows)
        if bar.n is not None
    ]
    return texts(counts, PAGE, y, align="right", fontSize=SMALL)


def _band(band: tuple[float, float] | None, x: Scale, y: Scale) -> list[Layer]:
    if not band:
        return []
    low, high = (min(max(end, x.low), x.high) for end in band)
    return rects([{"x0": low, "x1": high, "y0": 0, "y1": y.high, "fill": token("band"), "words": "healthy"}], x, y)


def _marked(mark: tuple[Value, str], x: Scale, y: Scale, unit: Unit) -> list[Layer]:
    value = float(mark[0])
    text = f"{mark[1]} {told(mark[0], unit)}"
    return [
        *rules([{"x0": value, "x1": value, "y0": 0, "y1": y.high}], x, y, "accent", strokeWidth=2),
        at(x.place(value), y.end + FOOT / 2 + 2, text, "accent", align="center"),
    ]


# -- the funnel


@for_phones_too
def funnel(words: str, steps: Sequence[FunnelStep]) -> Chart:
    """Lay out the steps of a funnel from top to bottom, between them what part went on."""
    links = Links()
    height = max(len(steps) * (STEP + BETWEEN) - BETWEEN, STEP)
    largest = max((step.n for step in steps), default=0) or 1
    room = canvas()
    x, y = Scale(0, largest, room.labels, room.width - room.count), Scale(0, height, 0, height)
    tops = [number * (STEP + BETWEEN) for number in range(len(steps))]
    drawn = [
        {
            "x0": 0,
            "x1": step.n,
            "y0": top + 3,
            "y1": top + STEP - 3,
            "fill": token("actual"),
            "words": f"{step.label}: {figures.count(step.n)}{f', {way}' if (way := _way(steps, number)) else ''}",
            "key": links.key(step.anchor),
        }
        for number, (step, top) in enumerate(zip(steps, tops, strict=True))
    ]
    counts = [
        {"x": step.n, "y": top + STEP / 2, "text": figures.count(step.n)} for step, top in zip(steps, tops, strict=True)
    ]
    ways = [
        {"x": 0, "y": top - BETWEEN / 2, "text": f"\N{DOWNWARDS ARROW} {_way(steps, number)}", "fill": token("muted")}
        for number, top in enumerate(tops)
        if number
    ]
    labels = [(top + STEP / 2, step.label, links.key(step.anchor)) for step, top in zip(steps, tops, strict=True)]
    layers = [
        *rects(drawn, x, y),
        *texts(counts, x, y, align="left", dx=8),
        *texts(ways, x, y, align="left", dx=2, fontSize=SMALL),
        *names(labels, y),
    ]
    return Chart(words, height, tuple(layers), links.anchors)


def _way(steps: Sequence[FunnelStep], number: int) -> str:
    step = steps[number]
    if step.between is not None or not number:
        return step.between or ""
    before = steps[number - 1].n
    return f"{figures.rate(step.n / before)} of {figures.count(before)}" if before else "n/a: nobody came so far"
