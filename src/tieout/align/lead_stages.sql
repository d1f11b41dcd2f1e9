-- align/lead_stages.sql: one row for each stay of a lead in a stage of the lifecycle, as now known.
-- A stay begins with the change that told it and lasts until the next one; stages are named as in the contract.
with told as (
  select
    s.record, s.lead_id, coalesce(g.name, s.stage) as stage, s."at", s.op,
    row_number() over (partition by s.object, s.record order by s.taken_at desc, s.position desc, s.row_number desc) as place
  from source_lifecycle_change as s
  left join lifecycle_stages as g on g.name_key = lower(trim(s.stage))
  where s.record is not null
)
select
  lead_id, stage, "at" as entered_at,
  lead("at", 1, timestamp '9999-12-31') over (partition by lead_id order by "at", record) as left_at
from told
where place = 1 and op = 'put' and lead_id is not null and "at" is not null
