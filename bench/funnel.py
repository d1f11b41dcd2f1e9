"""The funnel of a large company: a million persons with four million events, ten million activities, made up in SQL."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from bench.measuring import BUILD, Result, apart
from tieout.align.contract_tables import create_contract_tables
from tieout.align.lifecycle_sql import met_by_leads
from tieout.align.mapping import source_view
from tieout.align.placing_sql import ruled_accounts
from tieout.align.steps import step_order, step_texts
from tieout.contract.model import Contract
from tieout.contract.vocabulary import ENTITIES
from tieout.warehouse.engine import open_file

NOW = datetime(2026, 9, 22)
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


def funnel(scale: float) -> list[Result]:
    """Make the persons unless an earlier run did, align them, and read the funnel."""
    people = int(1_000_000 * scale)
    path = (BUILD / f"funnel-{people}.duckdb").absolute()
    apart(f"from bench.funnel import *; write({str(path)!r}, {people})")
    return []


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
        for name in step_order():
            start = time.perf_counter()
            engine.execute(f"create table {name} as {texts[name]}")
            took = time.perf_counter() - start
            if took > 0.2:
                n = engine.execute(f"select count(*) from {name}").fetchall()[0][0]
                print(f"{name} {took:.1f} s, {n:,} rows", flush=True)
