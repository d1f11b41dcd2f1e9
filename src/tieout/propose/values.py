"""What the values of one column look like: dates and in which order, numbers and in which style, flags, ids, texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tieout.propose.value_words import CURRENCY_SIGNS, FALSE, NO_END, TRUE, UNKNOWN

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)([T ].*)?$")
_PARTS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)([T ,].*)?$")
_YEAR_FIRST = re.compile(r"(\d{4}[/.]\d{1,2}[/.]\d{1,2}([T ].*)?|\d{4}(0[1-9]|1[0-2])[0-3]\d)$")
_MONTHS = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_NAMED = re.compile(
    rf"(([a-z]{{3,9}},? )?\d{{1,2}}(st|nd|rd|th)?[ ./-]*{_MONTHS},?[ ./-]*\d{{2,4}}([ ,].*)?"
    rf"|([a-z]{{3,9}},? )?{_MONTHS} \d{{1,2}}(st|nd|rd|th)?,? \d{{4}}([ ,].*)?)$",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(\d{4}-\d{2}|\d{1,2}[. -]+[A-Za-zÀ-ÿ]{3,9}\.?[ ,-]+\d{2,4}([ ,].*)?"
    r"|[A-Za-zÀ-ÿ]{3,9}\.? \d{1,2},? \d{4}([ ,].*)?)$"
)
_CLOCK = re.compile(r"[T ,]\s*\d{1,2}:\d{2}")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$")
_US = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
_EU = re.compile(r"[+-]?(\d{1,3}([.' \u00a0\u202f]\d{3})+|\d+),\d+$|[+-]?\d{1,3}([.' \u00a0\u202f]\d{3}){2,}$")
_LOOSE = re.compile(r"[+-]?\d{1,3}(,\d{3}|\.\d{3})$")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}$")
_URL = re.compile(r"(https?://|www\.)\S+$|[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,8}(/\S*)?$", re.IGNORECASE)
_SIGNS = re.compile(
    r"^\(?\s*(?P<a>[A-Z]{3}|[A-Z]{0,2}[^\w\s().,+-]|R\$|kr)?\s*(?P<n>[-+]?[\d.,' \u00a0\u202f]*\d)-?\s*"
    r"(?P<b>[A-Z]{3}|[^\w\s().,+-]|kr|zł)?\)?$"
)
_SERIALS = {"excel": (29_000, 62_000), "unix": (9e8, 2.3e9), "unix_ms": (9e11, 2.3e12)}
MOST_VALUES = 400
ENOUGH = 0.97


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sample of a column showed. `kind`: empty, flag, integer, number, date, time, email, url or text.

    `order` of dates: iso, dmy, mdy, ymd, named (months by name), other, mixed, or ambiguous; `style` of numbers: plain,
    us, eu, or ambiguous.
    `serial`: numbers that would be days or moments (excel, unix, unix_ms), should their column be named so.
    """

    rows: int = 0
    filled: int = 0
    kind: str = "empty"
    order: str = ""
    style: str = ""
    signs: frozenset[str] = frozenset()
    percent: bool = False
    unique: bool = False
    unknown: tuple[str, ...] = ()
    values: Counter[str] = field(default_factory=Counter)
    few: bool = False
    low: float = 0
    high: float = 0
    first: date | None = None
    last: date | None = None
    digits: bool = False
    serial: str = ""
    sample: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The share of rows with a value."""
        return self.filled / self.rows if self.rows else 0.0

    @property
    def dated(self) -> bool:
        """Whether the column holds dates or times."""
        return self.kind in {"date", "time"}

    @property
    def numeric(self) -> bool:
        """Whether the column holds numbers."""
        return self.kind in {"integer", "number"}


def facts_of(values: Iterable[str | None]) -> Facts:
    """Look at the values of a column."""
    rows, texts, unknown = 0, [], Counter[str]()
    for value in values:
        rows += 1
        text = value.strip() if value else ""
        if not text:
            continue
        if text.casefold() in UNKNOWN or text[:10] in NO_END:
            unknown[text] += 1
        else:
            texts.append(text)
    counts = Counter(texts)
    base = {
        "rows": rows,
        "filled": len(texts),
        "unique": bool(texts) and len(counts) == len(texts),
        "unknown": tuple(text for text, _ in unknown.most_common(8)),
        "few": 0 < len(counts) <= 60,
        "values": Counter(dict(counts.most_common(MOST_VALUES))),
        "sample": tuple(text for text, _ in counts.most_common(5)),
    }
    if not texts:
        return Facts(**base)  # type: ignore[arg-type]
    return Facts(**base, **_kind(counts, len(texts)))  # type: ignore[arg-type]


def _kind(counts: Counter[str], total: int) -> dict[str, object]:
    folded = {text.casefold() for text in counts}
    if folded <= TRUE | FALSE and len(folded) <= 4 and not folded <= {"1", "0"}:
        return {"kind": "flag"}
    for look in (_dates, _numbers):
        found = look(counts, total)
        if found:
            return found
    for kind, pattern in (("email", _EMAIL), ("url", _URL)):
        if _share(counts, total, pattern) >= ENOUGH:
            return {"kind": kind}
    return {"kind": "text"}


def _share(counts: Counter[str], total: int, pattern: re.Pattern[str]) -> float:
    return sum(n for text, n in counts.items() if pattern.match(text)) / total


def _dates(counts: Counter[str], total: int) -> dict[str, object] | None:
    kinds = Counter[str]()
    clocks = first_big = second_big = 0
    days: list[date] = []
    for text, n in counts.items():
        if match := _ISO.match(text):
            kinds["iso"] += n
            days += _day(match[1], match[2], match[3])
        elif match := _PARTS.match(text):
            kinds["parts"] += n
            first_big += int(match[1]) > 12
            second_big += int(match[3]) > 12
        elif found := next((name for name, one in _FORMS if one.match(text)), None):
            kinds[found] += n
        else:
            continue
        clocks += n * bool(_CLOCK.search(text))
    known = sum(kinds.values())
    if not known or known / total < ENOUGH:
        return None
    if kinds["ymd"] == total and all(re.fullmatch(r"\d{8}", text) for text in counts) and not _compact(counts):
        return None
    order = _order(kinds, first_big, second_big)
    if order in {"dmy", "mdy"}:
        days += _ordered(counts, order)
    first, last = min(days, default=None), max(days, default=None)
    return {"order": order, "kind": "time" if clocks > known / 2 else "date", "first": first, "last": last}


_FORMS = (("ymd", _YEAR_FIRST), ("named", _NAMED), ("other", _OTHER))


def _order(kinds: Counter[str], first_big: int, second_big: int) -> str:
    told = [kind for kind, n in kinds.items() if n and kind != "iso"]
    if not told:
        return "iso"
    if len(told) > 1 or (kinds["iso"] and told[0] == "other"):
        return "mixed"
    if told[0] != "parts":
        return told[0]
    if first_big and second_big:
        return "mixed"
    return "dmy" if first_big else "mdy" if second_big else "ambiguous"


def _compact(counts: Counter[str]) -> bool:
    return all(_day(text[:4], text[4:6], text[6:]) and "1980" <= text[:4] <= "2099" for text in counts)


def _ordered(counts: Counter[str], order: str) -> list[date]:
    found: list[date] = []
    for text in counts:
        if match := _PARTS.match(text):
            day, month = (match[1], match[3]) if order == "dmy" else (match[3], match[1])
            found += _day(match[4] if len(match[4]) == 4 else f"20{match[4]}", month, day)
    return found


def _day(year: str, month: str, day: str) -> list[date]:
    try:
        return [date(int(year), int(month), int(day))]
    except ValueError:
        return []


def _numbers(counts: Counter[str], total: int) -> dict[str, object] | None:
    tally = Counter[str]()
    signs: set[str] = set()
    percent = whole = 0
    read: list[tuple[str, int]] = []
    for text, n in counts.items():
        bare = text
        if text.endswith("%"):
            percent, bare = percent + n, text[:-1].strip()
        elif not _NUMBER.match(text) and (match := _SIGNS.match(text)):
            found = {sign for sign in (match["a"], match["b"]) if sign}
            if any(sign not in CURRENCY_SIGNS and not re.fullmatch(r"[A-Z]{3}", sign) for sign in found):
                continue
            signs |= found
            bare = match["n"].strip()
        style = _style(bare)
        if style:
            tally[style] += n
            whole += n * bare.lstrip("+-").isdigit()
            read.append((bare, n))
    if not read or sum(tally.values()) / total < ENOUGH:
        return None
    style = _styled(tally)
    numbers = [value for bare, _ in read if (value := number_of(bare, style)) is not None]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 0.0)
    kind = "integer" if whole == total else "number"
    digits = all(bare.isdigit() for bare, _ in read)
    spans = _SERIALS.items() if style == "plain" and not signs else ()
    serial = next((name for name, (least, most) in spans if least <= low and high <= most), "")
    return {"kind": kind, "style": style, "signs": frozenset(signs), "percent": percent * 2 > total, "low": low,
            "high": high, "digits": digits, "serial": serial}  # fmt: skip


def _style(text: str) -> str | None:
    if _LOOSE.match(text):
        return "point" if text.lstrip("+-").startswith("0") else "thousand," if "," in text else "thousand."
    if _NUMBER.match(text):
        return "point" if "." in text else "whole"
    return "us" if _US.match(text) else "eu" if _EU.match(text) else None


def _styled(tally: Counter[str]) -> str:
    """Choose the style that all numbers share: `1.234` alone may be one thousand or one and a bit."""
    if (tally["us"] or tally["point"]) and tally["eu"]:
        return "mixed"
    if tally["us"] or (tally["thousand,"] and not tally["eu"]):
        return "us"
    if tally["eu"]:
        return "eu"
    return "ambiguous" if tally["thousand."] and not tally["point"] else "plain"


def number_of(text: str, style: str) -> float | None:
    """Read a number of a style."""
    bare = re.sub(r"[' \u00a0\u202f]", "", text)
    bare = bare.replace(".", "").replace(",", ".") if style == "eu" else bare.replace(",", "")
    try:
        return float(bare)
    except ValueError:
        return None
