"""Names as exports write them, made comparable: case, accents, separators and camel case do not count."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "№": "no"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")


@cache
def tokens(name: str) -> tuple[str, ...]:
    """Split a name into plain words: `Close Date (2)`, `closeDate` and `close_date` all begin with close, date."""
    folded = _BORDER.sub(" ", unicodedata.normalize("NFC", name)).casefold().translate(_LETTERS)
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(sign))
    return tuple(_WORD.findall(bare))


@cache
def plain(name: str) -> str:
    """Give a name as one plain word, for comparing."""
    return "".join(tokens(name))


@cache
def spellings(name: str) -> frozenset[str]:
    """Give the plain words a name may stand for: German umlauts are written both as `a` and as `ae`."""
    spelled = unicodedata.normalize("NFC", name).casefold().translate(_UMLAUTS)
    return frozenset({plain(name), plain(spelled)})


def slug(name: str, longest: int = 60) -> str:
    """Make a name for the contract: letters, digits and `_`, beginning with a letter."""
    made = "_".join(tokens(name))
    made = re.sub(r"[^a-z0-9_]", "", made)[:longest].strip("_")
    return made if made[:1].isalpha() else f"x_{made}".rstrip("_")
