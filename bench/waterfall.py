"""The waterfall of a quarter of a large company, each time beside the same sums by SQL written by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path

from bench.company import WEEKS
from bench.measuring import BUILD, BenchError, Result, apart, median_time, run, tieout
from tieout.basics.workspace import Workspace
from tieout.questions import current, opened
from tieout.warehouse.builds import NotPublishedError
from tieout.waterfall import Waterfall, WaterfallAsked, waterfall

ASKED = WaterfallAsked(period="2026-Q2", postings=0)
START, END = "timestamp '2025-04-30 21:59:59.999999'", "timestamp '2025-07-31 21:59:59.999999'"
FIRST, AFTER = "date '2025-05-01'", "date '2025-08-01'"

STATES = """
  select s.record, s.valid_from, s.outcome, s.close_date, s.segment, s.owner_id,
    cast(round(s.arr * x.rate, 2) as decimal(18, 2)) as value,
    case when s.deleted then 'deleted' when e.id is not null then 'exclusion'
      when s.type not in ('new', 'expansion') then 'type' when s.outcome in ('won', 'lost') then s.outcome
      when s.stage_rank < 1 then 'disqualified' when s.category = 'Omitted' then 'category'
      when s.close_date >= {after} then 'later' when s.close_date < {first} then 'earlier'
      when s.close_date < {day} then 'past due' end as why
  from opportunity_states as s
  left join exchange_rates as x
    on x.kind = 'plan' and x.currency = s.currency and x.starts_at <= {at} and {at} < x.ends_at
  left join exclusions as e
    on e.object = 'opportunity' and e.id = s.record and e.starts_at <= {at} and {at} < e.ends_at
  where {holds} and s.seen_to = timestamp '9999-12-31'"""
POSTED = """
with l as ({start}), r as ({end}),
pairs as (
  select coalesce(l.record, r.record) as record, l.value as before, r.value as after, l.why as was, r.why as became,
    l.record is not null and l.why is null as here, r.record is not null and r.why is null as there,
    l.record is null as born, case when r.why is null then r.segment else l.segment end as segment,
    case when r.why is null then r.owner_id else l.owner_id end as owner_id
  from l full join r on r.record = l.record
)
select record, case
    when here and there then case when after > before then 'amount up' else 'amount down' end
    when here then case became when 'later' then 'pushed out' when 'earlier' then 'pulled out' else became end
    when born then 'created' when was = 'later' then 'pulled in' when was in ('earlier', 'past due') then 'pushed in'
    when was = 'disqualified' then 'qualified' when was in ('won', 'lost') then 're-opened' else was end as cause,
  case when there then after else 0 end - case when here then before else 0 end as amount, segment, owner_id
from pairs where (here or there) and (not (here and there) or before <> after)"""
CAME = """
with lives as (
  select record, valid_from, why is null as counted, value from ({between})
),
flips as (
  select *, coalesce(lag(counted) over (partition by record order by valid_from), false) as before from lives
)
select count(*), sum(value) from (
  select record, count(*) as n, min(value) as value from flips
  where counted <> before and valid_from > {start} group by record
) where n > 1"""
LINES = "select cause, sum(amount), count(*) from ({posted}) group by cause"
SLICES = "select segment, owner_id, cause, sum(amount), count(*) from ({posted}) group by all"


def waterfalls(scale: float) -> list[Result]:
    """Make the company and publish it unless an earlier run did, then measure."""
    workspace = Workspace(_company(int(500_000 * scale)))
    results = []
    for word, terms, hand, target in (
        ("a quarter", ASKED, (LINES,), 0.5),
        ("a quarter, every posting given", replace(ASKED, postings=None), ("{posted}",), None),
        ("a quarter by segment and owner", replace(ASKED, by=("segment", "owner")), (LINES, SLICES), 1.0),
    ):
        taken, found = median_time(partial(waterfall, workspace, terms), 3)
        if found.bridge.residual or any(part.residual for part in found.bridge.slices):
            message = f"The waterfall of {word} leaves something unexplained."
            raise BenchError(message)
        by_hand = _bare(workspace, hand, found)
        note = f"{found.bridge.posted:,} postings, {by_hand and taken / by_hand:.2f} of the bare engine"
        results += [
            Result(f"waterfall of {word}", taken, "s", target, note=note),
            Result("the same sums by the bare engine", by_hand, "s"),
        ]
    return results


def _company(records: int) -> Path:
    root = (BUILD / f"history-{records}").absolute()
    apart(f"from bench.company import *; make_once({str(root)!r}, lambda folder: write_history(folder, {records}))")
    try:
        current(Workspace(root))
    except NotPublishedError:
        print(f"publishing {WEEKS} weeks ...", flush=True)
        run(tieout("refresh", "--workspace", root))
    return root


def _bare(workspace: Workspace, statements: tuple[str, ...], found: Waterfall) -> float:
    """Time the statements and the look at what came and went; their sums have to be those of the waterfall."""
    ends = [
        STATES.format(at=at, day=day, first=FIRST, after=AFTER, holds=f"s.valid_from <= {at} and {at} < s.valid_to")
        for at, day in ((START, "date '2025-04-30'"), (END, "date '2025-07-31'"))
    ]
    between = STATES.format(
        at="s.valid_from", day="cast(s.valid_from at time zone 'UTC' at time zone 'Europe/Berlin' as date)",
        first=FIRST, after=AFTER, holds=f"s.valid_from <= {END} and {START} < s.valid_to",
    )  # fmt: skip
    posted = POSTED.format(start=ends[0], end=ends[1])
    asked = [statement.format(posted=posted) for statement in statements]
    with opened(workspace) as build:

        def sums() -> list[list[tuple[object, ...]]]:
            told = [build.engine.execute(statement).fetchall() for statement in asked]
            build.engine.execute(CAME.format(between=between, start=START)).fetchall()
            return told

        taken, told = median_time(sums, 3)
        lines = build.engine.execute(LINES.format(posted=posted)).fetchall()
    if {cause: (amount, n) for cause, amount, n in lines if amount} != {
        line.cause: (Decimal(line.amount), line.n) for line in found.bridge.lines if line.amount
    }:
        message = f"The waterfall has {found.bridge.lines}, the bare engine {lines}."
        raise BenchError(message)
    return taken if told else 0.0
