"""What Marlow's history is made of: pulls, records with their versions, and the world that collects them.

Every change of a record carries a time between 14:00 and 22:00 UTC, so that its day is the same in UTC and in Marlow's
own zone, and an export of a day (taken at its end) holds every change of that day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

Row = dict[str, str]

FIRST_PULL = date(2023, 10, 3)
LAST_PULL = date(2026, 9, 22)
MONTH_END = date(2026, 8, 31)
WEEKLY = tuple(FIRST_PULL + timedelta(weeks=week) for week in range(156))
MONTHLY = (*(day for day in WEEKLY if day.day <= 7), LAST_PULL)


@dataclass(slots=True)
class Record:
    """One record of one system: its versions in time order, and the pulls that do not hold it.

    `gone` lists half-open runs of days in which an export lacks the record (deleted, perhaps restored).
    """

    id: str
    versions: list[tuple[datetime, Row]] = field(default_factory=list)
    gone: list[tuple[date, date]] = field(default_factory=list)

    def put(self, at: datetime, changes: Row) -> None:
        """Change the record at `at`, which must not lie before its last change."""
        if self.versions and at <= self.versions[-1][0]:
            at = self.versions[-1][0] + timedelta(minutes=7)
        self.versions.append((at, {**(self.now if self.versions else {}), **changes}))

    @property
    def now(self) -> Row:
        """The newest version."""
        return self.versions[-1][1]

    @property
    def born(self) -> datetime:
        """When the record was created."""
        return self.versions[0][0]

    def held_on(self, day: date) -> bool:
        """Say whether an export of `day` holds the record, if it existed by then."""
        return not any(first <= day < last for first, last in self.gone)


@dataclass(slots=True)
class Deal:
    """An opportunity record with what the rest of the company needs to know about it; amounts in its own currency."""

    record: Record
    account: Record
    kind: str
    segment: str
    currency: str
    arr: int
    acv: int
    tcv: int
    months: int
    lead: Record | None = None
    closed_on: date | None = None
    won: bool = False

    @property
    def id(self) -> str:
        """The opportunity's key in the CRM."""
        return self.record.id


@dataclass(slots=True)
class World:
    """Everything Marlow's systems will export, filled part by part."""

    users: list[Record] = field(default_factory=list)
    accounts: list[Record] = field(default_factory=list)
    contacts: list[Record] = field(default_factory=list)
    leads: list[Record] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    claims: list[Record] = field(default_factory=list)
    subscriptions: list[Record] = field(default_factory=list)
    logs: dict[str, list[tuple[datetime, Row]]] = field(default_factory=dict)
    exclusions: list[Row] = field(default_factory=list)
    merges: list[Row] = field(default_factory=list)
    traps: dict[str, list[str]] = field(default_factory=dict)
    customers: dict[str, Record] = field(default_factory=dict)

    def log(self, name: str, at: datetime, row: Row) -> None:
        """Add an event to one of the logs."""
        self.logs.setdefault(name, []).append((at, row))

    def trap(self, name: str, *ids: str) -> None:
        """Note the records of a trap, for the README."""
        self.traps.setdefault(name, []).extend(ids)


def stream(name: str) -> Random:
    """Give the random numbers of one part, so that a change in one part leaves the others as they are."""
    return Random(f"marlow/{name}")


def workday(day: date) -> date:
    """Move a Saturday or Sunday back to Friday."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def moment(rng: Random, day: date) -> datetime:
    """Give a time of the working day `day`, UTC."""
    return datetime(day.year, day.month, day.day, 14) + timedelta(seconds=rng.randrange(8 * 3600))


def stamp(at: datetime) -> str:
    """Write a time as the systems do."""
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"


def between(rng: Random, first: date, last: date) -> date:
    """Give a working day from `first` to `last`, both included and both working days."""
    while True:
        day = first + timedelta(days=rng.randrange((last - first).days + 1))
        if day.weekday() < 5:
            return day
