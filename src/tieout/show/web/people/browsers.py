"""What a browser calls itself, in the few words that its owner knows it by."""

from __future__ import annotations

from django import template

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
