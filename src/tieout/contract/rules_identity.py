"""Rules over identity.yaml: one function is one rule, its docstring says it."""

# ruff: noqa: D401 - a rule's docstring is the rule as people read it

from __future__ import annotations

from collections.abc import Iterator

from tieout.contract.places import Fault, Path, shorten
from tieout.contract.rulebook import Rule, Rulebook
from tieout.contract.vocabulary import ACCOUNT_COLUMNS

FILE = "identity.yaml"


def fields_that_survive_exist(book: Rulebook) -> Iterator[Fault]:
    """A rule of survivorship is for a field that accounts have."""
    for name in book.contract.identity.account:
        if name not in ACCOUNT_COLUMNS:
            path: Path = (FILE, "account", name)
            message = f"'{shorten(name)}' is no field of an account that is kept."
            yield book.fault(path, "identity.field", message, "Name one.", given=name, allowed=ACCOUNT_COLUMNS)


def trusted_systems_exist(book: Rulebook) -> Iterator[Fault]:
    """A rule by systems names systems of the sources, in the order of trust."""
    known = tuple(book.contract.sources)
    for name, one in book.contract.identity.account.items():
        path: Path = (FILE, "account", name, "systems")
        if (one.rule == "system") != bool(one.systems):
            message = f"'{shorten(name)}' must name its systems with `rule: system`, and only then."
            yield book.fault(path, "identity.systems", message, "Write systems: [crm, billing], or take them out.")
        for system in one.systems:
            if system not in known and book.whole("sources.yaml"):
                message = f"'{shorten(system)}' is no system of the sources."
                yield book.fault(path, "identity.system", message, "Name one.", given=system, allowed=known)


IDENTITY_RULES: tuple[Rule, ...] = (fields_that_survive_exist, trusted_systems_exist)
"""Every rule over survivorship."""
