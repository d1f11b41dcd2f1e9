"""The funnel of a large company: a million persons with four million events, ten million activities, made up in SQL."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial

from bench.measuring import BUILD, Result, median_time, run
from bench.persons import align, seconds
from tieout.contract.model import Contract
from tieout.measure.answers import Question
from tieout.measure.funnel.funnel import FunnelTerms
from tieout.measure.funnel.funnel import funnel as count
from tieout.measure.numbers.question import Asked
from tieout.warehouse.builds import BuildFacts
from tieout.warehouse.engine import reading

NOW = datetime(2026, 9, 22)
STEPS_OF = ("lead_versions", "lead_stages", "funnel_deals", "funnel_events", "funnel_episodes", "funnel_touches")
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
    taken, note = seconds(done.output, STEPS_OF)
    found = [Result(f"funnel of {people:,} persons, aligned", taken, "s", note=note)]
    with reading(path) as engine:
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


def write(path: str, people: int) -> None:
    """Align the persons into a file as far as the funnel."""
    align(path, people, Contract(), NOW, STEPS_OF, {})
