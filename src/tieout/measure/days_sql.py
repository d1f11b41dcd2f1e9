"""The company's day of a time, as SQL, by the offsets that its zone has between two moments.

The engine's own conversion costs a microsecond for each row; a zone has few offsets in a few years.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

TICK, DAY = timedelta(microseconds=1), timedelta(days=1)
MOST = 12
"""Of more offsets than that the engine's own conversion is the quicker one."""


def day_sql(time: str, zone: str, first: datetime, last: datetime) -> str:
    """Give the expression of the day in a zone of a UTC time that lies between two moments, both included."""
    found = offsets(zone, first, last)
    if len(found) > MOST:
        name = zone.replace("'", "''")
        return f"cast({time} at time zone 'UTC' at time zone '{name}' as date)"
    *earlier, (_, newest) = found
    moved = "".join(f"when {time} < timestamp '{until}' then {_moved(time, offset)} " for until, offset in earlier)
    return f"cast({f'case {moved}else {_moved(time, newest)} end' if moved else _moved(time, newest)} as date)"


def _moved(time: str, offset: timedelta) -> str:
    return f"{time} + interval ({offset // TICK}) microsecond"


@lru_cache(maxsize=64)
def offsets(zone: str, first: datetime, last: datetime) -> tuple[tuple[datetime, timedelta], ...]:
    """Give the offsets of a zone from one UTC moment to another, each with the moment before which it holds."""
    place = ZoneInfo(zone)
    found = []
    at, offset = first, _offset(place, first)
    while at < last:
        following = min(at + DAY, last)
        if (changed := _offset(place, following)) != offset:
            found.append((_change(place, at, following), offset))
            offset = changed
        at = following
    return (*found, (last + DAY, offset))


def _change(place: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Find the moment between two of a day at which the offset is no longer that of the first."""
    offset = _offset(place, before)
    while after - before > TICK:
        middle = before + (after - before) // 2
        if _offset(place, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(place: ZoneInfo, at: datetime) -> timedelta:
    return at.replace(tzinfo=UTC).astimezone(place).utcoffset() or timedelta()
