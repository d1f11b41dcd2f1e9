"""Pipeline velocity: open deals x mean won amount x win rate / mean won cycle, in money a day.

It is exact only in a steady state, so what was won a day in the same quarters stands next to it. It is no forecast.
Source: `numbers.md` calls N, A, W and L what the fields of `Velocity` are; all four are of new business that reached
the qualifying stage, in the same slice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tieout.basics.calendars import Period, end_of_day, local_day, parse_period
from tieout.measure.answers import Answer, Question, QuestionError, Row
from tieout.measure.moments import calendar_of
from tieout.measure.numbers.arithmetic import CENT, DAY
from tieout.measure.numbers.catalogue import BY_ID, Metric
from tieout.measure.numbers.count import Counting, counting, records_of
from tieout.measure.numbers.knowable import unknowable
from tieout.measure.numbers.label import label
from tieout.measure.numbers.question import Asked, view_of

if TYPE_CHECKING:
    from tieout.measure.lens_sql import LensView

QUARTERS = 4
NEW = {"types": ("new",)}
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Velocity:
    """The factors of one slice (`by`; empty: the whole), all of the quarters `window` but `open`, which is of as-of.

    `won_amount` is the sum over the won deals whose amount is known (`valued`), `cycle` the sum in microseconds over
    those whose cycle is known (`cycles`).
    """

    by: dict[str, str]
    window: Period
    open: int = 0
    closed: int = 0
    won: int = 0
    valued: int = 0
    won_amount: Decimal = Decimal(0)
    cycles: int = 0
    cycle: int = 0
    unknown: str | None = None
    """Why nothing is known of the whole window."""

    @property
    def absent(self) -> str | None:
        """Say which factor is missing."""
        missing = {
            "no qualified deal is open": self.open,
            "no qualified deal was closed in the four quarters": self.closed,
            "no won deal has a known amount": self.valued or not self.won,
            "no won deal has a known cycle": self.cycles or not self.won,
            "a cycle of no length": self.cycle or not self.cycles,
        }
        return self.unknown or next((reason for reason, there in missing.items() if not there), None)

    @property
    def amount(self) -> Decimal | None:
        """The mean amount of a won deal (A)."""
        return self.won_amount / self.valued if self.valued else None

    @property
    def win_rate(self) -> float | None:
        """Won of those closed (W)."""
        return self.won / self.closed if self.closed else None

    @property
    def days(self) -> float | None:
        """The mean cycle of a won deal (L)."""
        return self.cycle / (self.cycles * DAY) if self.cycles else None

    @property
    def a_day(self) -> Decimal | None:
        """The velocity in money a day, to the cent; None where a factor is missing."""
        if self.absent:
            return None
        if not self.won:
            return Decimal("0.00")
        product = self.open * self.won_amount * self.won * self.cycles * DAY
        return (product / (self.valued * self.closed * self.cycle)).quantize(CENT)

    @property
    def realised(self) -> Decimal | None:
        """What was won a day in the window."""
        if self.unknown or (self.won and not self.valued):
            return None
        return (self.won_amount / self.window.days).quantize(CENT)

    @property
    def ratio(self) -> float | None:
        """The velocity over what was won a day."""
        ours, real = self.a_day, self.realised
        return float(ours / real) if ours is not None and real else None


def velocity(asked: Asked, question: Question, metric: Metric) -> Answer:
    """Answer the velocity, or what was won a day beside it. Raises QuestionError for original currencies."""
    if question.original:
        message = f"'{metric.id}' is made of several figures, which have no original currencies. Ask bookings."
        raise QuestionError(message)
    question, view = moment_of_velocity(asked, question)
    found = velocities(asked, question)
    realised = metric.fact == "won_a_day"
    rows = []
    for one in found:
        value = one.realised if realised else one.a_day
        reason = one.unknown or "no won deal has a known amount" if realised else one.absent
        rows.append(Row(one.by, value, one.won if realised else one.open, absent=None if value is not None else reason))
    records = _records(asked, question, found[0].window) if question.records else None
    answer = label(asked, question, metric, replace(view, period=found[0].window), tuple(rows), records)
    return replace(answer, notes=(*answer.notes, *_told(found[0])))


def moment_of_velocity(asked: Asked, question: Question) -> tuple[Question, LensView]:
    """Give the question as of the end of the period that it names, without the period: velocity has none."""
    view = view_of(asked, question, BY_ID["pipeline_velocity"])
    if view.period is None:
        return question, view
    if unknown := unknowable(asked, view):
        message = f"{view.period.name}: {unknown}. Give a period that has begun, or none."
        raise QuestionError(message)
    end = min(view.moment.as_of, end_of_day(view.period.last_day, asked.zone))
    question = replace(question, period=None, as_of=end)
    return question, view_of(asked, question, BY_ID["pipeline_velocity"])


def window_of(asked: Asked, view: LensView, question: Question) -> Period:
    """Give the four quarters that had ended by the moment, as one period."""
    calendar = calendar_of(asked.contract, question.calendar or view.lens.calendar)
    current = calendar.quarter_of(view.moment.day)
    back = 0 if end_of_day(current.last_day, asked.zone) <= view.moment.as_of else 1
    last, first = (calendar.quarter_before(current, back + places) for places in (0, QUARTERS - 1))
    whole = parse_period(f"{first.start}..{last.last_day}", calendar)
    return replace(whole, name=f"{first.name}..{last.name}")


def velocities(asked: Asked, question: Question) -> tuple[Velocity, ...]:
    """Give the factors of the whole and of every slice; `question` has a moment and no period."""
    view = view_of(asked, question, BY_ID["pipeline_velocity"])
    window = window_of(asked, view, question)
    unknown = unknowable(asked, view) or _begins_late(asked, window)
    factors: dict[Key, dict[str, Any]] = {(): {}}
    names = {
        "open": ("open",),
        "closed": ("closed", "won", "valued", "won_amount"),
        "cycles": ("cycles", "cycle"),
    }
    for part, columns in names.items():
        for key, values in _summed(part_of(asked, question, window, part), SUMS[part]).items():
            told = dict(zip(columns, values, strict=True))
            factors.setdefault(key, {}).update({name: value for name, value in told.items() if value is not None})
    keys = [(), *sorted(key for key in factors if key)]
    return tuple(
        Velocity(dict(zip(question.by, key, strict=False)), window, **factors[key], unknown=unknown) for key in keys
    )


SUMS = {
    "open": "count(*)",
    "closed": "count(*), count(*) filter (where f.hit), count(f.value) filter (where f.hit), "
    "sum(case when f.hit then f.value end)",
    "cycles": "count(*), cast(sum(f.value) as bigint)",
}
PARTS: dict[str, tuple[str, dict[str, object]]] = {
    "open": ("pipeline.open_qualified", {**NEW, "date_field": "none", "past_due": True}),
    "closed": ("win_rate.closed.count", {**NEW, "date_field": "close_date", "rates_on": "close_date"}),
    "cycles": ("cycle_time.won.mean", {**NEW, "date_field": "close_date"}),
}
"""What each factor is counted like, and how its population is made the same as that of the others."""


def part_of(asked: Asked, question: Question, window: Period, part: str) -> Counting:
    """Put together what one factor counts."""
    name, lens = PARTS[part]
    metric = replace(BY_ID[name], lens=lens, needs_period=False)
    view = view_of(asked, question, metric)
    return counting(asked, question, metric, replace(view, period=None if part == "open" else window))


def _summed(counted: Counting, sums: str) -> dict[Key, tuple[Any, ...]]:
    names = [f"by_{number}" for number in range(len(counted.slices))]
    keys = "".join(f"{key} as {name}, " for key, name in zip(counted.keys, names, strict=True))
    named = "".join(f"{name}, " for name in names)
    sql = f"""
      select {named}{f"grouping({names[0]})" if names else "1"}, {sums}
      from (select {keys}f.* from ({counted.facts.sql}) as f {counted.joins}) as f
      {f"group by grouping sets ((), ({', '.join(names)}))" if names else ""}"""
    width = len(names)
    found = counted.asked.rows(sql, counted.parameters)
    return {() if row[width] == 1 else tuple(row[:width]): tuple(row[width + 1 :]) for row in found}


def _begins_late(asked: Asked, window: Period) -> str | None:
    """Say that nothing is known of the beginning of the window."""
    sql = "select min(valid_from) from opportunity_states where not missing and seen_to = timestamp '9999-12-31'"
    begins: datetime | None = asked.rows(sql)[0][0]
    if begins is not None and local_day(begins, asked.zone) <= window.start:
        return None
    since = f"history begins on {local_day(begins, asked.zone)}" if begins else "there is no history"
    return f"four quarters are needed, {window.name}: {since}"


def _told(one: Velocity) -> tuple[str, ...]:
    if one.amount is None or one.win_rate is None or one.days is None or one.unknown:
        return ()
    factors = f"{one.open:,} open x {one.amount:,.2f} x {100 * one.win_rate:.1f}% / {one.days:,.1f} days"
    beside = f"; velocity is {one.ratio:.2f} times that" if one.ratio is not None else ""
    return (
        f"{factors}: the last three of {one.window.name}, in which {one.realised:,.2f} a day was won{beside}.",
        "Velocity is exact only while nothing changes: it is no forecast.",
    )


def _records(asked: Asked, question: Question, window: Period) -> tuple[dict[str, object], ...]:
    """Give the deals of every factor, each with the factor that it is in."""
    opened = records_of(part_of(asked, question, window, "open"))
    closed = records_of(part_of(asked, question, window, "closed"))
    told = [{**row, "factor": "open"} for row in opened]
    return (*told, *({**row, "factor": "won" if row.pop("hit") else "lost"} for row in closed))
