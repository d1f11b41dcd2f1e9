"""The one formatter of figures and times: what people read in text. Files and JSON get plain numbers elsewhere.

Money has its cents and a true minus; a headline is short ("8.4M") and stands beside its full figure.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from tieout.measure.grades import worst_grade

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tieout.measure.answers import Row, Unit, Value

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
NOTHING = "\N{MIDDLE DOT}"
"""Stands where a column has nothing to say: no posting, as opposed to one of 0.00."""

SIZES = ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "K"))
CENT = Decimal("0.01")
UNBOUNDED = 9000
"""Years from here on stand for "still so"."""


def money(value: Decimal) -> str:
    """Write an amount with thousands, cents and a true minus."""
    return f"{value.quantize(CENT, ROUND_HALF_UP):,.2f}".replace("-", MINUS)


def signed(value: Decimal) -> str:
    """Write an amount that is a step: with its sign, whichever it is."""
    return f"+{money(value)}" if value > 0 else money(value)


def short(value: Decimal) -> str:
    """Write a headline: 8.4M, 510K, 12.5K; three digits at most where a letter stands behind them."""
    return _short(value).replace(".0", "")


def shorts(*values: Decimal) -> list[str]:
    """Write headlines that stand beside one another with their decimals alike: 1.6M beside 2.0M, but 90K beside 40K."""
    told = [_short(value) for value in values]
    bare = [text.replace(".0", "") for text in told]
    return told if any("." in text for text in bare) else bare


def _short(value: Decimal) -> str:
    size = abs(value)
    for unit, letter in SIZES:
        if size.quantize(Decimal(1), ROUND_HALF_UP) >= unit * Decimal("0.9995"):
            told = value / unit
            digits = Decimal("0.1") if abs(told) < Decimal("99.95") else Decimal(1)
            return f"{told.quantize(digits, ROUND_HALF_UP):,}{letter}".replace("-", MINUS)
    return f"{value.quantize(Decimal(1), ROUND_HALF_UP):,}".replace("-", MINUS)


def rate(value: float) -> str:
    """Write a fraction as a percentage."""
    return f"{100 * value:,.1f}%".replace("-", MINUS)


def points(value: float) -> str:
    """Write a difference of two rates, which is points and not per cent."""
    return f"{100 * value:+,.1f} pts".replace("-", MINUS)


def count(value: int) -> str:
    """Write a number of records."""
    return f"{value:,}".replace("-", MINUS)


def counted(value: int, word: str) -> str:
    """Write a number with what it counts: 1 file, 1,200 files, 2 activities, 3 days."""
    if value == 1:
        return f"{count(value)} {word}"
    many = f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"
    return f"{count(value)} {many}"


def figure(value: Value, unit: Unit) -> str:
    """Write a value in full, by what it is."""
    match unit:
        case "money":
            return money(Decimal(value))
        case "count":
            return count(int(value))
        case "rate":
            return rate(float(value))
        case "days" | "touches" | "hours":
            return f"{float(value):,.1f}".replace("-", MINUS)
        case "ratio":
            return f"{float(value):,.2f}x".replace("-", MINUS)


def headline(value: Value, unit: Unit) -> str:
    """Write a value as short as it is said aloud."""
    match unit:
        case "money":
            return short(Decimal(value))
        case "days" | "touches" | "hours":
            return f"{figure(value, unit)} {unit}"
        case _:
            return figure(value, unit)


def shown(row: Row, unit: Unit) -> str:
    """Write a row's value, or n/a: its reason stands beside it."""
    return "n/a" if row.value is None else figure(row.value, unit)


def interval(bounds: tuple[float, float] | None) -> str:
    """Write the bounds of a rate."""
    return f"{100 * bounds[0]:.1f}{DASH}{100 * bounds[1]:.1f}%" if bounds else ""


def share(value: float) -> str:
    """Write a share as whole per cent, never 100% or 0% for what is not quite."""
    told = round(100 * value)
    if told == 100 and value < 1:
        return ">99%"
    return "<1%" if told == 0 and value > 0 else f"{told}%"


def grade(shares: dict[str, float]) -> str:
    """Write how a figure's history is known: "observed 88%, derived 12%"; nothing where all of it was observed."""
    if not shares or set(shares) == {"observed"}:
        return ", ".join(shares)
    return ", ".join(f"{name} {share(part)}" for name, part in shares.items() if part)


def graded(shares: dict[str, float]) -> str:
    """Head a figure by the worst grade of more than 1% of it: "history derived: observed 88%, derived 12%"."""
    worst = worst_grade(shares)
    return f"history {worst}: {grade(shares)}" if worst and len(shares) > 1 else f"history {worst}" if worst else ""


# -- times


def stamp(moment: datetime, zone: ZoneInfo) -> str:
    """Write a UTC moment in the company's zone; the end of a day is that day, its beginning too."""
    if moment.year >= UNBOUNDED or moment.year <= 1:
        return NOTHING
    local = moment.replace(tzinfo=UTC).astimezone(zone)
    ended = (local + timedelta(microseconds=1)).time() == datetime.min.time()
    begun = local.time() == datetime.min.time()
    return f"{local:%Y-%m-%d}" if ended or begun else f"{local:%Y-%m-%d %H:%M}"


def known(known_at: datetime | None, zone: ZoneInfo) -> str:
    """Write what was known: everything heard until now, or until a moment."""
    return "as known now" if known_at is None else f"as known {stamp(known_at, zone)}"
