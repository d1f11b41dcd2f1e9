-- align/activities_retold.sql: one row for each telling of an activity that was told more than once, or deleted.
-- It is what we knew of the activity from `seen_from` until before `seen_to`; where they are the same it never was.
with again as (
  select hash(object, record) as alike
  from source_activity
  where record is not null
  group by alike
  having count(*) > 1 or bool_or(op = 'delete')
)
select
  s.object, s.record, s.kind, s.at, s.lead_id, s.contact_id, s.account_id, s.opportunity_id, s.user_id, s.campaign_id,
  s.channel, s.direction, s.by_function, coalesce(s.automated, false) as automated, s.op = 'delete' as deleted,
  s.taken_at as seen_from,
  lead(s.taken_at, 1, timestamp '9999-12-31') over (
    partition by s.object, s.record order by s.taken_at, s.position, s.row_number
  ) as seen_to
from source_activity as s
semi join again as a on a.alike = hash(s.object, s.record)
where s.record is not null
