"""What is linked: persons or accounts, each with its fields, comparisons, keys, and what keeps two of them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tieout.align.duplicates.firms import (
    ACCOUNT_BLOCKS,
    ACCOUNT_COMPARISONS,
    ACCOUNT_FIELDS,
    ACCOUNT_VETOES,
    prepare_accounts,
)
from tieout.align.duplicates.linking import Block, Comparison
from tieout.align.duplicates.persons import (
    PERSON_BLOCKS,
    PERSON_COMPARISONS,
    PERSON_FIELDS,
    PERSON_VETOES,
    prepare_persons,
)
from tieout.warehouse.engine import Connection


class Prepare(Protocol):
    """Write the normalized table of a kind, from one of texts."""

    def __call__(self, engine: Connection, given: str, *, day_first: bool = False) -> str:
        """Give the name of the table."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record that is linked."""

    name: str
    fields: tuple[str, ...]
    prepare: Prepare
    comparisons: tuple[Comparison, ...]
    blocks: tuple[Block, ...]
    vetoes: dict[str, str]


PERSONS = Kind("persons", PERSON_FIELDS, prepare_persons, PERSON_COMPARISONS, PERSON_BLOCKS, PERSON_VETOES)
ACCOUNTS = Kind("accounts", ACCOUNT_FIELDS, prepare_accounts, ACCOUNT_COMPARISONS, ACCOUNT_BLOCKS, ACCOUNT_VETOES)
KINDS = {kind.name: kind for kind in (ACCOUNTS, PERSONS)}
"""Every kind by name."""
