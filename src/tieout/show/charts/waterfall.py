"""The waterfall: an opening figure, its causes in their order, the closing figure, and what is left unexplained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from tieout.show import figures
from tieout.show.bars import scale_of
from tieout.show.charts.canvas import canvas, for_phones_too
from tieout.show.charts.drawing import Chart
from tieout.show.charts.marks import Layer, Links, Scale, Tone, at, names, rects, rules, texts, token

ROW = 28
UP, DOWN = "\N{BLACK UP-POINTING TRIANGLE}", "\N{BLACK DOWN-POINTING TRIANGLE}"


@dataclass(frozen=True, slots=True)
class Level:
    """The figure at an end; `anchor` is the id of its table of records."""

    label: str
    value: Decimal
    n: int | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one cause adds or takes; `tone` says whether that is good, by default what adds is."""

    label: str
    amount: Decimal
    n: int | None = None
    anchor: str | None = None
    tone: Tone | None = None


@for_phones_too
def waterfall(
    words: str, opening: Level, steps: Sequence[Step], closing: Level, residual: Decimal = Decimal(0)
) -> Chart:
    """Lay a waterfall out from top to bottom: a row for each cause, its name on the left, its amount at its bar.

    `residual` is printed whether or not it is 0.00. The axis begins at 0, and says so where it does not.
    """
    links, room = Links(), canvas()
    levels = list(accumulate((step.amount for step in steps), initial=opening.value))
    axis = scale_of([*levels, closing.value], 1)
    count = len(steps) + 3
    x = Scale(float(axis.start), float(axis.end) or 1.0, room.labels, room.width - room.amount)
    y = Scale(0, count, 0, count * ROW)
    ends = [(0, opening), (len(steps) + 1, closing)]
    bars = [_level(row, end, axis.start, links) for row, end in ends]
    bars += [_step(row, step, levels[row - 1 : row + 1], links) for row, step in enumerate(steps, 1)]
    connectors = [
        {"x0": float(level), "x1": float(level), "y0": row + 0.8, "y1": row + 1.2} for row, level in enumerate(levels)
    ]
    rows = [(row, end.label, end.anchor) for row, end in ends]
    rows += [(row, step.label, step.anchor) for row, step in enumerate(steps, 1)]
    labels = [(row + 0.5, name, links.key(anchor)) for row, name, anchor in sorted(rows)]
    first, last, *told = figures.shorts(opening.value, closing.value, *(step.amount for step in steps))
    amounts = [
        _figure(row + 0.5, end.value, end.value, text) for (row, end), text in zip(ends, (first, last), strict=True)
    ]
    amounts += [
        _figure(row + 0.5, levels[row - 1], levels[row], _signed(step.amount, text))
        for row, (step, text) in enumerate(zip(steps, told, strict=True), 1)
    ]
    tone = "danger" if residual else "muted"
    left = [
        at(room.labels - 10, (count - 0.5) * ROW, "residual", tone, align="right"),
        at(room.labels, (count - 0.5) * ROW, figures.money(residual), tone, align="left"),
    ]
    layers = [
        *rules(connectors, x, y, "muted"),
        *rects(bars, x, y),
        *texts(amounts, x, y, align="left", dx=8),
        *names(labels, y),
        *left,
        *(_cut(x, y, ends, count, axis.start) if axis.cut else []),
    ]
    return Chart(words, count * ROW, tuple(layers), links.anchors)


def _level(row: int, end: Level, start: Decimal, links: Links) -> Layer:
    low = float(max(start, Decimal(0)))
    words = _words(end.label, figures.money(end.value), end.n)
    bar = {"x0": low, "x1": float(end.value), "y0": row + 0.2, "y1": row + 0.8}
    return bar | {"fill": token("actual"), "words": words, "key": links.key(end.anchor)}


def _step(row: int, step: Step, levels: Sequence[Decimal], links: Links) -> Layer:
    before, after = sorted(levels)
    tone = token(step.tone or ("good" if step.amount >= 0 else "bad"))
    words = _words(step.label, figures.signed(step.amount), step.n)
    bar = {"x0": float(before), "x1": float(after), "y0": row + 0.2, "y1": row + 0.8}
    # A stroke of its own color keeps the smallest step visible.
    return bar | {"fill": tone, "stroke": tone, "words": words, "key": links.key(step.anchor)}


def _words(label: str, amount: str, n: int | None) -> str:
    return f"{label}: {amount}" + (f", {figures.counted(n, 'record')}" if n is not None else "")


def _figure(y: float, before: Decimal, after: Decimal, text: str) -> Layer:
    return {"x": float(max(before, after)), "y": y, "text": text}


def _signed(amount: Decimal, told: str) -> str:
    if not amount:
        return figures.money(amount)
    return f"{UP} +{told}" if amount > 0 else f"{DOWN} {told}"


def _cut(x: Scale, y: Scale, ends: Sequence[tuple[int, Level]], count: int, start: Decimal) -> list[Layer]:
    place = x.low + (x.high - x.low) * 0.025
    signs = [{"x": place, "y": row + 0.5, "text": "\N{ALMOST EQUAL TO}", "fill": token("paper")} for row, _ in ends]
    note = f"the axis begins at {figures.short(start)}"
    return [
        *texts(signs, x, y, fontSize=18, fontWeight=700),
        at(canvas().width - 8, (count - 0.5) * ROW, note, "muted", align="right"),
    ]
