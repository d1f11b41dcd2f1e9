"""Names as people type them: case, accents, punctuation and legal forms apart; how alike two of them are."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from cleanco.clean import prepare_default_terms
from rapidfuzz import fuzz


@cache
def legal_forms() -> frozenset[str]:
    """Give the legal forms of companies that are one word: inc, gmbh, ltd ..."""
    words = (term[1] for term in prepare_default_terms())
    return frozenset(_plain(" ".join(word)).replace(" ", "") for word in words if len(word) == 1) - {""}


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    return " ".join(
        "".join(letter if letter.isalnum() else " " for letter in folded if not unicodedata.combining(letter)).split()
    )


@cache
def normal(text: str) -> str:
    """Give a name without case, accents, punctuation and legal forms; its first word always stays."""
    joined = (
        text.replace(".", "")
        if any(part.replace(".", "").casefold() in legal_forms() for part in text.split())
        else text
    )
    first, *rest = _plain(joined).split() or [""]
    return " ".join([first, *(word for word in rest if word not in legal_forms())])


@lru_cache(maxsize=1_000_000)
def alike(one: str, other: str) -> float:
    """Tell how alike two names are, from 0 to 100; the order of their words counts little."""
    if not one or not other:
        return 0.0
    left, right = normal(one), normal(other)
    return max(fuzz.ratio(left, right), fuzz.token_sort_ratio(left, right) - 1)
