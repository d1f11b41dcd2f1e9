"""The strip of lenses: each team's figure as a bar, the agreed one as one line through them, the steps between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from tieout.show import figures
from tieout.show.charts.canvas import canvas, for_phones_too
from tieout.show.charts.drawing import Chart
from tieout.show.charts.marks import PAGE, SMALL, Layer, Links, Scale, at, names, rects, rules, texts, token
from tieout.show.charts.waterfall import Step

HEAD, BAR, STEP, WORDS, GAP = 28, 22, 5, 20, 16
LETTER = 6.6
"""The width of a letter, about."""


@dataclass(frozen=True, slots=True)
class Lens:
    """A team's figure, the steps that lead from the agreed one to it, and where it leads."""

    name: str
    value: Decimal
    n: int
    steps: Sequence[Step]
    anchor: str | None = None


@for_phones_too
def lens_strip(words: str, agreed: Lens, lenses: Sequence[Lens]) -> Chart:
    """Draw the bars from 0 on one scale; below each its steps, and the largest of them in words."""
    links, room = Links(), canvas()
    reach = [agreed.value, Decimal(0)]
    for lens in lenses:
        reach += [lens.value, *_levels(agreed, lens)]
    x = Scale(float(min(reach)), float(max(reach)) or 1.0, room.labels, room.width - room.amount)
    tops = list(accumulate((_height(lens) for lens in lenses), initial=HEAD))
    height = int(tops[-1]) - GAP + 4
    told, *texts_of = figures.shorts(agreed.value, *(lens.value for lens in lenses))
    layers = [
        layer
        for lens, top, text in zip(lenses, tops, texts_of, strict=False)
        for layer in _lens(lens, text, _levels(agreed, lens), top, x, links)
    ]
    line = [
        {"x0": float(agreed.value), "x1": float(agreed.value), "y0": top - 8, "y1": top + _drawn(lens)}
        for lens, top in zip(lenses, tops, strict=False)
    ]
    place = x.place(float(agreed.value))
    label = f"agreed {told}"
    head = [{"x": place, "y": HEAD - 16, "text": label, "fill": token("accent"), "key": links.key(agreed.anchor)}]
    down = Scale(0, height, 0, height)
    layers += [
        *rules(line, x, down, "accent", strokeWidth=2),
        *texts(head, PAGE, down, align="center", fontWeight=600),
    ]
    return Chart(words, height, tuple(layers), links.anchors)


def _drawn(lens: Lens) -> int:
    """Give the height of bar and steps: the line passes through them, and not through the words below."""
    return BAR + (len(lens.steps) * STEP + 4 if lens.steps else 0)


def _height(lens: Lens) -> int:
    return _drawn(lens) + (WORDS if lens.steps else 0) + GAP


def _levels(agreed: Lens, lens: Lens) -> list[Decimal]:
    return list(accumulate((step.amount for step in lens.steps), initial=agreed.value))


def _lens(lens: Lens, text: str, levels: Sequence[Decimal], top: int, x: Scale, links: Links) -> list[Layer]:
    down = Scale(0, 1, 0, 1)
    key = links.key(lens.anchor)
    whole = {"x0": min(0.0, float(lens.value)), "x1": max(0.0, float(lens.value)), "y0": top, "y1": top + BAR}
    told = f"{lens.name}: {figures.money(lens.value)}, {figures.counted(lens.n, 'record')}"
    bars: list[Layer] = [whole | {"fill": token("actual"), "words": told, "key": key}]
    under = top + BAR + 4
    for row, (step, before, after) in enumerate(zip(lens.steps, levels, levels[1:], strict=False)):
        low, high = sorted((float(before), float(after)))
        tone = token(step.tone or ("good" if step.amount >= 0 else "bad"))
        words = f"{lens.name}, {step.label}: {figures.signed(step.amount)}"
        words += f", {figures.counted(step.n, 'record')}" if step.n is not None else ""
        place = {"x0": low, "x1": high, "y0": under + row * STEP, "y1": under + (row + 1) * STEP - 1}
        bars.append(place | {"fill": tone, "words": words, "key": links.key(step.anchor)})
    figure = [{"x": float(max(lens.value, Decimal(0))), "y": top + BAR / 2, "text": text}]
    named = names([(top + BAR / 2, lens.name, key)], down)
    below = under + len(lens.steps) * STEP + WORDS / 2
    said = at(canvas().labels, below, _largest(lens.steps), "muted", align="left", fontSize=SMALL)
    return [
        *rects(bars, x, down),
        *texts(figure, x, down, align="left", dx=8, fontWeight=600),
        *named,
        *([said] if lens.steps else []),
    ]


def _largest(steps: Sequence[Step]) -> str:
    """Name the largest steps, as many as fit."""
    ranked = sorted(steps, key=lambda step: -abs(step.amount))
    told = figures.shorts(*(step.amount for step in ranked))
    words = [f"{step.label} {'+' * (step.amount > 0)}{text}" for step, text in zip(ranked, told, strict=True)]
    room = canvas().letters(LETTER)
    kept = list(words)
    while len(kept) > 1 and len(_joined(kept, len(words))) > room:
        kept.pop()
    return _joined(kept, len(words))


def _joined(words: Sequence[str], count: int) -> str:
    more = f"  {figures.NOTHING}  {count - len(words)} more" if count > len(words) else ""
    return f"  {figures.NOTHING}  ".join(words) + more
