"""What charts are made of: scales with their places said, layers of bars, rules and texts, axes with chosen ticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any, Literal

from tieout.show import figures
from tieout.show.charts.canvas import PAGE_WIDE, canvas
from tieout.show.terminal import clean, fit

if TYPE_CHECKING:
    from tieout.measure.answers import Unit, Value

Layer = dict[str, Any]
Tone = Literal["actual", "previous", "plan", "good", "bad", "accent", "muted", "ink"]

SMALL, PLAIN = 12, 13


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places of the drawing."""

    low: float
    high: float
    start: float
    end: float

    def of(self, name: str) -> dict[str, Any]:
        """Encode a field of the data on this scale."""
        placed = (self.low, self.high) == (self.start, self.end)
        scale = {"domain": [self.low, self.high], "range": [self.start, self.end], "nice": False, "zero": False}
        return {"field": name, "type": "quantitative", "axis": None, "scale": None if placed else scale}

    def place(self, value: float) -> float:
        """Give the place of a value."""
        span = self.high - self.low
        return self.start + (value - self.low) / span * (self.end - self.start) if span else self.start


PAGE = Scale(0, PAGE_WIDE.width, 0, PAGE_WIDE.width)
"""Places of the drawing itself. Layers of one chart share their scales; what is on this one has none."""


@dataclass(slots=True)
class Links:
    """Hands out the keys under which anchors stand in the data."""

    anchors: dict[str, str] = field(default_factory=dict)

    def key(self, anchor: str | None) -> str | None:
        """Give the key of an anchor, none for none."""
        if not anchor:
            return None
        name = f"k{len(self.anchors)}"
        self.anchors[name] = anchor
        return f"#{name}"


def raw(name: str) -> dict[str, Any]:
    """Encode a field that holds what is drawn: a color, a text, a link."""
    return {"field": name, "type": "nominal", "scale": None}


def rects(rows: Sequence[Layer], x: Scale, y: Scale) -> list[Layer]:
    """Give bars: `x0`, `x1`, `y0`, `y1`, `fill`, and perhaps `stroke`, `words`, `key`."""
    found = []
    for linked in (False, True):
        part = [row for row in rows if bool(row.get("key")) is linked]
        encoding = {"x": x.of("x0"), "x2": {"field": "x1"}, "y": y.of("y0"), "y2": {"field": "y1"}}
        encoding |= {"fill": raw("fill") | {"legend": None}, "stroke": raw("stroke") | {"legend": None}}
        encoding |= {"description": raw("words")} | ({"href": raw("key")} if linked else {})
        filled = [{"stroke": "none", **row, "words": clean(row.get("words", ""))} for row in part]
        found += [_layer({"type": "rect", "strokeWidth": 1.5}, filled, encoding)] if part else []
    return found


def rules(rows: Sequence[Layer], x: Scale, y: Scale, tone: str = "rule", **mark: object) -> list[Layer]:
    """Give straight lines from (`x0`, `y0`) to (`x1`, `y1`)."""
    encoding = {"x": x.of("x0"), "x2": {"field": "x1"}, "y": y.of("y0"), "y2": {"field": "y1"}}
    look = {"type": "rule", "stroke": token(tone), "aria": False, "strokeWidth": 1, **mark}
    return [_layer(look, rows, encoding)] if rows else []


def texts(rows: Sequence[Layer], x: Scale, y: Scale, **mark: object) -> list[Layer]:
    """Give words: `x`, `y`, `text`, and perhaps `fill` and `key`; `mark` places them (`align`, `dx`, `dy`)."""
    found = []
    for linked in (False, True):
        part = [
            {"fill": token("ink"), **row, "text": clean(row["text"])} for row in rows if bool(row.get("key")) is linked
        ]
        encoding = {"x": x.of("x"), "y": y.of("y"), "text": {"field": "text", "type": "nominal"}}
        encoding |= {"fill": raw("fill") | {"legend": None}} | ({"href": raw("key")} if linked else {})
        look = {"type": "text", "aria": False, "fontSize": PLAIN, "baseline": "middle", "limit": 0, **mark}
        found += [_layer(look, part, encoding)] if part else []
    return found


def at(x: float, y: float, text: str, tone: str = "ink", **mark: object) -> Layer:
    """Give a text at a place of the drawing."""
    encoding = {"x": {"value": x}, "y": {"value": y}, "text": {"value": clean(text)}}
    look = {"fontSize": SMALL, "baseline": "middle", "limit": 0, "aria": False, "fill": token(tone)}
    return _layer({"type": "text", **look, **mark}, [{}], encoding)


def names(rows: Sequence[tuple[float, str, str | None]], y: Scale) -> list[Layer]:
    """Write the names of bars, right-aligned, each at its row."""
    end, most = canvas().labels - 10, canvas().name
    found = [{"x": end, "y": row, "text": fit(clean(name), most), "key": key} for row, name, key in rows]
    return texts(found, PAGE, y, align="right")


def token(tone: str) -> str:
    """Give a color by what it means."""
    return f"var(--{tone})"


def value_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Choose round values that cover a range, at most `most` steps apart."""
    span = Decimal(str(high)) - Decimal(str(low))
    if span <= 0:
        return [low]
    rough = span / most
    size = Decimal(10) ** (rough.adjusted())
    step = next(size * times for times in (1, 2, Decimal("2.5"), 5, 10) if size * times >= rough)
    first = (Decimal(str(low)) / step).to_integral_value(ROUND_FLOOR)
    last = (Decimal(str(high)) / step).to_integral_value(ROUND_CEILING)
    return [float(step * number) for number in range(int(first), int(last) + 1)]


def tick(value: float, unit: Unit) -> str:
    """Write a value of an axis."""
    match unit:
        case "money":
            return figures.short(Decimal(str(value)))
        case "count":
            return figures.short(Decimal(str(value)))
        case "rate":
            return f"{100 * value:.4g}%".replace("-", figures.MINUS)
        case "touches":
            return f"{value:.4g}".replace("-", figures.MINUS)
        case "hours":
            return f"{value:.4g} h".replace("-", figures.MINUS)
        case "days":
            return f"{value:.4g} d".replace("-", figures.MINUS)
        case "ratio":
            return f"{value:.4g}x".replace("-", figures.MINUS)


def told(value: Value, unit: Unit) -> str:
    """Write a value beside its mark: short where it is money."""
    return f"{figures.figure(value, unit)} d" if unit == "days" else figures.headline(value, unit)


def _layer(mark: Layer, rows: Sequence[Layer], encoding: dict[str, Any]) -> Layer:
    return {"data": {"values": list(rows)}, "mark": {"tooltip": None, **mark}, "encoding": encoding}
