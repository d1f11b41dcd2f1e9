"""The funnel of a large company: a million persons with four million events, ten million activities, made up in SQL."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from functools import partial
from pathlib import Path

from bench.measuring import BUILD, Result, median_time, run
from tieout.align.contract_tables import create_contract_tables
from tieout.align.lifecycle_sql import met_by_leads
from tieout.align.mapping import source_view
from tieout.align.placing_sql import ruled_accounts
from tieout.align.steps import reads, step_order, step_texts
from tieout.contract.model import Contract
from tieout.contract.vocabulary import ENTITIES
from tieout.measure.answers import Question
from tieout.measure.funnel.funnel import FunnelTerms
from tieout.measure.funnel.funnel import funnel as count
from tieout.measure.numbers.question import Asked
from tieout.warehouse.builds import BuildFacts
from tieout.warehouse.engine import open_file

NOW = datetime(2026, 9, 22)
STEPS_OF = ("lead_versions", "lead_stages", "funnel_deals", "funnel_events", "funnel_episodes", "funnel_touches")
LEADS = """
  select 'm.leads' as object, 'L' || i as record, timestamp '2026-09-20' as taken_at, 1 as position, 0 as sequence,
    'put' as op, 'row' as voice, '|' as assumes, i as row_number, 'e' || least(i, {people} - 1) as email_key,
    'x@firm' || i % 50000 || '.com' as email,
    ['Webinar','Paid','Organic','Event','Referral','Partner','Outbound',null][n % 8 + 1] as source,
    ['Webinar','Paid','Organic','Event','Referral','Partner','Outbound',null][n % 8 + 1] as source_raw,
    (n % 10 + 1)::double as score, 'C' || n % 400 as campaign_id, 'U' || n % 500 as owner_id,
    ['SMB','Mid','Enterprise'][n % 3 + 1] as segment,
    timestamp '2023-09-01' + interval (n % 93000000) second as first_contact_at,
    timestamp '2023-09-01' + interval (n % 93000000) second as happened_at
  from (select range as i, (hash(range) % 1000000007)::bigint as n from range({leads}))"""
CHANGES = """
  select 'm.changes' as object, 'C' || row_number() over () as record, timestamp '2026-09-20' as taken_at,
    1 as position, 0 as sequence, 'put' as op, 'log' as voice, '|' as assumes, row_number() over () as row_number,
    l.record as lead_id, k.stage, k.reason, l.owner_id as user_id,
    l.first_contact_at + interval (k.place * (10000 + (hash(l.record, k.place) % 900000)::bigint)) second as at,
    l.first_contact_at as happened_at
  from source_lead as l
  join (values (1, 'mql', null, 60), (2, 'sal', null, 45), (3, 'sql', null, 30), (4, 'lead', 'no budget', 60),
    (5, 'mql', null, 40), (6, 'sal', null, 30), (7, 'sql', null, 20), (8, 'opportunity', null, 15)
  ) as k (place, stage, reason, share) on (hash(l.record, k.place, 'way') % 100)::bigint < k.share
  where l.first_contact_at + interval (k.place * 1000000) second < timestamp '2026-09-20'"""
ACTIVITIES = """
  select 'm.touches' as object, 'T' || i as record, timestamp '2026-09-20' as taken_at, 1 as position, 0 as sequence,
    'put' as op, 'log' as voice, '|' as assumes, i as row_number, 'L' || n % {people} as lead_id,
    case when n % 3 = 0 then 'sales' else 'marketing' end as by_function, n % 5 = 0 as automated,
    timestamp '2023-09-01' + interval (n % 93000000) second as at, 'call' as kind
  from (select range as i, (hash(range, 't') % 1000000007)::bigint as n from range({activities}))"""


BARE = """
  select coalesce(e.source, '(unknown)'), k.month, count(*),
    count(*) filter (where least(e.sal_at, e.sql_at, e.opportunity_at) <= e.mql_at + interval 90 day),
    count(*) filter (where least(e.sql_at, e.opportunity_at) <= e.mql_at + interval 90 day),
    count(*) filter (where e.opportunity_at <= e.mql_at + interval 90 day)
  from funnel_episodes as e
  left join calendar_days as k on k.calendar = 'calendar' and k.day = cast(e.mql_at as date)
  where e.mql_at is not null and e.began_at <= timestamp '2026-09-22' group by all"""
"""The counts alone, straight from the table: no days between steps, no endings, no opportunities, no zone."""
PERIOD = "2023-09-01..2026-09-21"


def funnel(scale: float) -> list[Result]:
    """Align the persons, and read the funnel in several ways."""
    people = int(1_000_000 * scale)
    path = (BUILD / f"funnel-{people}.duckdb").absolute()
    done = run([sys.executable, "-c", f"from bench.funnel import *; write({str(path)!r}, {people})"])
    steps = dict(line.split(" ", 1) for line in done.output.splitlines() if " s, " in line)
    taken = sum(float(steps[name].split()[0]) for name in STEPS_OF if name in steps)
    note = "; ".join(f"{name} {steps[name]}" for name in STEPS_OF if name in steps)
    found = [Result(f"funnel of {people:,} persons, aligned", taken, "s", note=note)]
    with open_file(path, read_only=True) as engine:
        facts = BuildFacts("key", 1, None, "contract", "program", NOW, datetime(2023, 1, 1))
        asked = Asked(engine, Contract(), facts)
        for terms in (FunnelTerms(), FunnelTerms(start="lead"), FunnelTerms("flow")):
            question = Question(terms.metric.id, PERIOD, by=("source", "month"))
            wall, made = median_time(partial(count, asked, question, terms), 3)
            name = f"{terms.way} by {terms.start}, by source and month"
            note = f"{made.whole.n:,} in {len(made.parts) - 1} slices"
            found.append(Result(name, wall, "s", 1.5, note=note))
        wall, _ = median_time(lambda: engine.execute(BARE).fetchall(), 3)
        found.append(Result("the bare engine counting the steps of the first", wall, "s"))
    return found


def _needed() -> list[str]:
    """Give the steps that the funnel stands on, in their order."""
    texts, wanted = step_texts(), set(STEPS_OF)
    for name in reversed(step_order()):
        if name in wanted:
            wanted |= reads(texts[name]) & set(texts)
    return [name for name in step_order() if name in wanted]


def write(path: str, people: int) -> None:
    """Align the persons into a file, telling how long each step of the funnel takes."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).unlink(missing_ok=True)
    contract = Contract()
    texts = step_texts()
    with open_file(Path(path)) as engine:
        create_contract_tables(engine, contract, NOW)
        given = {"lead": LEADS, "lifecycle_change": CHANGES, "activity": ACTIVITIES}
        for entity, fields in ENTITIES.items():
            empty = source_view(entity, (), contract)
            if "email" in fields:
                empty = f"select s.*, cast(null as varchar) as email_key from ({empty}) as s"
            if entity in given:
                numbers = {"people": people, "leads": int(people * 1.03), "activities": people * 10}
                made = given[entity].format(**numbers)
                empty = f"select * from ({empty}) union all by name select * from ({made})"
                engine.execute(f"create temp table source_{entity} as {empty}")
            else:
                engine.execute(f"create temp view source_{entity} as {empty}")
        engine.execute(f"create temp view source_account_ruled as {ruled_accounts(contract)}")
        engine.execute(f"create temp view source_lead_met as {met_by_leads(contract)}")
        for name in _needed():
            start = time.perf_counter()
            engine.execute(f"create table {name} as {texts[name]}")
            took = time.perf_counter() - start
            if took > 0.05:
                n = engine.execute(f"select count(*) from {name}").fetchall()[0][0]
                print(f"{name} {took:.1f} s, {n:,} rows", flush=True)
