-- align/stage_visits.sql: one row for each stay of an opportunity in a stage, from entering to leaving it, as now known.
-- `visit` numbers the stays in the same stage (2 is a re-entry), `skipped` counts the stages jumped over on the way in,
-- `came_back` says that a further stage had been reached before. A stay that goes on ends in the year 9999.
with life as (
  select
    record, ordinal, valid_from, valid_to, stage, stage_rank, stage_outcome, stage_grade, deleted,
    case
      when stage is distinct from lag(stage) over lived or deleted is distinct from lag(deleted) over lived then 1 else 0
    end as entered
  from opportunity_versions
  where seen_to = timestamp '9999-12-31' and not missing
  window lived as (partition by record order by ordinal)
),
runs as (
  select l.*, sum(entered) over (partition by record order by ordinal) as run
  from life as l
),
stays as (
  select
    record, run, stage, stage_rank, stage_outcome as outcome, deleted,
    min(valid_from) as entered_at, max(valid_to) as left_at, max(stage_grade) as grade
  from runs
  group by record, run, stage, stage_rank, stage_outcome, deleted
)
select
  record, stage, stage_rank, outcome, entered_at, left_at, run, grade,
  row_number() over (partition by record, stage order by run) as visit,
  lag(stage) over story as from_stage,
  greatest(0, stage_rank - 1 - coalesce(max(stage_rank) over before, 0)) as skipped,
  coalesce(stage_rank < max(stage_rank) over before, false) as came_back,
  date_diff('microsecond', entered_at, left_at) as microseconds
from stays
where not deleted and stage is not null
window
  story as (partition by record order by run),
  before as (partition by record order by run rows between unbounded preceding and 1 preceding)
