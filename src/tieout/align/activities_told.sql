-- align/activities_told.sql: one row for each activity, as last told.
select
  record, kind, "at", lead_id, contact_id, account_id, opportunity_id, user_id, campaign_id, channel, direction,
  by_function, automated
from activity_versions
where seen_to = timestamp '9999-12-31' and not deleted
