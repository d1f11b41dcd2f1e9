-- align/outcomes.sql: one row for each time an opportunity was closed (won, lost or disqualified), until it was re-opened or for good.
-- One that was first seen as closed was closed by the end of its close date, where that had passed by then; else by the time it
-- was seen.
with stays as (
  select
    v.*,
    case when outcome is distinct from lag(outcome) over (partition by record order by run) then 1 else 0 end as closed
  from stage_visits as v
),
runs as (
  select s.*, sum(closed) over (partition by record order by run) as closing
  from stays as s
),
closings as (
  select
    record, outcome, min(entered_at) as seen_at, max(left_at) as reopened_at,
    row_number() over (partition by record, outcome order by closing) as time_number
  from runs
  where outcome <> 'open'
  group by record, outcome, closing
),
first_seen as (
  select v.record, v.valid_from as seen_at, min(d.last_at) as closed_at
  from opportunity_versions as v
  join calendar_days as d on d.day = v.close_date and d.ends_at <= v.valid_from
  where v.seen_to = timestamp '9999-12-31' and v.valid_to > v.valid_from and v.stage_outcome <> 'open'
    and not v.outcome_told and v.outcome_since = v.valid_from
  group by v.record, v.valid_from
)
select c.record, c.outcome, coalesce(f.closed_at, c.seen_at) as closed_at, c.reopened_at, c.time_number
from closings as c
left join first_seen as f on f.record = c.record and f.seen_at = c.seen_at
