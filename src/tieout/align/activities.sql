-- align/activities.sql: one row for each activity, with the account it concerns.
select
  a.record, a.kind, a.at, a.lead_id, a.contact_id, a.opportunity_id, a.user_id, a.campaign_id, a.channel, a.direction,
  a.by_function, a.automated,
  coalesce(a.account_id, c.account_id, m.account_id, o.account_id) as account_id
from activities_told as a
left join contacts as c on c.record = a.contact_id
left join lead_matches as m on m.record = a.lead_id
left join opportunities as o on o.record = a.opportunity_id
