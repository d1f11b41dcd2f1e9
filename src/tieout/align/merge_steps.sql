-- align/merge_steps.sql: one row for each record with a merge, and each span of time and of knowing, with the record it went into then.
-- The spans of a record cover all of both; `into_record` is null where it stood for itself. What a system says goes before
-- the register, and is known from the day we heard it; what the register says is known for all time, until it runs out.
-- A merge of accounts or persons into a record that no system has is not followed.
with told as (
  select 'account' as object, s.object as told_in, record, nullif(merged_into, record) as into_record, taken_at, position, row_number
  from source_account as s
  where record is not null and op = 'put'
  union all
  select 'contact', s.object, record, nullif(merged_into, record), taken_at, position, row_number
  from source_contact as s
  where record is not null and op = 'put'
  union all
  select 'lead', s.object, record, nullif(merged_into, record), taken_at, position, row_number
  from source_lead as s
  where record is not null and op = 'put'
),
known as (
  select distinct object, record from told
),
telling as (
  select distinct object, told_in, record from told where into_record is not null
),
changed as (
  select
    t.object, t.record, k.record as into_record, t.taken_at, t.position, t.row_number,
    lag(k.record) over told_order as before, row_number() over told_order as place
  from told as t
  join telling as g on g.object = t.object and g.told_in = t.told_in and g.record = t.record
  left join known as k on k.object = t.object and k.record = t.into_record
  window told_order as (partition by t.object, t.record order by t.taken_at, t.position, t.row_number)
),
runs as (
  select
    object, record, into_record, taken_at as seen_from,
    lead(taken_at, 1, timestamp '9999-12-31') over (partition by object, record order by taken_at, position, row_number) as seen_to
  from changed
  where place = 1 or into_record is distinct from before
),
by_system as (
  select object, record, into_record, seen_from, seen_to from runs where into_record is not null and seen_to > seen_from
  union all
  select 'opportunity', record, into_record, seen_from, seen_to from opportunity_merges where told_by = 'system'
),
registered as (
  select m.object, m.id as record, m.into_id as into_record, m.ends_at
  from registered_merges as m
  left join known as k on k.object = m.object and k.record = m.into_id
  where m.object = 'opportunity' or k.record is not null
),
merged as (
  select object, record from by_system
  union
  select object, record from registered
),
gaps as (
  select
    object, record, seen_from as gap_to,
    lag(seen_to, 1, timestamp '0001-01-01') over (partition by object, record order by seen_from) as gap_from
  from by_system
  union all
  select m.object, m.record, timestamp '9999-12-31', coalesce(max(s.seen_to), timestamp '0001-01-01')
  from merged as m
  left join by_system as s on s.object = m.object and s.record = m.record
  group by m.object, m.record
)
select
  object, record, into_record, timestamp '0001-01-01' as valid_from, timestamp '9999-12-31' as valid_to, seen_from, seen_to, 'system' as told_by
from by_system
union all
select g.object, g.record, r.into_record, timestamp '0001-01-01', coalesce(r.ends_at, timestamp '9999-12-31'), g.gap_from, g.gap_to,
  case when r.record is null then 'nobody' else 'register' end
from gaps as g
left join registered as r on r.object = g.object and r.record = g.record
where g.gap_to > g.gap_from
union all
select g.object, g.record, null, r.ends_at, timestamp '9999-12-31', g.gap_from, g.gap_to, 'nobody'
from gaps as g
join registered as r on r.object = g.object and r.record = g.record and r.ends_at < timestamp '9999-12-31'
where g.gap_to > g.gap_from
