"""Persons of a large company, made up in SQL, and the steps that align them, each timed."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measuring import BenchError
from tieout.align.contract_tables import create_contract_tables
from tieout.align.lifecycle_sql import met_by_leads
from tieout.align.mapping import source_view
from tieout.align.placing_sql import ruled_accounts
from tieout.align.steps import reads, step_order, step_texts
from tieout.align.working_time import create_working_tables
from tieout.contract.vocabulary import ENTITIES
from tieout.warehouse.engine import open_file

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from tieout.contract.model import Contract
    from tieout.warehouse.engine import Connection

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
ROWS = {"lead": LEADS, "lifecycle_change": CHANGES, "activity": ACTIVITIES}
"""Of a thousand persons thirty come again; each has ten activities."""


def align(
    path: str, people: int, contract: Contract, now: datetime, wanted: Collection[str], more: Mapping[str, str]
) -> None:
    """Align persons, and the rows of `more`, into a file as far as `wanted`, printing the seconds of each step."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).unlink(missing_ok=True)
    texts, given = step_texts(), ROWS | dict(more)
    numbers = {"people": people, "leads": int(people * 1.03), "activities": people * 10}
    with open_file(Path(path)) as engine:
        create_contract_tables(engine, contract, now)
        for entity, fields in ENTITIES.items():
            empty = source_view(entity, (), contract)
            if "email" in fields:
                empty = f"select s.*, cast(null as varchar) as email_key from ({empty}) as s"
            rows = empty
            if entity in given:
                rows = f"select * from ({empty}) union all by name select * from ({given[entity].format(**numbers)})"
            engine.execute(f"create temp table source_{entity} as {rows}")
        engine.execute(f"create temp view source_account_ruled as {ruled_accounts(contract)}")
        engine.execute(f"create temp view source_lead_met as {met_by_leads(contract)}")
        _timed(engine, WORKING, partial(create_working_tables, engine, contract, now))
        for name in _needed(wanted, texts):
            _timed(engine, name, partial(engine.execute, f"create table {name} as {texts[name]}"))


WORKING = "working_pieces"
"""What is made of the working hours before the steps: told by the largest of its tables."""


def _timed(engine: Connection, name: str, make: Callable[[], object]) -> None:
    """Make a table, and print its name, the seconds and its rows."""
    start = time.perf_counter()
    make()
    took = time.perf_counter() - start
    n = engine.execute(f"select count(*) from {name}").fetchall()[0][0]
    print(f"{name} {took:.2f} s, {n:,} rows", flush=True)


def seconds(output: str, steps: Collection[str]) -> tuple[float, str]:
    """Add up the seconds of some steps from what `align` printed, and tell them. Raises BenchError where one misses."""
    told = dict(line.split(" ", 1) for line in output.splitlines() if " s, " in line)
    if missing := [name for name in steps if name not in told]:
        message = f"Of these steps no time was told: {', '.join(missing)}. Told were {', '.join(told)}."
        raise BenchError(message)
    ours = {name: told[name] for name in steps}
    return sum(float(each.split()[0]) for each in ours.values()), "; ".join(f"{k} {v}" for k, v in ours.items())


def _needed(wanted: Collection[str], texts: Mapping[str, str]) -> list[str]:
    """Give the steps that some stand on, themselves included, in their order."""
    all_of = set(wanted)
    for name in reversed(step_order()):
        if name in all_of:
            all_of |= reads(texts[name]) & set(texts)
    return [name for name in step_order() if name in all_of]
