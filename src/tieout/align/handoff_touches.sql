-- align/handoff_touches.sql: one row for each hand-off that a human touch followed, with the first one.
-- A touch after the hand-off ended is none of it; neither is one by another function than those that answer.
with touched as (
  select h.record, h.stage, h.time_number, h.person, h.account_id, h.begins, min(t."at") as touch_at
  from handoffs as h
  join handoff_functions as f on f.stage = h.stage
  join human_touches as t on t.person = h.person and t.function_key = f.function_key
  where h.begins = 'stage' and t."at" >= h.started_at and (h.ended_at is null or t."at" < h.ended_at)
  group by h.record, h.stage, h.time_number, h.person, h.account_id, h.begins
  union all
  select h.record, h.stage, h.time_number, h.person, h.account_id, h.begins, min(t."at") as touch_at
  from handoffs as h
  join handoff_functions as f on f.stage = h.stage
  join human_touches as t on t.account_id = h.account_id and t.function_key = f.function_key
  where h.begins <> 'stage' and t."at" >= h.started_at and (h.ended_at is null or t."at" < h.ended_at)
  group by h.record, h.stage, h.time_number, h.person, h.account_id, h.begins
  union all
  select h.record, h.stage, h.time_number, h.person, h.account_id, h.begins, min(t."at") as touch_at
  from handoffs as h
  join handoff_functions as f on f.stage = h.stage
  join human_touches as t on t.opportunity_id = h.opportunity_id and t.function_key = f.function_key
  where h.begins <> 'stage' and h.account_id is null and t."at" >= h.started_at and (h.ended_at is null or t."at" < h.ended_at)
  group by h.record, h.stage, h.time_number, h.person, h.account_id, h.begins
),
by_whom as (
  select h.record, h.stage, h.time_number, t.record as activity, t.user_id
  from touched as h
  join handoff_functions as f on f.stage = h.stage
  join human_touches as t on t.person = h.person and t."at" = h.touch_at and t.function_key = f.function_key
  where h.begins = 'stage'
  union all
  select h.record, h.stage, h.time_number, t.record as activity, t.user_id
  from touched as h
  join handoff_functions as f on f.stage = h.stage
  join human_touches as t on t.account_id = h.account_id and t."at" = h.touch_at and t.function_key = f.function_key
  where h.begins <> 'stage'
  union all
  select h.record, h.stage, h.time_number, t.record as activity, t.user_id
  from touched as h
  join handoff_functions as f on f.stage = h.stage
  join human_touches as t on t.opportunity_id = h.record and t."at" = h.touch_at and t.function_key = f.function_key
  where h.begins <> 'stage' and h.account_id is null
),
first_of_them as (
  select record, stage, time_number, min(activity) as activity from by_whom group by record, stage, time_number
)
select
  h.record, h.stage, h.time_number, h.touch_at, f.activity, max(b.user_id) as touched_by
from touched as h
join first_of_them as f on f.record = h.record and f.stage = h.stage and f.time_number = h.time_number
join by_whom as b
  on b.record = h.record and b.stage = h.stage and b.time_number = h.time_number and b.activity = f.activity
group by h.record, h.stage, h.time_number, h.touch_at, f.activity
