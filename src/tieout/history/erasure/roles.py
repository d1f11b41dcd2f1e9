"""Roles: what the columns of an object are to a person: about them, called after them, pointing at them, or neither."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from tieout.contract.model import Contract, SourceObject
from tieout.contract.vocabulary import FIELD_HISTORY, PERSONAL
from tieout.history.judge import named_columns
from tieout.history.ledger import Feed

PERSONS = ("lead", "contact", "user")
OF_USERS = frozenset({"name", "email"})
NAMES = frozenset({"name", "company", "domain"})
"""Fields that may be called after a person, and that records are matched by."""
POINTERS = {"lead_id": "lead", "contact_id": "contact"}


class Kind(Enum):
    """What a column is: about a person, called after one, fixed by what the contract counts with, or free."""

    PERSONAL = "personal"
    NAMED = "named"
    FIXED = "fixed"
    FREE = "free"


@dataclass(frozen=True)
class Roles:
    """The columns of an object by the fields that the contract reads from them."""

    feed: Feed
    entity: str = ""
    of: str = ""
    keys: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tracked: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    expressions: str = ""

    @property
    def person(self) -> bool:
        """Whether a record of this object is a person."""
        return self.entity in PERSONS

    def column(self, name: str, columns: Iterable[str]) -> str | None:
        """Give the column that holds a field, as it is spelled among `columns`."""
        there = {column.casefold(): column for column in columns}
        return next((there[one.casefold()] for one in self.fields.get(name, ()) if one.casefold() in there), None)

    def kind(self, column: str) -> Kind:
        """Say what a column is."""
        folded = column.casefold()
        mine = {name for name, columns in self.fields.items() if folded in {one.casefold() for one in columns}}
        about = OF_USERS if self.entity == "user" else PERSONAL
        if mine & about:
            return Kind.PERSONAL
        if mine & NAMES or folded in self.expressions:
            return Kind.NAMED
        if self.entity == FIELD_HISTORY and mine & {"old_value", "new_value"}:
            return Kind.NAMED
        return Kind.FIXED if folded in self.known else Kind.FREE

    def pointers(self, columns: Iterable[str]) -> dict[str, str]:
        """Give the columns that point at persons, and at which entity each does."""
        there = tuple(columns)
        found = {self.column(name, there): entity for name, entity in POINTERS.items() if name in self.fields}
        if self.entity == FIELD_HISTORY and self.of in PERSONS:
            found[self.column("record", there)] = self.of
        return {column: entity for column, entity in found.items() if column is not None}

    def to_json(self) -> dict[str, Any]:
        """Give the roles as JSON values."""
        return asdict(self) | {"known": sorted(self.known), "fields": {k: list(v) for k, v in self.fields.items()}}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Roles:
        """Read what `to_json` gave."""
        return cls(
            Feed(**told["feed"]),
            told["entity"],
            told["of"],
            tuple(told["keys"]),
            {name: tuple(columns) for name, columns in told["fields"].items()},
            dict(told["tracked"]),
            frozenset(told["known"]),
            told["expressions"],
        )


def roles_of(feed: Feed, source: SourceObject) -> Roles:
    """Read the roles of an object's columns from the contract."""
    named = named_columns(source)
    columns = {
        name: (mapping.column,) if isinstance(mapping.column, str) else tuple(mapping.column or ())
        for name, mapping in source.fields.items()
        if mapping.column
    }
    return Roles(
        feed,
        source.entity or "",
        source.of or "",
        source.keys,
        columns,
        dict(source.tracked),
        frozenset(name.casefold() for name in named.known),
        named.sql,
    )


def all_roles(contract: Contract, feeds: Iterable[Feed]) -> dict[Feed, Roles]:
    """Give the roles of every object: of those in the contract by it, of others without any."""
    found = {feed: Roles(feed) for feed in feeds}
    for system, terms in contract.sources.items():
        for name, source in terms.objects.items():
            found[Feed(system, name)] = roles_of(Feed(system, name), source)
    return found
