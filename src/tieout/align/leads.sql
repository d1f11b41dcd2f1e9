-- align/leads.sql: one row for each lead that its system has not merged away, with its person, account and source.
-- Owner, team, segment, territory and region are those of now; lead_arrivals has those of its first contact. Until
-- `duplicate_until` the register says that it is another one's duplicate.
select
  l.record, coalesce(l.first_contact_at, l.created_at) as first_contact_at, l.source, l.source_raw, l.status, l.score,
  l.campaign_id, l.landing_page, l.owner_id, u.team, u.manager_id, l.opportunity_id, m.account_id,
  m.reason as match_reason, p.person,
  coalesce(l.industry, a.industry) as industry, i.vertical, coalesce(l.employees, a.employees) as employees,
  coalesce(l.country, a.country) as country, coalesce(l.region, a.region) as region,
  coalesce(l.segment, a.segment) as segment, coalesce(a.territory, u.territory) as territory, l.domain,
  coalesce(g.ends_at, timestamp '0001-01-01') as duplicate_until
from leads_told as l
cross join present as n
left join lead_matches as m on m.record = l.record
left join persons as p on p.entity = 'lead' and p.record = l.record
left join account_places as a
  on a.record = m.account_id and a.seen_to = timestamp '9999-12-31'
  and a.valid_from <= n.heard_until and n.heard_until < a.valid_to
left join user_places as u
  on u.record = l.owner_id and u.seen_to = timestamp '9999-12-31'
  and u.valid_from <= n.heard_until and n.heard_until < u.valid_to
left join registered_merges as g on g.object = 'lead' and g.id = l.record
left join industry_verticals as i on i.industry_key = lower(trim(coalesce(l.industry, a.industry)))
where l.merged_into is null
