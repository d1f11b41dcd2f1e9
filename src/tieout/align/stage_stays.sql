-- align/stage_stays.sql: one row for each stay of an opportunity in an open stage.
-- `again_at` is when the same stage was entered once more, `before_microseconds` how long the stays in it before this one
-- took together. What the opportunity was when it first reached the stage is in stage_steps.
select
  record, stage, visit, entered_at, left_at,
  coalesce(lead(entered_at) over again, timestamp '9999-12-31') as again_at,
  coalesce(sum(microseconds) over (
    partition by record, stage order by run rows between unbounded preceding and 1 preceding
  ), 0) as before_microseconds
from stage_visits
where outcome = 'open'
window again as (partition by record, stage order by run)
