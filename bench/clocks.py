"""The clocks of a large company: two million hand-offs, ten million activities, business hours; made up in SQL."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path

from bench.funnel import ACTIVITIES, CHANGES, LEADS
from bench.measuring import BUILD, Result, apart
from tieout.align.contract_tables import create_contract_tables
from tieout.align.lifecycle_sql import met_by_leads
from tieout.align.mapping import source_view
from tieout.align.placing_sql import ruled_accounts
from tieout.align.steps import reads, step_order, step_texts
from tieout.align.working_time import create_working_tables
from tieout.contract.load import load_contract
from tieout.contract.model import Contract
from tieout.contract.vocabulary import ENTITIES
from tieout.measure.answers import Question
from tieout.measure.clocks.statement import statement
from tieout.measure.clocks.table import clocks
from tieout.measure.numbers.question import Asked
from tieout.warehouse.builds import BuildFacts
from tieout.warehouse.engine import Connection, open_file

NOW = datetime(2026, 9, 22)
TEAMS, USERS, AWAY = 8, 500, 100
USER_ROWS = f"""
  select 'm.users' as object, 'U' || i as record, timestamp '2023-01-01' as taken_at,
    timestamp '2023-01-01' as happened_at, 1 as position, 0 as sequence,
    'put' as op, 'row' as voice, '|' as assumes, i as row_number,
    'Team ' || i % {TEAMS} as team, true as active
  from range({USERS}) as r(i)"""
HOURS = "".join(f"{day}: 09:00-17:00, " for day in ("monday", "tuesday", "wednesday", "thursday", "friday"))
OURS = (
    "working_calendars", "handoffs", "human_touches", "handoff_touches", "lead_owners", "handoff_starts",
    "handoff_deadlines", "handoff_owners", "handoff_clocks",
)  # fmt: skip
"""The steps that clocks add to a build."""
ENGINE = {
    "first touch": """
      select count(*), sum(n) from (
        select e.lead_id, e.entered_at, min(a.at) as at, count(*) as n
        from lead_stages as e join source_activity as a
          on a.lead_id = e.lead_id and a.at >= e.entered_at and not a.automated and a.by_function = 'sales'
        group by e.lead_id, e.entered_at)""",
}
"""The same sum by the bare engine: the first touch of each stay, by lead alone."""


def company() -> Contract:
    """Give a contract with the hours of eight teams in three zones, and absences of a hundred users."""
    folder = BUILD / "clocks-contract"
    folder.mkdir(parents=True, exist_ok=True)
    zones = ("America/New_York", "Europe/Berlin", "Asia/Singapore")
    places = ("US", "DE-BE", "SG")
    teams = "".join(
        f"  - {{team: Team {team}, time_zone: {zones[team % 3]}, {HOURS} holidays: [{places[team % 3]}]}}\n"
        for team in range(TEAMS)
    )
    hours = f"working_hours:\n  - {{{HOURS} holidays: [US]}}\n{teams}"
    (folder / "company.yaml").write_text(f"time_zone: America/New_York\n{hours}")
    stages = "  - {name: lead, owner: Marketing}\n" + "".join(
        f"  - {{name: {name}, owner: {owner}, answer_within_hours: 8, hours: business}}\n"
        for name, owner in (("mql", "Marketing"), ("sal", "SDR"), ("sql", "SDR"))
    )
    commitments = "commitments:\n  - {handoff: mql, volume: 25000, quality: score >= 5, response_rate: 0.5}\n"
    (folder / "lifecycle.yaml").write_text(f"stages:\n{stages}  - {{name: opportunity, owner: Sales}}\n{commitments}")
    days = (date(2026, 8, 1 + number % 20) for number in range(AWAY))
    rows = "".join(f"U{number},{day},{day.replace(day=28)},vacation\n" for number, day in enumerate(days))
    (folder / "absences.csv").write_text("user,from,to,reason\n" + rows)
    return load_contract(folder)[0]


def clocks_of(scale: float) -> list[Result]:
    """Align the hand-offs of persons, and read them, in a process of their own."""
    people = int(1_000_000 * scale)
    path = (BUILD / f"clocks-{people}.duckdb").absolute()
    apart(f"from bench.clocks import *; write({str(path)!r}, {people})")
    return []


def write(path: str, people: int) -> None:
    """Align the persons into a file, telling how long each step takes."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).unlink(missing_ok=True)
    contract, texts = company(), step_texts()
    with open_file(Path(path)) as engine:
        create_contract_tables(engine, contract, NOW)
        given = {"lead": LEADS, "lifecycle_change": CHANGES, "activity": ACTIVITIES, "user": USER_ROWS}
        for entity, fields in ENTITIES.items():
            empty = source_view(entity, (), contract)
            if "email" in fields:
                empty = f"select s.*, cast(null as varchar) as email_key from ({empty}) as s"
            if entity in given:
                numbers = {"people": people, "leads": int(people * 1.03), "activities": people * 10}
                made = given[entity].format(**numbers)
                rows = f"select * from ({empty}) union all by name select * from ({made})"
                engine.execute(f"create temp table source_{entity} as {rows}")
            else:
                engine.execute(f"create temp view source_{entity} as {empty}")
        engine.execute(f"create temp view source_account_ruled as {ruled_accounts(contract)}")
        engine.execute(f"create temp view source_lead_met as {met_by_leads(contract)}")
        timed("working time", partial(create_working_tables, engine, contract, NOW))
        total = 0.0
        wanted = needed("handoff_clocks", texts)
        for name in (step for step in step_order() if step in wanted):
            sql = f"create table {name} as {texts[name]}"
            took = timed(name if name in OURS else "", partial(engine.execute, sql))
            total += took if name in OURS else 0
        n = engine.execute("select count(*) from handoff_clocks").fetchall()[0][0]
        print(f"clocks in all {total:.1f} s, {n:,} hand-offs", flush=True)
        for name, sql in ENGINE.items():
            timed(f"bare engine: {name}", partial(engine.execute, sql))
        look(engine, contract)


def needed(table: str, texts: dict[str, str]) -> set[str]:
    """Give the steps that a table is made of, itself included."""
    own = reads(texts[table]) & set(texts)
    return {table, *(step for one in own for step in needed(one, texts))}


def look(engine: Connection, contract: Contract) -> None:
    """Read the clocks and the account of a year and of a quarter."""
    facts = BuildFacts("b", 1, None, "f", "v", NOW, datetime(2023, 1, 1))
    asked = Asked(engine, contract, facts)
    for period in ("2025-09-01..2026-08-31", "2026-Q2"):
        for by in (("handoff",), ("handoff", "team"), ("handoff", "month")):
            question = Question("sla.compliance", period, by)
            timed(f"read {period} by {', '.join(by)}", partial(clocks, asked, question))
            timed(f"read {period} by {', '.join(by)} again", partial(clocks, asked, question))
        timed(f"statement {period}", partial(statement, asked, Question("sla.response_rate", period)))


def timed(name: str, run: Callable[[], object]) -> float:
    """Run something and tell how long it took."""
    start, used = time.perf_counter(), time.process_time()
    run()
    took = time.perf_counter() - start
    if name:
        print(f"{name} {took:.2f} s, of the processors {time.process_time() - used:.2f} s", flush=True)
    return took
