-- align/persons.sql: one row for each lead or contact, with the person it is: records that share an email address are one person.
-- A person's id is its smallest source key at first sight, so it stays the same for ever.
with seen as (
  select 'lead' as entity, record, min(position) as first_position from source_lead where record is not null group by record
  union all
  select 'contact', record, min(position) from source_contact where record is not null group by record
),
keyed as (
  select s.entity, s.record, s.first_position, coalesce(l.email_key, c.email_key) as email_key
  from seen as s
  left join leads_told as l on s.entity = 'lead' and l.record = s.record
  left join contacts as c on s.entity = 'contact' and c.record = s.record
)
select
  entity, record,
  first_value(entity || ':' || record) over (
    partition by coalesce(email_key, entity || ':' || record)
    order by first_position, entity || ':' || record
    rows between unbounded preceding and unbounded following
  ) as person,
  case when email_key is null then 'alone' else 'email' end as matched_by
from keyed
