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
COHORT = """
  with cohort as (
    select coalesce(source, '(unknown)') as source, cast(mql_at as date) as day, mql_at as mql,
      least(sal_at, sql_at, opportunity_at, won_at, renewal_at) as sal,
      least(sql_at, opportunity_at, won_at, renewal_at) as sql,
      least(opportunity_at, won_at, renewal_at) as opportunity,
      least(won_at, renewal_at) as won, renewal_at as renewal, ended_at, ended_by, mql_at + interval 90 day as until
    from funnel_episodes
    where mql_at >= timestamp '2023-09-01' and mql_at < timestamp '2026-09-22'
  )"""
BARE = (
    f"""{COHORT}
  select source, k.month, case when ended_at <= until then ended_by end, count(*),
    count(*) filter (where sal <= until), count(*) filter (where sql <= until),
    count(*) filter (where opportunity <= until), count(*) filter (where won <= until),
    count(*) filter (where renewal <= until)
  from cohort left join calendar_days as k on k.calendar = 'calendar' and k.day = cohort.day
  group by all""",
    f"""{COHORT},
  lasting as (
    {
        " union all ".join(
            f"select '{step}' as step, date_diff('hour', {step}, coalesce({later}, least(ended_at, timestamp "
            f"'{NOW}'))) as hours, {later} is not null as ended from cohort where {step} is not null"
            for step, later in (("mql", "sal"), ("sal", "sql"), ("sql", "opportunity"))
        )
    }
  ),
  risks as (
    select step, hours, ended, sum(n) over (partition by step order by hours desc rows unbounded preceding) as at_risk
    from (select step, hours, count(*) as n, count(*) filter (where ended) as ended from lasting group by step, hours)
  ),
  curve as (
    select step, hours, exp(sum(ln(case when at_risk > ended then 1 - ended / at_risk::double else 1 end))
      over (partition by step order by hours rows unbounded preceding)) as surviving
    from risks
  )
  select step, min(hours) filter (where surviving <= 0.5), min(hours) filter (where surviving <= 0.1)
  from curve group by step""",
)
"""The same counts by source and month with their endings, and the quantiles of the time between steps, straight from
the table: no opportunities, no bits of what was told."""
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
        wall, _ = median_time(lambda: [engine.execute(sql).fetchall() for sql in BARE], 3)
        note = f"{found[1].value / wall:.2f} of it the first took"
        found.append(Result("the same sums of the first by the bare engine", wall, "s", note=note))
    return found


def write(path: str, people: int) -> None:
    """Align the persons into a file as far as the funnel."""
    align(path, people, Contract(), NOW, STEPS_OF, {})
