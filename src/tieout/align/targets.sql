-- align/targets.sql: one row for each target of the plan, as last told.
with told as (
  select
    s.*,
    row_number() over (partition by object, record order by taken_at desc, position desc, row_number desc) as place
  from source_target as s
  where record is not null
)
select
  record, upper(trim(period)) as period, segment, amount, currency, kind
from told
where place = 1 and op = 'put'
