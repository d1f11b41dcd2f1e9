-- align/activities.sql: one row for each activity, with the account it concerns.
-- Merged records stand for their survivors.
select
  a.record, a.kind, a.at, coalesce(nl.survivor, a.lead_id) as lead_id, coalesce(nc.survivor, a.contact_id) as contact_id,
  coalesce(no.survivor, a.opportunity_id) as opportunity_id, a.user_id, a.campaign_id, a.channel, a.direction,
  a.by_function, a.automated,
  coalesce(na.survivor, a.account_id, c.account_id, m.account_id, o.account_id) as account_id
from activities_told as a
left join survivors_now as na on na.object = 'account' and na.record = a.account_id
left join survivors_now as nl on nl.object = 'lead' and nl.record = a.lead_id
left join survivors_now as nc on nc.object = 'contact' and nc.record = a.contact_id
left join survivors_now as no on no.object = 'opportunity' and no.record = a.opportunity_id
left join contacts as c on c.record = a.contact_id
left join lead_matches as m on m.record = a.lead_id
left join opportunities as o on o.record = a.opportunity_id
