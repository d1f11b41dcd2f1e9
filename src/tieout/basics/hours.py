"""Working hours: when a team or a person works, as spans of UTC, and time counted within them only.

A span is half-open, UTC without zone. A week's hours begin and end when the local clock shows it: a night in which the
clock changes is an hour shorter or longer. A beginning or end in an hour that does not exist is the moment of the
change; in one that comes twice, hours begin in the second and end in the first, or lie in the second if they do both.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
Minutes = tuple[int, int]
Point = TypeVar("Point", int, datetime)

DAY = timedelta(days=1)
MIDNIGHT = 24 * 60
_PART = re.compile(r"\s*([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})\s*")


class HoursError(ValueError):
    """Hours of a day that cannot be read; the message says what was given and what is allowed."""


@dataclass(frozen=True, slots=True)
class Week:
    """The parts of each weekday, Monday first, that are worked: minutes after midnight, beyond 24 hours at night."""

    zone: ZoneInfo
    days: tuple[tuple[Minutes, ...], ...]

    @property
    def minutes(self) -> int:
        """How long a week is, parts that overlap counted once."""
        return sum(end - start for parts in self.days for start, end in joined(parts))


def parse_hours(text: str) -> Minutes:
    """Read `09:00-17:00`; an end that is not after the start is on the next day. Raises HoursError."""
    found = _PART.fullmatch(text)
    if found:
        hours, minutes, until, past = map(int, found.groups())
        start, end = hours * 60 + minutes, until * 60 + past
        if minutes < 60 and past < 60 and start < MIDNIGHT and end <= MIDNIGHT:
            return (start, end if end > start else end + MIDNIGHT)
    message = f"'{text}' are no hours of a day. Write them as 09:00-17:00, or 22:00-06:00 for a night."
    raise HoursError(message)


def spans(week: Week, first: date, last: date, closed: Collection[date] = ()) -> list[Span]:
    """Give what is worked on the days from `first` through `last`, without those that are closed."""
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day in closed:
            continue
        for start, end in week.days[day.weekday()]:
            begins, ends = _utc(day, start, week.zone, fold=1), _utc(day, end, week.zone, fold=0)
            if ends <= begins:  # both lie in an hour that comes twice
                ends = _utc(day, end, week.zone, fold=1)
            if begins < ends:
                found.append((begins, ends))
    return joined(found)


def _utc(day: date, minutes: int, zone: ZoneInfo, fold: int) -> datetime:
    """Give the moment at which a local clock shows a time; where it never does, the one at which it jumps."""
    naive = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    local = naive.replace(tzinfo=zone, fold=fold)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == naive:
        return moment.replace(tzinfo=None)
    before, after = sorted(local.replace(fold=one).astimezone(UTC) for one in (0, 1))
    was = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        half = before + (after - before) / 2
        before, after = (half, after) if half.astimezone(zone).utcoffset() == was else (before, half)
    return after.replace(tzinfo=None, microsecond=0)


def joined(parts: Iterable[tuple[Point, Point]]) -> list[tuple[Point, Point]]:
    """Put spans in order, those that touch or overlap made one."""
    found: list[tuple[Point, Point]] = []
    for start, end in sorted(parts):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def without(worked: Sequence[Span], away: Iterable[Span]) -> list[Span]:
    """Take spans of absence out of what is worked."""
    left = list(worked)
    for gone, back in joined(away):
        left = [
            part
            for start, end in left
            for part in ((start, min(end, gone)), (max(start, back), end))
            if part[0] < part[1]
        ]
    return left


def business_time(worked: Sequence[Span], start: datetime, end: datetime) -> timedelta:
    """Count the time between two moments that lies within spans, which are in order and apart."""
    inside = ((max(start, begins), min(end, ends)) for begins, ends in worked)
    return sum((ends - begins for begins, ends in inside if begins < ends), timedelta())


def deadline(worked: Sequence[Span], start: datetime, within: timedelta) -> datetime | None:
    """Give the first moment by which so much has been worked since `start`; None where the spans end before."""
    left = within
    for begins, ends in worked[bisect_right(worked, start, key=lambda span: span[1]) :]:
        since = max(begins, start)
        if ends - since >= left:
            return since + left
        left -= ends - since
    return None


def cut_days(worked: Sequence[Span], first: datetime, last: datetime) -> list[tuple[datetime, datetime, bool]]:
    """Cut the time from midnight to midnight (UTC) into pieces that are worked or not, none of them over a midnight."""
    edges = {first + DAY * number for number in range((last - first).days + 1)}
    edges |= {edge for span in worked for edge in span if first < edge < last}
    ordered = sorted(edges)
    pieces, place = [], 0
    for start, end in pairwise(ordered):
        while place < len(worked) and worked[place][1] <= start:
            place += 1
        pieces.append((start, end, place < len(worked) and worked[place][0] <= start))
    return pieces
