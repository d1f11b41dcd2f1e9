"""Marlow's exports as books: for each record what its system said, when it was true and when it was heard.

Written from the rules of history, in plain loops over the CSV files. A row of an export that differs from the export
before it is a change; it became true at its own modified time where that lies between the two exports, else when the
export was taken. A record that an export lacks was deleted when the export was taken. A line of the field history
changes one field. A deal's life is all of that, heard until a moment, in the order in which it became true.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.oracles.arithmetic import end_of_day

ZONE = "America/New_York"
EVER = datetime(9999, 12, 31, tzinfo=UTC)
TYPES = {"New Business": "new", "Expansion": "expansion", "Renewal": "renewal"}
RENAMED = {
    "StageName": {"Solution Design": "Proposal"},
    "Type": TYPES,
    "LeadSource": {"unknown": ""},
    "lead_source": {"unknown": ""},
}
ASSUMED = ("Name", "AccountId", "Type", "CreatedDate", "CurrencyIsoCode")
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that became true `at` and was heard at `heard`: a whole row, or one field."""

    at: datetime
    heard: datetime
    told: Row
    whole: bool = True
    gone: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What a record was from `at` on. Without a row it existed and nothing tells how."""

    at: datetime
    row: Row | None
    gone: bool = False


def read(path: Path) -> Iterator[Row]:
    """Read the rows of an export, old names of stages, types and sources put right."""
    opening = gzip.open if path.suffix == ".gz" else open
    with opening(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield {name: RENAMED.get(name, {}).get(value, value) for name, value in row.items()}


def moment(text: str) -> datetime:
    """Read a time stamp; one without offset, and a day, is the company's."""
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(ZONE))).astimezone(UTC)


def midnight(day: date) -> datetime:
    """Give the moment at which a day begins at Marlow."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def local(at: datetime) -> date:
    """Give the company's day of a moment."""
    return at.astimezone(ZoneInfo(ZONE)).date()


@dataclass(frozen=True)
class Books:
    """The exports of one workspace."""

    folder: Path
    lives: dict[tuple[str, datetime], list[State]] = field(default_factory=dict)

    def exports(self, name: str) -> list[tuple[datetime, list[Row]]]:
        """Give the exports of an object in order, each with the time of its taking."""
        paths = sorted((self.folder / "exports" / name).iterdir())
        return [(end_of_day(path.name.split(".")[0][-10:], ZONE), list(read(path))) for path in paths]

    def last(self, name: str, key: str) -> dict[str, Row]:
        """Give the newest row of each key of an object whose exports hold only what is new."""
        return {row[key]: row for _, rows in self.exports(name) for row in rows}

    def newest(self, name: str, key: str) -> dict[str, Row]:
        """Give the rows of the last export of an object."""
        return {row[key]: row for row in self.exports(name)[-1][1]}

    def full(self, name: str) -> dict[str, list[Change]]:
        """Give the changes told by full exports of the CRM."""
        changes: dict[str, list[Change]] = defaultdict(list)
        before: dict[str, Row] = {}
        previous: datetime | None = None
        for heard, rows in self.exports(name):
            now = {row["Id"]: row for row in rows}
            for key, row in now.items():
                if before.get(key) != row:
                    modified = moment(row["LastModifiedDate"])
                    inside = modified <= heard and (previous is None or modified > previous)
                    changes[key].append(Change(modified if inside else heard, heard, row))
            for key in before.keys() - now.keys():
                changes[key].append(Change(heard, heard, before[key], gone=True))
            before, previous = now, heard
        return changes

    # -- deals

    @cached_property
    def rows(self) -> dict[str, list[Change]]:
        """What the weekly exports told of each deal."""
        return self.full("crm/opportunities")

    @cached_property
    def events(self) -> dict[str, list[Change]]:
        """What the field history told of each deal."""
        events: dict[str, list[Change]] = defaultdict(list)
        for heard, rows in self.exports("crm/opportunity_history"):
            for row in rows:
                value = RENAMED.get(row["Field"], {}).get(row["NewValue"], row["NewValue"])
                told = {row["Field"]: value}
                events[row["OpportunityId"]].append(Change(moment(row["CreatedDate"]), heard, told, whole=False))
        return events

    def life(self, record: str, known: datetime = EVER) -> list[State]:
        """Give the states of a deal one after another, from all that was heard until `known`."""
        key = (record, known)
        if key not in self.lives:
            self.lives[key] = list(self._lived(record, known))
        return self.lives[key]

    def _lived(self, record: str, known: datetime) -> Iterator[State]:
        rows = [change for change in self.rows[record] if change.heard <= known]
        events = [change for change in self.events.get(record, []) if change.heard <= known]
        changes = sorted([*rows, *events], key=lambda change: (change.at, change.heard))
        first = next((change.told for change in changes if change.whole), None)
        told: Row = {}
        gone = seen = False
        if rows and (created := moment(rows[0].told["CreatedDate"])) < changes[0].at:
            yield State(created, None)
        for change in changes:
            if change.whole:
                told, gone, seen = dict(change.told), change.gone, True
            else:
                told = told | change.told
            assumed = {name: first[name] for name in ASSUMED} if first and not seen else {}
            yield State(change.at, assumed | told if "StageName" in told else None, gone)

    def at(self, record: str, when: datetime, known: datetime = EVER) -> State | None:
        """Give a deal's state at a moment; None before it existed."""
        passed = [state for state in self.life(record, known) if state.at <= when]
        return passed[-1] if passed else None

    def merged(self, record: str, known: datetime = EVER) -> bool:
        """Say whether a deal was, by then, known to be another one's double; the register knows it for ever."""
        heard = [change for change in self.rows[record] if change.heard <= known]
        return bool(heard and heard[-1].told["MergedInto__c"]) or record in self.doubles

    @cached_property
    def doubles(self) -> set[str]:
        """The deals that the register calls doubles; none of its entries runs out."""
        entries = list(read(self.folder / "contract/merges.csv"))
        assert not any(entry["expires"] for entry in entries)
        return {entry["id"] for entry in entries if entry["object"] == "opportunity"}

    def excluded(self, ids: set[str], when: datetime) -> bool:
        """Say whether a deal or its account was in the register of exclusions on a day."""
        day = str(local(when))
        return any(
            entry["id"] in ids and (entry["from"] or "0") <= day <= (entry["expires"] or "9") for entry in self.register
        )

    @cached_property
    def register(self) -> list[Row]:
        """The register of exclusions."""
        return list(read(self.folder / "contract/exclusions.csv"))

    @cached_property
    def rates(self) -> list[Row]:
        """The register of rates, in the order of its days."""
        return sorted(read(self.folder / "contract/rates.csv"), key=lambda entry: entry["from"])

    # -- accounts and users

    @cached_property
    def accounts(self) -> dict[str, list[Change]]:
        """What the exports told of each account."""
        return self.full("crm/accounts")

    @cached_property
    def users(self) -> dict[str, list[Change]]:
        """What the exports told of each user."""
        return self.full("crm/users")

    def segment(self, account: str, when: datetime, known: datetime = EVER) -> str:
        """Give an account's segment by its head count; unknown where that, or the account, is."""
        row = _then(self.accounts.get(account, []), when, known)
        count = row["NumberOfEmployees"] if row else ""
        if not count:
            return "(unknown)"
        return "Enterprise" if int(count) >= 1000 else "Mid-Market" if int(count) >= 200 else "SMB"

    def team(self, user: str, when: datetime, known: datetime = EVER) -> str:
        """Give a user's team."""
        row = _then(self.users.get(user, []), when, known)
        return (row and row["Department"]) or "(unknown)"


def _then(changes: list[Change], when: datetime, known: datetime) -> Row | None:
    """Give the newest of the changes by then, or the first: it is taken to have held before."""
    heard = [change for change in changes if change.heard <= known]
    passed = [change for change in heard if change.at <= when]
    return (passed or heard[:1] or [Change(when, when, {})])[-1].told or None
