"""The sums that every recount needs: the edges of local days, Wilson's interval, percentiles."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist
from zoneinfo import ZoneInfo

Duration = tuple[float, bool]
"""How long something lasted until it was last seen, and whether it had ended by then."""
Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and how much in all."""

    n: int
    amount: Decimal


def tally(amounts: Iterable[Decimal]) -> Tally:
    """Count amounts and add them up."""
    kept = list(amounts)
    return Tally(len(kept), sum(kept, Decimal()))


@dataclass(frozen=True, slots=True)
class Days:
    """Days of a calendar, both ends included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Say whether a day is one of them."""
        return self.first <= day <= self.last


def days(first: str, last: str) -> Days:
    """Read the first and the last day."""
    return Days(date.fromisoformat(first), date.fromisoformat(last))


def month(text: str) -> Days:
    """Read a calendar month such as 2012-02."""
    first = date.fromisoformat(f"{text}-01")
    return Days(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def end_of_day(text: str, zone: str) -> datetime:
    """Give the last microsecond of a local day, in UTC."""
    following = date.fromisoformat(text) + timedelta(days=1)
    midnight = datetime(following.year, following.month, following.day, tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Give Wilson's 95% interval of `hits` out of `n`."""
    share, square = hits / n, Z * Z
    middle = share + square / (2 * n)
    reach = Z * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return (middle - reach) / (1 + square / n), (middle + reach) / (1 + square / n)


def percentile(values: Sequence[float], share: float) -> float:
    """Give a percentile, read off the straight line between the two nearest values."""
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)


def kaplan(times: Iterable[Duration], share: Fraction) -> float | None:
    """Give the first time by which a share has ended; those that still go on are at risk until they were last seen."""
    ranked = sorted(times)
    surviving, at_risk = Fraction(1), len(ranked)
    by_time: dict[float, list[bool]] = defaultdict(list)
    for time, ended in ranked:
        by_time[time].append(ended)
    for time, ends in by_time.items():
        surviving *= Fraction(at_risk - sum(ends), at_risk)
        at_risk -= len(ends)
        if surviving <= 1 - share:
            return time
    return None
