"""The funnel: how many of a cohort reach each step within a horizon, or how many enter each step in a period.

A cohort is of the episodes that became an mql in the period, or of the persons first in contact in it; a step is
reached with the first event that tells of it or of a later one. A flow dates every step by itself: it is quicker to
know, and its steps are not the same people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tieout.basics.calendars import end_of_day
from tieout.contract.funnel import PLACE, STEPS
from tieout.measure.answers import UNKNOWN, Question, QuestionError
from tieout.measure.funnel.diagnoses import diagnoses
from tieout.measure.funnel.parts import ENDINGS, AtStep, Between, Funnel, Part, Reason
from tieout.measure.moments import calendar_of
from tieout.measure.numbers.arithmetic import band_of
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.facts import TIME_DIMENSIONS, Facts
from tieout.measure.numbers.funnel_facts import (
    BY_LEAD,
    BY_MQL,
    FUNNEL_DIMENSIONS,
    episodes_sql,
    persons_sql,
    rows_sql,
)
from tieout.measure.numbers.funnel_notes import step_absent
from tieout.measure.numbers.funnel_split import split
from tieout.measure.numbers.knowable import unknowable
from tieout.measure.numbers.label import label
from tieout.measure.numbers.question import Asked, allowed, slices_of, view_of
from tieout.measure.run_sql import rows as fetch
from tieout.measure.run_sql import run
from tieout.measure.survival import quantiles_sql
from tieout.warehouse.engine import EngineError

if TYPE_CHECKING:
    from datetime import datetime

    from tieout.basics.calendars import Period
    from tieout.contract.model.lifecycle import Step
    from tieout.measure.funnel.parts import Way
    from tieout.measure.lens_sql import LensView
    from tieout.measure.numbers.metric import Metric
    from tieout.measure.states import Parameters

HOUR = 24.0
"""Hours of a day: durations are grouped by the hour, so that a million of them are read at once."""
NUMBERS: dict[tuple[Way, str], str] = {
    ("cohort", "mql"): "mql_to_sql.cohort_90d",
    ("cohort", "lead"): "lead_to_opportunity",
    ("flow", "mql"): "mql_to_sql.flow",
    ("flow", "lead"): "mql_to_sql.flow",
}
"""The number of the catalogue that each funnel belongs to."""
NO_BAND = 10
GATHERED = "funnel_gathered"
"""The table of the session that holds the cohort."""


@dataclass(frozen=True, slots=True)
class FunnelTerms:
    """How a funnel is counted: by which way, from which step, within how many days (of a cohort), about which step."""

    way: Way = "cohort"
    start: Step = "mql"
    days: int | None = None
    step: Step | None = None

    @property
    def horizon(self) -> int:
        """The days within which a cohort has to get there."""
        return self.days or (BY_LEAD if self.start == "lead" else BY_MQL)

    @property
    def metric(self) -> Metric:
        """The number that the funnel belongs to."""
        return BY_ID[NUMBERS[self.way, self.start]]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that it shows."""
        return STEPS[PLACE[self.start] :]


@dataclass(frozen=True, slots=True)
class _Counting:
    """A funnel being counted: its rows as SQL, which of them got how far, and how they are cut."""

    asked: Asked
    question: Question
    terms: FunnelTerms
    view: LensView
    sql: str
    parameters: Parameters
    slices: dict[str, str]

    @property
    def keys(self) -> list[str]:
        """The expressions of the slices, named in their order."""
        told = (f"coalesce(cast({expression} as varchar), '{UNKNOWN}')" for expression in self.slices.values())
        return [f"{expression} as by_{number}" for number, expression in enumerate(told)]

    @property
    def names(self) -> list[str]:
        """The names of the slices in SQL."""
        return [f"by_{number}" for number in range(len(self.slices))]

    @property
    def rows(self) -> str:
        """The rows with their slices."""
        dated = bool(self.slices.keys() & TIME_DIMENSIONS.keys())
        join = "left join calendar_days as k on k.calendar = $calendar and k.day = f.day" if dated else ""
        deadline = f"f.moment + interval {self.terms.horizon} day as deadline"
        return f"select {', '.join([*self.keys, 'f.*', deadline])} from ({self.sql}) as f {join}"

    def in_time(self, column: str) -> str:
        """Give whether something came within the horizon."""
        return f"{column} <= f.deadline"

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        """Read rows. Raises QuestionError where a condition cannot be computed."""
        try:
            return fetch(self.asked.engine, sql, self.parameters)
        except EngineError as error:
            if not self.question.where:
                raise
            message = f"The condition '{self.question.where}' cannot be computed: {str(error).splitlines()[0]}."
            raise QuestionError(message) from error


def funnel(asked: Asked, question: Question, terms: FunnelTerms) -> Funnel:
    """Count a funnel. `question` has period, moments, slices and filters; its metric is that of the terms.

    Raises QuestionError where it names what is not there, PeriodError where the period cannot be read.
    """
    if terms.step:
        allowed("step of this funnel", terms.step, terms.steps)
    question = replace(question, metric=terms.metric.id)
    view = view_of(asked, question, terms.metric)
    chosen = view.period is None
    view = replace(view, period=view.period or _newest(asked, view, question, terms))
    counted = _counting(asked, question, terms, view)
    answer = label(asked, question, terms.metric, view, ())
    period = view.period or _newest(asked, view, question, terms)
    made = Funnel(
        way=terms.way,
        start=terms.start,
        horizon=terms.horizon,
        period=period.name,
        first_day=period.start,
        last_day=period.last_day,
        chosen=chosen,
        passport=answer.passport,
        as_of=answer.as_of,
        known_at=answer.known_at,
        step=terms.step,
    )
    if reason := _absent(asked, view, terms):
        return replace(made, absent=reason)
    if terms.way == "cohort":
        _gather(counted)
    parts = _flow(counted) if terms.way == "flow" else _cohort(counted)
    if not parts[0].n:
        nobody = "became an mql" if terms.start == "mql" else "was first in contact"
        return replace(made, absent=f"nobody {nobody} in {period.name}", parts=parts)
    made = replace(made, parts=parts, between=_between(counted, parts[0]))
    if terms.step:
        made = replace(made, reasons=_reasons(counted, terms.step))
    if terms.way == "cohort" and terms.days is None:
        told = diagnoses(asked, replace(question, period=period.name), parts[0], by_lead=terms.start == "lead")
        made = replace(made, diagnoses=tuple(told))
    if _low(asked, terms, parts[0]):
        made = replace(made, split=split(asked, view))
    return replace(made, records=_records(counted)) if question.records else made


def _newest(asked: Asked, view: LensView, question: Question, terms: FunnelTerms) -> Period:
    """Give the quarter that is asked about where none is: of a cohort the newest that is mature, else that of as-of."""
    calendar = calendar_of(asked.contract, question.calendar or view.lens.calendar)
    quarter = calendar.quarter_of(view.moment.day)
    if terms.way == "flow":
        return quarter
    while end_of_day(quarter.last_day, asked.zone) + timedelta(days=terms.horizon) > view.moment.as_of:
        quarter = calendar.quarter_of(quarter.start - timedelta(days=1))
    return quarter


def _absent(asked: Asked, view: LensView, terms: FunnelTerms) -> str | None:
    if view.period and view.period.start > view.moment.day:
        return "the period has not begun"
    reason = unknowable(asked, view)
    return reason or (step_absent(asked, "mql") if terms.start == "mql" else None)


def _counting(asked: Asked, question: Question, terms: FunnelTerms, view: LensView) -> _Counting:
    contract = asked.contract
    if terms.start == "lead" and terms.way == "cohort":
        sql, parameters = rows_sql(view, contract, persons_sql(view, contract), "e.lead_told", "true as hit")
    elif terms.way == "cohort":
        sql, parameters = rows_sql(view, contract, episodes_sql(view, contract), "e.mql_told", "true as hit")
    else:
        sql, parameters = _entries(view, asked, terms)
    slices = slices_of(question, Facts(sql, parameters, FUNNEL_DIMENSIONS))
    calendar = calendar_of(contract, question.calendar or view.lens.calendar)
    return _Counting(asked, question, terms, view, sql, {**parameters, "calendar": calendar.name}, slices)


def _entries(view: LensView, asked: Asked, terms: FunnelTerms) -> tuple[str, Parameters]:
    """Compile one row for each episode and step that it reached, dated by that; of mql episodes, or of all."""
    inside = "where e.mql_told is not null" if terms.start == "mql" else ""
    entries = " union all ".join(
        f"""select e.*, {PLACE[step]} as entry, {_entered(step, terms)} as entry_at,
          e.{step}_told is not null as entry_told from e {inside}"""
        for step in terms.steps
    )
    source = f"with e as ({episodes_sql(view, asked.contract)}) {entries}"
    return rows_sql(view, asked.contract, source, "e.entry_at", "true as hit")


def _entered(step: Step, terms: FunnelTerms) -> str:
    return f"e.{step}_{'told' if step == terms.start else 'reached'}"


# -- counting


def _gather(counted: _Counting) -> None:
    """Put the cohort into a table of the session, each with how far it got in time, so that it is looked up once.

    `furthest` is the place of the last step that it reached, seen from the first; `told` has a bit for each step that
    an event tells of; `ending` is the place in ENDINGS of how it ended, from 1.
    """
    steps = counted.terms.steps[1:]
    furthest = " + ".join(_one(counted.in_time(f"f.{step}_reached")) for step in steps)
    told = " + ".join(f"{2**place} * {_one(counted.in_time(f'f.{step}_told'))}" for place, step in enumerate(steps))
    kinds = " ".join(f"when '{ending}' then {place}" for place, ending in enumerate(ENDINGS, start=1))
    ending = f"case when {counted.in_time('f.ended_at')} then case f.ended_by {kinds} end else 0 end"
    kept = ", ".join([*counted.names, *(f"f.{step}_reached" for step in counted.terms.steps), "f.ended_at", "f.reason"])
    counted.asked.engine.execute(f"drop table if exists temp.{GATHERED}")
    run(
        counted.asked.engine,
        f"""create temp table {GATHERED} as
        select {kept}, f.moment, cast({furthest} as tinyint) as furthest, cast({told} as smallint) as told,
          cast({ending} as tinyint) as ending
        from ({counted.rows}) as f""",
        counted.parameters,
    )


def _one(condition: str) -> str:
    return f"case when {condition} then 1 else 0 end"


def _cohort(counted: _Counting) -> tuple[Part, ...]:
    """Count the cohort: few kinds of ways, which add up to the slices and the whole."""
    keys = ", ".join([*counted.names, "furthest", "told", "ending"])
    found = counted.fetch(f"select {keys}, count(*), max(moment) from {GATHERED} group by {keys}")
    ways: dict[tuple[str, ...], list[tuple[Any, ...]]] = {(): []}
    width = len(counted.slices)
    for record in found:
        for key in {(), record[:width]}:
            ways.setdefault(key, []).append(record[width:])
    return _sorted([_cohort_part(counted, key, mine) for key, mine in ways.items()])


def _cohort_part(counted: _Counting, key: tuple[str, ...], ways: list[tuple[Any, ...]]) -> Part:
    steps = counted.terms.steps
    made = []
    for place, step in enumerate(steps):
        reached = sum(n for furthest, _, _, n, _ in ways if furthest >= place)
        told = sum(n for _, bits, _, n, _ in ways if place == 0 or bits & 2 ** (place - 1))
        stopped = {
            kind: sum(n for furthest, _, ending, n, _ in ways if furthest == place and ending == number)
            for number, kind in enumerate(("open", *ENDINGS))
        }
        made.append(AtStep(step, reached, told, stopped if place + 1 < len(steps) else {}))
    newest = max((newest for *_, newest in ways), default=None)
    return Part(dict(zip(counted.slices, key, strict=False)), tuple(made), immature=_young(counted, newest))


def _young(counted: _Counting, newest: datetime | None) -> bool:
    ripe = timedelta(days=counted.terms.horizon)
    return newest is not None and newest + ripe > counted.view.moment.as_of


def _flow(counted: _Counting) -> tuple[Part, ...]:
    keys = ", ".join([*counted.names, "entry"])
    told = "count(*) filter (where entry_told)"
    found = counted.fetch(f"select {keys}, count(*), {told} from ({counted.rows}) as f group by {keys}")
    width = len(counted.slices)
    entries: dict[tuple[str, ...], dict[int, tuple[int, int]]] = {(): {}}
    for record in found:
        entry, n, told_n = record[width:]
        for key in {(), record[:width]}:
            before = entries.setdefault(key, {}).get(entry, (0, 0))
            entries[key][entry] = (before[0] + n, before[1] + told_n)
    parts = []
    for key, mine in entries.items():
        steps = tuple(AtStep(step, *mine.get(PLACE[step], (0, 0))) for step in counted.terms.steps)
        parts.append(Part(dict(zip(counted.slices, key, strict=False)), steps))
    return _sorted(parts)


def _sorted(parts: list[Part]) -> tuple[Part, ...]:
    whole = next(part for part in parts if not part.by)
    return (whole, *sorted((part for part in parts if part.by), key=lambda part: tuple(part.by.values())))


def _low(asked: Asked, terms: FunnelTerms, whole: Part) -> bool:
    """Say whether too few mqls become sqls: below the band of the number that says so, which is about its horizon."""
    band = band_of(asked.contract, terms.metric)
    if terms.start != "mql" or terms.way != "cohort" or whole.n < NO_BAND or not band or band.low is None:
        return False
    if whole.immature or terms.horizon != BY_MQL:
        return False
    return whole.reached("sql") / whole.n < band.low


# -- the time between, the reasons, the records


def _between(counted: _Counting, whole: Part) -> tuple[Between, ...]:
    """Take the time between steps; of slices only where one step is asked about. Of a flow there is none.

    A step that nothing tells of, and that people are beyond, is passed over: they were in it at no time of its own.
    """
    terms = counted.terms
    steps = [one.step for one in whole.steps if one.step == terms.start or one.told or not one.reached]
    pairs = [pair for pair in pairwise(steps) if terms.step in (None, pair[1])]
    if terms.way == "flow" or not pairs:
        return ()
    keys = ["start", "ending"]
    lasting = " union all ".join(_lasting(start, end) for start, end in pairs)
    rows = [_between_of({}, record) for record in counted.fetch(quantiles_sql(f"({lasting})", keys, alike="most"))]
    if terms.step and counted.names:
        cut = " union all ".join(_lasting(start, end, counted.names) for start, end in pairs)
        width = len(counted.names)
        for record in counted.fetch(quantiles_sql(f"({cut})", [*keys, *counted.names], alike="most")):
            by = dict(zip(counted.slices, record[2 : 2 + width], strict=True))
            rows.append(_between_of(by, (*record[:2], *record[2 + width :])))
    return tuple(sorted(rows, key=lambda row: (tuple(row.by.values()), PLACE[row.start])))


def _lasting(start: Step, end: Step, names: list[str] | None = None) -> str:
    """Compile how long each took from one step to the next, in hours; censored when sent back, else at as-of."""
    last = f"coalesce(f.{end}_reached, least(f.ended_at, $as_of_a))"
    named = "".join(f", f.{name}" for name in names or ())
    return f"""select {PLACE[start]} as start, {PLACE[end]} as ending{named},
      greatest(0, date_diff('hour', f.{start}_reached, {last})) as duration, f.{end}_reached is not null as ended
      from {GATHERED} as f where f.{start}_reached is not null"""


def _between_of(by: dict[str, str], record: tuple[Any, ...]) -> Between:
    start, end, n, ended, *hours = record
    days = [None if hour is None else hour / HOUR for hour in hours]
    return Between(by, STEPS[start], STEPS[end], n, ended, *days)


def _reasons(counted: _Counting, step: Step) -> tuple[Reason, ...]:
    """Count why people stopped before a step: those that reached the one before, and not it, in time."""
    place = counted.terms.steps.index(step)
    if place == 0 or counted.terms.way == "flow":
        return ()
    kinds = ("open", *ENDINGS)
    sql = f"""select ending, case when ending > 0 then reason end, count(*)
      from {GATHERED} where furthest = {place - 1} group by all order by 3 desc, 1, 2 nulls last"""
    return tuple(Reason(kinds[ending], reason, n) for ending, reason, n in counted.fetch(sql))


def _records(counted: _Counting) -> tuple[dict[str, object], ...]:
    """List the persons of the step asked about, or all, each with how far it got in time; of a flow, each entry."""
    terms = counted.terms
    step = terms.step or terms.start
    if terms.way == "flow":
        told, condition = "f.entry_at as reached_at", f"f.entry = {PLACE[step]}" if terms.step else "true"
        arms = " ".join(f"when {PLACE[one]} then '{one}'" for one in terms.steps)
        furthest = f"case f.entry {arms} end"
    else:
        told = f"f.{step}_{'told' if step == terms.start else 'reached'} as reached_at"
        condition = "true" if step == terms.start else counted.in_time(f"f.{step}_reached")
        arms = " ".join(f"when {counted.in_time(f'f.{one}_reached')} then '{one}'" for one in reversed(terms.steps[1:]))
        furthest = f"case {arms} else '{terms.start}' end"
    keys = "".join(f", {key} as {name}" for key, name in zip(counted.names, counted.slices, strict=True))
    sql = f"""
      select f.record, f.person, f.episode, f.day, {told}, {furthest} as furthest, f.ended_by, f.reason, f.score,
        f.source, f.owner_id as owner{keys}
      from ({counted.rows}) as f where {condition} order by f.record, f.episode, reached_at, furthest"""
    cursor = run(counted.asked.engine, sql, counted.parameters)
    names = [column[0] for column in cursor.description or ()]
    return tuple(dict(zip(names, record, strict=True)) for record in cursor.fetchall())
