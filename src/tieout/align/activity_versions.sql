-- align/activity_versions.sql: one row for each telling of an activity and each span of time over which we knew it so.
select
  record, kind, "at", coalesce(told_lead_id, lead_id) as lead_id, coalesce(told_contact_id, contact_id) as contact_id,
  told_account_id as account_id, coalesce(told_opportunity_id, opportunity_id) as opportunity_id, user_id, campaign_id,
  channel, direction, by_function, automated, false as deleted, seen_from, timestamp '9999-12-31' as seen_to
from activities
union all
select
  record, kind, "at", lead_id, contact_id, account_id, opportunity_id, user_id, campaign_id, channel, direction,
  by_function, automated, deleted, seen_from, seen_to
from activities_retold
where seen_to > seen_from and (deleted or seen_to < timestamp '9999-12-31')
