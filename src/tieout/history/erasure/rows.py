"""Rows: what becomes of one row that is a person's record, points at them, or tells them in passing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from tieout.contract.vocabulary import FIELD_HISTORY, PERSONAL
from tieout.history.erasure.cloak import MARK, Cloak
from tieout.history.erasure.roles import Kind, Roles

Row = Mapping[str, str | None]
_PLAIN = re.compile(r"[\d\s.,:/+TZ-]*|(?i:true|false|yes|no|null|none)")


DOINGS = ("activity", "lifecycle_change")


class Tie(IntEnum):
    """How a row is tied to a person: not at all, by their account, by pointing at them, or as their own record."""

    LOOSE = 0
    NEAR = 1
    TIED = 2
    OWN = 3


@dataclass(frozen=True)
class Wearer:
    """Gives rows of one object their cloak. `common` holds, by column, values that rows of others have too."""

    cloak: Cloak
    roles: Roles
    common: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def row(self, row: Row, tie: Tie) -> dict[str, str | None]:
        """Give the row with every value that told the person replaced; what is null stays null."""
        about = self._about(row)
        return {
            column: None if value is None else self._value(column, value, tie, about=about)
            for column, value in row.items()
        }

    def is_about(self, tie: Tie) -> bool:
        """Whether all that nothing maps in a row is about the person: their own records, and what they did."""
        return tie is Tie.OWN or (tie is Tie.TIED and self.roles.entity in DOINGS)

    def key(self, row: Row, before: str, digest: str) -> str:
        """Give the key of a replaced row, spelled as a pull spells it; one without key columns has its digest."""
        there = {name.casefold(): value for name, value in row.items()}
        values = [there.get(name.casefold()) for name in self.roles.keys]
        if not values:
            return digest if re.fullmatch("[0-9a-f]{32}", before) else before
        if len(values) == 1:
            return values[0] or before
        return "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values if value is not None)

    def _value(self, column: str, value: str, tie: Tie, *, about: bool) -> str:
        kind = self.roles.kind(column)
        if not value.strip() or value.strip().lower().startswith(MARK):
            return value
        if kind is Kind.FIXED:
            return self.cloak.text(value, names=False, phones=False)
        if tie is Tie.OWN and kind is Kind.PERSONAL:
            return self._whole(column, value)
        if tie >= Tie.TIED and kind is Kind.PERSONAL and not self.roles.person:
            return self.cloak.person
        if tie >= Tie.TIED and about and self._changes(column):
            return self._whole(column, value)
        if self.is_about(tie) and kind is Kind.FREE and not self._shared(column, value):
            return self._whole(column, value)
        names = tie is not Tie.LOOSE or self.cloak.needles.everywhere
        parts = tie >= Tie.TIED and (kind is Kind.FREE or "name" in self._fields(column))
        return self.cloak.text(value, names=names, parts=parts)

    def _whole(self, column: str, value: str) -> str:
        if "@" in value and " " not in value.strip():
            return self.cloak.email(value)
        if "phone" in self._fields(column):
            return self.cloak.phone(value)
        if column.casefold() in {name.casefold() for name in self.roles.keys}:
            return self.cloak.value(value)
        return self.cloak.person

    def _fields(self, column: str) -> set[str]:
        folded = column.casefold()
        return {name for name, columns in self.roles.fields.items() if folded in {one.casefold() for one in columns}}

    def _shared(self, column: str, value: str) -> bool:
        """Whether a value of a column that nothing maps tells nothing: a number, a date, what others have too."""
        return _PLAIN.fullmatch(value) is not None or value in self.common.get(column, ())

    def _changes(self, column: str) -> bool:
        return bool(self._fields(column) & {"old_value", "new_value"})

    def _about(self, row: Row) -> bool:
        """Whether a row of a field history tells of a field that is about a person."""
        if self.roles.entity != FIELD_HISTORY:
            return False
        column = self.roles.column("field", row)
        told = (row.get(column) if column else None) or ""
        ours = {theirs.casefold(): name for theirs, name in self.roles.tracked.items()}.get(told.casefold())
        return ours is None or ours in PERSONAL
