-- align/outcomes.sql: one row for each time an opportunity was closed (won, lost or disqualified), until it was re-opened or for good.
with stays as (
  select
    v.*,
    case when outcome is distinct from lag(outcome) over (partition by record order by run) then 1 else 0 end as closed
  from stage_visits as v
),
runs as (
  select s.*, sum(closed) over (partition by record order by run) as closing
  from stays as s
)
select
  record, outcome, min(entered_at) as closed_at, max(left_at) as reopened_at,
  row_number() over (partition by record, outcome order by closing) as time_number
from runs
where outcome <> 'open'
group by record, outcome, closing
