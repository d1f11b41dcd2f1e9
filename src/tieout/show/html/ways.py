"""Where the figures of a page lead: on a page that stands alone to tables at its end, in the application elsewhere.

One builder lays out a page for both. It asks the ways where the records of a thing are, and puts the records onto the
page only where they are not `apart`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tieout.show.html.page import anchor_of


@dataclass(frozen=True, slots=True)
class Ways:
    """`records` gives the place of the records of a thing, told by its kind and names."""

    records: Callable[..., str] = anchor_of
    apart: bool = False
    """Whether records stand on pages of their own."""


ON_PAGE = Ways()
"""The ways of a page that stands alone."""
