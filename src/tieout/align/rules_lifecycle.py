"""What can be wrong with the way of persons through the funnel: rules of the data, as those of `rules.py`."""

from __future__ import annotations

from tieout.align.rules import LARGEST, Rule
from tieout.basics.findings import Level

LIFECYCLE_RULES: tuple[Rule, ...] = (
    Rule(
        "lifecycle.stage_unknown",
        Level.WARNING,
        f"""select min('lead ' || lead_id), stage, count(*) from lead_stages
        where step is null and sent_back is null and stage is not null group by stage order by {LARGEST}""",
        "'{given}' is no stage of the lifecycle: {n} changes into it are in no funnel.",
        "Add it to lifecycle.yaml: as a stage, under `also` of the stage it was renamed from, or under `sent_back`.",
        lambda contract: tuple(stage.name for stage in contract.lifecycle.stages),
    ),
    Rule(
        "lifecycle.lead_unknown",
        Level.WARNING,
        """select min('lead ' || s.lead_id), min(s.lead_id), count(distinct s.lead_id) from lead_stages as s
        left join persons as p on p.entity = 'lead' and p.record = s.lead_id
        where p.record is null having count(*) > 0""",
        "{n} leads change their stage and are in no extract of leads (the first is '{given}'): they are in no funnel.",
        "Include them in the extract of leads.",
    ),
    Rule(
        "lifecycle.disordered",
        Level.NOTE,
        """select min('lead ' || lead_id), min(lead_id), count(*) from funnel_episodes
        where sal_at < mql_at or sql_at < coalesce(sal_at, mql_at) or sql_at < mql_at
          or opportunity_at < coalesce(sql_at, sal_at, mql_at)
        having count(*) > 0""",
        "{n} episodes entered a later step of the funnel before an earlier one (the first is of '{given}'): the "
        "earlier one counts as reached then.",
        "Look at the system that tells the changes: they may be written late.",
    ),
    Rule(
        "lifecycle.same_time",
        Level.NOTE,
        """select min('lead ' || b.lead_id), min(b.lead_id), count(distinct b.lead_id)
        from funnel_events as b
        join funnel_events as s on s.person = b.person and s.at = b.at and s.step between 1 and 4 and s.ending is null
        where b.ending in ('recycled', 'disqualified') and (b.step is null or exists (
          select 1 from funnel_events as e
          where e.person = b.person and e.at < b.at and e.step between 1 and 4 and e.ending is null
        )) having count(*) > 0""",
        "{n} leads entered a step and were sent back at the very same time (the first is '{given}'): the step counts "
        "as the first of both, unless it was not beyond the one before.",
        "Mend the times in the system, if it was the other way around.",
    ),
    Rule(
        "lifecycle.reason_unknown",
        Level.NOTE,
        f"""select min('lead ' || s.lead_id), s.reason, count(*) from lead_stages as s
        left join lifecycle_reasons as r on r.reason_key = lower(s.reason)
        where s.reason is not null and (s.sent_back is not null or s.step = 0) and r.reason_key is null
          and exists (select 1 from lifecycle_reasons)
        group by s.reason order by {LARGEST}""",
        "the reason '{given}' is none of the contract: {n} leads were sent back for it.",
        "Add it to `reasons` of a stage in lifecycle.yaml, or rename it in the mapping of `reason`.",
    ),
    Rule(
        "lifecycle.owner_left",
        Level.WARNING,
        """select min('lead ' || e.lead_id), e.owner_id, count(*) from funnel_episodes as e
        join user_places as u
          on u.record = e.owner_id and u.seen_to = timestamp '9999-12-31' and u.valid_from <= e.entered_at
          and e.entered_at < u.valid_to and (u.deleted or not u.active)
        where e.mql_at is not null
        group by e.owner_id order by 3 desc, 2""",
        "{n} mqls were handed to '{given}', who had left by then.",
        "Route them to somebody else in the system.",
    ),
)
"""What is wrong with the lifecycle of leads."""
