-- align/lead_arrivals.sql: one row for each lead, with where it stood in the organization at its first contact.
-- Its owner is the one that held it then, or who was first told to; where owner and account stood is of that time too.
with told as (
  select
    l.record, l.first_contact_at, l.account_id, s.owner_id, s.segment, s.region,
    row_number() over (
      partition by l.record
      order by
        case when s.happened_at <= l.first_contact_at then s.happened_at end desc nulls last, s.happened_at,
        s.taken_at, s.position, s.row_number, s.object
    ) as place
  from leads as l
  join source_lead as s on s.record = l.record and s.op = 'put'
)
select
  t.record, t.owner_id, u.team, u.manager_id,
  coalesce(t.segment, a.segment) as segment,
  coalesce(a.territory, u.territory) as territory,
  coalesce(t.region, a.region) as region
from told as t
left join account_places as a
  on a.record = t.account_id and a.seen_to = timestamp '9999-12-31'
  and a.valid_from <= t.first_contact_at and t.first_contact_at < a.valid_to
left join user_places as u
  on u.record = t.owner_id and u.seen_to = timestamp '9999-12-31'
  and u.valid_from <= t.first_contact_at and t.first_contact_at < u.valid_to
where t.place = 1
