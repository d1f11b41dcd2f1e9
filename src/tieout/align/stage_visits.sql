-- align/stage_visits.sql: one row for each stay of an opportunity in a stage, from entering to leaving it, as now known.
-- `visit` numbers the stays in the same stage (2 is a re-entry), `skipped` counts the stages jumped over on the way in,
-- `came_back` says that a further stage had been reached before. `since` is the earliest it can have begun: before
-- `entered_at` where the record existed and its state is not known. A stay that goes on ends in the year 9999.
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
unknown as (
  select record, min(valid_from) as since, max(valid_to) as known_from
  from opportunity_versions
  where seen_to = timestamp '9999-12-31' and missing and valid_to > valid_from
  group by record
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
  s.record, s.stage, s.stage_rank, s.outcome, s.entered_at, s.left_at, s.run, s.grade,
  case when u.known_from >= s.entered_at then u.since else s.entered_at end as since,
  row_number() over (partition by s.record, s.stage order by s.run) as visit,
  lag(stage) over story as from_stage,
  greatest(0, stage_rank - 1 - coalesce(max(stage_rank) over before, -1)) as skipped,
  coalesce(stage_rank < max(stage_rank) over before, false) as came_back,
  date_diff('microsecond', entered_at, left_at) as microseconds
from stays as s
left join unknown as u on u.record = s.record
where not s.deleted and s.stage is not null
window
  story as (partition by s.record order by s.run),
  before as (partition by s.record order by s.run rows between unbounded preceding and 1 preceding)
