"""Cloak: the surrogates that stand for a person, and how texts are given them. What was equal stays equal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tieout.history.erasure.needles import Needles, fold, phone_of
from tieout.history.keyed import email_of, keyed

LENGTH = 12
MARK = "erased-"


@dataclass(frozen=True)
class Cloak:
    """Replaces what tells a person by `person`, and addresses by others that are equal where they were."""

    key: str
    person: str
    needles: Needles

    def email(self, text: str) -> str:
        """Give the surrogate of an address: its domain stays, and so do two spellings that differ."""
        normal = email_of(text) or ""
        domain = normal.partition("@")[2]
        made = f"{MARK}{self._hash('email', normal)}@{domain}"
        core = text.strip(" ")
        if core != core.lower():
            made = _spelled(made, self._hash("spelling", core))
        return text.replace(core, made, 1)

    def phone(self, text: str) -> str:
        """Give the surrogate of a phone."""
        return f"{MARK}{self._hash('phone', phone_of(text) or text)}"

    def digest(self, digest: str) -> str:
        """Give the surrogate of a row's digest, or of a plain hash of an address, as long as it was."""
        return keyed(self.key, f"digest:{digest}")[: len(digest)]

    def value(self, text: str) -> str:
        """Give the surrogate of a whole value that is part of a key: others have others."""
        return f"{self.person}-{self._hash('value', text)[:8]}"

    def text(self, text: str, *, names: bool, parts: bool = False, phones: bool = True) -> str:
        """Replace what is found in a text: addresses always, then phones, full names and single words of them."""
        folded = _Folded(text)
        folded.replace(self.needles.sure, self._sure)
        if phones:
            folded.replace(self.needles.called, self.phone)
        if names:
            folded.replace(self.needles.named, lambda _: self.person)
        if parts:
            folded.replace(self.needles.partly, lambda _: self.person)
        return folded.text

    def _sure(self, found: str) -> str:
        if "@" in found or "%40" in found:
            made = self.email(found.replace("%40", "@"))
            return made.replace("@", "%40") if "%40" in found else made
        return self.digest(found.lower()) if fold(found) in self.needles.digests else self.person

    def _hash(self, kind: str, text: str) -> str:
        return keyed(self.key, f"{kind}:{text}")[:LENGTH]


def _spelled(made: str, bits: str) -> str:
    """Give a surrogate capitals that tell one spelling from another; in small letters it is the same one."""
    signs = int(bits, 16)
    return "".join(sign.upper() if signs >> place & 1 or place == 0 else sign for place, sign in enumerate(made))


class _Folded:
    """A text with its folded form, in which what is found in the one is replaced in the other."""

    def __init__(self, text: str) -> None:
        self.text = text

    def replace(self, pattern: re.Pattern[str] | None, surrogate: Callable[[str], str]) -> None:
        if pattern is None or not self.text:
            return
        folded, places = _places(self.text)
        parts: list[str] = []
        last = 0
        for match in pattern.finditer(folded):
            group = match.lastgroup or 0
            start, end = places[match.start(group)], places[match.end(group)]
            parts += [self.text[last:start], surrogate(self.text[start:end])]
            last = end
        self.text = "".join([*parts, self.text[last:]])


def _places(text: str) -> tuple[str, list[int]]:
    """Fold a text sign by sign, and tell where each folded sign came from; one place more ends the text."""
    if text.isascii():
        return text.lower(), list(range(len(text) + 1))
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for one in fold(sign):
            signs.append(one)
            places.append(place)
    return "".join(signs), [*places, len(text)]
