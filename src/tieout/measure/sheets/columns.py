"""Which column of a sheet is what: by its head, as a person chose, or by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tieout.basics.findings import nearest
from tieout.measure.sheets.amounts import amount_of, date_of
from tieout.measure.sheets.grid import Grid, SheetError

ROLES = ("id", "name", "account", "amount", "currency", "owner", "close_date", "stage")

HEADS: dict[str, tuple[str, ...]] = {
    "id": (
        "id", "opportunity id", "opp id", "deal id", "record id", "crm id", "sfdc id", "salesforce id", "sf id",
        "opportunity number", "opp no", "deal no", "deal number", "reference", "ref", "record", "link", "url", "key",
        "credit id", "claim id", "nr", "no", "number",
    ),
    "name": (
        "opportunity", "opportunity name", "deal", "deal name", "opp", "opp name", "name", "title", "project",
        "description", "subject",
    ),
    "account": (
        "account", "account name", "company", "company name", "customer", "customer name", "client", "kunde", "firma",
        "organisation", "organization", "prospect", "logo",
    ),
    "amount": (
        "amount", "deal amount", "opportunity amount", "value", "deal value", "pipeline", "pipeline value",
        "reported", "counted", "weighted", "weighted amount", "expected revenue", "betrag", "volume", "volumen", "wert",
        "acv", "tcv", "arr", "annual value", "contract value", "total contract value", "revenue", "forecast", "total",
        "price", "size", "deal size", "usd", "eur", "gbp",
    ),
    "currency": ("currency", "ccy", "curr", "cur", "currency code", "iso", "wahrung"),
    "owner": ("owner", "rep", "sales rep", "ae", "account executive", "opportunity owner", "seller", "sales owner"),
    "close_date": (
        "close date", "closing date", "close", "closes", "expected close", "expected close date", "exp close", "due",
        "close dt", "date", "abschluss",
    ),
    "stage": ("stage", "stage name", "phase", "status", "sales stage"),
}  # fmt: skip
"""Heads by role, the surest first. Compared without case, punctuation, units and currency."""

LOOKED_AT = 40
"""The heads stand within this many rows."""

UNITS = {
    1000: re.compile(r"\b(k|tsd|thousand|thousands|000s?|t(usd|eur|gbp)|k(usd|eur|gbp)|(usd|eur|gbp)k)\b|['$€£]k|000"),
    1_000_000: re.compile(r"\b(m|mm|mio|mn|million|millions|m(usd|eur|gbp)|(usd|eur|gbp)m)\b|[$€£]m"),
}
_NOISE = re.compile(
    r"\(.*?\)|\[.*?\]|\b(in|usd|eur|gbp|k|tsd|thousands?|millions?|mio|mn|kusd|keur|teur|tusd)\b|[^a-z0-9 ]"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person says about a sheet; what is left open is recognized."""

    tab: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    currency: str | None = None
    decimal: str | None = None
    unit: int | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each role stands: `head` is the row of the heads (-1: there is none), `at` the place by role."""

    head: int
    at: dict[str, int]
    names: dict[str, str]
    also: tuple[str, ...] = ()
    """Further columns that hold amounts and were not chosen."""


def plain_head(text: str) -> str:
    """Give a head without case, punctuation, units and currency."""
    folded = text.strip().lower().replace("ä", "a").replace("_", " ").replace("-", " ")
    return " ".join(_NOISE.sub(" ", folded).split()) or " ".join(re.sub(r"[^a-z0-9 ]", " ", folded).split())


def role_of(text: str) -> tuple[str, int] | None:
    """Give the role of a head and how sure it is (0 is surest)."""
    told = plain_head(text)
    for role, heads in HEADS.items():
        if told in heads:
            return role, heads.index(told)
    return None


def find_columns(grid: Grid, choice: Choice) -> Columns:
    """Find the row of heads and the column of each role. Raises SheetError where there is no amount and no record."""
    head = _head_row(grid, choice)
    heads = grid.cells[head] if head >= 0 else ()
    below = grid.cells[head + 1 :]
    at = _by_head(heads)
    for role, wanted in choice.columns.items():
        at[role] = _chosen(wanted, heads, below, role)
    if "id" in at and "id" not in choice.columns and _is_count([row[at["id"]] for row in below if at["id"] < len(row)]):
        del at["id"]
    taken = set(at.values())
    if "amount" not in at and (found := _by_values(below, taken, _is_amount)) is not None:
        at["amount"] = found
        taken.add(found)
    if not {"id", "name", "account"} & set(at) and (found := _by_values(below, taken, _is_words)) is not None:
        at["name"] = found
    if "amount" not in at or not {"id", "name", "account"} & set(at):
        lacking = "amount" if "amount" not in at else "id, name or account"
        told = ", ".join(cell for cell in heads if cell) or "none"
        message = (
            f"No column of {lacking} was recognized. Columns: {told}. "
            "Give it that head; `tieout tie` takes --id, --name-column, --account and --amount, by head or letter."
        )
        raise SheetError(message)
    names = {
        role: (heads[place] if place < len(heads) and heads[place] else letter(place)) for role, place in at.items()
    }
    also = tuple(
        cell for place, cell in enumerate(heads)
        if place != at["amount"] and (means := role_of(cell)) and means[0] == "amount"
    )  # fmt: skip
    return Columns(head, at, names, also)


def letter(place: int) -> str:
    """Name a column as spreadsheets do: A, B, ... AA."""
    told = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        told = chr(65 + rest) + told
    return told


def unit_in(head: str) -> int:
    """Tell whether a head says that its amounts are in thousands or millions."""
    return next((unit for unit, pattern in UNITS.items() if pattern.search(head.lower())), 1)


def _head_row(grid: Grid, choice: Choice) -> int:
    wanted = {plain_head(text) for text in choice.columns.values()} - {""}
    best, best_score = -1, 1
    for number, row in enumerate(grid.cells[:LOOKED_AT]):
        roles = {role[0] for cell in row if cell and (role := role_of(cell))}
        chosen = {plain_head(cell) for cell in row if cell} & wanted
        score = len(roles) + 3 * len(chosen)
        if score > best_score:
            best, best_score = number, score
    return best


def _by_head(heads: Sequence[str]) -> dict[str, int]:
    found: dict[str, tuple[int, int]] = {}
    for place, cell in enumerate(heads):
        if role := role_of(cell):
            found[role[0]] = min(found.get(role[0], (role[1], place)), (role[1], place))
    return {role: place for role, (_, place) in found.items()}


def _chosen(wanted: str, heads: Sequence[str], below: Sequence[Sequence[str]], role: str) -> int:
    folded = [cell.strip().casefold() for cell in heads]
    if wanted.strip().casefold() in folded:
        return folded.index(wanted.strip().casefold())
    width = max((len(row) for row in below), default=0)
    letters = [letter(place) for place in range(width)]
    if wanted.strip().upper() in letters:
        return letters.index(wanted.strip().upper())
    told = [cell for cell in heads if cell] or letters
    close = nearest(wanted, told)
    meant = f" Did you mean '{close}'?" if close else ""
    message = f"The sheet has no column '{wanted}' ({role.replace('_', ' ')}). Columns: {', '.join(told)}.{meant}"
    raise SheetError(message)


def _by_values(rows: Sequence[Sequence[str]], taken: set[int], fits: Callable[[str], bool]) -> int | None:
    width = max((len(row) for row in rows), default=0)
    best, best_share = None, 0.6
    for place in range(width):
        values = [row[place] for row in rows if place < len(row) and row[place]]
        share = sum(map(fits, values)) / len(values) if values and place not in taken else 0
        if share > best_share:
            best, best_share = place, share
    return best


def _is_count(values: Sequence[str]) -> bool:
    """Whether a column only numbers the rows."""
    told = [int(value) for value in values if value.isdigit()]
    steps = sum(after - before == 1 for before, after in pairwise(told))
    return len(told) > 1 and told[0] in {0, 1} and steps >= 0.9 * (len(told) - 1)


def _is_amount(text: str) -> bool:
    return amount_of(text) is not None and date_of(text) is None and len(text.strip()) < 20


def _is_words(text: str) -> bool:
    return amount_of(text) is None and date_of(text) is None and len(text.strip()) > 2
