-- align/stage_stays.sql: one row for each stay of an opportunity in an open stage, beside what it was when it first reached that stage.
-- `again_at` is when the same stage was entered once more, `before_microseconds` how long the stays in it before this one
-- took together. The columns after `left_at` are those of stage_steps.
with stays as (
  select
    record, stage, visit, entered_at, left_at,
    coalesce(lead(entered_at) over again, timestamp '9999-12-31') as again_at,
    coalesce(sum(microseconds) over (
      partition by record, stage order by run rows between unbounded preceding and 1 preceding
    ), 0) as before_microseconds
  from stage_visits
  where outcome = 'open'
  window again as (partition by record, stage order by run)
)
select
  s.record, s.stage, s.visit, s.entered_at, s.left_at, s.again_at, s.before_microseconds, p.place, p.since, p.reached_at,
  p.unknown_at, p.account_id, p.owner_id, p.lead_id, p.team, p.manager_id, p.segment, p.territory, p.region, p.industry,
  p.vertical, p.country, p.employees, p.type, p.category, p.close_date, p.arr, p.acv, p.tcv, p.currency, p.probability,
  p.accepted, p.source, p.stage_grade
from stays as s
join stage_steps as p
  on p.record = s.record and p.stage = s.stage and p.holds_to = timestamp '9999-12-31'
