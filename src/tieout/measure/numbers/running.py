"""Counting at many moments from spans: what comes in and what goes out, added up in the order of time.

Each span adds its value where it begins and takes it away where it ends. Times that lie between the same two moments
make no difference, so they are put together first: few sums are left to be added up, however many spans there are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from tieout.measure.grades import GRADES
from tieout.measure.numbers.count import Counting, rows_each
from tieout.measure.run_sql import rows as fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tieout.measure.answers import Row

ADDED = ("sum", "count", "share", "rate")
"""Aggregates that are sums: what went out can be taken away again. A median cannot."""
EPOCH = datetime(1970, 1, 1)
TICK = timedelta(microseconds=1)
STEPS = (86_400_000_000, 3_600_000_000, 900_000_000, 60_000_000, 1_000_000, 1)
"""A day, an hour, a quarter of one, a minute, a second, in microseconds."""
ODD = 4
"""So many moments may lie off the steps of the others."""
MOST_RUNS = 12
"""Of more runs of moments that are alike far apart, each its own way to count, the steps they share are quicker."""


@dataclass(frozen=True, slots=True)
class Run:
    """Moments that follow one another by one step, from the place of the first; all in microseconds."""

    place: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Runs:
    """A time as the place of the first moment that is not before it: moments follow one another by few runs."""

    size: int
    runs: tuple[Run, ...]

    def number(self, moment: datetime) -> int:
        """Give the place of a moment, or of a time that is not before the first one."""
        at = (moment - EPOCH) // TICK
        run = next((run for run in self.runs if at <= run.last), self.runs[-1])
        return max(run.place - (run.first - at) // self.size, run.place)

    def sql(self, time: str) -> str:
        """Give the expression of a time's place; behind that of the last moment if it is later."""
        at = f"epoch_us({time})"
        # Between two runs there may be more than a step, as where a day has an hour more.
        found = [
            f"greatest(({at} - {run.first - (run.place + 1) * self.size + 1}) // {self.size}, {run.place})"
            for run in self.runs
        ]
        arms = [f"when {at} <= {run.last} then {one}" for run, one in zip(self.runs, found, strict=True)][:-1]
        return f"case {' '.join(arms)} else {found[-1]} end" if arms else found[-1]


@dataclass(frozen=True, slots=True)
class Steps:
    """A time as a whole number, such that it is not after a moment exactly where its number is not above the moment's.

    Times are counted in steps of a `size` that the moments share, from `base`; each of the few `odd` moments that do
    not lie on a step splits the one it lies in. All in microseconds.
    """

    size: int
    base: int
    odd: tuple[int, ...]

    def number(self, moment: datetime) -> int:
        """Give the number of a moment."""
        at = (moment - EPOCH) // TICK
        return -((self.base - at) // self.size) * (len(self.odd) + 1) + sum(at > odd for odd in self.odd)

    def sql(self, time: str) -> str:
        """Give the expression of a time's number; the time must not be before the first moment."""
        at = f"epoch_us({time})"
        splits = "".join(f" + case when {at} > {odd} then 1 else 0 end" for odd in self.odd)
        return f"(({at} - {self.base} + {self.size - 1}) // {self.size}) * {len(self.odd) + 1}{splits}"


def steps_of(moments: Sequence[datetime]) -> Steps | Runs:
    """Choose runs where they are few; else the largest step on which nearly all the moments lie."""
    times = [(moment - EPOCH) // TICK for moment in moments]
    runs = runs_of(times)
    return runs if len(runs.runs) <= MOST_RUNS else shared_steps(times)


def runs_of(times: Sequence[int]) -> Runs:
    """Cut rising times where they do not follow by the commonest step."""
    gaps = [later - earlier for earlier, later in pairwise(times)]
    size = Counter(gaps).most_common(1)[0][0] if gaps else STEPS[0]
    starts = [0, *(place for place, gap in enumerate(gaps, start=1) if gap != size)]
    ends = [*(start - 1 for start in starts[1:]), len(times) - 1]
    return Runs(size, tuple(Run(start, times[start], times[end]) for start, end in zip(starts, ends, strict=True)))


def shared_steps(times: Sequence[int]) -> Steps:
    """Choose the largest step on which nearly all the times lie."""
    rests = {size: Counter(time % size for time in times).most_common(1)[0] for size in STEPS}
    size = next(size for size in STEPS if len(times) - rests[size][1] <= ODD)
    rest, first = rests[size][0], min(times)
    return Steps(size, first - (first - rest) % size, tuple(sorted(time for time in times if time % size != rest)))


def count_running(counted: Counting) -> tuple[tuple[Row, ...], ...]:
    """Give the total and the slices at each of the view's moments; its facts are of spans, its aggregate is a sum."""
    moments = [moment.as_of for moment, _ in counted.view.many]
    steps = steps_of(moments)
    numbers = {"place": list(range(len(moments))), "number": [steps.number(moment) for moment in moments]}
    found = fetch(counted.asked.engine, _sql(counted, steps), counted.parameters | numbers)
    return rows_each(counted, found)


def _sql(counted: Counting, steps: Steps | Runs) -> str:
    """Put together what comes or goes between two moments, add it up, and take the sums at the moments.

    Each sum is of one kind of records: a grade, a sign of the value or none, and whether they hit. So two sums are
    enough, of which all the others are made in the end.
    """
    names = [f"by_{place}" for place in range(len(counted.slices))]
    each = "".join(f"{key} as {name}, " for key, name in zip(counted.keys, names, strict=True))
    hit = "case when f.hit then 1 else 0 end" if counted.metric.aggregate in {"rate", "share"} else "0"
    sign = "case when f.value is null then 2 when f.value < 0 then 1 else 0 end"
    keys = "".join(f"{name}, " for name in names)
    return f"""
      with spans as (
        select {each}coalesce(f.grade, {len(GRADES)}) * 6 + {sign} * 2 + {hit} as kind, f.value,
          {steps.sql("f.run_from")} as came, {steps.sql("f.run_to")} as went
        from ({counted.facts.sql}) as f {counted.joins}
      ),
      moved as (
        select {keys}kind, coalesce(came, went) as number, -1 as place,
          case when grouping(came) = 0 then 1 else -1 end * count(*) as n,
          case when grouping(came) = 0 then 1 else -1 end * sum(value) as whole
        from spans
        group by grouping sets (({keys}kind, came), ({keys}kind, went))
      ),
      levels as (
        select {keys}kind, place, sum(n) over running as n, sum(whole) over running as whole
        from (
          select * from moved
          union all
          select k.*, m.number, m.place, 0, 0
          from (select distinct {keys}kind from moved) as k
          cross join (select unnest($number) as number, unnest($place) as place) as m
        )
        window running as (
          partition by {keys}kind order by number, case when place < 0 then 0 else 1 end
          rows between unbounded preceding and current row
        )
      )
      {_counted(counted, names)}"""


def _counted(counted: Counting, names: Sequence[str]) -> str:
    """Take the aggregate, the number of values and the grades from the sums of the kinds."""
    measure = {
        "sum": "coalesce(sum(whole), 0)",
        "count": "sum(n)",
        "share": "coalesce(sum(case when kind % 2 = 1 then whole end), 0)",
        "rate": "coalesce(sum(case when kind % 2 = 1 then n end), 0)",
    }
    size = "case kind // 2 % 3 when 0 then whole when 1 then -whole else 0 end"
    weight = size if counted.metric.aggregate in {"sum", "share"} else "n"
    shares = [f"sum(case when kind // 6 = {grade} then {weight} else 0 end)" for grade in range(len(GRADES))]
    sets = {"(place)", f"({', '.join(['place', *names])})"}
    total = f"grouping({names[0]})" if names else "1"
    return f"""
      select {", ".join(["place", *names, total])}, cast(sum(n) as bigint), {measure[counted.metric.aggregate]},
        sum(whole), null, cast(coalesce(sum(case when kind // 2 % 3 < 2 then n end), 0) as bigint), {", ".join(shares)}
      from levels
      where place >= 0
      group by grouping sets ({", ".join(sorted(sets))})
      having sum(n) > 0"""
