"""When a file was taken: by the date or time in its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from tieout.basics.calendars import end_of_day, local_day

_STAMP = re.compile(
    r"""(?<!\d)(?P<year>(?:19|20)\d\d)(?P<split>[-_.]?)(?P<month>\d\d)(?P=split)(?P<day>\d\d)
    (?:[T_\ -]?(?P<hour>\d\d)[-:_.h]?(?P<minute>\d\d)(?:[-:_.m]?(?P<second>\d\d)(?:\.\d+)?)?
       (?P<offset>Z|[+-]\d\d:?\d\d)?(?!\d|-\d))?
    (?!\d)""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date, or a moment where `exact`, as read from a name. `text` is its one spelling."""

    text: str
    exact: bool
    moment: datetime
    day: date | None = None

    def taken_at(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Tell when a pull that starts `now` took the file: a day alone means its end, but today not later than now."""
        return now if self.day and self.day == local_day(now, zone) else self.moment


def read_stamp(name: str, zone: ZoneInfo) -> Stamp | None:
    """Read the last date or time in a path: its file name first, then the folders above it."""
    for part in reversed(name.split("/")):
        found = [stamp for match in _STAMP.finditer(part) if (stamp := _stamp(match, zone))]
        if found:
            return found[-1]
    return None


def _stamp(match: re.Match[str], zone: ZoneInfo) -> Stamp | None:
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        if match["hour"] is None:
            return Stamp(day.isoformat(), exact=False, moment=end_of_day(day, zone), day=day)
        clock = time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
        moment = datetime.combine(day, clock, _offset(match["offset"]) or zone).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return Stamp(moment.isoformat(), exact=True, moment=moment)


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if text[0] == "-" else size)
