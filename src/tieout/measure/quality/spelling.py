"""One value spelled in several ways: told apart by letters and digits alone, typos by how alike they are."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALIKE = 88
"""From this ratio of equal letters on, a rare spelling is a typo of a frequent one."""
RARER = 5
"""So many times more frequent is the right spelling, at least."""
SHORTEST = 5
MOST = 2_000
"""With more values than this, each compared with each would take too long: then only letters and digits decide."""


def letters(value: str) -> str:
    """Give what two spellings of one value share: its letters and digits, without case."""
    folded = unicodedata.normalize("NFKC", value).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def misspelled(counts: Mapping[str, int]) -> dict[str, str]:
    """Give the values that are another one spelled otherwise, with that one: the most frequent spelling is right."""
    right = _right_spellings(counts)
    found = {value: right[letters(value)] for value in counts if letters(value) and right[letters(value)] != value}
    if len(right) > MOST:
        return found
    totals: defaultdict[str, int] = defaultdict(int)
    for value, count in counts.items():
        totals[letters(value)] += count
    typos = _typos(totals, totals)
    return found | {value: right[typos[letters(value)]] for value in counts if letters(value) in typos}


def spelled_otherwise(values: Iterable[str], references: Mapping[str, int]) -> dict[str, str]:
    """Give the values that are one of `references` spelled otherwise, with that one; others are not judged."""
    right = _right_spellings(references)
    exact = set(references)
    asked = [value for value in values if value not in exact and letters(value)]
    found = {value: right[letters(value)] for value in asked if letters(value) in right}
    rest = {letters(value): 0 for value in asked if value not in found}
    if len(right) > MOST or len(rest) > MOST:
        return found
    typos = _typos(rest, dict.fromkeys(right, 1))
    return found | {value: right[typos[letters(value)]] for value in asked if letters(value) in typos}


def closest(value: str, allowed: Iterable[str]) -> str | None:
    """Give the allowed value that was probably meant."""
    keys = {letters(name): name for name in allowed}
    found = process.extractOne(letters(value), list(keys), scorer=fuzz.ratio, score_cutoff=60)
    return keys[found[0]] if found else None


def _right_spellings(counts: Mapping[str, int]) -> dict[str, str]:
    right: dict[str, str] = {}
    for value in sorted(counts, key=lambda each: (-counts[each], -len(each), each)):
        right.setdefault(letters(value), value)
    right.pop("", None)
    return right


def _typos(keys: Mapping[str, int], meant: Mapping[str, int]) -> dict[str, str]:
    """Pair each key with the one most like it of those that are much more frequent.

    Other digits are another thing: "Tier 1" is no typo of "Tier 2".
    """
    by_digits: defaultdict[str, list[str]] = defaultdict(list)
    for key in meant:
        if len(key) >= SHORTEST:
            by_digits[_digits(key)].append(key)
    found = {}
    for key, count in keys.items():
        if len(key) < SHORTEST:
            continue
        others = [one for one in by_digits[_digits(key)] if one != key and meant[one] >= max(1, RARER * count)]
        best = process.extractOne(key, others, scorer=fuzz.ratio, score_cutoff=ALIKE)
        if best:
            found[key] = best[0]
    return found


def _digits(key: str) -> str:
    return "".join(sign for sign in key if sign.isdigit())
