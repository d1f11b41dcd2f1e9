"""Needles: what tells a person, as it is looked for in texts: addresses, phones, profiles, names.

Texts compare in small letters and without accents (`fold`). What is searched with SQL is searched again here, exactly.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tieout.warehouse.engine import literal

SIGNIFICANT = 9
"""How many of a phone's last digits tell it, however its country and its trunk prefix are written."""
FEWEST = 7
_PROFILE = re.compile(r"linkedin\.[a-z.]+/((?:in|pub)/[^/?#\s,;\"']+)")
_SEPARATORS = b" ()./-+"
_BETWEEN = r"[\s().\-/]{0,3}"


def fold(text: str) -> str:
    """Give a text as it is compared: in small letters, without accents."""
    plain = unicodedata.normalize("NFD", text.lower())
    return unicodedata.normalize("NFC", "".join(sign for sign in plain if unicodedata.category(sign) != "Mn"))


def phone_of(text: str | None) -> str | None:
    """Give the digits that tell a phone; None for what is too short to be one."""
    told = re.split(r"(?i)\s*(?:ext|x|#)", text or "")[0]
    digits = re.sub(r"\D", "", told)
    return digits[-SIGNIFICANT:] if len(digits) >= FEWEST else None


def profile_of(text: str | None) -> str | None:
    """Give the part of a LinkedIn address that tells whose it is."""
    found = _PROFILE.search(fold(text or ""))
    return found[1] if found else None


def words_of(text: str | None) -> tuple[str, ...]:
    """Give the words of a name."""
    return tuple(re.findall(r"[\w'\u2019.-]*\w", fold(text or "")))


def digests_of(email: str) -> frozenset[str]:
    """Give the plain hashes under which advertisers exchange an address."""
    return frozenset(
        hashlib.new(name, email.encode(), usedforsecurity=False).hexdigest() for name in ("md5", "sha1", "sha256")
    )


@dataclass(frozen=True)
class Needles:
    """What tells a person. `parts` are words of the name that count only where a row is about the person.

    `everywhere`: the full names are nobody else's in this workspace, so that they count wherever they stand.
    """

    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    profiles: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    everywhere: bool = True

    @cached_property
    def parts(self) -> frozenset[str]:
        """The words of the names that are long enough to mean somebody."""
        return frozenset(word for name in self.names for word in name.split() if len(word) > 1)

    @cached_property
    def digests(self) -> frozenset[str]:
        """The plain hashes of the addresses."""
        return frozenset(digest for email in self.emails for digest in digests_of(email))

    @cached_property
    def _plain(self) -> tuple[str, ...]:
        longest = {max(name.split(), key=len) for name in self.names if " " in name}
        found = self.emails | self.profiles | self.digests | {_encoded(email) for email in self.emails} | longest
        return tuple(_ascii(one) for one in sorted(found))

    def may(self, text: str) -> bool:
        """Whether a text may hold a needle: quick, and never wrong when it says no."""
        plain = _ascii(text)
        if any(one in plain for one in self._plain):
            return True
        if not self.phones:
            return False
        packed = plain.encode().translate(None, _SEPARATORS)
        return any(phone.encode() in packed for phone in self.phones)

    def holds(self, text: str) -> bool:
        """Whether a text holds a needle that counts wherever it stands."""
        if not self.may(text):
            return False
        folded = fold(text)
        patterns = [self.sure, self.called, self.named if self.everywhere else None]
        return any(pattern.search(folded) for pattern in patterns if pattern)

    @cached_property
    def sure(self) -> re.Pattern[str] | None:
        """Finds what tells the person alone, wherever it stands: addresses, profiles, hashes of addresses."""
        parts = [_address(email) for email in self.emails]
        parts += [rf"(?<![\w-])(?P<p{n}>{re.escape(one)})(?![\w-])" for n, one in enumerate(self.profiles)]
        parts += [rf"(?<![0-9a-f]){digest}(?![0-9a-f])" for digest in self.digests]
        return re.compile("|".join(parts)) if parts else None

    @cached_property
    def called(self) -> re.Pattern[str] | None:
        """Finds the phones, in whatever form."""
        found = [
            rf"(?<!\d)(?:(?:\+|00)?\(?\d{{1,4}}\)?{_BETWEEN}){{0,2}}{_BETWEEN.join(one)}(?!\d)" for one in self.phones
        ]
        return re.compile("|".join(found)) if found else None

    @cached_property
    def named(self) -> re.Pattern[str] | None:
        """Finds the full names, word by word."""
        return _words(name for name in self.names if " " in name)

    @cached_property
    def partly(self) -> re.Pattern[str] | None:
        """Finds single words of the names."""
        return _words(self.parts)

    def sql(self, columns: Iterable[str], names: bool | None = None) -> str:  # noqa: FBT001 - None: as `everywhere` says
        """Give the condition that one of the columns (quoted) may hold a needle; never too narrow."""
        named = self.everywhere if names is None else names
        plain = {fold(email).partition("@")[0] for email in self.emails} | self.profiles
        words = {frozenset(name.split()) for name in self.names if " " in name} if named else set()
        tests = []
        for column in columns:
            folded = f"strip_accents(lower({column}))"
            tests += [f"contains({folded}, {literal(fold(text))})" for text in sorted(plain)]
            if self.digests:
                listed = " or ".join(f"contains({folded}, {literal(one)})" for one in sorted(self.digests))
                tests.append(f"(length({column}) >= 32 and ({listed}))")
            phones = [f"contains(translate({column}, ' ()./-+', ''), {literal(one)})" for one in sorted(self.phones)]
            tests += [f"(length({column}) >= {FEWEST} and ({' or '.join(phones)}))"] if phones else []
            tests += [
                "(" + " and ".join(f"contains({folded}, {literal(word)})" for word in sorted(some)) + ")"
                for some in sorted(words, key=sorted)
            ]
        return " or ".join(tests) or "false"


def _ascii(text: str) -> str:
    """Give the small Latin letters of a text; every sign that is none is left out."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFD", text.lower()).encode("ascii", "ignore").decode()


def _encoded(email: str) -> str:
    return email.replace("@", "%40")


def _address(email: str) -> str:
    local, _, domain = fold(email).partition("@")
    return rf"(?<![\w.+-]){re.escape(local)}(?:@|%40){re.escape(domain)}(?![\w-]|\.\w)"


def _words(names: Iterable[str]) -> re.Pattern[str] | None:
    found = [r"[\s,]+".join(re.escape(word) for word in name.split()) for name in sorted(names, key=len, reverse=True)]
    return re.compile(rf"(?<![\w@])(?:{'|'.join(found)})(?![\w@]|-\w|['\u2019](?!s\b)\w)") if found else None
