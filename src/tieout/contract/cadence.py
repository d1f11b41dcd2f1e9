"""How often something is expected: `7 days`, `12 hours`, `1 month`."""

from __future__ import annotations

import re
from datetime import timedelta

from tieout.contract.places import shorten

HOURS = {"hour": 1, "day": 24, "week": 7 * 24, "month": 31 * 24}
"""A month is at its longest, so that nothing is late that is not."""
MOST = 10_000


class CadenceError(ValueError):
    """A text that says no length of time; the message names it."""


def every(text: str) -> timedelta:
    """Read a length of time. Raises CadenceError."""
    found = re.fullmatch(r"\s*(?:([0-9]{1,5})\s*)?(hour|day|week|month)s?\s*", text, re.IGNORECASE)
    number = int(found[1] or 1) if found else 0
    if found is None or not 0 < number <= MOST:
        message = f"'{shorten(text)}' is no number of hours, days, weeks or months."
        raise CadenceError(message)
    return timedelta(hours=number * HOURS[found[2].lower()])
