"""Working time as tables, so that business time and deadlines are joins: who works on which calendar, and when.

A calendar is what one team works, or one user: hours, public holidays, own holidays, absences. `working_pieces` cuts
all of its time, UTC midnights included, into pieces that are worked or not, each with the microseconds worked before
it: any moment lies in exactly one piece of its day. `working_steps` finds the piece in which so much has been worked:
its pieces stand under each `STEP` that their running total touches. Both reach from the first hand-off in the data
until the last deadline that one of today can have.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.basics.calendars import start_of_day
from tieout.basics.hours import Span, Week, cut_days, parse_hours, spans, without
from tieout.contract.handoffs import HOUR, handoffs_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tieout.contract.handoffs import Handoff
    from tieout.contract.model import Contract, WorkingHours
    from tieout.warehouse.engine import Connection

STEP = 8 * HOUR
DAY = timedelta(days=1)
EARLIEST = date(2000, 1, 1)
LONGEST = 1100
"""How many days after today a deadline is looked for: three years of holidays and part-time."""
TICK = timedelta(microseconds=1)
FOREVER = datetime(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Reach:
    """The days for which working time is made, both included, and the moment that is now."""

    first: date
    last: date
    now: datetime


def create_working_tables(engine: Connection, contract: Contract, heard_until: datetime | None) -> None:
    """Write hand-offs and working time; the source views must be there, for the time that the data covers."""
    terms = handoffs_of(contract.lifecycle)
    engine.execute(
        "create table handoff_terms (stage varchar, place integer, step integer, begins varchar, within bigint, "
        "business boolean, answer varchar, from_key varchar, to_owner varchar, team varchar, team_key varchar, "
        "given boolean)"
    )
    engine.execute("create table handoff_functions (stage varchar, function_key varchar)")
    rows = [
        [
            one.stage,
            one.place,
            one.step,
            one.begins,
            one.within,
            one.business,
            one.answer,
            _key(one.from_owner),
            one.to_owner,
            one.team,
            _key(one.team),
            one.given,
        ]
        for one in terms
    ]
    if rows:
        engine.executemany(f"insert into handoff_terms values ({', '.join('?' * len(rows[0]))})", rows)
        functions = [[one.stage, function] for one in terms for function in dict.fromkeys(one.functions)]
        engine.executemany("insert into handoff_functions values (?, ?)", functions)
    _write_times(engine, terms, ZoneInfo(contract.company.time_zone))
    business = [within for one in terms if one.business for within in (one.within, *(last for _, last in one.times))]
    _write(engine, contract, _reach(engine, heard_until, max(business)) if business and heard_until else None)


def _write_times(engine: Connection, terms: Sequence[Handoff], zone: ZoneInfo) -> None:
    """Write the times to answer that are not those of the beginning, each from when until when it holds."""
    engine.execute("create table handoff_times (stage varchar, starts_at timestamp, ends_at timestamp, within bigint)")
    rows = [
        [one.stage, start_of_day(first, zone), start_of_day(after, zone) if after else FOREVER, within]
        for one in terms
        for (first, within), after in zip_longest(one.times, [day for day, _ in one.times[1:]])
    ]
    if rows:
        engine.executemany("insert into handoff_times values (?, ?, ?, ?)", rows)


def _key(name: str | None) -> str | None:
    return name.strip().lower() if name else None


def _reach(engine: Connection, heard_until: datetime, within: int) -> Reach:
    """Look for the first moment that a hand-off can have, and leave room for the longest deadline after now."""
    found = engine.execute(
        """select min(least) from (
          select min("at") as least from source_lifecycle_change where "at" >= timestamp '2000-01-01'
          union all
          select min(least(happened_at, coalesce(created_at, happened_at))) from source_opportunity
          where least(happened_at, coalesce(created_at, happened_at)) >= timestamp '2000-01-01'
          union all
          select min(least(happened_at, coalesce(first_contact_at, created_at, happened_at))) from source_lead
          where least(happened_at, coalesce(first_contact_at, created_at, happened_at)) >= timestamp '2000-01-01'
            and (
              exists (select 1 from handoff_terms where step = 0)
              or not exists (select 1 from source_lifecycle_change where record is not null)
            )
        )"""
    ).fetchall()[0][0]
    first = min(found or heard_until, heard_until).date()
    room = min(timedelta(days=21) + timedelta(microseconds=within) * 12, timedelta(days=LONGEST))
    return Reach(max(first - 2 * DAY, EARLIEST), (heard_until + room).date(), heard_until)


# -- calendars


@dataclass(frozen=True, slots=True)
class _Calendar:
    """One calendar: its number, and whose it is: a team's, a user's in a team, or (neither) everybody else's."""

    number: int
    team: str | None
    user: str | None
    worked: list[Span]


def _calendars(engine: Connection, contract: Contract, reach: Reach) -> Iterator[_Calendar]:
    """Make every calendar; a user has one of their own where the contract says hours or an absence of theirs."""
    entries = contract.company.working_hours
    zone = contract.company.time_zone
    teams: dict[str | None, list[WorkingHours]] = {}
    users: dict[str, list[WorkingHours]] = {}
    for entry in entries:
        if entry.user:
            users.setdefault(entry.user, []).append(entry)
        else:
            teams.setdefault(_key(entry.team), []).append(entry)
    base = teams.get(None, [])
    made = {team: _worked([*base, *own] if team else own, zone, reach) for team, own in teams.items()}
    number = 0
    for team, worked in made.items():
        number += 1
        yield _Calendar(number, team, None, worked)
    away: dict[str, list[tuple[date, date]]] = {}
    for absence in contract.absences:
        away.setdefault(absence.user, []).append((absence.from_, absence.to))
    for user, stood in _teams_of(engine, contract, (*users, *away)).items():
        for team in stood:
            own = users.get(user)
            hours = _worked([*base, *teams.get(team, []), *own], zone, reach) if own else made.get(team, made.get(None))
            if hours is None:
                continue
            number += 1
            last = (own or teams.get(team) or base)[-1]
            local = ZoneInfo(last.time_zone or zone)
            yield _Calendar(number, team, user, without(hours, _absent(away.get(user, ()), local)))


def _absent(days: Collection[tuple[date, date]], zone: ZoneInfo) -> Iterator[Span]:
    for first, last in days:
        bounds = (datetime.combine(day, time(), zone) for day in (first, last + DAY))
        start, end = (one.astimezone(UTC).replace(tzinfo=None) for one in bounds)
        yield start, end


def _teams_of(engine: Connection, contract: Contract, users: Sequence[str]) -> dict[str, list[str | None]]:
    """Give each of some users the teams they ever were on, and none at all: where nothing tells their team."""
    found: dict[str, dict[str | None, None]] = {user: {None: None} for user in users}
    if not found:
        return {}
    for user, team in engine.execute("select distinct record, team from source_user where team is not null").fetchall():
        if user in found:
            found[user][_key(team)] = None
    for entry in contract.team:
        if entry.user in found and entry.team:
            found[entry.user][_key(entry.team)] = None
    return {user: list(teams) for user, teams in found.items()}


def _worked(entries: Sequence[WorkingHours], zone: str, reach: Reach) -> list[Span]:
    """Lay the hours of each entry out over the days on which it holds: until the next one begins."""
    starts = [entry.from_ or reach.first for entry in entries]
    found: list[Span] = []
    for place, entry in enumerate(entries):
        first = max(starts[place], reach.first)
        until = min([reach.last + DAY, *starts[place + 1 :]])
        if first < until:
            local = ZoneInfo(entry.time_zone or zone)
            days = tuple(tuple(parse_hours(text) for text in told) for told in entry.days)
            closed = {*entry.closed, *_public(entry.holidays, first, until)}
            found += spans(Week(local, days), first, until - DAY, closed)
    return found


def _public(codes: Sequence[str], first: date, until: date) -> set[date]:
    """Give the public holidays of countries and their subdivisions."""
    if not codes:
        return set()
    from holidays import country_holidays  # noqa: PLC0415 - it costs a tenth of a second

    years = range(first.year, until.year + 1)
    found: set[date] = set()
    for code in codes:
        country, _, region = code.strip().partition("-")
        found |= set(country_holidays(country, subdiv=region or None, years=years))
    return found


# -- tables


def _write(engine: Connection, contract: Contract, reach: Reach | None) -> None:
    """Write the tables from lists of columns, since row by row would take minutes."""
    import pyarrow as pa  # noqa: PLC0415 - only a build needs it

    calendars = list(_calendars(engine, contract, reach)) if reach else []
    whose = pa.table({
        "calendar": pa.array([one.number for one in calendars], pa.int32()),
        "team_key": pa.array([one.team for one in calendars], pa.string()),
        "user_id": pa.array([one.user for one in calendars], pa.string()),
    })  # fmt: skip
    pieces: list[list[object]] = [[] for _ in PIECES]
    steps: list[list[object]] = [[] for _ in STEPS]
    for one in calendars:
        if reach:
            _lay_out(one, reach, pieces, steps)
    kinds = {"integer": pa.int32(), "bigint": pa.int64(), "boolean": pa.bool_(), "date": pa.date32()}
    for name, columns, values in (("working_pieces", PIECES, pieces), ("working_steps", STEPS, steps)):
        arrays = {
            column: pa.array(value, kinds.get(kind, pa.timestamp("us")))
            for (column, kind), value in zip(columns.items(), values, strict=True)
        }
        _store(engine, name, pa.table(arrays))
    _store(engine, "working_calendars", whose)


PIECES = {
    "calendar": "integer", "day": "date", "starts_at": "timestamp", "ends_at": "timestamp", "working": "boolean",
    "worked": "bigint",
}  # fmt: skip
STEPS = {
    "calendar": "integer", "step": "bigint", "starts_at": "timestamp", "worked": "bigint", "worked_until": "bigint",
}  # fmt: skip


def _store(engine: Connection, name: str, table: object) -> None:
    engine.register("working_rows", table)
    engine.execute(f"create table {name} as select * from working_rows")
    engine.unregister("working_rows")


def _lay_out(one: _Calendar, reach: Reach, pieces: list[list[object]], steps: list[list[object]]) -> None:
    """Add the pieces of a calendar, with the microseconds worked before each."""
    first, last = (datetime.combine(day, time()) for day in (reach.first, reach.last + DAY))
    whole = 0
    for start, end, working in cut_days(one.worked, first, last):
        for column, value in zip(pieces, (one.number, start.date(), start, end, working, whole), strict=True):
            column.append(value)
        if working:
            until = whole + (end - start) // TICK
            for step in range(whole // STEP, until // STEP + 1):
                for column, value in zip(steps, (one.number, step, start, whole, until), strict=True):
                    column.append(value)
            whole = until
