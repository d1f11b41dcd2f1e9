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
_BREAK = r"[^0-9a-z\x01]"
_NO_DIGIT = r"[^0-9\x01]"


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
    def _plain(self) -> tuple[bytes, ...]:
        longest = {max(name.split(), key=len) for name in self.names if " " in name}
        found = self.emails | self.profiles | self.digests | {_encoded(email) for email in self.emails} | longest
        return tuple(_ascii(one).encode() for one in sorted(found))

    def may(self, text: str) -> bool:
        """Whether a text may hold a needle: quick, and never wrong when it says no."""
        return self.may_plain(_ascii(text).encode())

    def may_plain(self, plain: bytes) -> bool:
        """Whether bytes of small Latin letters may hold a needle."""
        if any(one in plain for one in self._plain):
            return True
        packed = plain.translate(None, _SEPARATORS) if self.phones else b""
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
        """Give the condition that one of the columns (quoted) may hold a needle; never too narrow.

        All are searched in one pass, joined by a sign that no needle reaches over.
        """
        pattern = self.pattern(names=self.everywhere if names is None else names)
        joined = ", ".join(columns)
        if not pattern or not joined:
            return "false"
        return f"regexp_matches(strip_accents(lower(concat_ws(chr(1), {joined}))), {literal(pattern)})"

    def pattern(self, *, names: bool) -> str:
        """Spell what is looked for as a pattern of the engine; wider than `sure`, `called` and `named`."""
        found = [_wide_address(email) for email in sorted(self.emails)]
        found += [_plainly(fold(one)) for one in sorted(self.profiles)] + sorted(self.digests)
        found += [wide_phone(phone) for phone in sorted(self.phones)]
        full = sorted(name for name in self.names if " " in name) if names else []
        found += [f"{_BREAK}+".join(_plainly(fold(word)) for word in name.split()) for name in full]
        return "|".join(found)


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


def _wide_address(email: str) -> str:
    local, _, domain = fold(email).partition("@")
    return f"{_plainly(local)}(?:@|%40){_plainly(domain)}"


def wide_phone(digits: str) -> str:
    """Spell a phone as a pattern of the engine, whatever stands between its digits."""
    return f"{_NO_DIGIT}*".join(digits)


def _plainly(text: str) -> str:
    """Spell a text as a pattern of the engine that means it alone."""
    return "".join(sign if sign.isalnum() or not sign.isascii() or sign == "_" else f"\\{sign}" for sign in text)


def _words(names: Iterable[str]) -> re.Pattern[str] | None:
    found = [r"[\s,]+".join(re.escape(word) for word in name.split()) for name in sorted(names, key=len, reverse=True)]
    return re.compile(rf"(?<![\w@])(?:{'|'.join(found)})(?![\w@]|-\w|['\u2019](?!s\b)\w)") if found else None
