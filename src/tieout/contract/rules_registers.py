"""Rules over the registers of rates, exclusions and merges: one function is one rule, its docstring says it."""

# ruff: noqa: D401 - a rule's docstring is the rule as people read it

from __future__ import annotations

from collections.abc import Iterator

from tieout.basics.findings import Level
from tieout.contract.places import Fault, Path, shorten
from tieout.contract.rulebook import Rule, Rulebook, comes_back, folded


def one_rate_for_a_day(book: Rulebook) -> Iterator[Fault]:
    """A currency has one rate of a kind from a day on."""
    file = book.contract.company.rates
    seen: dict[tuple[object, ...], int] = {}
    for index, rate in enumerate(book.contract.rates):
        first = seen.setdefault((rate.kind, rate.currency, rate.from_), index)
        if first != index:
            line = book.places.line((file, first))
            where = f" (line {line})" if line else ""
            message = f"There is a {rate.kind} rate of {rate.currency} from {rate.from_} already{where}."
            yield book.fault((file, index), "rate.duplicate", message, "Keep one of them.")


def the_base_currency_is_one(book: Rulebook) -> Iterator[Fault]:
    """The base currency is worth one of itself."""
    company = book.contract.company
    for index, rate in enumerate(book.contract.rates):
        if rate.currency == company.currency and rate.rate != 1 and book.intact("company.yaml", "currency"):
            message = f"{rate.currency} is the base currency, so its rate is 1, not {rate.rate}."
            yield book.fault((company.rates, index), "rate.base", message, "Delete the row.", given=rate.rate)


def exclusions_end_in_order(book: Rulebook) -> Iterator[Fault]:
    """An exclusion does not expire before it begins."""
    file = book.contract.pipeline.exclusions
    for index, row in enumerate(book.contract.exclusions):
        if row.from_ and row.expires and row.expires < row.from_:
            message = f"The exclusion of '{shorten(row.id)}' expires on {row.expires}, before it begins on {row.from_}."
            yield book.fault((file, index), "exclusion.dates", message, "Mend one of the dates.")


def exclusions_stand_once(book: Rulebook) -> Iterator[Fault]:
    """The same exclusion does not stand there twice."""
    file = book.contract.pipeline.exclusions
    seen: dict[tuple[object, ...], int] = {}
    for index, row in enumerate(book.contract.exclusions):
        if seen.setdefault((row.object, row.id, row.from_), index) != index:
            line = book.places.line((file, seen[row.object, row.id, row.from_]))
            message = f"The {row.object} '{shorten(row.id)}' is excluded in line {line} already."
            yield book.fault((file, index), "exclusion.duplicate", message, "Delete one.", level=Level.WARNING)


def merges_lead_somewhere(book: Rulebook) -> Iterator[Fault]:
    """A record is merged into one other record, and following merges never comes back to it."""
    file = book.contract.pipeline.merges
    above: dict[tuple[str, str], tuple[str, str]] = {}
    for index, row in enumerate(book.contract.merges):
        path: Path = (file, index)
        start, into = (row.object, row.id), (row.object, row.into)
        if folded(row.id) == folded(row.into):
            message = f"The {row.object} '{shorten(row.id)}' is merged into itself."
            yield book.fault(path, "merge.itself", message, "Name the record that stays.", given=row.into)
        elif above.get(start, into) != into:
            message = f"The {row.object} '{shorten(row.id)}' is merged into another record as well."
            yield book.fault(path, "merge.twice", message, "Keep one of the rows.", given=row.into)
        elif comes_back(above, start, into):
            message = f"Merging '{shorten(row.id)}' into '{shorten(row.into)}' closes a circle, so no record stays."
            yield book.fault(path, "merge.circle", message, "Delete one of the rows.", given=row.into)
        else:
            above[start] = into


REGISTER_RULES: tuple[Rule, ...] = (
    one_rate_for_a_day,
    the_base_currency_is_one,
    exclusions_end_in_order,
    exclusions_stand_once,
    merges_lead_somewhere,
)
"""Every rule over the registers."""
