-- align/opportunity_merges.sql: one row for each opportunity that is another one's duplicate, and each span of knowing it.
-- At any known-at there is at most one row from the systems and one from the register. What a system says is known from the day we heard it; what the register of the contract says is known for all time.
with told as (
  select
    record, nullif(merged_into, record) as merged_into, taken_at, ordinal,
    lag(nullif(merged_into, record)) over (partition by record order by taken_at, ordinal) as before
  from opportunity_changes
  where set_merged_into
),
runs as (
  select
    record, merged_into, taken_at,
    lead(taken_at, 1, timestamp '9999-12-31') over (partition by record order by taken_at, ordinal) as seen_to
  from told
  where merged_into is distinct from before
)
select record, merged_into as into_record, taken_at as seen_from, seen_to, timestamp '9999-12-31' as ends_at,
  'system' as told_by
from runs
where merged_into is not null and seen_to > taken_at
union all
select id, into_id, timestamp '0001-01-01', timestamp '9999-12-31', ends_at, 'register'
from registered_merges
where object = 'opportunity'
