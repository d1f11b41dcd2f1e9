"""Where a figure leads: an id of the same page, or an address of the application."""

from __future__ import annotations

from html import escape


def href(target: str) -> str:
    """Write a target as the value of an attribute: `/record/...` and `?period=...` are addresses, all else is an id."""
    return escape(target) if target[:1] in {"/", "?"} else f"#{escape(target)}"
