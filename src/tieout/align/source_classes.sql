-- align/source_classes.sql: one row for each opportunity that became pipeline, with the one class that sourced it and the rule that said so.
-- The order is fixed: an approved override, a marketing touch shortly before the first sales contact, the lead's source,
-- who created it. It is decided by what was true when the pipeline was created.
with touched as (
  select record, account_id, "at", by_function
  from activities
  where not automated and "at" is not null
),
sales as (
  select p.record, min(t.at) as first_at
  from pipeline_created as p
  join touched as t on t.account_id = p.account_id and t.at <= p.created_at
  where t.by_function = 'sales'
  group by p.record
),
marketing as (
  select p.record, min(t.at) as first_at
  from pipeline_created as p
  join touched as t on t.account_id = p.account_id
  left join sales as s on s.record = p.record
  join source_class_days as d
    on t.at <= coalesce(s.first_at, p.created_at)
    and date_diff('second', t.at, coalesce(s.first_at, p.created_at)) <= d.days * 86400
  where t.by_function = 'marketing'
  group by p.record
),
lead_sources as (
  select
    p.record, s.source,
    row_number() over (
      partition by p.record
      order by
        case when s.happened_at <= p.created_at then s.happened_at end desc nulls last, s.happened_at,
        s.taken_at, s.position, s.row_number
    ) as place
  from pipeline_created as p
  join source_lead as s on s.record = p.lead_id and s.op = 'put'
),
overrides as (
  select record, max(source_override) as class
  from opportunity_versions
  where valid_to = timestamp '9999-12-31' and seen_to = timestamp '9999-12-31'
  group by record
)
select
  p.record,
  case
    when o.class is not null then coalesce(k.class, o.class)
    when m.record is not null then n.class
    when c.class is not null then c.class
    else r.class
  end as class,
  case
    when o.class is not null then 'override'
    when m.record is not null then 'marketing touch'
    when c.class is not null then 'source'
    when r.class is not null then 'created by'
    else 'unknown'
  end as rule
from pipeline_created as p
left join overrides as o on o.record = p.record
left join class_names as k on k.class_key = lower(o.class)
left join marketing as m on m.record = p.record
cross join marketing_class as n
left join lead_sources as l on l.record = p.record and l.place = 1
left join source_class_names as c on c.source_key = lower(coalesce(l.source, p.source))
left join user_places as u
  on u.record = p.owner_id and u.seen_to = timestamp '9999-12-31'
  and u.valid_from <= p.created_at and p.created_at < u.valid_to
left join role_classes as r on r.role_key = lower(u.role)
