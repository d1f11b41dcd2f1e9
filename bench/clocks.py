"""The clocks of a large company: two million hand-offs, ten million activities, business hours; made up in SQL."""

from __future__ import annotations

import sys
from datetime import date, datetime
from functools import partial

from bench.measuring import BUILD, Result, median_time, run
from bench.persons import WORKING, align, seconds
from tieout.contract.load import load_contract
from tieout.contract.model import Contract
from tieout.measure.answers import Question
from tieout.measure.clocks.statement import statement
from tieout.measure.clocks.table import clocks as read
from tieout.measure.numbers.question import Asked
from tieout.warehouse.builds import BuildFacts
from tieout.warehouse.engine import reading

NOW = datetime(2026, 9, 22)
TEAMS, USERS, AWAY = 8, 500, 100
USER_ROWS = f"""
  select 'm.users' as object, 'U' || i as record, timestamp '2023-01-01' as taken_at,
    timestamp '2023-01-01' as happened_at, 1 as position, 0 as sequence,
    'put' as op, 'row' as voice, '|' as assumes, i as row_number,
    'Team ' || i % {TEAMS} as team, true as active
  from range({USERS}) as r(i)"""
HOURS = "".join(f"{day}: 09:00-17:00, " for day in ("monday", "tuesday", "wednesday", "thursday", "friday"))
STEPS = ("handoffs", "human_touches", "handoff_touches", "lead_owners", "handoff_deadlines", "handoff_clocks")
"""The steps that clocks add to a build."""
TOUCHED = """
  select count(*), sum(n) from (
    select e.lead_id, e.entered_at, min(a.at) as at, count(*) as n
    from lead_stages as e join activities as a
      on a.lead_id = e.lead_id and a.at >= e.entered_at and not a.automated and a.by_function = 'sales'
    group by e.lead_id, e.entered_at)"""
"""The same sum by the bare engine: the first touch of each stay, by lead alone."""
YEAR = "2025-09-01..2026-08-31"
BARE = """
  with told as (
    select stage, answered_in_time, answered_at is not null as answered,
      coalesce(answered_after, ended_after, date_diff('microsecond', started_at, timestamp '2026-09-22')) as took
    from handoff_clocks
    where started_at >= timestamp '2025-09-01 04:00:00' and started_at < timestamp '2026-09-01 04:00:00' and told
  ),
  each as (select stage as part, * from told union all select '', * from told),
  ranked as (
    select *, row_number() over (partition by part order by took desc, answered) as at_risk from each
  ),
  lasting as (
    select part, took, exp(sum(ln(case when at_risk > 1 then 1 - 1.0 / at_risk else 1 end)) over (
      partition by part order by at_risk desc rows unbounded preceding)) as surviving
    from ranked where answered
  ),
  waits as (
    select part, min(took) filter (where surviving <= 0.5) as median, min(took) filter (where surviving <= 0.1) as p90
    from lasting group by part
  )
  select part, count(*), count(*) filter (where answered_in_time), min(w.median), min(w.p90)
  from each left join waits as w using (part) group by part"""
"""The counts by hand-off and Kaplan and Meier's quantiles, of each and of all, as of now alone: no classes, no
deadlines, and elapsed hours for what still waits."""


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


def clocks(scale: float) -> list[Result]:
    """Align the hand-offs of persons, and read the clocks and the account of a year."""
    people = int(1_000_000 * scale)
    path = (BUILD / f"clocks-{people}.duckdb").absolute()
    done = run([sys.executable, "-c", f"from bench.clocks import *; write({str(path)!r}, {people})"])
    taken, note = seconds(done.output, (WORKING, *STEPS))
    with reading(path) as engine:
        n = engine.execute("select count(*) from handoff_clocks").fetchall()[0][0]
        found = [Result(f"clocks of {n:,} hand-offs, aligned", taken, "s", 20, note=note)]
        bare, _ = median_time(lambda: engine.execute(TOUCHED).fetchall(), 3)
        found.append(Result("the bare engine finding the first touch of each stay", bare, "s"))
        facts = BuildFacts("key", 1, None, "contract", "program", NOW, datetime(2023, 1, 1))
        asked = Asked(engine, company(), facts)
        for by in (("handoff",), ("handoff", "team"), ("handoff", "month")):
            question = Question("sla.compliance", YEAR, by)
            wall, made = median_time(partial(read, asked, question), 3)
            note = f"{made.rows[0].n:,} hand-offs"
            found.append(Result(f"clocks of a year by {' and '.join(by)}", wall, "s", 0.3, note=note))
        wall, _ = median_time(partial(statement, asked, Question("sla.response_rate", YEAR)), 3)
        found.append(Result("the account of a year", wall, "s"))
        wall, _ = median_time(lambda: engine.execute(BARE).fetchall(), 3)
        found.append(Result("the bare engine counting the clocks of a year and how long they waited", wall, "s"))
    return found


def write(path: str, people: int) -> None:
    """Align the persons and the users into a file as far as the clocks."""
    align(path, people, company(), NOW, STEPS, {"user": USER_ROWS})
