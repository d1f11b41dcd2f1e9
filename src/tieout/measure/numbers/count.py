"""Counting: the rows of a fact become one value for the total and one for each slice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tieout.contract.handoffs import HOUR
from tieout.measure.answers import UNKNOWN, Question, Row
from tieout.measure.grades import GRADES, grade_of
from tieout.measure.moments import calendar_of
from tieout.measure.numbers.arithmetic import DAY, MEASURES, value_of, verdict
from tieout.measure.numbers.facts import TIME_DIMENSIONS, Facts, facts_of
from tieout.measure.numbers.funnel_facts import HORIZON
from tieout.measure.numbers.lasting import with_quantiles
from tieout.measure.numbers.metric import LASTING
from tieout.measure.numbers.question import Asked, slices_of
from tieout.measure.numbers.win_facts import cycle_p90_sql
from tieout.measure.run_sql import run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tieout.measure.lens_sql import LensView
    from tieout.measure.numbers.catalogue import Metric

SECONDS_OF_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Counting:
    """What is counted and how it is cut."""

    asked: Asked
    question: Question
    metric: Metric
    view: LensView
    facts: Facts
    slices: dict[str, str]
    many: int = 0
    """How many moments or buckets the rows of the fact are of, told by their column `asked`; 0 where there is one."""

    @property
    def joins(self) -> str:
        """The joins that the slices need beside the fact's own rows."""
        joins = ""
        if any("l.source" in expression for expression in self.slices.values()):
            joins += " left join leads_told as l on l.record = f.lead_id"
        if self.slices.keys() & TIME_DIMENSIONS.keys():
            joins += " left join calendar_days as k on k.calendar = $calendar and k.day = f.day"
        return joins

    @property
    def parameters(self) -> dict[str, object]:
        """The parameters of the fact, and the calendar that months and quarters are taken from."""
        calendar = calendar_of(self.asked.contract, self.question.calendar or self.view.lens.calendar)
        return {**self.facts.parameters, "calendar": calendar.name}

    @property
    def keys(self) -> list[str]:
        """The expressions of the slices, unknown told as such."""
        return [f"coalesce(cast({expression} as varchar), '{UNKNOWN}')" for expression in self.slices.values()]


def counting(asked: Asked, question: Question, metric: Metric, view: LensView) -> Counting:
    """Put together what is counted. Raises QuestionError where a dimension is not there."""
    facts = facts_of(metric, view, asked.contract)
    return Counting(asked, question, metric, view, facts, slices_of(question, facts), len(view.many))


def count(counted: Counting) -> tuple[Row, ...]:
    """Give the total and the slices, sorted."""
    found = counted.asked.rows(_sql(counted), counted.parameters)
    return _sorted_rows(counted, with_quantiles(counted, found))


def count_each(counted: Counting) -> tuple[tuple[Row, ...], ...]:
    """Give the total and the slices at each of many moments or in each of many buckets, counted in one statement."""
    every = counted.asked.rows(_sql(counted), counted.parameters)
    return rows_each(counted, with_quantiles(counted, every))


def rows_each(counted: Counting, records: Iterable[tuple[Any, ...]]) -> tuple[tuple[Row, ...], ...]:
    """Give the total and the slices of each moment or bucket, whose number each record begins with."""
    found: list[list[tuple[Any, ...]]] = [[] for _ in range(counted.many)]
    for number, *record in records:
        found[number].append(tuple(record))
    return tuple(_sorted_rows(counted, each) for each in found)


def _sorted_rows(counted: Counting, found: list[tuple[Any, ...]]) -> tuple[Row, ...]:
    metric, width = counted.metric, len(counted.slices)
    ripe = _ripe_age(counted)
    made = [_row(counted, record, ripe) for record in found]
    total = next((row for row in made if not row.by), _empty(metric))
    rest = sorted((row for row in made if row.by), key=lambda row: tuple(row.by.values()))
    if metric.aggregate == "share" and "source_class" in counted.slices:
        wholes = {tuple(record[:width]): record[width + 3] for record in found if record[width] != 1}
        rest = [_share_of_all(row, wholes) for row in rest]
    return (total, *rest)


def records_of(counted: Counting) -> tuple[dict[str, object], ...]:
    """Give the records that a number counts, each with its value, grade, day and slices."""
    keys = "".join(f", {key} as {name}" for key, name in zip(counted.keys, counted.slices, strict=True))
    hit = ", f.hit" if counted.metric.aggregate in ("rate", "share", "flow") else ""
    hit = ", f.hit as ended" if counted.metric.aggregate in LASTING else hit
    if counted.metric.unit == "money":
        named = "" if "currency" in counted.slices else ", f.currency"
        keys += f", f.original{named}, f.rate"
    sql = f"""select f.record, f.unit, f.value{hit}, f.grade, f.day{keys}
      from ({counted.facts.sql}) as f {counted.joins} order by f.record, f.unit"""
    cursor = run(counted.asked.engine, sql, counted.parameters)
    names = [column[0] for column in cursor.description or ()]
    found = (dict(zip(names, record, strict=True)) for record in cursor.fetchall())
    return tuple(
        row | {"grade": GRADES[row["grade"] or 0]} | _shown(counted.metric, row["value"], row.get("rate"))
        for row in found
    )


def _shown(metric: Metric, value: Any, rate: Any) -> dict[str, object]:  # noqa: ANN401 - engine values
    """Give a record's value in the number's unit, so that the records of a count add up to it, and its rate."""
    if metric.unit == "count":
        return {"value": 1}
    if metric.unit == "money":
        return {"rate": plain(rate)}
    whole = {"days": DAY, "hours": HOUR}.get(metric.unit)
    return {"value": value / whole} if whole and value is not None else {}


def _sql(counted: Counting) -> str:
    names = [f"by_{number}" for number in range(len(counted.slices))]
    keys = [f"{key} as {name}" for key, name in zip(counted.keys, names, strict=True)]
    weight = "abs(f.value)" if counted.metric.aggregate in ("sum", "share") else "1"
    shares = [f"sum(case when f.grade = {grade} then {weight} else 0 end)" for grade in range(len(GRADES))]
    asked = ["asked"] if counted.many else []
    sets = {f"({', '.join(asked)})", f"({', '.join([*asked, *names])})"}
    return f"""
      select {", ".join([*asked, *names, f"grouping({names[0]})" if names else "1"])}, count(*),
        {MEASURES[counted.metric.aggregate]}, sum(f.value), max(f.moment), count(f.value), {", ".join(shares)}
      from (select {", ".join([*keys, "f.*"])} from ({counted.facts.sql}) as f {counted.joins}) as f
      {f"group by grouping sets ({', '.join(sorted(sets))})" if names or asked else ""}"""


def plain(rate: Decimal | None) -> Decimal | None:
    """Give a rate without the zeros that its column adds."""
    return None if rate is None else Decimal(f"{rate.normalize():f}")


def _row(counted: Counting, record: tuple[Any, ...], ripe: float | None) -> Row:
    width = len(counted.slices)
    by = {} if record[width] == 1 else dict(zip(counted.slices, record[:width], strict=True))
    n, measure, whole, newest, valued, *shares = record[width + 1 :]
    n = int(whole or 0) if counted.metric.aggregate == "flow" else n
    value, interval, absent = value_of(counted.metric, n, measure, whole, valued)
    young = bool(ripe and newest and (counted.view.moment.as_of - newest).total_seconds() < ripe)
    unvalued = n - valued if counted.metric.unit == "money" else 0
    row = Row(by, value, n, interval, grade_of(shares), absent, immature=young, unvalued=unvalued)
    told = verdict(counted.asked.contract, counted.metric, row)
    return replace(row, verdict=told) if told else row


def _empty(metric: Metric) -> Row:
    value, interval, absent = value_of(metric, 0, 0, None, 0)
    return Row({}, value, 0, interval, {}, absent)


def _share_of_all(row: Row, wholes: dict[tuple[Any, ...], Any]) -> Row:
    """By source class, each class is its own numerator over the whole, so that the shares sum to 1."""
    others = {name: value for name, value in row.by.items() if name != "source_class"}
    names = list(row.by)
    total = sum(
        (
            Decimal(whole or 0)
            for key, whole in wholes.items()
            if others.items() <= dict(zip(names, key, strict=True)).items()
        ),
        Decimal(0),
    )
    if total <= 0:
        return row
    mine = Decimal(wholes[tuple(row.by.values())] or 0)
    return replace(row, value=float(mine / total), absent=None, verdict=None)


def _ripe_age(counted: Counting) -> float | None:
    """Give the age in seconds from which a cohort is mature: its horizon, or the p90 of the time to win; else None.

    Of leads it is the time from first contact to winning, of deals that of a won cycle.
    """
    if counted.metric.fact in HORIZON:
        return HORIZON[counted.metric.fact] * SECONDS_OF_DAY
    if counted.metric.fact == "cohort":
        p90 = cycle_p90_sql(counted.view, counted.asked.contract)
        found = counted.asked.rows(p90, counted.parameters)[0][0]
        return None if found is None else float(found) / 1e6
    if not counted.metric.id.startswith("conversion."):
        return None
    sql = """select percentile_cont(0.9) within group (order by date_diff('second', l.first_contact_at, w.won_at))
      from leads as l join lead_wins as w on w.lead_id = l.record
      where w.won_at <= $as_of and $as_of < w.reopened_at and w.won_at >= l.first_contact_at"""
    found = counted.asked.rows(sql, {"as_of": counted.view.moment.as_of})
    return float(found[0][0]) if found[0][0] is not None else None
