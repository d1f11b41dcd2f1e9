"""The rows of what the contract says of accounts and users through time: runs of rules, and each user's places."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tieout.basics.calendars import start_of_day
from tieout.contract.placing import names_of, placing_periods

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tieout.contract.model import Contract, TeamEntry

BEGINNING, END = datetime(1, 1, 1), datetime(9999, 12, 31)
"""The times that mean "from the beginning" and "no end"."""


def placing_rows(contract: Contract, zone: ZoneInfo) -> list[tuple[object, ...]]:
    """Give each run of rules its number, counted from 1, and its time."""
    return [
        (place, _begins(run.first, zone), END if run.last is None else start_of_day(run.last, zone))
        for place, run in enumerate(placing_periods(contract), start=1)
    ]


def team_rows(contract: Contract, zone: ZoneInfo) -> list[tuple[object, ...]]:
    """Give each user of the register spans that cover all of time: `listed` where an entry holds, empty elsewhere."""
    spelled = {name.casefold(): name for name in names_of(contract.audience.territories)}
    by_user: dict[str, list[TeamEntry]] = {}
    for entry in sorted(contract.team, key=lambda one: one.from_ or date.min):
        by_user.setdefault(entry.user, []).append(entry)
    rows: list[tuple[object, ...]] = []
    for user, entries in by_user.items():
        reached = BEGINNING
        for entry, start, end in _spans(entries, zone):
            if reached < start:
                rows.append((user, reached, start, *[None] * 5, False))
            territory = spelled.get((entry.territory or "").strip().casefold(), entry.territory)
            rows.append((user, start, end, entry.team, entry.region, entry.manager, entry.role, territory, True))
            reached = end
        if reached < END:
            rows.append((user, reached, END, *[None] * 5, False))
    return rows


def _spans(entries: list[TeamEntry], zone: ZoneInfo) -> Iterator[tuple[TeamEntry, datetime, datetime]]:
    """Give each entry its time: it holds through its last day, but never beyond the beginning of the next one."""
    starts = [_begins(entry.from_, zone) for entry in entries]
    for entry, start, following in zip(entries, starts, [*starts[1:], END], strict=True):
        end = END if entry.to is None else start_of_day(entry.to + timedelta(days=1), zone)
        if start < min(end, following):
            yield entry, start, min(end, following)


def _begins(day: date | None, zone: ZoneInfo) -> datetime:
    return BEGINNING if day is None else start_of_day(day, zone)
