"""A number of what happened, in each of many buckets of time: counted in one statement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.measure.answers import Question, Row
from tieout.measure.numbers.buckets import span_days
from tieout.measure.numbers.count import Counting, count_each, counting
from tieout.measure.numbers.facts import Facts
from tieout.measure.numbers.knowable import begins, not_begun, unknowable
from tieout.measure.numbers.question import Asked, metric_named, view_of
from tieout.measure.numbers.stage_facts import STEPS
from tieout.measure.numbers.win_facts import COHORT
from tieout.measure.quality.number_facts import nothing_asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tieout.measure.numbers.buckets import Bucket

DATED_TWICE = ("created", "visits", *STEPS, "latest", "cumulative", *COHORT)
"""Facts that are of a period only where their beginning lies in it too (`since`)."""
DATED = ("units", "closed", "cycles", "leads", "revenue", "stays", "lead_required", *DATED_TWICE)
"""Facts of which a period takes what lies on its days, and nothing else: so many periods can be counted together.

Units are such a fact where they are closed deals, by their close date.
"""


def flows(asked: Asked, question: Question, buckets: Sequence[Bucket]) -> tuple[tuple[Row, ...], ...]:
    """Answer a question about what happened in each bucket, all as of one moment: as each bucket asked as a period.

    The number's fact must be one of DATED. Raises QuestionError or PeriodError.
    """
    metric = metric_named(question.metric)
    counted = counting(asked, question, metric, view_of(asked, replace(question, period=None), metric))
    found = count_each(_in_buckets(counted, buckets))
    first = None if metric.event else begins(asked)
    rows = []
    for bucket, told in zip(buckets, found, strict=True):
        view = replace(counted.view, period=bucket.period)
        why = nothing_asked(metric.fact, asked.contract) or unknowable(asked, view)
        why = why or (None if told[0].n else not_begun(asked, view, first))
        rows.append((Row({}, None, 0, absent=why),) if why else told)
    return tuple(rows)


def _in_buckets(counted: Counting, buckets: Sequence[Bucket]) -> Counting:
    """Tell of each row of a fact which bucket holds its day; rows of no bucket are left out."""
    days = [
        (day, number, bucket.period.start)
        for number, bucket in enumerate(buckets)
        for day in span_days(bucket.period.start, bucket.period.last_day)
    ]
    whole = "and f.since >= b.start" if counted.metric.fact in DATED_TWICE else ""
    sql = f"""
      select b.asked, f.*
      from ({counted.facts.sql}) as f
      join (select unnest($days) as day, unnest($numbers) as asked, unnest($starts) as start) as b
        on b.day = f.day {whole}"""
    named = {
        "days": [day for day, _, _ in days],
        "numbers": [number for _, number, _ in days],
        "starts": [start for _, _, start in days],
    }
    facts = Facts(sql, {**counted.facts.parameters, **named}, counted.facts.dimensions)
    return replace(counted, facts=facts, many=len(buckets))
