-- align/activity_versions.sql: one row for each telling of an activity and each span of time over which we knew it so.
with told as (
  select
    s.*,
    lead(taken_at, 1, timestamp '9999-12-31') over (
      partition by object, record order by taken_at, position, row_number
    ) as next_heard
  from source_activity as s
  where record is not null
)
select
  record, kind, "at", lead_id, contact_id, account_id, opportunity_id, user_id, campaign_id, channel, direction,
  by_function, coalesce(automated, false) as automated, op = 'delete' as deleted,
  taken_at as seen_from, next_heard as seen_to
from told
where next_heard > taken_at
