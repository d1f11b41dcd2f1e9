-- align/activity_versions.sql: one row for each telling of an activity and each span of time over which we knew it so.
-- Nearly all are told once: only those that are told again are put in order.
with again as (
  select object, record
  from source_activity
  where record is not null
  group by object, record
  having count(*) > 1
),
told as (
  select s.*, timestamp '9999-12-31' as next_heard
  from source_activity as s
  anti join again as a on a.object = s.object and a.record = s.record
  where s.record is not null
  union all
  select
    s.*,
    lead(s.taken_at, 1, timestamp '9999-12-31') over (
      partition by s.object, s.record order by s.taken_at, s.position, s.row_number
    ) as next_heard
  from source_activity as s
  semi join again as a on a.object = s.object and a.record = s.record
)
select
  record, kind, "at", lead_id, contact_id, account_id, opportunity_id, user_id, campaign_id, channel, direction,
  by_function, coalesce(automated, false) as automated, op = 'delete' as deleted,
  taken_at as seen_from, next_heard as seen_to
from told
where next_heard > taken_at
