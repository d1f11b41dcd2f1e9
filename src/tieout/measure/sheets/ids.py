"""Ids as sheets keep them: in links, with prefixes, cut to 15 characters, without their leading zeros, in 1.2E+11."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property

LONG, SHORT = 18, 15
"""A Salesforce id has 18 characters; its first 15 are the same id where upper and lower case are kept apart."""
_TOKEN = re.compile(r"[A-Za-z0-9_\-]{2,}")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
_ENDING = re.compile(r"\d{3,}$")


@dataclass(frozen=True, slots=True)
class Found:
    """The records that an id may mean: one, or several between which it cannot choose."""

    records: tuple[str, ...]
    score: float
    reason: str


@dataclass
class Ids:
    """All ids there are, indexed in each of the ways in which a sheet may spoil one, when that is first needed."""

    known: frozenset[str]
    _found: dict[str, Found | None] = field(default_factory=dict)

    def find(self, text: str) -> Found | None:
        """Find the record that a cell names; the surest way that finds one counts."""
        if text not in self._found:
            self._found[text] = next((found for way in WAYS if (found := way(self, text.strip()))), None)
        return self._found[text]

    @cached_property
    def folded(self) -> dict[str, tuple[str, ...]]:
        """Ids without case."""
        return _index(self.known, str.casefold)

    @cached_property
    def short(self) -> dict[str, tuple[str, ...]]:
        """The first 15 characters of ids of 18, and ids of 15."""
        return _index((one for one in self.known if len(one) in {SHORT, LONG}), lambda one: one[:SHORT])

    @cached_property
    def bare(self) -> dict[str, tuple[str, ...]]:
        """Ids that are numbers, without leading zeros."""
        return _index((one for one in self.known if one.isdigit()), lambda one: one.lstrip("0"))

    @cached_property
    def digits(self) -> dict[str, tuple[str, ...]]:
        """The digits that each id ends in, without leading zeros."""
        return _index((one for one in self.known if _number(one)), _number)


def _index(ids: Iterable[str], key: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for one in ids:
        found.setdefault(key(one), []).append(one)
    return {name: tuple(sorted(ones)) for name, ones in found.items()}


def _number(text: str) -> str:
    """Give the number that a text ends in, if it has three digits or more."""
    ending = _ENDING.search(text)
    return ending[0].lstrip("0") if ending else ""


def _prefix(text: str) -> str:
    return _ENDING.sub("", text).strip("-_ #").casefold()


def _exact(ids: Ids, text: str) -> Found | None:
    return Found((text,), 100, "id") if text in ids.known else None


def _within(ids: Ids, text: str) -> Found | None:
    """Look for an id inside a link or after a prefix; the last one counts, as links end with it."""
    inside = [token for token in _TOKEN.findall(text) if token in ids.known]
    return Found((inside[-1],), 99, "id in a longer text") if inside else None


def _cut(ids: Ids, text: str) -> Found | None:
    for token in reversed(_TOKEN.findall(text)):
        if len(token) in {SHORT, LONG} and (ones := ids.short.get(token[:SHORT])):
            return Found(ones, 98, "id of 15 characters for 18")
    return None


def _any_case(ids: Ids, text: str) -> Found | None:
    for token in (text, *reversed(_TOKEN.findall(text))):
        if ones := ids.folded.get(token.casefold()):
            return Found(ones, 97, "id, case apart")
    return None


def _zeros(ids: Ids, text: str) -> Found | None:
    plain = text.removesuffix(".0")
    ones = ids.bare.get(plain.lstrip("0")) if plain.isdigit() else None
    return Found(ones, 95, "id without its leading zeros") if ones else None


def _prefixed(ids: Ids, text: str) -> Found | None:
    token = (_TOKEN.findall(text) or [""])[-1]
    if not _number(token) or _SCIENTIFIC.fullmatch(text):
        return None
    prefix = _prefix(token)
    ones = tuple(one for one in ids.digits.get(_number(token), ()) if prefix in {"", _prefix(one)})
    return Found(ones, 92, "the number in the id") if ones else None


def _scientific(ids: Ids, text: str) -> Found | None:
    """Read 1.23457E+11: the digits that are left must fit, and only one id may fit them."""
    if not _SCIENTIFIC.fullmatch(text):
        return None
    try:
        wanted = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    places = len(wanted.as_tuple().digits)
    ones = [
        one for bare, spelled in ids.bare.items() for one in spelled
        if bare and len(bare) == wanted.adjusted() + 1 and _rounded(bare, places) == wanted
    ]  # fmt: skip
    return Found(tuple(sorted(ones)), 85, "the digits that scientific notation left of the id") if ones else None


def _rounded(digits: str, places: int) -> Decimal:
    power = len(digits) - places
    return Decimal(digits) if power <= 0 else round(Decimal(digits).scaleb(-power)) * Decimal(10) ** power


WAYS: tuple[Callable[[Ids, str], Found | None], ...] = (
    _exact, _within, _cut, _any_case, _zeros, _scientific, _prefixed,
)  # fmt: skip
"""The ways of reading an id, the surest first."""
