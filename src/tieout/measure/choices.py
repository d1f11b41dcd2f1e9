"""What there is to choose from: the segments, teams, owners and quarters that the deals of a build have had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.basics.calendars import local_day
from tieout.measure.moments import calendar_of
from tieout.measure.numbers.knowable import begins
from tieout.measure.run_sql import rows

if TYPE_CHECKING:
    from datetime import date

    from tieout.measure.numbers.question import Asked

MOST = 40
"""Up to so many quarters are offered: ten years."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The values that a filter may have, and the days of which something is known.

    `first` is the day on which history begins, `said` that of the first pull, `last` that of what was last heard;
    `first` is None where no deal's state is known. `quarters` are by calendar, the newest first, the default calendar
    under the empty name.
    """

    segments: tuple[str, ...]
    teams: tuple[str, ...]
    owners: tuple[str, ...]
    quarters: dict[str, tuple[str, ...]]
    first: date | None
    said: date
    last: date


def choices(asked: Asked) -> Choices:
    """Read what there is to choose from."""
    first = begins(asked)
    known = (local_day(moment, asked.zone) if moment else None for moment in (first, asked.facts.heard_from))
    begun, said = known
    last = local_day(asked.facts.heard_until, asked.zone)
    names = [segment.name for segment in asked.contract.company.segments]
    told = {column: _told(asked, column) for column in ("segment", "team", "owner_id")}
    segments = (*names, *(name for name in told["segment"] if name not in names))
    calendars = ("", *asked.contract.company.calendars)
    quarters = {name: _quarters(asked, name or None, begun or last, last) for name in calendars}
    return Choices(segments, told["team"], told["owner_id"], quarters, begun, said or last, last)


def _told(asked: Asked, column: str) -> tuple[str, ...]:
    found = rows(
        asked.engine, f"select distinct {column} from opportunity_states where {column} is not null order by 1"
    )
    return tuple(str(value) for (value,) in found)


def _quarters(asked: Asked, calendar: str | None, first: date, last: date) -> tuple[str, ...]:
    """Name the quarters from the one that holds the first day to the one after the last day, the newest first."""
    of = calendar_of(asked.contract, calendar)
    quarter = of.quarter_before(of.quarter_of(last), -1)
    found = [quarter.name]
    while quarter.start > first and len(found) < MOST:
        quarter = of.quarter_before(quarter, 1)
        found.append(quarter.name)
    return tuple(found)
