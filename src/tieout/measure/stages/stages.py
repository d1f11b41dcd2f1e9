"""How deals go through the stages: who goes on, how long they stay, who stays too long, what flows through in a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from tieout.measure.answers import UNKNOWN, Answer, Question
from tieout.measure.diagnosis.sentences import inflated
from tieout.measure.moments import calendar_of
from tieout.measure.numbers.arithmetic import DAY, wilson
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.count import Counting, counting
from tieout.measure.numbers.knowable import unknowable
from tieout.measure.numbers.lasting import KEPT, keep
from tieout.measure.numbers.question import Asked, view_of
from tieout.measure.numbers.stage_facts import lasting_sql, stalled_sql
from tieout.measure.numbers.velocity import Velocity, moment_of_velocity, velocities
from tieout.measure.run_sql import rows as fetch
from tieout.measure.run_sql import run
from tieout.measure.survival import quantiles_sql

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from tieout.basics.calendars import Period
    from tieout.warehouse.engine import Connection

RATES = ("win_rate.closed.count", "win_rate.created.count", "win_rate.created.open_share", "win_rate.created.maturity")
NARROW = "win_rate.narrow"
Part = Literal["conversion", "velocity", "stalls"]
WHOLE: tuple[Part, ...] = ("conversion", "velocity", "stalls")
"""Conversion and times with their trend and records; what flows through, with win rates; who stays too long."""
TREND = 6
"""How many quarters the trend of conversion has."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long `n` deals were in a stage, in days; `ended` of them have left it. None: the quantile is not reached."""

    n: int = 0
    ended: int = 0
    median: float | None = None
    p75: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage in a slice (`by`; empty: the whole): of the deals that reached it, what became of them until as-of.

    `reached` = `went_on` + `still_open` + `closed` (lost or disqualified without having gone on).
    """

    by: dict[str, str]
    stage: str
    reached: int = 0
    went_on: int = 0
    still_open: int = 0
    skipped: int = 0
    fell_back: int = 0
    came_back: int = 0
    latest: Times = Times()
    cumulative: Times = Times()

    @property
    def closed(self) -> int:
        """Those that ended without having gone on."""
        return self.reached - self.went_on - self.still_open

    def share(self, n: int) -> float | None:
        """Give a part of those that reached the stage; None where none did."""
        return n / self.reached if self.reached else None

    def interval(self, n: int) -> tuple[float, float] | None:
        """Give Wilson's 95% interval of a share."""
        return wilson(n, self.reached) if self.reached else None


@dataclass(frozen=True, slots=True)
class Trend:
    """The conversion of a stage by the quarter in which deals reached it."""

    stage: str
    quarter: str
    reached: int
    went_on: int
    still_open: int


@dataclass(frozen=True, slots=True)
class Usual:
    """The open deals of a stage and segment beside what is usual there; `p90` in days, None where it judges nobody."""

    stage: str
    segment: str
    open: int
    ended: int
    p90: float | None
    stalled: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Stalled:
    """A deal that has been in its stage for longer than `p90`; both in days. `amount` is None where it is not known."""

    record: str
    stage: str
    segment: str
    owner: str
    days: float
    p90: float
    amount: Decimal | None
    close_date: date | None
    by: dict[str, str]


@dataclass(frozen=True, slots=True)
class Stages:
    """Everything about the stages, of one question. `answer` is stages.conversion, with the label of all of it."""

    answer: Answer
    stages: tuple[Stage, ...]
    trend: tuple[Trend, ...]
    quarters: tuple[str, ...]
    velocity: tuple[Velocity, ...]
    win_rates: tuple[Answer, ...]
    usual: tuple[Usual, ...]
    stalled: tuple[Stalled, ...]
    records: tuple[dict[str, object], ...] | None = None
    absent: str | None = None
    diagnoses: tuple[str, ...] = ()

    @property
    def answer_slices(self) -> tuple[str, ...]:
        """The dimensions of the slices."""
        return tuple(next((stage.by for stage in self.stages if stage.by), {}))


def stages(asked: Asked, question: Question, most: int | None = None, parts: Collection[Part] = WHOLE) -> Stages:
    """Answer a question of the stages; `question.metric` is not looked at, `most` is how many records of each stage.

    Parts that are not asked for are empty; the answer and its label are there in any case. Raises QuestionError or
    PeriodError.
    """
    question = replace(question, metric="stages.conversion", original=False)
    plain = replace(question, records=False)
    answer = ask(asked, plain)
    view = view_of(asked, plain, BY_ID[question.metric])
    flow, going = "velocity" in parts, "conversion" in parts
    wide = _velocity_of(asked, plain) if flow else ()
    begun = view.period is None or view.period.start <= view.moment.day
    absent = unknowable(asked, view) or (None if begun else "the period has not begun")
    rates = tuple(ask(asked, replace(plain, metric=name)) for name in ((*RATES, NARROW) if flow else ()))
    if absent:
        return Stages(answer, (), (), (), wide, rates, (), (), () if question.records else None, absent)
    counted = counting(asked, plain, BY_ID[question.metric], view)
    trend, quarters = _trend(asked, plain, counted) if going else ((), ())
    usual, stalled = _stalls(asked, plain) if "stalls" in parts else ((), ())
    records = _records(counted, most) if question.records and going else None
    told = inflated(asked, plain) if parts else None
    said = (told,) if told else ()
    found = _stages(counted) if going else ()
    return Stages(answer, found, trend, quarters, wide, rates, usual, stalled, records, diagnoses=said)


def _velocity_of(asked: Asked, question: Question) -> tuple[Velocity, ...]:
    moment, _ = moment_of_velocity(asked, question)
    return velocities(asked, moment)


# -- conversion and time


FLAGS = {
    "went_on": "steps", "still_open": "steps_open", "skipped": "skips", "fell_back": "regresses",
    "came_back": "reentries",
}  # fmt: skip
"""What the fields of a stage count: the columns of the fact."""
Counts = tuple[int, int, int, int, int, int]


def _stages(counted: Counting) -> tuple[Stage, ...]:
    names = [f"by_{number}" for number in range(len(counted.slices))]
    keys = "".join(f"{key} as {name}, " for key, name in zip(counted.keys, names, strict=True))
    named = "".join(f"{name}, " for name in names)
    sums = ", ".join(f"count(*) filter (where f.{column})" for column in FLAGS.values())
    sets = f"grouping sets ((stage), ({named}stage))" if names else "stage"
    sql = f"""
      select {named}{f"grouping({names[0]})" if names else "1"}, stage, count(*), {sums}
      from (select {keys}f.* from ({counted.facts.sql}) as f {counted.joins}) as f group by {sets}"""
    width = len(names)
    found: dict[tuple[Any, ...], Counts] = {}
    for row in fetch(counted.asked.engine, sql, counted.parameters):
        key = () if row[width] == 1 else tuple(row[:width])
        reached, went_on, still_open, skipped, fell_back, came_back = row[width + 2 :]
        found[key, row[width + 1]] = (reached, went_on, still_open, skipped, fell_back, came_back)
    times = _times(counted)
    order = open_stages(counted.asked)
    slices = [(), *sorted({key for key, _ in found if key})]
    return tuple(
        Stage(
            dict(zip(counted.slices, key, strict=False)),
            stage,
            *found.get((key, stage), (0, 0, 0, 0, 0, 0)),
            latest=times["latest"].get((key, stage), Times()),
            cumulative=times["cumulative"].get((key, stage), Times()),
        )
        for key in slices
        for stage in order
        if not key or (key, stage) in found
    )


def open_stages(asked: Asked) -> list[str]:
    """Name the open stages in the contract's order."""
    return [stage.name for stage in asked.contract.pipeline.stages if stage.outcome == "open"]


def _times(counted: Counting) -> dict[str, dict[tuple[Any, ...], Times]]:
    """Give the latest stay and all stays together by stage, whole and by slice; where nobody came back they are one."""
    names = [f"by_{number}" for number in range(len(counted.slices))]
    keys = "".join(f"{key} as {name}, " for key, name in zip(counted.keys, names, strict=True))
    sql, _ = lasting_sql(counted.view, counted.asked.contract)
    keep(counted, f"{keys}f.stage, f.latest, f.cumulative, f.hit as ended", sql)
    engine = counted.asked.engine
    latest = _quantiles(engine, "latest", names)
    if not fetch(engine, f"select 1 from {KEPT} where latest <> cumulative limit 1"):
        return {"latest": latest, "cumulative": latest}
    return {"latest": latest, "cumulative": _quantiles(engine, "cumulative", names)}


def _quantiles(engine: Connection, kind: str, names: list[str]) -> dict[tuple[Any, ...], Times]:
    rows = f"(select *, {kind} as duration from {KEPT})"
    found: dict[tuple[Any, ...], Times] = {}
    for grouped in [[], names] if names else [[]]:
        for row in fetch(engine, quantiles_sql(rows, [*grouped, "stage"])):
            key, (stage, n, ended, *days) = tuple(row[: len(grouped)]), row[len(grouped) :]
            found[key, stage] = Times(n, ended, *(None if each is None else each / DAY for each in days))
    return found


def _trend(asked: Asked, question: Question, counted: Counting) -> tuple[tuple[Trend, ...], tuple[str, ...]]:
    """Count conversion by the quarter of reaching a stage, the last one being that of the period, or of as-of.

    A deal that may have reached it in an earlier quarter than it was seen there is in none.
    """
    view = counted.view
    calendar = calendar_of(asked.contract, question.calendar or view.lens.calendar)
    day = min(view.moment.day, view.period.last_day) if view.period else view.moment.day
    current = calendar.quarter_of(day)
    quarters = [calendar.quarter_before(current, back) for back in range(TREND - 1, -1, -1)]
    whole: Period = replace(current, start=quarters[0].start)
    by_quarter = replace(question, by=("quarter", "stage"))
    trending = counting(asked, by_quarter, counted.metric, replace(view, period=whole))
    sql = f"""
      select {", ".join(trending.keys)}, count(*), count(*) filter (where f.steps),
        count(*) filter (where f.steps_open)
      from ({trending.facts.sql}) as f {trending.joins}
      where date_diff('day', f.since, f.day) < k.day_of_quarter group by 1, 2 order by 1, 2"""
    found = fetch(asked.engine, sql, trending.parameters)
    trend = tuple(Trend(stage, quarter, *sums) for quarter, stage, *sums in found)
    return trend, tuple(quarter.name for quarter in quarters)


# -- stalls


DEALS = "open_deals_kept"


def _stalls(asked: Asked, question: Question) -> tuple[tuple[Usual, ...], tuple[Stalled, ...]]:
    question = replace(question, metric="stages.stalled", period=None)
    metric = BY_ID[question.metric]
    view = view_of(asked, question, metric)
    counted = counting(asked, question, metric, view)
    every, parameters = stalled_sql(view, asked.contract, "true")
    keys = "".join(f", {key} as by_{number}" for number, key in enumerate(counted.keys))
    kept = f"create or replace temp table {DEALS} as select f.*{keys} from ({every}) as f {counted.joins}"
    run(asked.engine, kept, {**counted.parameters, **parameters})
    sql = f"""
      select f.stage, coalesce(f.judged_by, '{UNKNOWN}'), count(*), coalesce(max(f.ended_n), 0), max(f.p90),
        count(f.hit), count(*) filter (where f.hit), coalesce(sum(case when f.hit then f.value end), 0)
      from {DEALS} as f group by f.stage, f.judged_by"""
    usual = [
        Usual(stage, segment, n, ended, p90 / DAY if judged else None, stalled, amount)
        for stage, segment, n, ended, p90, judged, stalled, amount in fetch(asked.engine, sql)
    ]
    order = {stage: place for place, stage in enumerate(open_stages(asked))}
    slices = "".join(f", f.by_{number}" for number in range(len(counted.slices)))
    sql = f"""
      select f.record, f.stage, coalesce(f.segment, '{UNKNOWN}'), coalesce(f.owner_id, '{UNKNOWN}'), f.age,
        f.p90, f.value, f.day{slices}
      from {DEALS} as f where f.hit order by f.value desc nulls last, f.record"""
    stalled = tuple(
        Stalled(
            record, stage, segment, owner, age / DAY, p90 / DAY, amount, day, dict(zip(question.by, by, strict=True))
        )
        for record, stage, segment, owner, age, p90, amount, day, *by in fetch(asked.engine, sql)
    )
    return tuple(sorted(usual, key=lambda one: (order.get(one.stage, len(order)), one.segment))), stalled


def reached(asked: Asked, question: Question, stage: str) -> tuple[dict[str, object], ...]:
    """Give the deals that reached one stage, as `stages` gives those of all. Raises QuestionError or PeriodError."""
    plain = replace(question, metric="stages.conversion", original=False, records=False)
    metric = BY_ID[plain.metric]
    return _records(counting(asked, plain, metric, view_of(asked, plain, metric)), None, stage)


def _records(counted: Counting, most: int | None, stage: str | None = None) -> tuple[dict[str, object], ...]:
    """Give every deal with the stage that it reached, and what became of it there."""
    flags = ", ".join(f"f.{column} as {name}" for name, column in FLAGS.items())
    keys = "".join(f", {key} as {name}" for key, name in zip(counted.keys, counted.slices, strict=True))
    sql = f"""
      select f.record, f.stage, f.day, {flags}{keys}
      from ({counted.facts.sql}) as f {counted.joins}
      {"where f.stage = $one_stage" if stage is not None else ""}
      {f"qualify row_number() over (partition by f.place order by f.record) <= {most}" if most else ""}
      order by f.record, f.place"""
    names = ("record", "stage", "day", *FLAGS, *counted.slices)
    parameters = counted.parameters | ({} if stage is None else {"one_stage": stage})
    return tuple(dict(zip(names, row, strict=True)) for row in fetch(counted.asked.engine, sql, parameters))
