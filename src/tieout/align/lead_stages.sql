-- align/lead_stages.sql: one row for each stay of a lead in a stage of the lifecycle, as now known.
-- A stay begins with the change that told it and lasts until the next one; stages are named as in the contract. `step` is
-- the place of the stage in the funnel (0 lead, 1 mql ... 6 renewal), null where it is no step or not in the contract;
-- `sent_back` says that the name means recycled or disqualified.
with told as (
  select
    s.record, s.lead_id, coalesce(g.name, s.stage) as stage, g.step, b.kind as sent_back, s.reason, s.user_id, s."at", s.op,
    row_number() over (partition by s.object, s.record order by s.taken_at desc, s.position desc, s.row_number desc) as place
  from source_lifecycle_change as s
  left join lifecycle_stages as g on g.name_key = lower(trim(s.stage))
  left join lifecycle_sent_back as b on b.name_key = lower(trim(s.stage)) and g.name_key is null
  where s.record is not null
)
select
  lead_id, stage, "at" as entered_at,
  lead("at", 1, timestamp '9999-12-31') over (partition by lead_id order by "at", record) as left_at,
  step, sent_back, nullif(trim(reason), '') as reason, user_id, record
from told
where place = 1 and op = 'put' and lead_id is not null and "at" is not null
