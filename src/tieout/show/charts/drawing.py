"""Charts: plain Vega-Lite specifications, drawn to SVG that needs no script and no address outside the page.

    chart = waterfall("Pipeline 1.2M to 1.4M", Level("opening", a), steps, Level("closing", b))
    svg(chart)  # '<svg class="chart" ...>'

Every place is said in the specification, nothing is left to measured fonts, so that the same chart gives the same
bytes everywhere. Colors are the page's tokens (`var(--actual)`), so that one drawing serves light, dark and paper. A
mark leads to the `anchor` that it was given: an id of the same page, or an address of the application.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from typing import Any

from tieout.show.charts.canvas import canvas
from tieout.show.links import href
from tieout.show.terminal import clean

HATCH = "url(#hatch)"
"""The fill of what is forecast, partial or not yet mature."""
_ROOT = re.compile(r"^<svg[^>]*>")
_LINK = re.compile(r'<a xlink:href="[^"]*#(k\d+)">')
_MARK = re.compile(r'<(path|line) (aria-label="([^"]+)"[^>]*role="graphics-symbol"[^>]*?)/>')
_WORDLESS = re.compile(r' aria-label="" role="graphics-symbol" aria-roledescription="[^"]*"')
"""A mark that says nothing, as the squares of a key: what has no name is not announced."""
_EMPTY = re.compile(r'<path class="(?:background|foreground)"[^>]*/>')
_PLACES = re.compile(r'\b(d|transform|x2|y2)="([^"]*)"')
_LONG = re.compile(r"-?\d+\.\d{3,}(?:e-\d+)?")
_LINKED = re.compile(r'(<g class="mark-text[^"]*") aria-hidden="true"(?=>\s*<a )')
"""Words that lead somewhere: what can be pressed must not be hidden from those who do not see it."""
_FONT = re.compile(r' font-family="[^"]*"')


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that is not drawn yet: what it says in words, its layers from back to front, where its marks lead.

    `links` are the keys that stand in the data for ids of the page or addresses of the application.
    """

    words: str
    height: int
    layers: tuple[dict[str, Any], ...]
    links: dict[str, str] = field(default_factory=dict)
    apart: bool = False
    """Whether each layer has scales of its own, as small multiples have."""
    width: int = field(default_factory=lambda: canvas().width)
    narrow: Chart | None = None
    """The same, laid out for a phone."""

    @property
    def spec(self) -> dict[str, Any]:
        """The specification in Vega-Lite."""
        return {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "width": self.width,
            "height": self.height,
            "padding": 0,
            "autosize": {"type": "none"},
            "background": None,
            "config": {"view": {"stroke": None}},
            "layer": list(self.layers),
            **({"resolve": {"scale": {"x": "independent", "y": "independent"}}} if self.apart else {}),
        }


def framed(chart: Chart) -> str:
    """Draw a chart, and the same for a phone; the style sheet shows one of them."""
    phone = svg(chart.narrow, "narrow") if chart.narrow else ""
    return f"<figure{' class=both' if phone else ''}>{svg(chart)}{phone}</figure>"


def svg(chart: Chart, kind: str = "chart") -> str:
    """Draw a chart; marks that carry words get them as a title, and links lead to ids of the page."""
    # It costs a third of a second to start: only what draws pays for it.
    from vl_convert import vegalite_to_svg  # noqa: PLC0415

    drawn: str = vegalite_to_svg(chart.spec, vl_version="6.4")
    body = _ROOT.sub("", drawn)
    body = _EMPTY.sub("", body)
    body = _LINK.sub(lambda found: f'<a href="{href(chart.links[found[1]])}">', body)
    body = _LINKED.sub(r"\1", body)
    body = _WORDLESS.sub(' aria-hidden="true"', body)
    body = _MARK.sub(r"<\1 \2><title>\3</title></\1>", body)
    body = _PLACES.sub(lambda found: f'{found[1]}="{_LONG.sub(_shorter, found[2])}"', body)
    body = _FONT.sub("", body)
    label = escape(clean(chart.words))
    head = f'<svg class="{kind}" role="group" aria-label="{label}" viewBox="0 0 {chart.width} {chart.height}">'
    if HATCH not in body:
        return head + body
    name = f"hatch-{sha256(body.encode()).hexdigest()[:8]}"
    return head + _hatch(name) + body.replace(HATCH, f"url(#{name})")


def _shorter(found: re.Match[str]) -> str:
    told = f"{float(found[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if told == "-0" else told


def _hatch(name: str) -> str:
    return (
        f'<defs><pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--paper)"/>'
        '<line x1="1.5" y1="0" x2="1.5" y2="6" stroke="var(--actual)" stroke-width="3"/></pattern></defs>'
    )
