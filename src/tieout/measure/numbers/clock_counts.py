"""The numbers of hand-offs that are more than a count: quantiles of waiting, and volume against what was committed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from tieout.basics.calendars import add_months, end_of_day, local_day
from tieout.contract.handoffs import commitment_at, committed_handoff
from tieout.measure.answers import Row
from tieout.measure.numbers.arithmetic import verdict
from tieout.measure.numbers.clock_waits import NOBODY, Lasting, lasting
from tieout.measure.numbers.count import Counting, count
from tieout.measure.numbers.metric import LASTING
from tieout.measure.run_sql import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tieout.contract.model import Contract
    from tieout.measure.lens_sql import LensView
    from tieout.measure.numbers.question import Asked

OF_ALL = "the commitment is for all of them together"
CHANGED = "the agreed hand-off or its quality changed in the period: ask for each part"
WAITED = "hand_offs_waited"
"""A temporary table of waiting times: it is read for the whole and for the slices."""
NEVER = "no lead was ever handed over"


def lasting_rows(counted: Counting) -> tuple[Row, ...]:
    """Give a quantile of the time until the answer, in total and by slice."""
    name = LASTING[counted.metric.aggregate]
    engine, parameters = counted.asked.engine, counted.parameters
    keys = [f"by_{number}" for number in range(len(counted.slices))]
    sliced = "".join(f"{key} as {alias}, " for key, alias in zip(counted.keys, keys, strict=True))
    source = f"select {sliced}f.value, f.ended, f.business from ({counted.facts.sql}) as f {counted.joins}"
    run(engine, f"create or replace temp table {WAITED} as {source}", parameters)
    whole = lasting(engine, WAITED, ())
    made = [_row(counted, {}, whole.get((), Lasting(0, 0, {}, mixed=False)), name)]
    if keys:
        slices = lasting(engine, WAITED, keys)
        made += [
            _row(counted, dict(zip(counted.slices, key, strict=True)), slices[key], name) for key in sorted(slices)
        ]
    return tuple(made)


def _row(counted: Counting, by: dict[str, str], found: Lasting, name: str) -> Row:
    absent = found.absent(name) if found.n else NOBODY
    grade = {"observed": 1.0} if found.n else {}
    row = Row(by, None if absent else found.hours[name], found.n, grade=grade, absent=absent)
    return replace(row, verdict=verdict(counted.asked.contract, counted.metric, row))


def volume_rows(counted: Counting) -> tuple[Row, ...]:
    """Give what marketing handed over at the agreed quality against what it committed to, whole months only."""
    delivered, *slices = count(counted)
    committed, absent = committed_volume(counted)
    n = delivered.n
    share = None if absent or not committed else n / committed
    view = counted.view
    ends = end_of_day(view.period.last_day, counted.asked.zone) if view.period else view.moment.as_of
    going_on = share is not None and ends > view.moment.as_of
    row = replace(delivered, value=share, interval=None, absent=absent, verdict=None, immature=going_on)
    total = row if going_on else replace(row, verdict=verdict(counted.asked.contract, counted.metric, row))
    return total, *(replace(one, value=None, interval=None, absent=OF_ALL, verdict=None) for one in slices)


def committed_volume(counted: Counting) -> tuple[int | None, str | None]:
    """Give the volume committed to for the months of the period, or why there is none."""
    period = counted.view.period
    if period is None:
        return None, "a commitment is for months: ask for a period"
    if counted.question.where:
        return None, OF_ALL
    begins = first_handed_over(counted.asked)
    if begins is None or period.end <= begins:
        return None, never_told(begins)
    if period.start.day != 1 or period.end.day != 1:
        return None, "a commitment is for whole months, and the period is not made of them"
    terms = [commitment_at(counted.asked.contract.lifecycle, month) for month in months(period.start, period.end)]
    if not any(one and one.volume is not None for one in terms):
        return None, "marketing has committed to no volume"
    if any(one is None or one.volume is None for one in terms):
        return None, "marketing has committed to no volume for some months of the period"
    agreed = {(one.handoff, one.quality) for one in terms if one}
    if len(agreed) > 1:
        return None, CHANGED
    volume = sum(one.volume or 0 for one in terms if one)
    return (volume, None) if volume else (None, "nothing to divide by: the commitment is 0")


def first_handed_over(asked: Asked) -> date | None:
    """Give the day of the first lead that was handed over, in the company's zone; None where none ever was."""
    found = asked.rows("select min(started_at) from handoff_clocks where begins = 'stage'")[0][0]
    return None if found is None else local_day(found, asked.zone)


def never_told(begins: date | None) -> str:
    """Say why nothing is known of the time before the first hand-off."""
    return f"no lead was handed over before {begins}: nothing is told of that time" if begins else NEVER


def agreement_changed(fact: str, view: LensView, contract: Contract) -> str | None:
    """Say that sales owed answers of another hand-off in a part of the period; None where it is one and the same."""
    if fact != "responses" or view.period is None:
        return None
    lifecycle = contract.lifecycle
    agreed = [
        committed_handoff(lifecycle, commitment_at(lifecycle, month))
        for month in months(view.period.start, view.period.end)
    ]
    return CHANGED if len({one.stage for one in agreed if one}) > 1 else None


def months(start: date, end: date) -> Iterator[date]:
    """Give the first day of each month from `start` until before `end`."""
    month = start.replace(day=1)
    while month < end:
        yield month
        month = add_months(month, 1)


COUNTS: dict[str, Callable[[Counting], tuple[Row, ...]]] = {
    "touch_times": lasting_rows,
    "quality_volume": volume_rows,
}
"""How the rows of a fact are counted, where it is no count in one statement."""
