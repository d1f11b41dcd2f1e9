"""Records with several causes at once: every posting worked by hand, read from the table of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tieout.demo.recipes import Recipe, recipe_of, table


@dataclass(frozen=True, slots=True)
class Case:
    """One record worked by hand."""

    recipe: Recipe
    currency: str
    today: tuple[int, int, int]
    before: tuple[int, int, int]
    months: int
    values: dict[str, Decimal]
    postings: tuple[tuple[str, str, Decimal, str], ...]


def cases() -> list[Case]:
    """Read the cases."""
    return [_case(block.splitlines()) for block in table("by_hand.txt").split("\n\n")]


def _case(lines: list[str]) -> Case:
    looks, amounts, values, *postings = (text.strip() for text in lines)
    worth, _, months = amounts.partition("|")
    currency, worth = worth.split(" ", 1)
    today, _, before = worth.partition("<")
    words = values.split()[1:]
    counted = {lens: Decimal(amount) for lens, amount in zip(words[::2], words[1::2], strict=True)}
    return Case(
        recipe_of(looks),
        currency,
        _three(today),
        _three(before or today),
        int(months),
        counted,
        tuple(_posting(text) for text in postings),
    )


def _three(text: str) -> tuple[int, int, int]:
    arr, acv, tcv = (int(part) for part in text.strip().split("/"))
    return arr, acv, tcv


def _posting(text: str) -> tuple[str, str, Decimal, str]:
    what, _, note = text.partition(";")
    bridge, *cause, amount = what.split()
    return bridge, " ".join(cause), Decimal(amount), note.strip()
