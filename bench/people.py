"""Made-up persons of a large company: leads, how far they came, and what was done for them.

As in company.py every value comes from a hash of its place. Of each lead there are four changes of its stage; half of
the leads come far enough to be accepted, and a fifth of them becomes a deal of `bench.company`.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from bench.company import FIRST, OPPORTUNITIES, OTHERS, SECONDS, WEEKS, at, write_contract, write_people, write_states

LIFECYCLE = """
stages:
  - {name: lead}
  - {name: mql, answer_within_hours: 8}
  - {name: sal, answer_within_hours: 24}
  - {name: sql}
  - {name: opportunity}
  - {name: customer}
  - {name: renewal}
"""
LEADS = """
    leads:
      entity: lead
      files: leads_*.csv
      mode: delta
      key: id
      fields: {email: email, source: source, status: status, score: score, campaign_id: campaign, owner_id: owner,
        account_id: account, opportunity_id: deal, first_contact_at: contact, created_at: contact, employees: employees}
    changes:
      entity: lifecycle_change
      files: changes_*.csv
      mode: log
      key: id
      at: at
      fields: {lead_id: lead, stage: stage, at: at, reason: reason, user_id: user}
    activities:
      entity: activity
      files: activities_*.csv
      mode: log
      key: id
      at: at
      fields: {kind: kind, at: at, lead_id: lead, user_id: user, by_function: by, automated: automated,
        direction: direction}
"""
SPAN = (WEEKS - 8) * 604_800
"""Seconds over which first contacts lie; the way of the last ones ends with the last export."""
CONTACT = f"timestamp '{FIRST}' + to_seconds((hash(lead, 'contact') % {SPAN})::double)"


def write_line(folder: Path, records: int, leads: int, changes: int, activities: int) -> None:
    """Write two years of weekly exports of deals, and leads, their changes and activities as they stand at the end."""
    write_contract(folder, OPPORTUNITIES.replace("MODE", "delta") + OTHERS + LEADS)
    (folder / "contract" / "lifecycle.yaml").write_text(LIFECYCLE.lstrip())
    exports = folder / "exports"
    exports.mkdir()
    accounts = max(records // 10, 1)
    with duckdb.connect() as engine:
        write_states(engine, records, accounts)
        for week in range(WEEKS):
            query = f"select * exclude (week) from states where week = {week}"
            engine.execute(f"copy ({query}) to '{exports}/opportunities_{at(week)}.csv' (header)")
        write_people(engine, exports, accounts)
        write_leads(engine, exports, records, leads)
        write_changes(engine, exports, leads, changes)
        write_touches(engine, exports, leads, activities)


def write_leads(engine: duckdb.DuckDBPyConnection, exports: Path, records: int, leads: int) -> None:
    """Write the leads, a twentieth of which shares an address with another one."""
    engine.execute(f"""copy (
        select 'L' || lead::varchar as id, 'p' || (lead - lead % 20 // 19)::varchar || '@firm'
            || (lead % 50000)::varchar || '.example' as email,
          ['web', 'event', 'partner', 'outbound', 'ads'][1 + (hash(lead, 's') % 5)::int] as source,
          ['new', 'working', 'accepted'][1 + (hash(lead, 'st') % 3)::int] as status,
          1 + (hash(lead, 'score') % 10)::int as score, 'C' || (hash(lead, 'c') % 200)::varchar as campaign,
          'U' || (hash(lead, 'o') % 500)::varchar as owner,
          'A' || (hash(lead, 'a') % {max(records // 10, 1)})::varchar as account,
          case when lead % 10 = 0 then 'O' || lpad((hash(lead, 'd') % {records})::varchar, 7, '0') end as deal,
          strftime({CONTACT}, '{SECONDS}') as contact,
          (10 ** (1 + (hash(lead, 'e') % 300) / 100.0))::int as employees
        from (select range as lead from range({leads}))
    ) to '{exports}/leads_{at(WEEKS - 1)}.csv' (header)""")


def write_changes(engine: duckdb.DuckDBPyConnection, exports: Path, leads: int, changes: int) -> None:
    """Write the log of stages: mql, then sal or back, then sql or mql again, then opportunity or out."""
    engine.execute(f"""copy (
        select 'H' || range::varchar as id, 'L' || lead::varchar as lead,
          case step when 0 then 'mql' when 1 then case when far then 'sal' else 'recycled' end
            when 2 then case when far then 'sql' else 'mql' end
            else case when far then 'opportunity' else 'disqualified' end end as stage,
          strftime({CONTACT} + to_seconds(((step + hash(lead, step) % 1000 / 1000.0) * 864000)::double), '{SECONDS}')
            as at,
          case when step in (1, 3) and not far then ['no fit', 'no interest'][1 + (hash(lead) % 2)::int] end as reason,
          'U' || (hash(lead, 'o') % 500)::varchar as user
        from (
          select range, range // 4 % {leads} as lead, range % 4 as step,
            hash(range // 4 % {leads}, 'far') % 2 = 0 as far
          from range({changes})
        )
    ) to '{exports}/changes_{at(WEEKS - 1)}.csv' (header)""")


def write_touches(engine: duckdb.DuckDBPyConnection, exports: Path, leads: int, activities: int) -> None:
    """Write what was done for leads, by people and by machines, in the two months after the first contact."""
    engine.execute(f"""copy (
        select 'X' || range::varchar as id, 'L' || lead::varchar as lead,
          ['call', 'email', 'meeting', 'form fill'][1 + (hash(range, 'k') % 4)::int] as kind,
          strftime({CONTACT} + to_seconds((hash(range, 't') % 4000000)::double), '{SECONDS}') as at,
          'U' || (hash(lead, 'o') % 500)::varchar as user,
          ['sales', 'marketing'][1 + (hash(range, 'f') % 2)::int] as by,
          (hash(range, 'm') % 5 = 0)::varchar as automated,
          ['out', 'in'][1 + (hash(range, 'd') % 2)::int] as direction
        from (select range, hash(range) % {leads} as lead from range({activities}))
    ) to '{exports}/activities_{at(WEEKS - 1)}.csv' (header)""")
