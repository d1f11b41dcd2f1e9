"""What can be wrong with where accounts and users stand: rules of the data, as those of `rules.py`."""

from __future__ import annotations

from tieout.align.rules import Rule
from tieout.basics.findings import Level

AT_PRESENT = """seen_to = timestamp '9999-12-31' and valid_from <= (select heard_until from present)
  and (select heard_until from present) < valid_to"""

ORGANIZATION_RULES: tuple[Rule, ...] = (
    Rule(
        "segment.unmet",
        Level.NOTE,
        """select 'contract/company.yaml', n.name, 0 from placing_names as n
        where n.kind = 'segment' and exists (select 1 from account_places)
          and not exists (select 1 from account_places as a where a.segment = n.name) order by n.name""",
        "no account ever met the condition of the segment '{given}'.",
        "Mend the condition, or take the segment out. Where accounts lack the values it looks at, fill them.",
    ),
    Rule(
        "territory.unmet",
        Level.NOTE,
        """select 'contract/audience.yaml', n.name, 0 from placing_names as n
        where n.kind = 'territory' and exists (select 1 from account_places)
          and not exists (select 1 from account_places as a where a.territory = n.name) order by n.name""",
        "no account ever met the condition of the territory '{given}'.",
        "Mend the condition, or take the territory out. Where accounts lack the values it looks at, fill them.",
    ),
    Rule(
        "territory.none",
        Level.WARNING,
        f"""select min('account ' || record), min(record), count(*) from account_places
        where {AT_PRESENT} and not deleted and merged_into is null and territory is null
          and exists (select 1 from placing_names where kind = 'territory')
        having count(*) > 0""",
        "{n} accounts are in no territory (the first is '{given}'): they meet no condition, or a value it needs is not "
        "known.",
        "Add a territory for them, or fill the values in the system.",
    ),
    Rule(
        "owner.no_team",
        Level.WARNING,
        f"""select min('user ' || o.owner_id), min(o.owner_id), count(distinct o.owner_id)
        from organization_now as o
        join opportunities as p
          on p.record = o.record and p.outcome = 'open' and not p.deleted and p.into_record is null
        where o.owner_id is not null and o.team is null
          and exists (select 1 from user_places where {AT_PRESENT} and team is not null)
        having count(*) > 0""",
        "{n} owners of open opportunities have no team (the first is '{given}'): by team they are unknown.",
        "Fill the team in the system, or add them to the register team.csv.",
    ),
    Rule(
        "owner.left",
        Level.WARNING,
        f"""select min('opportunity ' || o.record), u.record, count(distinct o.record)
        from organization_now as o
        join opportunities as p
          on p.record = o.record and p.outcome = 'open' and not p.deleted and p.into_record is null
        join (
          select record from user_places where {AT_PRESENT} and (deleted or not active)
          union
          select t.user_id from team_spans as t cross join present as n
          where not t.listed and t.starts_at <= n.heard_until and n.heard_until < t.ends_at
            and t.starts_at > timestamp '0001-01-01' and t.ends_at = timestamp '9999-12-31'
        ) as u on u.record = o.owner_id
        group by u.record order by 3 desc, 2""",
        "the owner '{given}' has left, and {n} open opportunities still are theirs.",
        "Give the opportunities another owner in the system.",
    ),
    Rule(
        "team.user_unknown",
        Level.NOTE,
        """select min('team.csv ' || t.user_id), min(t.user_id), count(distinct t.user_id) from team_spans as t
        left join user_versions as u on u.record = t.user_id
        left join opportunity_versions as o on o.owner_id = t.user_id
        left join leads_told as l on l.owner_id = t.user_id
        where u.record is null and o.record is null and l.record is null having count(*) > 0""",
        "{n} users of the register of teams own nothing and are in no extract of users (the first is '{given}').",
        "Write the id as the system has it.",
    ),
    Rule(
        "manager.circle",
        Level.WARNING,
        f"""with recursive chain as (
          select record as first, manager_id as above, 1 as steps from user_places
          where {AT_PRESENT} and manager_id is not null
          union all
          select c.first, u.manager_id, c.steps + 1
          from chain as c join (select * from user_places where {AT_PRESENT}) as u on u.record = c.above
          where u.manager_id is not null and c.above <> c.first and c.steps < 30
        )
        select min('user ' || first), min(first), count(distinct first) from chain where above = first
        having count(*) > 0""",
        "the managers of {n} users go in a circle (the first is '{given}').",
        "Mend the manager in the system, or in the register team.csv.",
    ),
)
"""What is wrong with segments, territories, teams and owners."""
