"""The words of `words.yaml`: what columns, tables and values are called in several languages, made comparable."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from tieout.propose.plain import plain

_TEXT = (files("tieout.propose") / "words.yaml").read_text("utf-8")
_LISTS: dict[str, Any] = YAML(typ="safe").load(_TEXT)


def _words(text: str) -> tuple[str, ...]:
    return tuple(plain(word) for word in text.split(","))


_COLUMNS = {field: _words(text) for field, text in _LISTS["columns"].items()}
FIELDS: dict[str, frozenset[str]] = {field: frozenset(words) for field, words in _COLUMNS.items()}
"""Each field and the plain words for it."""

ORDER: dict[str, dict[str, int]] = {
    field: {word: place for place, word in reversed(list(enumerate(words)))} for field, words in _COLUMNS.items()
}
"""The same words by their rank: an earlier one is the better name."""

DRESS = frozenset(_words(_LISTS["dress"]))
"""Words around a column's name that do not change which field it is."""

MEASURES = frozenset(_words(_LISTS["measures"]))
"""Words that make a column a measure or a class of what it is named after."""

FORMER = frozenset(_words(_LISTS["former"]))
"""Words of what was before."""

NO_PRICE = frozenset(_words(_LISTS["no_price"]))
"""Words that make an amount another one than a deal's own."""

TABLES: dict[str, tuple[str, ...]] = {entity: _words(text) for entity, text in _LISTS["tables"].items()}
"""What tables of each entity are called."""

NOTHING: dict[str, tuple[str, ...]] = {kind: _words(text) for kind, text in _LISTS["nothing"].items()}
"""What tables are called that no number reads."""

NOISE = frozenset(_words(_LISTS["noise"]))
"""Words of a file's name that say nothing of what it holds."""

STEPS: tuple[tuple[str, ...], ...] = tuple(_words(text) for text in _LISTS["steps"])
"""How far along a stage is."""

TYPES: dict[str, tuple[str, ...]] = {name: _words(text) for name, text in _LISTS["types"].items()}
"""Types of opportunity."""

OUTCOMES: dict[str, tuple[str, ...]] = {name: _words(text) for name, text in _LISTS["outcomes"].items()}
"""Words that end a deal."""

CURRENCIES = frozenset(code.upper() for code in _words(_LISTS["currencies"]))
"""Codes of currencies."""
