"""Made-up exports of a large company: every value comes from a hash of its place, so each run makes the same files.

A folder that is complete has a file `complete`, and is not made again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

WEEKS = 104
SECONDS = "%Y-%m-%d %H:%M:%S"
FIRST = datetime(2024, 1, 8, 6)
"""When the first weekly export was taken; a Monday."""
LAST = FIRST + timedelta(weeks=WEEKS - 1)
NOW = LAST + timedelta(days=1)
VERSIONS = 10

COMPANY = """
name: Large
currency: USD
time_zone: Europe/Berlin
calendars: {fiscal: {start_month: 2}, calendar: {start_month: 1}}
segments:
  - {name: Enterprise, when: employees >= 1000}
  - {name: Mid-market, when: employees >= 100}
  - {name: Small, when: employees < 100}
"""
PIPELINE = "types: [new, expansion, renewal]\n"
LENSES = """
sales: {types: [new, expansion, renewal], exclusions: false, basis: tcv, rates: spot, past_due: true}
marketing: {grain: claim}
"""
OPPORTUNITIES = """
    opportunities:
      entity: opportunity
      files: opportunities_*.csv
      mode: MODE
      key: id
      modified: modified
      fields: {name: name, account_id: account, owner_id: owner, type: type, stage: stage, category: category,
        close_date: close, created_at: created, arr: arr, tcv: tcv, currency: currency, source: source}
"""
OTHERS = """
    accounts:
      entity: account
      files: accounts_*.csv
      mode: delta
      key: id
      fields: {name: name, employees: employees, industry: industry, country: country}
    users:
      entity: user
      files: users_*.csv
      mode: delta
      key: id
      fields: {name: name, team: team, region: region}
"""
CLAIMS = """
    claims:
      entity: claim
      files: claims_*.csv
      key: id
      fields: {lead_id: lead, opportunity_id: opportunity, claimed_at: claimed}
"""
ACTIVITIES = """
    activities:
      entity: activity
      files: activities_*.csv
      mode: log
      key: id
      at: at
      fields: {kind: kind, at: at, opportunity_id: opportunity, user_id: user}
"""
RATES = """
copy (
  select kind, currency, "from", rate from (
    values ('plan', 'EUR', '2024-01-01', '1.10'), ('plan', 'GBP', '2024-01-01', '1.25')
  ) as p(kind, currency, "from", rate)
  union all
  select 'spot', c.currency, strftime(date '2024-01-01' + to_months(m.range::int), '%Y-%m-%d'),
    round(c.rate + (hash(m.range, c.currency) % 100) / 1000.0, 4)::varchar
  from range(26) as m, (values ('EUR', 1.05), ('GBP', 1.20)) as c(currency, rate)
) to 'FILE' (header)
"""

STATES = """
with lives as (
  select range as i, (hash(range) % 53)::bigint as born from range({records})
),
steps as (
  select i, born, v.range as v, hash(i, v.range) as h, hash(i, 'deal') as d,
    born + v.range * 5 + case when v.range > 0 then (hash(i, v.range, 'week') % 4)::bigint else 0 end as week
  from lives, range({versions}) as v
),
dated as (
  select *, timestamp '{first}' + to_days((week * 7)::int) - to_seconds((h % 500000)::double) as modified,
    timestamp '{first}' + to_days((born * 7)::int) - to_seconds((hash(i, 0) % 500000)::double) as created,
    (v >= 8 and d % 10 < 3) or (v >= 9 and d % 10 < 6) as closed
  from steps
)
select week, 'O' || lpad(i::varchar, 7, '0') as id, 'Deal ' || (d % 900000)::varchar as name,
  'A' || (d % {accounts})::varchar as account,
  'U' || (case when v >= 5 and d % 5 = 0 then h else d end % 500)::varchar as owner,
  case when d % 10 < 5 then 'new' when d % 10 < 8 then 'expansion' else 'renewal' end as type,
  case when closed and (d // 10) % 2 = 0 then 'Closed Won' when closed then 'Closed Lost' when v < 2 then 'Discovery'
    when v < 5 then 'Qualification' when v < 7 then 'Proposal' else 'Negotiation' end as stage,
  case when h % 20 = 0 then 'Omitted' when v < 6 then 'Pipeline' else 'Commit' end as category,
  strftime(modified + to_days((15 + h % 120)::int), '%Y-%m-%d') as close,
  strftime(created, '%Y-%m-%d %H:%M:%S') as created, strftime(modified, '%Y-%m-%d %H:%M:%S') as modified,
  5000 + d % 90000 + v * 700 as arr, (5000 + d % 90000 + v * 700) * (1 + d % 3) as tcv,
  case when d % 20 < 12 then 'USD' when d % 20 < 17 then 'EUR' else 'GBP' end as currency,
  case d % 6 when 0 then 'web' when 1 then 'event' when 2 then 'partner' when 3 then 'outbound' when 4 then 'ads' end
    as source
from dated
"""


ROWS = """
select 'O' || lpad(range::varchar, 7, '0') as id,
  strftime(case when {week} = 1 and range % 20 = 7 then timestamp '2026-07-08' else timestamp '2026-06-01' end
    + to_seconds((hash(range) % 400000)::double), '%Y-%m-%d %H:%M:%S') as modified,
  'Deal with ' || md5(range::varchar)[:12] as name, 'A' || (hash(range) % 50000)::varchar as account,
  'U' || (hash(range, 'o') % 500)::varchar as owner,
  ['new', 'expansion', 'renewal'][1 + (hash(range, 't') % 3)::int] as type,
  ['Discovery', 'Qualification', 'Proposal', 'Negotiation'][
    1 + (hash(range, 's') % 4 + case when range % 20 = 7 then {week} else 0 end)::int % 4] as stage,
  ['Pipeline', 'Best case', 'Commit'][1 + (hash(range, 'c') % 3)::int] as category,
  ['USD', 'EUR', 'GBP'][1 + (hash(range, 'm') % 3)::int] as currency,
  ['web', 'event', 'partner', 'outbound'][1 + (hash(range, 'w') % 4)::int] as source,
  ['EMEA', 'AMER', 'APAC'][1 + (hash(range, 'r') % 3)::int] as region,
  'because ' || md5((range * 7)::varchar)[:16] as reason
from range({records})
"""


def at(week: int) -> str:
    """Give the stamp that the name of a week's export has."""
    return f"{FIRST + timedelta(weeks=week):%Y-%m-%dT%H%M}"


def make_once(place: str, make: Callable[[Path], None]) -> Path:
    """Fill a folder unless an earlier run did."""
    folder = Path(place)
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder)
        (folder / "complete").touch()
    return folder


def write_contract(folder: Path, objects: str) -> None:
    """Write the contract of a workspace whose one system has these objects."""
    contract = folder / "contract"
    contract.mkdir(parents=True, exist_ok=True)
    sources = f"crm:\n  path: exports\n  objects:{objects}"
    texts = {"company": COMPANY, "sources": sources, "pipeline": PIPELINE, "lenses": LENSES}
    for name, text in texts.items():
        (contract / f"{name}.yaml").write_text(text.lstrip())
    with duckdb.connect() as engine:
        engine.execute(RATES.replace("FILE", str(contract / "rates.csv")))
    excluded = "".join(f"opportunity,O{number:07d},a test deal,RevOps,,\n" for number in range(0, 5000, 100))
    (contract / "exclusions.csv").write_text("object,id,reason,owner,from,expires\n" + excluded)


def write_states(engine: duckdb.DuckDBPyConnection, records: int, accounts: int) -> None:
    """Make the table `states`: each state of each opportunity, and the week in whose export it is told first."""
    told = STATES.format(records=records, accounts=accounts, versions=VERSIONS, first=FIRST)
    engine.execute(f"create or replace table states as {told} order by week")


def write_people(engine: duckdb.DuckDBPyConnection, exports: Path, accounts: int) -> None:
    """Write accounts, told again in part each quarter, and users, some of whom change teams after a year."""
    for week in range(0, WEEKS, 13):
        engine.execute(f"""copy (
            select 'A' || range::varchar as id, 'Account ' || range::varchar as name,
              (10 ** (1 + (hash(range, case when range % 100 = {week // 13} then {week} else 0 end) % 300) / 100.0))
                ::int as employees,
              ['software', 'retail', 'health', 'finance'][1 + (hash(range, 'i') % 4)::int] as industry,
              ['DE', 'FR', 'US', 'GB'][1 + (hash(range, 'c') % 4)::int] as country
            from range({accounts}) where {week} = 0 or range % 100 = {week // 13}
        ) to '{exports}/accounts_{at(week)}.csv' (header)""")
    for week, condition in ((0, "true"), (52, "range % 20 = 0")):
        engine.execute(f"""copy (
            select 'U' || range::varchar as id, 'User ' || range::varchar as name,
              'Team ' || ((range + {week}) % 25)::varchar as team,
              ['EMEA', 'AMER', 'APAC'][1 + (range % 3)::int] as region
            from range(500) where {condition}
        ) to '{exports}/users_{at(week)}.csv' (header)""")


def write_history(folder: Path, records: int) -> None:
    """Write two years of weekly exports of what changed, ten states for each opportunity, and a contract for them."""
    write_contract(folder, OPPORTUNITIES.replace("MODE", "delta") + OTHERS + CLAIMS)
    exports = folder / "exports"
    exports.mkdir()
    accounts = max(records // 10, 1)
    with duckdb.connect() as engine:
        write_states(engine, records, accounts)
        for week in range(WEEKS):
            query = f"select * exclude (week) from states where week = {week}"
            engine.execute(f"copy ({query}) to '{exports}/opportunities_{at(week)}.csv' (header)")
        write_people(engine, exports, accounts)
        engine.execute(f"""copy (
            select 'C' || range::varchar as id, 'L' || range::varchar as lead,
              'O' || lpad((hash(range) % {records})::varchar, 7, '0') as opportunity,
              strftime(timestamp '{FIRST}' + to_hours((hash(range, 't') % {WEEKS * 168})::int), '%Y-%m-%d %H:%M:%S')
                as claimed
            from range({records // 4})
        ) to '{exports}/claims_{at(WEEKS - 1)}.csv' (header)""")


def write_weekly(folder: Path, records: int, activities: int, weeks: int = 10) -> None:
    """Write some weeks of full exports, the last of them aside in `next`, and activities; and a contract for them."""
    write_contract(folder, OPPORTUNITIES.replace("MODE", "full") + OTHERS + ACTIVITIES)
    exports, following = folder / "exports", folder / "next"
    exports.mkdir()
    following.mkdir()
    accounts = max(records // 10, 1)
    with duckdb.connect() as engine:
        write_states(engine, records, accounts)
        for week in range(WEEKS - weeks, WEEKS):
            place = (following if week == WEEKS - 1 else exports) / f"opportunities_{at(week)}.csv"
            last = "qualify row_number() over (partition by id order by week desc) = 1"
            newest = f"select * from states where week <= {week} {last}"
            engine.execute(f"copy (select * exclude (week) from ({newest}) order by id) to '{place}' (header)")
        write_people(engine, exports, accounts)
        write_activities(engine, exports / f"activities_{at(WEEKS - 2)}.csv", activities, records)


def write_log(folder: Path, rows: int, records: int) -> None:
    """Write one export of a log of activities."""
    with duckdb.connect() as engine:
        write_activities(engine, folder / f"activities_{at(WEEKS - 1)}.csv", rows, records)


def write_activities(engine: duckdb.DuckDBPyConnection, file: Path, rows: int, records: int) -> None:
    """Write a log of activities: five columns."""
    seconds = (WEEKS - 2) * 604_800
    engine.execute(f"""copy (
        select 'X' || lpad(range::varchar, 8, '0') as id,
          strftime(timestamp '{FIRST}' + to_seconds((range * {seconds}.0 / {rows})::bigint::double), '{SECONDS}')
            as at,
          ['call', 'email', 'meeting', 'note'][1 + (hash(range) % 4)::int] as kind,
          'O' || lpad((hash(range, 'o') % {records})::varchar, 7, '0') as opportunity,
          'U' || (hash(range, 'u') % 500)::varchar as "user"
        from range({rows})
    ) to '{file}' (header)""")


def write_two(folder: Path, records: int) -> None:
    """Write two full extracts of opportunities, of which the second has 5% changed."""
    with duckdb.connect() as engine:
        for week in (0, 1):
            file = folder / f"opportunities_{at(130 + week)}.csv"
            engine.execute(f"copy ({ROWS.format(week=week, records=records)}) to '{file}' (header)")
