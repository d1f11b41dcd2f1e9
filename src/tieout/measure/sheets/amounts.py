"""Amounts, dates and ids as people write them in a sheet: currency signs, decimal commas, negatives in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

DecimalMark = Literal[".", ","]

SIZES = {"k": 10**3, "m": 10**6, "mm": 10**6, "mn": 10**6, "mio": 10**6, "bn": 10**9, "b": 10**9, "t": 10**3}
SIGNS = {"$": "USD", "\N{EURO SIGN}": "EUR", "\N{POUND SIGN}": "GBP", "\N{YEN SIGN}": "JPY"}
_AMOUNT = re.compile(r"(\d[\d.,]*|[.,]\d+)(?:[eE]([+-]?\d+))?([A-Za-z]{0,3})")
_CODE = re.compile(r"^[A-Z]{3}(?=[\d\s(-])|(?<=[\d\s)])[A-Z]{3}$")
_CODE_IN_HEAD = re.compile(
    r"\b(USD|EUR|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CZK|HUF|CAD|AUD|NZD|INR|CNY|BRL|MXN|SGD|ZAR|ILS|TRY|KRW)\b"
)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'\u2019_]")
_COMMA_DECIMAL = re.compile(r"\d,\d{1,2}$|\d,\d{4,}$|\.\d{3},\d")
_POINT_DECIMAL = re.compile(r"\d\.\d{1,2}$|\d\.\d{4,}$|,\d{3}\.\d")
_POINT_GROUPS = re.compile(r"^\d{1,3}(\.\d{3})+$")
LARGEST = Decimal(10) ** 15
"""No sheet's amount is larger; what is, is an id or a mistake."""


def decimal_mark(texts: Iterable[str]) -> DecimalMark:
    """Tell which sign separates the cents in a column, from all of its values together."""
    stripped = [_bare(text)[0] for text in texts if text]
    commas = sum(bool(_COMMA_DECIMAL.search(text)) for text in stripped)
    points = sum(bool(_POINT_DECIMAL.search(text)) for text in stripped)
    if commas != points:
        return "," if commas > points else "."
    grouped = [text for text in stripped if "." in text]
    return "," if grouped and all(_POINT_GROUPS.match(text) for text in grouped) else "."


def amount_of(text: str, mark: DecimalMark = ".") -> Decimal | None:
    """Read an amount; None where there is none or it cannot be read."""
    bare, negative = _bare(text)
    match = _AMOUNT.fullmatch(bare)
    if not match:
        return None
    digits, power, size = match.groups()
    if size and size.lower() not in SIZES:
        return None
    plain = digits.replace("," if mark == "." else ".", "").replace(mark, ".")
    try:
        value = Decimal(plain).scaleb(int(power or 0)) * SIZES.get(size.lower(), 1)
    except (InvalidOperation, OverflowError):
        return None
    if value >= LARGEST:
        return None
    return -value if negative else value


def amount_step(text: str, mark: DecimalMark = ".") -> Decimal | None:
    """Tell how exactly an amount is written: 8.4M to 100,000, 8,412,300 to 1; an amount of whole thousands to 1 too."""
    match = _AMOUNT.fullmatch(_bare(text)[0])
    if not match or amount_of(text, mark) is None:
        return None
    digits, power, size = match.groups()
    places = len(digits.rpartition(mark)[2]) if mark in digits else 0
    return Decimal(SIZES.get(size.lower(), 1)).scaleb(int(power or 0) - places)


def _bare(text: str) -> tuple[str, bool]:
    """Strip signs of currency and of grouping; tell whether the amount is negative."""
    told = text.strip().replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    told = _CODE.sub("", told).strip()
    for sign in SIGNS:
        told = told.replace(sign, "")
    told = _CODE.sub("", _SPACES.sub("", told))
    negative = (told.startswith("(") and told.endswith(")")) or told.startswith("-") or told.endswith("-")
    return told.strip("()+-"), negative


def currency_in(text: str) -> str | None:
    """Give the currency that a cell or a head names by its sign or code."""
    for sign, code in SIGNS.items():
        if sign in text:
            return code
    match = (_CODE if any(letter.isdigit() for letter in text) else _CODE_IN_HEAD).search(text.strip())
    return match[0] if match else None


_DATES = (
    (re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"), "ymd"),
    (re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})"), "dmy"),
    (re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})"), "mdy"),
)


def date_of(text: str) -> date | None:
    """Read a date; a number above 12 is the day, else slashes have the month first and points the day."""
    for pattern, order in _DATES:
        if match := pattern.match(text.strip()):
            parts = dict(zip(order, map(int, match.groups()), strict=True))
            if parts["m"] > 12:
                parts["m"], parts["d"] = parts["d"], parts["m"]
            try:
                return date(parts["y"], parts["m"], parts["d"])
            except ValueError:
                return None
    return None
