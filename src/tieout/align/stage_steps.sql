-- align/stage_steps.sql: one row for each opportunity and open stage that it reached or went beyond, with the first time it did, as now known.
-- `place` numbers the open stages in the contract's order. A stage that was jumped over was reached when a further one was:
-- `skipped`. Winning is beyond every stage as long as the win is not undone: a stage that only a win reached is reached until
-- `holds_to`. One that was first seen as closed has no known way there. `next_at` is the first time in a further open stage,
-- `fell_back_at` in an earlier one, `reentered_at` in the same one again. At `unknown_at` it was first in a stage that the
-- contract does not have. `since` is the earliest it can have been: before `reached_at` where the record existed and its
-- state is not known. The other columns are those of the opportunity when it reached the stage: a state of its own begins then.
with open_stages as (
  select stage, stage_rank, row_number() over (order by stage_rank) as place
  from (select distinct name as stage, rank as stage_rank from pipeline_stages where outcome = 'open') as s
),
stays as (
  select
    v.record, v.stage, v.entered_at, v.since, v.visit, v.from_stage, o.place,
    max(o.place) over (
      partition by v.record order by v.run rows between unbounded preceding and 1 preceding
    ) as furthest
  from stage_visits as v
  join open_stages as o on o.stage = v.stage
),
firsts as (
  select
    record, place, min(entered_at) as entered_at, min(since) as since,
    min(case when visit > 1 and from_stage is distinct from stage then entered_at end) as reentered_at
  from stays
  group by record, place
),
furthest as (
  select record, max(place) as place, min(entered_at) as begun_at
  from firsts
  group by record
),
reached as (
  select
    f.record, o.place, o.stage, e.reentered_at, f.begun_at,
    min(e.entered_at) over beyond as reached_at,
    min(e.since) over beyond as since,
    min(e.entered_at) over (
      partition by f.record order by o.place desc rows between unbounded preceding and 1 preceding
    ) as next_at,
    e.entered_at is null or e.entered_at > min(e.entered_at) over beyond as skipped
  from furthest as f
  join open_stages as o on o.place <= f.place
  left join firsts as e on e.record = f.record and e.place = o.place
  window beyond as (partition by f.record order by o.place desc rows between unbounded preceding and current row)
),
back as (
  select r.record, r.place, min(s.entered_at) as fell_back_at
  from stays as s
  join reached as r on r.record = s.record and s.place < r.place and r.reached_at < s.entered_at
  where s.place < s.furthest
  group by r.record, r.place
),
known as (
  select record, min(entered_at) as begun_at
  from stage_visits
  group by record
),
steps as (
  select
    r.record, r.stage, r.place, r.since, r.reached_at, timestamp '9999-12-31' as holds_to, r.skipped, r.next_at,
    b.fell_back_at, r.reentered_at
  from reached as r
  left join back as b on b.record = r.record and b.place = r.place
  union all
  select
    w.record, o.stage, o.place, w.closed_at, w.closed_at, w.reopened_at, true, null, null, null
  from outcomes as w
  join known as k on k.record = w.record and k.begun_at < w.closed_at
  cross join open_stages as o
  left join reached as r on r.record = w.record and r.place = o.place
  where w.outcome = 'won' and (r.reached_at is null or r.reached_at > w.closed_at)
),
unknown as (
  select record, min(valid_from) as unknown_at
  from opportunity_versions
  where seen_to = timestamp '9999-12-31' and valid_to > valid_from
    and not missing and not deleted and stage_outcome is null
  group by record
)
select
  s.record, s.stage, s.place, s.since, s.reached_at, s.holds_to, s.skipped, s.next_at, s.fell_back_at, s.reentered_at,
  coalesce(u.unknown_at, timestamp '9999-12-31') as unknown_at, o.account_id, o.owner_id, o.lead_id, o.team, o.manager_id,
  o.segment, o.territory, o.region, o.industry, o.vertical, o.country, o.employees, o.type, o.category, o.close_date,
  o.arr, o.acv, o.tcv, o.currency, o.probability, o.accepted, o.source, o.stage_grade
from steps as s
left join unknown as u on u.record = s.record
left join opportunity_states as o
  on o.record = s.record and o.valid_from = s.reached_at and o.seen_to = timestamp '9999-12-31' and o.valid_to > o.valid_from
