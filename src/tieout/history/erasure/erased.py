"""Who was erased: keyed hashes of what told each person, kept so that the next pull does not bring them back.

One line of `erased.jsonl` for each erasure, in order. Ids of records stay as they are, unless they tell the person.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tieout.contract.writing import write_aside
from tieout.history.erasure.cloak import MARK
from tieout.history.erasure.needles import Needles, phone_of, words_of
from tieout.history.erasure.people import Record
from tieout.history.erasure.roles import Roles
from tieout.history.erasure.rows import Row, Tie
from tieout.history.keyed import email_of, hash_key, keyed
from tieout.history.ledger import LedgerError

if TYPE_CHECKING:
    from pathlib import Path

    from tieout.basics.workspace import Workspace

CHECK = "the key of this ledger"


@dataclass(frozen=True)
class Erased:
    """One erasure: the surrogate, and the hashes of what told the person, by kind.

    `everywhere`: full names counted wherever they stood; else only in rows of the person and of their accounts.
    """

    number: int
    person: str
    at: datetime
    everywhere: bool
    check: str
    hashes: Mapping[str, tuple[str, ...]]
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def _sets(self) -> dict[str, frozenset[str]]:
        return {kind: frozenset(found) for kind, found in {**self.hashes, **self.ids}.items()}

    def kept(self, kind: str) -> frozenset[str]:
        """Give what is kept of a kind."""
        return self._sets.get(kind, frozenset())

    def has(self, key: str, kind: str, text: str | None) -> bool:
        """Whether a text is one that told the person."""
        return bool(text) and self.kept(kind) != frozenset() and keyed(key, f"{kind}:{text}") in self.kept(kind)

    def has_id(self, key: str, kind: str, text: str | None) -> bool:
        """Whether an id is one of the person's; those that told the person are kept hashed."""
        return bool(text) and (text in self.kept(kind) or self.has(key, f"{kind}_hash", text))

    def tie(self, key: str, roles: Roles, record: str, row: Row) -> Tie:
        """Say how a row is tied to the person: by what it holds alone, so that it is the same whenever it arrives."""
        if roles.person and self._is_own(key, roles, record, row):
            return Tie.OWN
        for column, entity in roles.pointers(row).items():
            if self.has_id(key, f"id {entity}", (row[column] or "").strip()):
                return Tie.TIED
        account = roles.column("account_id", row) or (roles.column("id", row) if roles.entity == "account" else None)
        near = account and not self.everywhere and self.has_id(key, "account", row[account])
        return Tie.NEAR if near else Tie.LOOSE

    def _is_own(self, key: str, roles: Roles, record: str, row: Row) -> bool:
        def told(name: str) -> str:
            column = roles.column(name, row)
            return ((row[column] if column else None) or "").strip()

        email = email_of(told("email"))
        if self.has(key, "email", email):
            return True
        words = words_of(" ".join(told(name) for name in ("first_name", "last_name", "name")))
        words = tuple(word for word in words if not word.startswith(MARK))
        fits = not words or any(self.has(key, "part", word) for word in words)
        own = self.has_id(key, f"record {roles.feed}", record)
        own = own or self.has_id(key, f"id {roles.entity}", told("id") or record)
        return fits and (own or (email is None and self.has(key, "phone", phone_of(told("phone")))))

    def line(self) -> str:
        """Spell the erasure as its line."""
        return json.dumps(asdict(self) | {"at": self.at.isoformat()}) + "\n"


def read_line(told: Mapping[str, Any]) -> Erased:
    """Read what `Erased.line` spelled."""
    hashes, ids = ({kind: tuple(found) for kind, found in told[name].items()} for name in ("hashes", "ids"))
    at = datetime.fromisoformat(told["at"])
    return Erased(told["number"], told["person"], at, told["everywhere"], told["check"], hashes, ids)


def erased_of(
    key: str,
    number: int,
    person: str,
    at: datetime,
    needles: Needles,
    records: Iterable[Record],
    accounts: Iterable[str],
) -> Erased:
    """Make the entry of an erasure."""
    texts = {
        "email": needles.emails,
        "phone": needles.phones,
        "profile": needles.profiles,
        "name": frozenset(name for name in needles.names if " " in name),
        "part": needles.parts,
        "digest": needles.digests,
    }
    hashes = {kind: tuple(sorted(keyed(key, f"{kind}:{text}") for text in found)) for kind, found in texts.items()}
    hashes["sizes"] = tuple(sorted({str(len(name.split())) for name in texts["name"]}))
    told: dict[str, set[str]] = {}
    for record in records:
        told.setdefault(f"record {record.feed}", set()).add(record.key)
        told.setdefault(f"id {record.entity}", set()).add(record.id)
    if accounts := set(accounts):
        told["account"] = accounts
    ids: dict[str, tuple[str, ...]] = {}
    for kind, found in told.items():
        telling = {one for one in found if _tells(needles, one)}
        ids[kind] = tuple(sorted(found - telling))
        hashes[f"{kind}_hash"] = tuple(sorted(keyed(key, f"{kind}_hash:{one}") for one in telling))
    return Erased(number, person, at, needles.everywhere, keyed(key, CHECK), hashes, ids)


def _tells(needles: Needles, text: str) -> bool:
    folded = set(words_of(text))
    found = any(pattern and pattern.search(text.lower()) for pattern in (needles.sure, needles.called))
    return bool(found or folded & needles.parts)


def erased_path(workspace: Workspace) -> Path:
    """Give the place of the list of erasures."""
    return workspace.ledger / "erased.jsonl"


def read_erased(workspace: Workspace) -> tuple[Erased, ...]:
    """Read the list of erasures, in order. Raises LedgerError where it or the key is not what was written."""
    try:
        text = erased_path(workspace).read_text("utf-8")
    except FileNotFoundError:
        return ()
    try:
        found = tuple(read_line(json.loads(line)) for line in text.splitlines())
    except (ValueError, KeyError, TypeError) as error:
        message = f"'{erased_path(workspace)}' cannot be read. Restore it from a backup: it keeps erased people out."
        raise LedgerError(message) from error
    check = keyed(hash_key(workspace), CHECK)
    if any(one.check != check for one in found):
        message = (
            "The ledger's key is not the one that people were erased with, so they could not be kept out. "
            f"Restore '{workspace.ledger / 'key'}' from a backup of the ledger."
        )
        raise LedgerError(message)
    return found


def add_erased(workspace: Workspace, entry: Erased) -> None:
    """Add an erasure to the list, unless it is there."""
    found = [one for one in read_erased(workspace) if one.number != entry.number]
    write_aside(erased_path(workspace), "".join(one.line() for one in (*found, entry)))
