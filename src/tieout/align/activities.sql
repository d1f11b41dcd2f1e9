-- align/activities.sql: one row for each activity, as last told, with the account it concerns.
-- Merged records stand for their survivors; `told_lead_id` and so on are what the system names, where that is another one.
with told as (
  select
    s.record, s.kind, s.at, s.lead_id, s.contact_id, s.account_id, s.opportunity_id, s.user_id, s.campaign_id, s.channel,
    s.direction, s.by_function, coalesce(s.automated, false) as automated, s.taken_at as seen_from
  from source_activity as s
  anti join activities_retold as r on r.object = s.object and r.record = s.record
  where s.record is not null
  union all
  select
    record, kind, "at", lead_id, contact_id, account_id, opportunity_id, user_id, campaign_id, channel, direction,
    by_function, automated, seen_from
  from activities_retold
  where seen_to = timestamp '9999-12-31' and not deleted
)
select
  a.record, a.kind, a.at, coalesce(nl.survivor, a.lead_id) as lead_id, coalesce(nc.survivor, a.contact_id) as contact_id,
  coalesce(no.survivor, a.opportunity_id) as opportunity_id, a.user_id, a.campaign_id, a.channel, a.direction,
  a.by_function, a.automated,
  coalesce(na.survivor, a.account_id, c.account_id, m.account_id, o.account_id) as account_id,
  a.seen_from,
  case when nl.survivor is not null then a.lead_id end as told_lead_id,
  case when nc.survivor is not null then a.contact_id end as told_contact_id,
  case when no.survivor is not null then a.opportunity_id end as told_opportunity_id,
  a.account_id as told_account_id
from told as a
left join survivors_now as na on na.object = 'account' and na.record = a.account_id
left join survivors_now as nl on nl.object = 'lead' and nl.record = a.lead_id
left join survivors_now as nc on nc.object = 'contact' and nc.record = a.contact_id
left join survivors_now as no on no.object = 'opportunity' and no.record = a.opportunity_id
left join contacts as c on c.record = a.contact_id
left join lead_matches as m on m.record = a.lead_id
left join opportunities as o on o.record = a.opportunity_id
