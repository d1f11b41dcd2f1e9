-- align/account_values.sql: one row for each field of an account that others were merged into, with the value that survives and where it is from.
-- As now known. The rule of the field orders the records; a gap is filled by the next, after the rule the survivor, then
-- the newest. `rule` is `filled` where the record that the rule prefers has no value.
with members as (
  select survivor, record from survivors_now where object = 'account'
  union
  select survivor, survivor from survivors_now where object = 'account'
),
present_accounts as (
  select
    m.survivor, a.record, a.object, a.valid_from, a.seen_from, a.name, a.domain, a.industry,
    cast(a.employees as varchar) as employees, cast(a.revenue as varchar) as revenue, a.country, a.region, a.city, a.segment,
    case when a.name is null then 0 else 1 end + case when a.domain is null then 0 else 1 end
      + case when a.industry is null then 0 else 1 end + case when a.employees is null then 0 else 1 end
      + case when a.revenue is null then 0 else 1 end + case when a.country is null then 0 else 1 end
      + case when a.region is null then 0 else 1 end + case when a.city is null then 0 else 1 end
      + case when a.segment is null then 0 else 1 end as filled
  from members as m
  join account_versions as a
    on a.record = m.record and a.valid_to = timestamp '9999-12-31' and a.seen_to = timestamp '9999-12-31'
),
told as (
  select survivor, record, object, valid_from, seen_from, filled, 'name' as field, name as value from present_accounts
  union all
  select survivor, record, object, valid_from, seen_from, filled, 'domain', domain from present_accounts
  union all
  select survivor, record, object, valid_from, seen_from, filled, 'industry', industry from present_accounts
  union all
  select survivor, record, object, valid_from, seen_from, filled, 'employees', employees from present_accounts
  union all
  select survivor, record, object, valid_from, seen_from, filled, 'revenue', revenue from present_accounts
  union all
  select survivor, record, object, valid_from, seen_from, filled, 'country', country from present_accounts
  union all
  select survivor, record, object, valid_from, seen_from, filled, 'region', region from present_accounts
  union all
  select survivor, record, object, valid_from, seen_from, filled, 'city', city from present_accounts
  union all
  select survivor, record, object, valid_from, seen_from, filled, 'segment', segment from present_accounts
),
ruled as (
  select t.*, coalesce(r.rule, 'survivor') as rule, s.place as trust
  from told as t
  left join survivorship as r on r.field = t.field
  left join survivorship_systems as s on s.field = t.field and s.system = split_part(t.object, '.', 1)
),
ordered as (
  select
    r.*,
    row_number() over (
      partition by survivor, field
      order by
        case when value is null then 1 else 0 end,
        case when rule = 'system' then coalesce(trust, 9999) end,
        case when rule = 'longest' then length(value) end desc,
        case when rule = 'most_complete_record' then filled end desc,
        case when rule = 'newest' then greatest(valid_from, seen_from) end desc,
        case when rule = 'oldest' then greatest(valid_from, seen_from) end,
        case when record = survivor then 0 else 1 end,
        greatest(valid_from, seen_from) desc, record
    ) as place
  from ruled as r
)
select
  survivor as record, field, value, record as from_record, object as from_object,
  case when rule = 'survivor' and record <> survivor then 'filled' else rule end as rule
from ordered
where place = 1 and value is not null
