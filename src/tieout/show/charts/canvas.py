"""Where a chart is laid out: as wide as a page, and once more for a phone, where one made smaller is unreadable."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec

if TYPE_CHECKING:
    from tieout.show.charts.drawing import Chart

Told = ParamSpec("Told")


@dataclass(frozen=True, slots=True)
class Canvas:
    """The room of a drawing: for names left of bars and figures right of them, left and right of a plot."""

    width: int
    labels: int
    """How far from the left the bars of a structure begin: what is left of it is for their names."""
    name: int
    """The most letters of a name that fit there; the whole stands in the mark's title."""
    amount: int
    """What stays free right of the bars of a waterfall."""
    count: int
    """What stays free right of other bars: for their figure and their n."""
    left: int
    right: int
    series: int
    """The most letters of the name of a line, which stand at its end."""
    labeled: int
    """Up to so many columns carry their value."""
    across: int
    """So many small multiples stand side by side."""

    def letters(self, width: float) -> int:
        """Say how many letters fit beside the names of bars, each about so wide."""
        return int((self.width - self.labels - BESIDE) / width)


BESIDE = 44
"""What an n at the right edge takes."""
PAGE_WIDE = Canvas(880, 200, 26, 110, 160, 64, 130, 13, 16, 3)
PHONE = Canvas(360, 142, 18, 82, 104, 46, 112, 8, 6, 1)
_CANVAS: ContextVar[Canvas] = ContextVar("canvas", default=PAGE_WIDE)


def canvas() -> Canvas:
    """Give the canvas that is laid out on."""
    return _CANVAS.get()


def for_phones_too(lay: Callable[Told, Chart]) -> Callable[Told, Chart]:
    """Let a chart bring its layout for a phone along."""

    @wraps(lay)
    def both(*given: Told.args, **named: Told.kwargs) -> Chart:
        wide = lay(*given, **named)
        before = _CANVAS.set(PHONE)
        try:
            return replace(wide, narrow=lay(*given, **named))
        finally:
            _CANVAS.reset(before)

    return both
