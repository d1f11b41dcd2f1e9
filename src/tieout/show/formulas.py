"""Texts in files that spreadsheets open: none of them is a formula."""

from __future__ import annotations

import re

BEGINS_FORMULA = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""With these a spreadsheet takes a text for a formula, the full-width ones in some languages."""
BEGINS_INSIDE = re.compile('([;\t\r\n][\\s"]*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])')
"""A formula within a text: where a comma is the decimal sign, a spreadsheet splits a line at semicolons instead."""


def harmless(text: str) -> str:
    """Make a text safe for spreadsheets that read CSV: what would be a formula begins with an apostrophe."""
    text = BEGINS_INSIDE.sub(r"\1'", text)
    return f"'{text}" if BEGINS_FORMULA.match(text) else text
