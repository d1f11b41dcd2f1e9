"""Given names that stand for one another, as pairs: Bob is Robert, and so on in some languages."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import combinations


@cache
def nickname_pairs() -> tuple[tuple[str, str], ...]:
    """Give each two names of a group, in both orders."""
    text = files("tieout.align.duplicates").joinpath("nicknames.txt").read_text("utf-8")
    groups = (line.split() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    pairs = {pair for group in groups for one, other in combinations(group, 2) for pair in ((one, other), (other, one))}
    return tuple(sorted(pairs))
