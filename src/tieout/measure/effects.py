"""What the registers do to the headline numbers: each with and without them, entry by entry, to the cent.

The build is read as it is: views that last as long as the connection stand before its tables of registers. A record
that several entries leave out is the first one's, in a fixed order (a merge, an exclusion of the record, one of its
account), so that the entries sum to the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.basics.calendars import start_of_day
from tieout.measure.answers import Answer, Question
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.facts import facts_of
from tieout.measure.numbers.question import view_of
from tieout.measure.run_sql import rows as fetch
from tieout.warehouse.engine import identifier

if TYPE_CHECKING:
    from tieout.measure.numbers.question import Asked

BOOKINGS = "bookings"
HEADLINES = (
    "pipeline.open_qualified", "pipeline.open", "pipeline.past_due", "pipeline.created", BOOKINGS,
    "win_rate.closed.count", "win_rate.closed.value", "coverage.opening", "leads.new",
)  # fmt: skip
"""The numbers that are shown with and without the registers."""
SHADOWS = {
    "exclusions": "select * from {build}.exclusions where false",
    "opportunity_merges": "select * from {build}.opportunity_merges where told_by <> 'register'",
    "leads": "select * replace (timestamp '0001-01-01' as duplicate_until) from {build}.leads",
}
"""What stands before the tables of a build while its registers are switched off."""
CHANGES = {
    "exclusions": "true",
    "opportunity_merges": "(told_by <> 'register') is not true",
    "leads": "duplicate_until is distinct from timestamp '0001-01-01'",
}
"""The rows that these are without, or have otherwise: where there are none, a number is the same with and without."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A number without the registers and with them."""

    metric: str
    without: Answer
    given: Answer


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a register. `state`: `holds`, `expired`, `later` (it has not begun), `unknown` (no such record)."""

    register: str
    object: str
    id: str
    reason: str
    owner: str
    expires: str | None
    state: str
    into: str | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A record that an entry leaves out of a number (or, where it has expired, that is counted again)."""

    metric: str
    record: str
    value: Decimal | None
    entry: int


@dataclass(frozen=True, slots=True)
class Effects:
    """The headlines, the entries in the order of the registers, and the records that each leaves out."""

    as_of: datetime
    headlines: tuple[Headline, ...]
    entries: tuple[Entry, ...]
    left: dict[tuple[int, str], tuple[Left, ...]] = field(default_factory=dict)
    """What each entry leaves out of each number, by the entry's place and the number."""

    def of_entry(self, place: int, metric: str) -> tuple[Decimal, int]:
        """Give the money and the number of records that an entry leaves out of a number."""
        mine = self.left.get((place, metric), ())
        return sum((one.value or Decimal(0) for one in mine), Decimal(0)), len(mine)

    def records_of(self, place: int) -> list[str]:
        """Give the records that an entry leaves out of any number."""
        return sorted({one.record for (entry, _), found in self.left.items() if entry == place for one in found})


def effects_of(asked: Asked, period: str | None = None, as_of: datetime | None = None) -> Effects:
    """Count every headline with and without the registers. Raises QuestionError or PeriodError."""
    questions = {name: Question(name, period, as_of=as_of) for name in HEADLINES}
    given = {name: ask(asked, question) for name, question in questions.items()}
    moment = next(iter(given.values())).as_of
    entries = _entries(asked, moment)
    accounts = _accounts(asked, moment, entries)
    named = sorted({*(entry.id for entry in entries if entry.object != "account"), *accounts})
    additive = {name: question for name, question in questions.items() if _additive(name) and named}
    counted = {name: _counted(asked, question, named) for name, question in additive.items()}
    without, all_of = given, counted
    if _in_force(asked):
        with _switched_off(asked) as bare:
            without = {name: ask(bare, question) for name, question in questions.items()}
            all_of = {name: _counted(bare, question, named) for name, question in additive.items()}
    left: list[Left] = []
    for name, found in all_of.items():
        out = {record: value for record, value in found.items() if record not in counted[name]}
        left += _attributed(name, out, entries, accounts, ("holds",))
        left += _attributed(name, counted[name], entries, accounts, ("expired",))
    headlines = tuple(Headline(name, without[name], given[name]) for name in HEADLINES)
    by_entry: dict[tuple[int, str], tuple[Left, ...]] = {}
    for one in left:
        by_entry[one.entry, one.metric] = (*by_entry.get((one.entry, one.metric), ()), one)
    return Effects(moment, headlines, tuple(_known(asked, entries)), by_entry)


def _additive(name: str) -> bool:
    return BY_ID[name].aggregate != "coverage"


def _counted(asked: Asked, question: Question, named: list[str]) -> dict[str, Decimal | None]:
    """Give those of some records that a number counts, with the value of each."""
    metric = BY_ID[question.metric]
    facts = facts_of(metric, view_of(asked, question, metric), asked.contract)
    sql = f"select f.record, f.value from ({facts.sql}) as f where list_contains($named, f.record)"
    return dict(fetch(asked.engine, sql, {**facts.parameters, "named": named}))


def _in_force(asked: Asked) -> bool:
    """Say whether the registers change anything that a build holds."""
    return any(fetch(asked.engine, f"select 1 from {name} where {change} limit 1") for name, change in CHANGES.items())


@contextmanager
def _switched_off(asked: Asked) -> Iterator[Asked]:
    """Read the build as if its registers were empty."""
    build = identifier(fetch(asked.engine, "select current_database()")[0][0]) + ".main"
    for name, sql in SHADOWS.items():
        asked.engine.execute(f"create temp view {name} as {sql.format(build=build)}")
    try:
        yield asked.anew()
    finally:
        for name in SHADOWS:
            asked.engine.execute(f"drop view temp.{name}")


def _entries(asked: Asked, moment: datetime) -> list[Entry]:
    contract = asked.contract
    found = []
    for merge in contract.merges:
        ends = _after(asked, merge.expires)
        state = "expired" if ends and ends <= moment else "holds"
        told = str(merge.expires) if merge.expires else None
        found.append(Entry("merges", merge.object, merge.id, merge.reason, merge.owner, told, state, merge.into))
    for one in contract.exclusions:
        ends = _after(asked, one.expires)
        later = one.from_ is not None and start_of_day(one.from_, asked.zone) > moment
        state = "expired" if ends and ends <= moment else "later" if later else "holds"
        told = str(one.expires) if one.expires else None
        found.append(Entry("exclusions", one.object, one.id, one.reason, one.owner, told, state))
    return found


def _after(asked: Asked, day: date | None) -> datetime | None:
    return start_of_day(day + timedelta(days=1), asked.zone) if day else None


def _known(asked: Asked, entries: list[Entry]) -> Iterator[Entry]:
    """Mark entries that name a record which no system has."""
    tables = {
        "opportunity": "opportunity_states",
        "account": "account_versions",
        "lead": "leads_told",
        "contact": "contacts",
    }
    named = {"named": [entry.id for entry in entries]}
    wanted = {entry.object for entry in entries}
    known = {
        what: {
            row[0]
            for row in fetch(
                asked.engine, f"select distinct record from {table} where list_contains($named, record)", named
            )
        }
        for what, table in tables.items()
        if what in wanted
    }
    for entry in entries:
        yield entry if entry.id in known[entry.object] else replace(entry, state="unknown")


def _accounts(asked: Asked, moment: datetime, entries: list[Entry]) -> dict[str, str]:
    """Give the deals of the accounts that entries name, with their account."""
    named = [entry.id for entry in entries if entry.object == "account"]
    if not named:
        return {}
    sql = """select record, told_account_id from opportunity_states
      where valid_from <= $as_of and $as_of < valid_to and seen_to = timestamp '9999-12-31'
        and list_contains($named, told_account_id)"""
    return dict(fetch(asked.engine, sql, {"as_of": moment, "named": named}))


def _attributed(
    metric: str,
    records: dict[str, Decimal | None],
    entries: list[Entry],
    accounts: dict[str, str],
    states: tuple[str, ...],
) -> Iterator[Left]:
    """Give each record to the first entry that names it or its account."""
    places: dict[tuple[str, str, str], int] = {}
    for place, entry in enumerate(entries):
        if entry.state in states:
            places.setdefault((entry.register, entry.object, entry.id), place)
    what = "lead" if metric.startswith("leads.") else "opportunity"
    for record in sorted(records):
        keys = (
            ("merges", what, record),
            ("exclusions", what, record),
            ("exclusions", "account", accounts.get(record, "")),
        )
        first = next((places[key] for key in keys if key in places), None)
        if first is not None:
            yield Left(metric, record, records[record], first)
