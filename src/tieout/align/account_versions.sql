-- align/account_versions.sql: one row for each state of an account and each span of time over which we knew it so.
-- The first known state is assumed to have held before; before we heard of the record, everything about it is unknown,
-- so that the rows of a record cover all of time and no join to them loses a row.
with voices as (
  select
    s.*,
    first_value(object) over (
      partition by record order by taken_at, position, row_number, object
      rows between unbounded preceding and unbounded following
    ) as first_voice
  from source_account_ruled as s
  where record is not null and happened_at is not null
),
moments as (
  select
    v.*,
    row_number() over life as ordinal,
    lead(happened_at, 1, timestamp '9999-12-31') over life as next_at,
    lead(taken_at, 1, timestamp '9999-12-31') over life as next_heard
  from voices as v
  where object = first_voice
  window life as (partition by record order by taken_at, position, happened_at, row_number)
),
spans as (
  select
    m.*, case when ordinal = 1 then timestamp '0001-01-01' else happened_at end as valid_from, next_at as valid_to,
    next_heard as seen_from, timestamp '9999-12-31' as seen_to
  from moments as m
  where next_heard < timestamp '9999-12-31'
  union all
  select
    m.*, case when ordinal = 1 then timestamp '0001-01-01' else happened_at end, timestamp '9999-12-31',
    taken_at, next_heard
  from moments as m
  where next_heard > taken_at
)
select
  record, valid_from, valid_to, seen_from, seen_to, object, position, op = 'delete' as deleted,
  name, domain, industry, employees, revenue, country, region, city, segment, rule_segments, rule_territories, owner_id,
  parent_id, merged_into, created_at
from spans
where valid_to > valid_from
union all
select
  record, timestamp '0001-01-01', timestamp '9999-12-31', timestamp '0001-01-01', taken_at, object, position, false,
  null, null, null, null, null, null, null, null, null, null, null, null, null, null, null
from moments
where ordinal = 1
