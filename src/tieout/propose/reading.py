"""How a column is read as one of our fields: as it stands, or by an expression that turns its style into a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieout.contract.vocabulary import Kind
from tieout.propose.value_words import FALSE, READ_FLAGS
from tieout.propose.values import Facts
from tieout.warehouse.engine import identifier


def reading_of(column: str, kind: Kind, facts: Facts) -> tuple[Any, str]:
    """Give the mapping of a column, and what is to be said of its style."""
    if kind is Kind.FLAG:
        return _flag(column, facts)
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
