-- align/activities_told.sql: one row for each activity, as last told.
with told as (
  select
    s.*,
    row_number() over (partition by object, record order by taken_at desc, position desc, row_number desc) as place
  from source_activity as s
  where record is not null
)
select
  record, kind, "at", lead_id, contact_id, account_id, opportunity_id, user_id, campaign_id, channel, direction,
  by_function, coalesce(automated, false) as automated
from told
where place = 1 and op = 'put'
