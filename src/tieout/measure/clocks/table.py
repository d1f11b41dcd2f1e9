"""Hand-offs of a period with their clocks: how many were due and kept, how long they waited, why they were breached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tieout.contract.handoffs import Handoff, handoffs_of
from tieout.measure.answers import UNKNOWN, Answer, Question, Row
from tieout.measure.diagnosis.sentences import weak_handoffs
from tieout.measure.lens_sql import quoted
from tieout.measure.moments import default_period
from tieout.measure.numbers.arithmetic import value_of
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.clock_facts import CLASSES, CLOCK_DIMENSIONS, OUTCOMES, clock_rows, unanswerable
from tieout.measure.numbers.clock_waits import Lasting, lasting
from tieout.measure.numbers.count import Counting
from tieout.measure.numbers.facts import Facts
from tieout.measure.numbers.knowable import unknowable
from tieout.measure.numbers.label import label
from tieout.measure.numbers.question import Asked, slices_of, view_of
from tieout.measure.run_sql import rows as fetch
from tieout.measure.run_sql import run
from tieout.measure.states import parameters_of

LAID = "hand_offs_laid"
"""A temporary table with what the table needs of each hand-off: it is read several times."""
LAID_SQL = f"""f.value, f.ended, f.business, f.due, f.hit, f.place,
  cast(f.outcome as enum ({", ".join(map(quoted, OUTCOMES))})) as outcome,
  cast(f.breach_class as enum ({", ".join(map(quoted, CLASSES))})) as breach_class,
  case when f.outcome = 'unknown' then f.handoff end as handoff,
  case when f.outcome = 'unknown' then f.untold end as untold"""
"""Its columns after the slices: to lay down a name costs as much as to find out what it is."""
METRIC = "sla.compliance"
"""The number whose rate the table shows."""
SUMMED = (
    "true", "due", "due and hit", "not due and outcome in ('running', 'kept')", "not due and outcome = 'kept'",
    "outcome = 'withdrawn'", "outcome = 'unknown'",
)  # fmt: skip
"""What the counts of a row are of: as `ClockRow` has them, from `n` to `unknown`."""
RECORD = (
    "handoff", "record", "lead_id", "opportunity_id", "account_id", "started_at", "due_at", "answered_at", "activity",
    "touched_by", "owner_id", "team", "assigned_at", "own_due_at", "outcome", "due", "breach_class", "untold",
)  # fmt: skip
"""What a record of the table tells, beside its hours and slices."""


@dataclass(frozen=True, slots=True)
class ClockRow:
    """The hand-offs of a slice: `n` = due + running + withdrawn + unknown, and due = kept + breached.

    `running` are those whose deadline is to come; `early` says how many of them have been answered.
    """

    by: dict[str, str]
    n: int
    due: int
    kept: int
    running: int
    early: int
    withdrawn: int
    unknown: int
    classes: dict[str, int]
    row: Row
    waits: Lasting

    @property
    def breached(self) -> int:
        """How many were not answered by their deadline."""
        return self.due - self.kept


@dataclass(frozen=True, slots=True)
class Clocks:
    """The answer (label, passport, compliance as its rows), and beside each of its rows the clocks behind it."""

    answer: Answer
    rows: tuple[ClockRow, ...]
    terms: tuple[Handoff, ...]
    untold: tuple[tuple[str, str, int], ...]
    """Hand-off, reason and number of those of which nothing can tell the outcome."""
    records: tuple[dict[str, object], ...] | None = None

    @property
    def diagnoses(self) -> tuple[str, ...]:
        """Say what most breaches have in common."""
        told = weak_handoffs(self.rows[0]) if self.rows else None
        return (told,) if told else ()


def clocks(asked: Asked, question: Question) -> Clocks:
    """Give the clocks that a question asks for: by hand-off where it names no slices, in the quarter of as-of.

    Raises QuestionError or PeriodError.
    """
    metric = BY_ID[METRIC]
    question = replace(question, metric=METRIC, by=question.by or ("handoff",))
    view = view_of(asked, question, metric)
    if view.period is None:
        question = replace(question, period=default_period(asked.contract, view.moment, question.calendar).name)
        view = view_of(asked, question, metric)
    terms = handoffs_of(asked.contract.lifecycle)
    reason = unanswerable(metric.fact, view, asked.contract) or unknowable(asked, view)
    if reason:
        total = Row({}, None, 0, absent=reason)
        return Clocks(label(asked, question, metric, view, (total,)), (), terms, ())
    facts = Facts(clock_rows(view, asked.contract), parameters_of(view, "a"), CLOCK_DIMENSIONS)
    counted = Counting(asked, question, metric, view, facts, slices_of(question, facts))
    rows = _rows(counted)
    answer = label(asked, question, metric, view, tuple(one.row for one in rows))
    records = _records(counted) if question.records else None
    return Clocks(answer, rows, terms, _untold(counted), records)


def _rows(counted: Counting) -> tuple[ClockRow, ...]:
    keys = [f"by_{number}" for number in range(len(counted.slices))]
    named = "".join(f"{key} as {alias}, " for key, alias in zip(counted.keys, keys, strict=True))
    summed = ", ".join(
        f"cast(coalesce(sum(n) filter (where {test}), 0) as bigint)"
        for test in (*SUMMED, *(f"breach_class = '{name}' and due" for name in CLASSES))
    )
    engine, parameters = counted.asked.engine, counted.parameters
    source = f"select {named}{LAID_SQL} from ({counted.facts.sql}) as f {counted.joins}"
    run(engine, f"create or replace temp table {LAID} as {source}", parameters)
    sql = f"""
      with alike as (
        select {", ".join(keys)}, due, hit, outcome, breach_class, count(*) as n from {LAID} group by all
      )
      select {", ".join(keys)}, grouping({keys[0]}), {summed}
      from alike group by grouping sets ((), ({", ".join(keys)}))"""
    waits = lasting(engine, LAID, ()) | lasting(engine, LAID, keys)
    width = len(keys)
    found = [_row(counted, waits, row[:width], row[width:]) for row in fetch(engine, sql)]
    return tuple(sorted(found, key=lambda one: (bool(one.by), _order(counted, one))))


def _order(counted: Counting, one: ClockRow) -> tuple[tuple[int, str], ...]:
    """Put hand-offs in the order of the lifecycle, all else by name."""
    places = {stage.name: place for place, stage in enumerate(counted.asked.contract.lifecycle.stages)}
    return tuple((places.get(value, 99) if name == "handoff" else 0, value) for name, value in one.by.items())


def _row(counted: Counting, waits: dict[Any, Lasting], key: tuple[Any, ...], figures: tuple[Any, ...]) -> ClockRow:
    whole, n, due, kept, running, early, withdrawn, unknown, *classes = figures
    by = {} if whole else dict(zip(counted.slices, (value or UNKNOWN for value in key), strict=True))
    value, interval, absent = value_of(counted.metric, due, kept, None, 0)
    if not due and unknown == n and n:
        absent = "nothing in the data tells whether they were answered"
    elif not due and n:
        absent = "none of them is due"
    row = Row(by, value, due, interval, {"observed": 1.0} if due else {}, absent)
    lasted = waits.get(() if whole else tuple(key)) or Lasting(0, 0, {"median": None, "p90": None}, mixed=False)
    told = dict(zip(CLASSES, classes, strict=True))
    return ClockRow(by, n, due, kept, running, early, withdrawn, unknown, told, row, lasted)


def _untold(counted: Counting) -> tuple[tuple[str, str, int], ...]:
    sql = f"""select handoff, untold, count(*) from {LAID}
      where outcome = 'unknown' group by handoff, untold, place order by place, untold"""
    return tuple(fetch(counted.asked.engine, sql))


def _records(counted: Counting) -> tuple[dict[str, object], ...]:
    keys = "".join(
        f", {key} as {name}" for key, name in zip(counted.keys, counted.slices, strict=True) if name not in RECORD
    )
    columns = ", ".join(f"f.{name}" for name in RECORD)
    sql = f"""select {columns}, f.value / 3600000000.0 as hours, f.ended, f.business{keys}
      from ({counted.facts.sql}) as f {counted.joins} order by f.started_at, f.record, f.place"""
    cursor = run(counted.asked.engine, sql, counted.parameters)
    names = [column[0] for column in cursor.description or ()]
    return tuple(dict(zip(names, record, strict=True)) for record in cursor.fetchall())
