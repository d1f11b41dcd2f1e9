-- align/lead_owners.sql: one row for each span of time in which a lead had one owner, or none, as now known.
-- Only objects that tell owners are listened to. The first told owner is assumed to have held the lead before.
with telling as (
  select object
  from source_lead
  group by object
  having count(owner_id) > 0
),
told as (
  select
    s.record, s.owner_id, s.happened_at,
    row_number() over (
      partition by s.record
      order by s.happened_at, s.taken_at, s.position, s.row_number, s.object
    ) as ordinal
  from source_lead as s
  join telling as t on t.object = s.object
  where s.record is not null and s.happened_at is not null and s.op = 'put'
),
changed as (
  select
    record, owner_id, happened_at, ordinal,
    lag(owner_id) over (partition by record order by ordinal) as owner_before
  from told
)
select
  record, owner_id,
  case when ordinal = 1 then timestamp '0001-01-01' else happened_at end as valid_from,
  lead(happened_at, 1, timestamp '9999-12-31') over (partition by record order by ordinal) as valid_to
from changed
where ordinal = 1 or owner_id is distinct from owner_before
