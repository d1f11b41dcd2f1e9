-- align/human_touches.sql: one row for each touch of a person or an account by one of us, and each function that it may be of.
-- An automated activity is none, and neither is one that came in, unless it is a meeting that was held. An activity that
-- does not say its function is of any function, if it says who did it. A lead, a contact and the lead of an opportunity
-- are one person where their records are.
with functions as (
  select function_key from handoff_functions
  union
  select 'sales'
),
touches as (
  select
    a.record, a."at", a.user_id, a.lead_id, a.contact_id, a.opportunity_id, a.account_id,
    lower(trim(a.by_function)) as function_key
  from activities as a
  cross join present as n
  where not a.automated and a."at" is not null and a."at" <= n.heard_until
    and (lower(coalesce(a.direction, 'outbound')) not like 'in%' or lower(coalesce(a.kind, '')) like '%meeting%')
    and lower(coalesce(a.kind, '')) not like '%no%show%' and lower(coalesce(a.kind, '')) not like '%cancel%'
),
answering as (
  select t.record, t."at", t.user_id, t.lead_id, t.contact_id, t.opportunity_id, t.account_id, f.function_key
  from touches as t
  join functions as f on f.function_key = t.function_key
  union all
  select t.record, t."at", t.user_id, t.lead_id, t.contact_id, t.opportunity_id, t.account_id, f.function_key
  from touches as t
  cross join functions as f
  where t.function_key is null and t.user_id is not null
)
select
  t.record, t."at", t.user_id, t.function_key, t.account_id, t.opportunity_id, coalesce(l.person, c.person, o.person) as person
from answering as t
left join persons as l on l.entity = 'lead' and l.record = t.lead_id
left join persons as c on c.entity = 'contact' and c.record = t.contact_id
left join opportunities as d on d.record = t.opportunity_id
left join persons as o on o.entity = 'lead' and o.record = d.lead_id
