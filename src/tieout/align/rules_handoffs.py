"""What can be wrong with hand-offs, their owners and working hours: rules of the data, as those of `rules.py`."""

from __future__ import annotations

from tieout.align.rules import Rule
from tieout.basics.findings import Level

HANDOFF_RULES: tuple[Rule, ...] = (
    Rule(
        "handoff.no_time",
        Level.WARNING,
        """select min(object || ' ' || record), min(record), count(distinct record) from source_lifecycle_change
        where "at" is null and op = 'put' and lead_id is not null having count(*) > 0""",
        "{n} changes of a lead's stage say no time (the first is '{given}'): they are no hand-offs.",
        "Map the column that holds the time, or mend it in the system.",
    ),
    Rule(
        "handoff.lead_unknown",
        Level.WARNING,
        """select min('lead ' || record), min(record), count(distinct record) from handoff_clocks
        where untold = 'the lead is in no extract' having count(*) > 0""",
        "{n} leads were handed over and are in no extract of leads, or were deleted (the first is '{given}'): their "
        "hand-offs are not counted.",
        "Include them in the extract of leads.",
    ),
    Rule(
        "handoff.no_activity",
        Level.NOTE,
        """select 'contract/lifecycle.yaml', c.stage, count(*) from handoff_clocks as c
        join handoff_terms as h on h.stage = c.stage and h.given
        where c.untold = 'no activity of those who answer is in the data'
        group by c.stage, c.place order by c.place""",
        "no activity of those who answer '{given}' is in the data: nothing tells whether its {n} hand-offs were "
        "answered.",
        "Take in the activities of that team, or say under 'answered_by' which functions answer.",
    ),
    Rule(
        "handoff.before_activity",
        Level.NOTE,
        """select 'contract/lifecycle.yaml', c.stage, count(*) from handoff_clocks as c
        join handoff_terms as h on h.stage = c.stage and h.given
        where c.untold = 'it began before the first activity of those who answer' and c.answered_in_time is null
        group by c.stage, c.place order by c.place""",
        "{n} hand-offs of '{given}' began before the first activity of those who answer: nothing tells whether they "
        "were answered.",
        "Take in older activities, where the system has them.",
    ),
    Rule(
        "handoff.no_hours",
        Level.WARNING,
        """select 'contract/company.yaml', stage, count(*) from handoff_clocks
        where untold = 'nobody''s working hours are said' group by stage, place order by place""",
        "{n} hand-offs of '{given}' are answered in business hours by teams without working hours: they have no "
        "deadline.",
        "Add an entry of 'working_hours' for these teams, or one without 'team' for everybody else.",
    ),
    Rule(
        "touch.before_lead",
        Level.WARNING,
        """with met as (
          select p.person, min(coalesce(l.first_contact_at, l.created_at, c.created_at)) as met_at
          from persons as p
          left join leads_told as l on p.entity = 'lead' and l.record = p.record
          left join contacts as c on p.entity = 'contact' and c.record = p.record
          group by p.person
        )
        select min('lead ' || l.record), min(l.record), count(distinct l.record) from leads as l
        join met as m on m.person = l.person
        join human_touches as t on t.person = m.person and t."at" < m.met_at having count(*) > 0""",
        "{n} leads were touched by a person before their first contact (the first is '{given}'): such touches answer "
        "nothing, and without a later one the breach is classed as bad data.",
        "Mend the first contact or the time of the activity in the system that has it wrong.",
    ),
    Rule(
        "handoff.owner_left",
        Level.WARNING,
        """select min('lead ' || record), owner_id, count(*) from handoff_clocks
        where owner_gone and begins = 'stage' group by owner_id order by 3 desc, 2""",
        "{n} hand-offs lay with '{given}', who had left by then: nobody had them.",
        "Let the rule of assignment skip people who left, and give their leads to another owner.",
    ),
    Rule(
        "handoff.owner_unknown",
        Level.NOTE,
        """select min('lead ' || record), min(owner_id), count(distinct owner_id) from handoff_clocks
        where owner_id is not null and not owner_known and exists (select 1 from user_versions) having count(*) > 0""",
        "{n} owners of hand-offs are in no extract of users (the first is '{given}'): a queue or a former user; their "
        "breaches have no class.",
        "Include former users in the extract of users.",
    ),
    Rule(
        "hours.team_unknown",
        Level.WARNING,
        """select 'contract/company.yaml', min(c.team_key), count(distinct c.team_key) from working_calendars as c
        left join user_places as u on lower(trim(u.team)) = c.team_key
        where c.user_id is null and c.team_key is not null and u.record is null
          and exists (select 1 from user_places where team is not null) having count(*) > 0""",
        "{n} teams with working hours have never had a user (the first is '{given}').",
        "Write the team as the systems and the register of teams do.",
    ),
    Rule(
        "hours.user_unknown",
        Level.WARNING,
        """select 'contract/company.yaml', min(c.user_id), count(distinct c.user_id) from working_calendars as c
        left join user_places as u on u.record = c.user_id
        where c.user_id is not null and u.record is null and exists (select 1 from user_places) having count(*) > 0""",
        "{n} users with hours or absences of their own are not known (the first is '{given}').",
        "Write the id as the system has it.",
    ),
)
"""What is wrong with hand-offs and working hours."""
