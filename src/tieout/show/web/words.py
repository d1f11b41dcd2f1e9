"""Filters of templates: what a browser calls itself in words that its owner knows, and commands as they are typed."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join

register = template.Library()
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("FxiOS", "Firefox"), ("Firefox/", "Firefox"), ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"), ("Chromium/", "Chromium"), ("Safari/", "Safari"),
)  # fmt: skip
"""Each calls itself by the names of those after it, too."""
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
LONG = 40


@register.filter
def browser(agent: str) -> str:
    """Name a browser and its system: "Chrome on Linux"; what is neither is called by what it says first."""
    name = next((name for sign, name in BROWSERS if sign in agent), agent.partition("/")[0].strip()[:LONG] or "unknown")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return f"{name} on {system}" if system else name


@register.filter
def typed(text: str) -> str:
    """Write what stands between backquotes as code, and all of it escaped."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return str(text)
    pieces = (format_html("<code>{}</code>", part) if place % 2 else part for place, part in enumerate(parts))
    return format_html_join("", "{}", ((piece,) for piece in pieces))
