-- align/persons.sql: one row for each lead or contact, with the person it is: records that share an email address, or are merged, are one person.
-- A person's id is its smallest source key at first sight, so it stays the same for ever.
with recursive seen as (
  select 'lead' as entity, record, min(position) as first_position from source_lead where record is not null group by record
  union all
  select 'contact', record, min(position) from source_contact where record is not null group by record
),
keyed as (
  select
    s.entity, s.record, s.first_position, coalesce(l.email_key, c.email_key) as email_key,
    coalesce(l.email_key, c.email_key, s.entity || ':' || s.record) as person_key
  from seen as s
  left join leads_told as l on s.entity = 'lead' and l.record = s.record
  left join contacts as c on s.entity = 'contact' and c.record = s.record
),
merged as (
  select distinct a.person_key as one, b.person_key as other
  from survivors_now as n
  join keyed as a on a.entity = n.object and a.record = n.record
  join keyed as b on b.entity = n.object and b.record = n.survivor
  where a.person_key <> b.person_key
),
links as (
  select one, other from merged
  union
  select other, one from merged
),
reached as (
  select one as person_key, one as reaches from links
  union
  select r.person_key, k.other
  from reached as r
  join links as k on k.one = r.reaches
),
together as (
  select person_key, min(reaches) as together_key from reached group by person_key
)
select
  k.entity, k.record,
  first_value(k.entity || ':' || k.record) over (
    partition by coalesce(t.together_key, k.person_key)
    order by k.first_position, k.entity || ':' || k.record
    rows between unbounded preceding and unbounded following
  ) as person,
  case when t.together_key is not null then 'merge' when k.email_key is null then 'alone' else 'email' end as matched_by
from keyed as k
left join together as t on t.person_key = k.person_key
