"""Thin bars made of characters: a length, a band with its value, and the steps of a waterfall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

FULL = "\N{FULL BLOCK}"
EIGHTHS = " ▏▎▍▌▋▊▉"
UP, DOWN = "\N{DARK SHADE}", "\N{LIGHT SHADE}"
RISING = "▁▂▃▄▅▆▇█"
CUT = "\N{ALMOST EQUAL TO}"
LINE = "\N{BOX DRAWINGS LIGHT VERTICAL}"


def bar(value: Decimal, largest: Decimal, width: int, mark: Decimal | None = None) -> str:
    """Draw a length from 0, an eighth of a column exact; `mark` is a line through it at another value."""
    if largest <= 0:
        return ""
    eighths = round(max(value, Decimal(0)) / largest * width * 8)
    drawn = FULL * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")
    if mark is None:
        return drawn
    place = min(max(round(mark / largest * width), 0), width)
    drawn = drawn.ljust(place + 1)
    return (drawn[:place] + LINE + drawn[place + 1 :]).rstrip()


def spark(values: Sequence[Decimal | None], width: int, top: Decimal | None = None) -> str:
    """Draw a row of values as columns from 0 (or the least below it), one for each or for every few; a gap is blank.

    `top` is the value of a whole column, the largest by default.
    """
    there = [value for value in values if value is not None]
    if not there:
        return ""
    low, high = min(*there, Decimal(0)), max(*there, top or Decimal(0))
    count = min(len(values), width)
    shown = [values[(place + 1) * len(values) // count - 1] for place in range(count)]
    span = high - low or Decimal(1)
    return "".join(" " if value is None else RISING[round((value - low) / span * 7)] for value in shown)


def band(values: Sequence[float], low: float | None, high: float | None, width: int = 17) -> list[str]:
    """Draw where values stand, on one scale: a thin line, thick where it is healthy, a point for the value."""
    bounds = [bound for bound in (low, high) if bound is not None]
    if not bounds:
        return [""] * len(values)
    top = max(*bounds, *values, 0.0) * 1.1 or 1.0
    bottom = min(0.0, *values)
    return [_point(value, (bottom, top), (low, high), width) for value in values]


def _point(value: float, ends: tuple[float, float], bounds: tuple[float | None, float | None], width: int) -> str:
    (bottom, top), (low, high) = ends, bounds
    drawn = [_in_band(bottom + (top - bottom) * (place + 0.5) / width, low, high) for place in range(width)]
    place = int((value - bottom) / (top - bottom) * width)
    drawn[min(max(place, 0), width - 1)] = "\N{BLACK CIRCLE}"
    return "".join(drawn)


def _in_band(value: float, low: float | None, high: float | None) -> str:
    inside = (low is None or value >= low) and (high is None or value <= high)
    return "\N{BOX DRAWINGS HEAVY HORIZONTAL}" if inside else "\N{BOX DRAWINGS LIGHT HORIZONTAL}"


@dataclass(frozen=True, slots=True)
class Scale:
    """The axis of a waterfall: from where to where, and over how many columns. A cut axis does not begin at 0."""

    start: Decimal
    end: Decimal
    width: int

    @property
    def cut(self) -> bool:
        """Whether the axis leaves out its beginning."""
        return self.start > 0

    def place(self, value: Decimal) -> int:
        """Give the column of a value."""
        span = self.end - self.start
        return round((value - self.start) / span * self.width) if span else 0


def scale_of(levels: Sequence[Decimal], width: int) -> Scale:
    """Choose the axis for the levels that a waterfall touches: from 0, cut where its steps would vanish."""
    low, high = min(*levels, Decimal(0)), max(*levels, Decimal(0))
    lowest = min(levels)
    if low == 0 and lowest > high / 2 and high > lowest:
        return Scale(max(lowest - (high - lowest), Decimal(0)), high, width)
    return Scale(low, high, width)


def level(scale: Scale, value: Decimal) -> str:
    """Draw an opening or closing figure."""
    start, end = sorted((scale.place(max(scale.start, Decimal(0))), scale.place(value)))
    drawn = " " * start + FULL * max(end - start, 1 if value else 0)
    return CUT + drawn[1:] if scale.cut and drawn else drawn


def step(scale: Scale, before: Decimal, after: Decimal) -> str:
    """Draw a cause: from where the ones before it led to where it leads, at least a column wide."""
    start, end = sorted((scale.place(before), scale.place(after)))
    if start == end:
        start, end = (start, start + 1) if start < scale.width else (start - 1, start)
    return " " * start + (UP if after > before else DOWN) * (end - start)
