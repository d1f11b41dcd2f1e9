"""How much pipeline a quarter needs, from what became of the pipeline of the quarters before it.

    conversion = won in the quarter from the deals that were in pipeline on that day / pipeline on that day
    elsewhere  = won after that day from deals that were not in it / all won after that day
    required   = 1 / conversion          required, adjusted = (1 - elsewhere) / conversion

All are sums over sums of the trailing quarters, each looked at on the same day of the quarter. It is not 1 / win rate:
a win rate is over all time, coverage within a quarter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tieout.basics.calendars import FiscalCalendar, Period, end_of_day, local_day, parse_period
from tieout.measure.answers import Answer, Question, QuestionError, Row
from tieout.measure.lens_sql import counted_sql
from tieout.measure.moments import calendar_of
from tieout.measure.numbers.catalogue import BY_ID, Metric
from tieout.measure.numbers.count import Counting, counting
from tieout.measure.numbers.knowable import unknowable
from tieout.measure.numbers.label import label
from tieout.measure.numbers.metric import CLOSED_WON
from tieout.measure.numbers.question import Asked, view_of
from tieout.measure.numbers.resampling import resampled
from tieout.measure.run_sql import rows as fetch
from tieout.measure.run_sql import run

if TYPE_CHECKING:
    from tieout.measure.lens_sql import LensView

LEAST, MOST = 4, 8
"""How many trailing quarters with history are needed, and how many are looked at."""
PIPELINE = "pipeline.open_qualified"
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quarter:
    """A trailing quarter as of its day: what was in pipeline, and what was won in the quarter.

    What was won is in three parts that do not overlap: `won_from` of the deals that were in pipeline, `won_before`
    until then, `won_else` of all others; `created` is the part of `won_else` that became pipeline only after that day.
    """

    quarter: Period
    as_of: datetime | None
    pipeline: Decimal = Decimal(0)
    n: int = 0
    won_from: Decimal = Decimal(0)
    won_from_n: int = 0
    won_before: Decimal = Decimal(0)
    won_else: Decimal = Decimal(0)
    won_else_n: int = 0
    created: Decimal = Decimal(0)
    absent: str | None = None

    @property
    def conversion(self) -> float | None:
        """How much of the pipeline was won in the quarter."""
        return float(self.won_from / self.pipeline) if self.pipeline else None


@dataclass(frozen=True, slots=True)
class Required:
    """What a slice (`by`; empty: the whole) needs. `quarters` are the trailing ones, oldest first."""

    by: dict[str, str]
    quarters: tuple[Quarter, ...]
    absent: str | None = None
    interval: tuple[float, float | None] | None = None
    adjusted_interval: tuple[float, float | None] | None = None

    @property
    def known(self) -> tuple[Quarter, ...]:
        """The quarters that have history."""
        return tuple(one for one in self.quarters if not one.absent)

    @property
    def pipeline(self) -> Decimal:
        """The pipeline of all of them."""
        return sum((one.pipeline for one in self.known), Decimal(0))

    @property
    def won_from(self) -> Decimal:
        """What was won of it."""
        return sum((one.won_from for one in self.known), Decimal(0))

    @property
    def won_else(self) -> Decimal:
        """What was won of other deals."""
        return sum((one.won_else for one in self.known), Decimal(0))

    @property
    def conversion(self) -> float | None:
        """Won from pipeline / pipeline."""
        return None if self.absent else float(self.won_from / self.pipeline)

    @property
    def elsewhere(self) -> float | None:
        """Won from elsewhere / won."""
        return None if self.absent else float(self.won_else / (self.won_from + self.won_else))

    @property
    def required(self) -> float | None:
        """1 / conversion."""
        return None if self.absent else float(self.pipeline / self.won_from)

    @property
    def adjusted(self) -> float | None:
        """(1 - elsewhere) / conversion."""
        return None if self.absent else float(self.pipeline / (self.won_from + self.won_else))


@dataclass(frozen=True, slots=True)
class Terms:
    """The quarter that is asked about, the day of it, and the trailing quarters with the moments of that day."""

    quarter: Period
    as_of: datetime
    day: int
    trailing: tuple[tuple[Period, datetime | None], ...]
    question: Question
    view: LensView
    """The pipeline of the quarter as of its day."""
    until: datetime
    """As of when it is asked: a quarter that is not over by then tells nothing yet."""

    @property
    def week(self) -> int:
        """The week of the quarter that holds the day."""
        return (self.day - 1) // 7 + 1


def required_answer(asked: Asked, question: Question, metric: Metric) -> Answer:
    """Answer coverage.required or coverage.required.adjusted."""
    if question.original:
        message = f"'{metric.id}' is no money, so it has no original currencies. Ask a number such as bookings."
        raise QuestionError(message)
    terms = terms_of(asked, question)
    found = required(asked, terms)
    adjusted = metric.fact == "required_adjusted"
    rows = []
    for one in found:
        value = one.adjusted if adjusted else one.required
        rows.append(Row(one.by, value, sum(each.n for each in one.known), absent=one.absent))
    records = records_of_required(asked, terms) if question.records else None
    answer = label(asked, terms.question, metric, terms.view, tuple(rows), records)
    return replace(answer, notes=(*answer.notes, *told(found[0], terms, adjusted=adjusted)))


def told(one: Required, terms: Terms, *, adjusted: bool) -> tuple[str, ...]:
    """Say how the figure came about."""
    looked = f"Day {terms.day} (week {terms.week}) of {len(one.known)} trailing quarters."
    left = [f"{each.quarter.name} is left out: {each.absent}." for each in one.quarters if each.absent]
    if one.conversion is None or one.elsewhere is None:
        return (looked, *left)
    parts = (
        f"{looked} Of the pipeline then, {100 * one.conversion:.1f}% was won in its quarter; "
        f"{100 * one.elsewhere:.1f}% of what was won after that day came from elsewhere."
    )
    bounds = one.adjusted_interval if adjusted else one.interval
    return (parts, *([f"95% interval {shown(bounds)}, of all resamples of these quarters."] if bounds else []), *left)


def shown(bounds: tuple[float, float | None]) -> str:
    """Write an interval of coverage."""
    return f"{bounds[0]:,.2f}x to {f'{bounds[1]:,.2f}x' if bounds[1] is not None else 'without end'}"


# -- which quarters, as of when


def terms_of(asked: Asked, question: Question, quarters: int = MOST, week: int | None = None) -> Terms:
    """Give the quarter and day asked about, and the trailing quarters on the same day.

    `week` is the end of that week of the quarter; without it, the day is that of as-of, or of a quarter that is over or
    has not begun the first. Raises QuestionError for a period that is no quarter, and for fewer than 4 or more than 8.
    """
    if not LEAST <= quarters <= MOST:
        message = f"{quarters} trailing quarters cannot be looked at. Allowed: {LEAST} to {MOST}."
        raise QuestionError(message)
    plain = replace(question, metric=PIPELINE, records=False)
    view = view_of(asked, plain, BY_ID[PIPELINE])
    moment = view.asked_at or view.moment.as_of
    calendar = calendar_of(asked.contract, question.calendar or view.lens.calendar)
    quarter = _quarter(question, calendar, moment, asked)
    now = moment.replace(tzinfo=UTC).astimezone(asked.zone)
    first = quarter.start if not quarter.holds(now.date()) else now.date()
    day = (first - quarter.start).days + 1
    clock = now if quarter.holds(now.date()) else None
    if week is not None:
        if not 1 <= week <= (quarter.days + 6) // 7:
            message = f"{quarter.name} has no week {week}. Allowed: 1 to {(quarter.days + 6) // 7}."
            raise QuestionError(message)
        day, clock = min(7 * week, quarter.days), None
    trailing = [calendar.quarter_before(quarter, back) for back in range(quarters, 0, -1)]
    moments = tuple((one, _moment(one, day, clock, asked)) for one in trailing)
    as_of = _moment(quarter, day, clock, asked) or moment
    present = replace(plain, period=quarter.name, calendar=calendar.name, as_of=min(as_of, moment))
    return Terms(quarter, as_of, day, moments, present, view_of(asked, present, BY_ID[PIPELINE]), moment)


def _quarter(question: Question, calendar: FiscalCalendar, moment: datetime, asked: Asked) -> Period:
    if question.period is None:
        return calendar.quarter_of(local_day(moment, asked.zone))
    period = parse_period(question.period, calendar)
    quarter = calendar.quarter_of(period.start)
    if (quarter.start, quarter.end) != (period.start, period.end):
        message = f"'{question.period}' is no quarter, and required coverage is of quarters. Give one: {quarter.name}."
        raise QuestionError(message)
    return quarter


def _moment(quarter: Period, day: int, clock: datetime | None, asked: Asked) -> datetime | None:
    """Give the moment of a day of a quarter: its end, or the time of the clock; None where it has no such day."""
    on: date = quarter.start + timedelta(days=day - 1)
    if not quarter.holds(on):
        return None
    if clock is None:
        return end_of_day(on, asked.zone)
    return datetime.combine(on, clock.time(), clock.tzinfo).astimezone(UTC).replace(tzinfo=None)


# -- counting


def required(asked: Asked, terms: Terms) -> tuple[Required, ...]:
    """Give what the whole and every slice need. The definition of the day asked about holds for all the quarters."""
    begins = asked.rows(HISTORY)[0][0]
    looked, left = [], {}
    for quarter, moment in terms.trailing:
        if why := _untold(asked, terms, quarter, moment, begins):
            left[quarter.name] = Quarter(quarter, moment, absent=why)
        else:
            looked.append((quarter, moment))
    counted = _many(asked, terms, [(quarter, moment) for quarter, moment in looked if moment])
    pipeline, won = (_pipeline(counted), _won(counted)) if looked else ({}, {})
    slices = dict.fromkeys([(), *sorted({key for key, _ in (*pipeline, *won) if key})])
    found = []
    for key in slices:
        mine = {
            quarter.name: Quarter(quarter, moment, **pipeline.get((key, place), {}), **won.get((key, place), {}))
            for place, (quarter, moment) in enumerate(looked)
        }
        quarters = tuple((left | mine)[quarter.name] for quarter, _ in terms.trailing)
        found.append(_judged(Required(dict(zip(terms.question.by, key, strict=False)), quarters)))
    return tuple(found)


HISTORY = "select min(valid_from) from opportunity_states where not missing and seen_to = timestamp '9999-12-31'"


def _untold(
    asked: Asked, terms: Terms, quarter: Period, moment: datetime | None, begins: datetime | None
) -> str | None:
    if moment is None:
        return f"it has no day {terms.day}"
    if end_of_day(quarter.last_day, asked.zone) > terms.until:
        return "it is not over"
    if begins is None or begins > moment:
        return f"history begins on {local_day(begins, asked.zone)}" if begins else "there is no history"
    if not terms.question.said_then:
        return None
    then = replace(terms.question, period=quarter.name, as_of=moment)
    return unknowable(asked, view_of(asked, then, BY_ID[PIPELINE]))


def _judged(one: Required) -> Required:
    if len(one.known) < LEAST:
        return replace(one, absent=f"{LEAST} trailing quarters with history are needed, {len(one.known)} have it")
    if not one.pipeline:
        return replace(one, absent="there was no pipeline in the trailing quarters")
    if one.won_from <= 0:
        return replace(one, absent="nothing of the pipeline of the trailing quarters was won")
    pipeline = [float(each.pipeline) for each in one.known]
    won = [float(each.won_from) for each in one.known]
    every = [float(each.won_from + each.won_else) for each in one.known]
    return replace(one, interval=resampled(pipeline, won), adjusted_interval=resampled(pipeline, every))


def _many(asked: Asked, terms: Terms, looked: list[tuple[Period, datetime]]) -> Counting:
    """Put together and keep the pipeline of all quarters, each as of its day, and as known then where asked for."""
    views = [
        view_of(asked, replace(terms.question, period=quarter.name, as_of=moment), BY_ID[PIPELINE])
        for quarter, moment in looked
    ]
    many = tuple((view.moment, view.period) for view in views)
    counted = counting(asked, terms.question, BY_ID[PIPELINE], replace(terms.view, many=many))
    if many:
        _keep(counted)
    return counted


def _pipeline(counted: Counting) -> dict[tuple[Key, int], dict[str, Any]]:
    """Sum the pipeline of each quarter, and what was won of it in the quarter, by the slices that it was in."""
    names, sets = _grouped(counted, "p.")
    sql = f"""
      select {names}p.asked, sum(p.value), count(*), sum(w.value), count(w.record)
      from required_pipe as p left join required_won as w on w.asked = p.asked and w.record = p.record
      group by grouping sets ({sets})"""
    columns = ("pipeline", "n", "won_from", "won_from_n")
    return _by_key(counted, sql, columns)


def _won(counted: Counting) -> dict[tuple[Key, int], dict[str, Any]]:
    """Sum what was won in each quarter of deals that were not in its pipeline, by the slices in which they were won."""
    names, sets = _grouped(counted)
    sql = f"""
      with others as (
        select w.*, w.since <= w.as_of as early, coalesce(c.created_at > w.as_of, false) as later
        from required_won as w
        left join required_pipe as p on p.asked = w.asked and p.record = w.record
        left join pipeline_created as c on c.record = w.record
        where p.record is null
      )
      select {names}asked, sum(case when early then value end), sum(case when not early then value end),
        count(*) filter (where not early), sum(case when later and not early then value end)
      from others group by grouping sets ({sets})"""
    return _by_key(counted, sql, ("won_before", "won_else", "won_else_n", "created"))


def _grouped(counted: Counting, of: str = "") -> tuple[str, str]:
    """Give the slices to select, and the grouping sets of the whole and of them, for each quarter."""
    names = [f"{of}by_{number}" for number in range(len(counted.slices))]
    sets = [f"({of}asked)", *([f"({', '.join([*names, f'{of}asked'])})"] if names else [])]
    return "".join(f"{name}, " for name in names), ", ".join(sets)


def _keep(counted: Counting) -> None:
    """Keep aside, with their slices, the pipeline of each quarter and what was won in each: they are read twice."""
    view, engine = counted.view, counted.asked.engine
    keys = "".join(f", {key} as by_{number}" for number, key in enumerate(counted.keys))
    units, _ = counted_sql(_bookings(view), counted.asked.contract, "b")
    quarters = ", ".join(
        f"({place}, cast($start_a{place} as date), cast($end_a{place} as date), cast($as_of_a{place} as timestamp))"
        for place in range(len(view.many))
    )
    pipe = f"select f.asked, f.record, f.value{keys} from ({counted.facts.sql}) as f {counted.joins}"
    won = f"""
      select q.asked, q.as_of, f.record, f.value, f.outcome_since as since{keys}
      from ({units}) as f
      join (values {quarters}) as q(asked, starts, ends, as_of) on q.starts <= f.closed_on and f.closed_on < q.ends
      {counted.joins.replace("f.day", "f.closed_on")}"""
    own = {"as_of_b": view.moment.as_of, "known_at_b": view.moment.known_at, "day_b": view.moment.day}
    for name, sql in (("required_pipe", pipe), ("required_won", won)):
        run(engine, f"create or replace temp table {name} as {sql}", {**counted.parameters, **own})


def _bookings(view: LensView) -> LensView:
    """Give the lens of bookings, in the types of the pipeline, as of the moment that is asked about."""
    booked = view.lens.model_copy(update={**CLOSED_WON, "types": view.lens.types})
    return replace(view, lens=booked, period=None, many=())


def _by_key(counted: Counting, sql: str, columns: tuple[str, ...]) -> dict[tuple[Key, int], dict[str, Any]]:
    width = len(counted.slices)
    found: dict[tuple[Key, int], dict[str, Any]] = {}
    for row in fetch(counted.asked.engine, sql):
        key = () if not width or row[0] is None else tuple(row[:width])
        values = dict(zip(columns, row[width + 1 :], strict=True))
        found[key, row[width]] = {name: value for name, value in values.items() if value is not None}
    return found


def records_of_required(asked: Asked, terms: Terms) -> tuple[dict[str, object], ...]:
    """Give every deal of the pipeline of each trailing quarter, and every other that was won in it."""
    begins = asked.rows(HISTORY)[0][0]
    looked = [(q, moment) for q, moment in terms.trailing if moment and not _untold(asked, terms, q, moment, begins)]
    if not looked:
        return ()
    counted = _many(asked, terms, looked)
    slices = [f"by_{number}" for number in range(len(counted.slices))]
    ours, theirs = ("".join(f", {part}.{name}" for name in slices) for part in ("p", "w"))
    sql = f"""
      select p.asked, p.record, p.value, w.value, w.record is not null, null{ours}
      from required_pipe as p left join required_won as w on w.asked = p.asked and w.record = p.record
      union all
      select w.asked, w.record, null, w.value, true, w.since <= w.as_of{theirs}
      from required_won as w left join required_pipe as p on p.asked = w.asked and p.record = w.record
      where p.record is null order by 1, 2"""
    rows = []
    for place, record, value, won_value, won, early, *by in fetch(asked.engine, sql):
        part = (
            "won before"
            if early
            else "won elsewhere"
            if early is not None
            else "won from pipeline"
            if won
            else "not won"
        )
        told_of = {"record": record, "unit": record, "quarter": looked[place][0].name, "part": part}
        rows.append(told_of | {"value": value, "won": won_value} | dict(zip(counted.slices, by, strict=True)))
    return tuple(rows)
