"""How a column is read as one of our fields: as it stands, or by an expression that turns its style into a number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from tieout.contract.vocabulary import Kind
from tieout.propose.plain import tokens
from tieout.propose.value_words import FALSE, READ_FLAGS
from tieout.propose.values import Facts
from tieout.warehouse.engine import identifier

MONTHS = 12
_MONEY = r"(?:€|eur|usd|gbp|chf|brl|\$|£)"
_UNITS = {
    1_000_000: (
        rf"(?<![a-z])m\s?{_MONEY}(?![a-z])", r"[€$£]\s?m(?![a-z])", r"\((in )?m\)", "百万",
        r"(?<![a-z])(mio|mln|million|millones|milhoes|milhões)",
    ),
    1_000: (
        rf"(?<![a-z])[kt]\s?{_MONEY}(?![a-z])", r"[€$£]\s?[kt](?![a-z])", r"\((in )?k\)", r"(?<![a-z])in k(?![a-z])",
        "thousand", "tausend", r"(?<![a-z])(tsd|tds)", "milliers", r"['(]000s?", "千",
        r"(?<![a-z])(en miles|em milhares|em mil)(?![a-z])",
    ),
    10_000: ("万", "萬"),
}  # fmt: skip
_FACTORS = tuple((factor, re.compile("|".join(patterns))) for factor, patterns in _UNITS.items())
"""What the name of a column says of the unit of its amounts."""


def reading_of(column: str, kind: Kind, facts: Facts) -> tuple[Any, str]:
    """Give the mapping of a column, and what is to be said of its style."""
    if kind is Kind.FLAG:
        return _flag(column, facts)
    if kind is Kind.MONEY and facts.numeric and (factor := factor_of(column)) != 1:
        return _times(column, facts, factor)
    if kind in {Kind.MONEY, Kind.NUMBER, Kind.INTEGER} and facts.numeric:
        return _number(column, facts)
    if facts.unknown:
        listed = ", ".join(f"'{text}'" for text in facts.unknown)
        return {
            "column": column,
            "unknown": list(facts.unknown),
        }, f"{listed} mean{'s' * (len(facts.unknown) == 1)} not known"
    return column, ""


def _flag(column: str, facts: Facts) -> tuple[Any, str]:
    folded = {text.casefold(): text for text in facts.values}
    if set(folded) <= READ_FLAGS:
        return column, ""
    values = {text: "false" if key in FALSE else "true" for key, text in folded.items()}
    return {"column": column, "values": values}, "yes and no in another language"


def _number(column: str, facts: Facts) -> tuple[Any, str]:
    if facts.style == "eu":
        return {"column": column, "decimal": "comma"}, "a comma stands before the decimals"
    return column, ""


def factor_of(column: str) -> int:
    """Tell by a column's name what its amounts are to be multiplied by: `Umsatz (TEUR)`, `Value in k$`, `MRR`."""
    if "mrr" in tokens(column):
        return MONTHS
    name = unicodedata.normalize("NFKC", column).casefold()
    return next((factor for factor, pattern in _FACTORS if pattern.search(name)), 1)


def _times(column: str, facts: Facts, factor: int) -> tuple[Any, str]:
    """Read an amount in thousands or millions: groups of digits are put together, then it is multiplied."""
    text = f"regexp_extract({identifier(column)}, '(-?[0-9][0-9.,]*)', 1)" if facts.signs else identifier(column)
    if facts.style in {"eu", "us"}:
        group, point = (".", ",") if facts.style == "eu" else (",", ".")
        whole = f"split_part({text}, '{point}', 1)"
        parts = [f"split_part({whole}, '{group}', {number})" for number in (1, 2, 3)]
        text = f"concat({', '.join(parts)}, '.', split_part({text}, '{point}', 2))"
    why = "a month's amount, times 12" if factor == MONTHS else f"its name says that it is in units of {factor:,}"
    return {"sql": f"try_cast({text} as decimal(18, 4)) * {factor}"}, why


def filled(template: str, columns: Mapping[str, str]) -> str | None:
    """Fill the columns into an expression of a shape; None where one of them is not there."""
    text = template
    for name, column in columns.items():
        text = text.replace(f"{{{name}}}", identifier(column))
    return None if "{" in text else text


def probability_sql(column: str, facts: Facts) -> tuple[Any, str]:
    """Give the reading of a probability: in percent it is divided, so that 1 is certain."""
    if facts.kind == "empty" or facts.percent or facts.high <= 1:
        return _number(column, facts)
    if facts.style == "eu":
        parts = f"split_part({identifier(column)}, ',', 1), '.', split_part({identifier(column)}, ',', 2)"
        return {"sql": f"try_cast(concat({parts}) as decimal(9, 4)) / 100"}, "in percent: the highest is above 1"
    return {"sql": f"try_cast({identifier(column)} as decimal(9, 4)) / 100"}, "in percent: the highest is above 1"
