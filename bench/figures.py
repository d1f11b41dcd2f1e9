"""Figures from the published file of a large company, each beside the same sums by SQL written by hand."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property, partial
from zoneinfo import ZoneInfo

from bench.company import WEEKS
from bench.daily import daily
from bench.measuring import BUILD, BenchError, Result, apart, median_time, run, tieout
from tieout.basics.calendars import Period, add_months, end_of_day
from tieout.basics.workspace import Workspace
from tieout.building import known_build
from tieout.ends import read_end
from tieout.measure.answers import Question, Row
from tieout.measure.moments import ALL_KNOWN, calendar_of
from tieout.measure.numbers.question import Asked
from tieout.measure.numbers.series import series
from tieout.questions import ask, bridge, opened
from tieout.warehouse.builds import build_path, published

ZONE = ZoneInfo("Europe/Berlin")
MONTHS = tuple(add_months(date(2024, 2, 1), number) for number in range(24))
DAY = date(2025, 6, 30)
QUESTION = Question("pipeline.open_qualified", by=("segment",))
Sums = dict[tuple[int, str], tuple[Decimal, int]]


def figures(scale: float) -> list[Result]:
    """Make the company and its published file unless an earlier run did, then measure."""
    records = int(500_000 * scale)
    root = (BUILD / f"history-{records}").absolute()
    apart(f"from bench.company import *; make_once({str(root)!r}, lambda folder: write_history(folder, {records}))")
    made = []
    for folder in (root / "ledger", root / ".tieout"):
        shutil.rmtree(folder, ignore_errors=True)
    for name, command in (("first pull", "pull"), ("first refresh after it", "refresh")):
        one = run(tieout(command, "--workspace", root))
        note = f"{records:,} opportunities, ten states each, in {WEEKS} weekly extracts; {one.memory / 1e9:.1f} GB"
        made.append(Result(f"{name} of two years", one.wall, "s", note=note))
    whole = run(tieout("ask", QUESTION.metric, "--by", "segment", "--as-of", f"{DAY}", "--workspace", root))
    workspace = Workspace(root)
    with opened(workspace) as asked:
        size = build_path(workspace, asked.facts.key).stat().st_size / 1e9
        moments = [_moment(asked, month) for month in MONTHS]
        parts = [*_one_date(workspace, asked), *_month_ends(workspace, asked, moments)]
    parts += daily(workspace, ZONE)
    parts += [Result("tieout ask of it, whole process", whole.wall, "s", note=f"published file {size:.1f} GB")]
    return [*parts, *_bridges(workspace), *_cold(workspace), *made]


@dataclass(frozen=True, slots=True)
class _Moment:
    """The end of a day, the day, and the fiscal quarter that holds it."""

    as_of: datetime
    day: date
    period: Period


def _moment(asked: Asked, following: date) -> _Moment:
    day = date.fromordinal(following.toordinal() - 1)
    return _Moment(end_of_day(day, ZONE), day, calendar_of(asked.contract, None).quarter_of(day))


def _one_date(workspace: Workspace, asked: Asked) -> list[Result]:
    moment = _moment(asked, date.fromordinal(DAY.toordinal() + 1))
    results = []
    for word, said, target in (("restated", False, 0.1), ("as said then", True, None)):
        question = replace(QUESTION, as_of=moment.as_of, said_then=said)
        taken, answer = median_time(partial(ask, workspace, question))
        bare = _Bare(asked, [moment], said=said)
        by_hand, sums = median_time(bare.sums)
        _agree(_sums([answer.rows]), sums)
        results += [
            Result(f"as of one date by segment, {word}", taken, "s", target, note=f"{answer.total.n:,} counted"),
            Result("the same by the bare engine", by_hand, "s"),
        ]
    return results


def _month_ends(workspace: Workspace, asked: Asked, moments: Sequence[_Moment]) -> list[Result]:
    results = []
    dates = [moment.as_of for moment in moments]
    for word, said, target in (("restated", False, 0.5), ("as said then", True, 1.0)):
        question = replace(QUESTION, said_then=said)
        taken, rows = median_time(partial(_series, workspace, question, dates))
        by_hand, sums = median_time(_Bare(asked, moments, said=said).sums)
        _agree(_sums(rows), sums)
        results += [
            Result(f"24 month-ends by segment, {word}", taken, "s", target),
            Result("the same by the bare engine", by_hand, "s"),
        ]
    return results


def _series(workspace: Workspace, question: Question, dates: Sequence[datetime]) -> tuple[tuple[Row, ...], ...]:
    with opened(workspace) as asked:
        return series(asked, question, dates)


BRIDGE = """
with counted as (
  select s.record, s.type in ('new', 'expansion') and s.close_date >= date '{day}' and x.id is null as agreed,
    cast(round(s.arr * p.rate, 2) as decimal(18, 2)) as left_value,
    cast(round(s.tcv * q.rate, 2) as decimal(18, 2)) as right_value
  from opportunity_states as s
  join exchange_rates as p on p.kind = 'plan' and p.currency = s.currency and p.starts_at <= {at} and {at} < p.ends_at
  join exchange_rates as q on q.kind = 'spot' and q.currency = s.currency and q.starts_at <= {at} and {at} < q.ends_at
  left join exclusions as x on x.object = 'opportunity' and x.id = s.record
  where s.valid_from <= {at} and {at} < s.valid_to and s.seen_to = timestamp '9999-12-31' and s.outcome = 'open'
    and s.stage_rank >= 1 and s.category <> 'Omitted' and not s.deleted
    and s.close_date >= date '{start}' and s.close_date < date '{end}'
)
select record, right_value - case when agreed then left_value else 0 end as amount from counted order by record
"""
"""From agreed to sales by hand: one amount for each record, without causes."""


class _Bare:
    """The same figure by hand: one scan for each moment, one statement."""

    def __init__(self, asked: Asked, moments: Sequence[_Moment], *, said: bool) -> None:
        self.engine, self.moments, self.said = asked.engine, moments, said

    @cached_property
    def statement(self) -> str:
        """The statement; what does not depend on the moment is left to the engine to push down."""
        scans = " union all ".join(self._scan(number, moment) for number, moment in enumerate(self.moments))
        return f"""
            select s.moment, s.segment, sum(cast(round(s.arr * r.rate, 2) as decimal(18, 2))), count(*)
            from ({scans}) as s
            join exchange_rates as r
              on r.kind = 'plan' and r.currency = s.currency and r.starts_at <= s.as_of and s.as_of < r.ends_at
            left join exclusions as x on x.object = 'opportunity' and x.id = s.record
            where x.id is null and s.outcome = 'open' and s.stage_rank >= 1 and s.type in ('new', 'expansion')
              and s.category <> 'Omitted' and not s.deleted
            group by s.moment, s.segment"""

    def _scan(self, number: int, moment: _Moment) -> str:
        at, period = f"timestamp '{moment.as_of}'", moment.period
        known = at if self.said else f"timestamp '{ALL_KNOWN}'"
        return f"""
            select {number} as moment, {at} as as_of, record, segment, currency, arr, outcome, stage_rank, type,
              category, deleted
            from opportunity_states
            where valid_from <= {at} and {at} < gone_at and {at} < valid_end
              and seen_from <= {known} and {known} < seen_to and ({at} < valid_to or {known} < end_heard)
              and close_date >= date '{max(period.start, moment.day)}' and close_date < date '{period.end}'"""

    def sums(self) -> Sums:
        """Give value and count by moment and segment."""
        found = self.engine.execute(self.statement).fetchall()
        return {(moment, segment): (value, n) for moment, segment, value, n in found}


def _sums(rows: Sequence[Sequence[Row]]) -> Sums:
    return {
        (moment, row.by["segment"]): (Decimal(row.value), row.n)
        for moment, told in enumerate(rows)
        for row in told
        if row.by and row.value is not None
    }


def _agree(ours: Sums, bare: Sums) -> None:
    if not ours or ours != bare:
        message = f"The figures differ from those of the bare engine: {ours} against {bare}."
        raise BenchError(message)


def _bridges(workspace: Workspace) -> list[Result]:
    results = []
    for start, end, target in (
        (f"agreed@{DAY}", f"sales@{DAY}", 1.0),
        (f"agreed@{DAY}", f"marketing@{DAY}", None),
        ("agreed@2025-03-31", f"agreed@{DAY}", None),
    ):
        taken, found = median_time(partial(bridge, workspace, read_end(start), read_end(end)), 3)
        if found.residual:
            message = f"The bridge from {start} to {end} leaves {found.residual}."
            raise BenchError(message)
        note = f"{len(found.postings):,} postings"
        results.append(Result(f"bridge {start} to {end}", taken, "s", target, note=note))
        if target:
            results.append(_bare_bridge(workspace, found.end.value - found.start.value))
    return results


def _bare_bridge(workspace: Workspace, difference: Decimal) -> Result:
    with opened(workspace) as asked:
        moment = _moment(asked, date.fromordinal(DAY.toordinal() + 1))
        period, at = moment.period, f"timestamp '{moment.as_of}'"
        statement = BRIDGE.format(at=at, day=moment.day, start=period.start, end=period.end)
        taken, found = median_time(lambda: asked.engine.execute(statement).fetchall(), 3)
    if sum(amount for _, amount in found) != difference:
        message = f"The bridge explains {difference}, the bare engine {sum(amount for _, amount in found)}."
        raise BenchError(message)
    return Result("differences by record by the bare engine", taken, "s", note=f"{len(found):,} records, no causes")


def _cold(workspace: Workspace) -> list[Result]:
    """Make the build that knows no more than was known in the middle of the two years, and ask it."""
    known_at = datetime(2024, 12, 31, 23, tzinfo=UTC).replace(tzinfo=None)
    facts = published(workspace)
    with opened(workspace) as asked:
        contract = asked.contract
    start = time.perf_counter()
    made = known_build(workspace, facts, contract, known_at)
    built = time.perf_counter()
    answer = ask(workspace, replace(QUESTION, as_of=known_at), made)
    asked_in = time.perf_counter() - built
    build_path(workspace, made.key).unlink()
    note = f"then the question in {asked_in:.2f} s, {answer.total.n:,} counted"
    return [Result("cold build as known at 2024-12-31", built - start, "s", note=note)]
