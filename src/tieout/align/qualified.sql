-- align/qualified.sql: one row for each opportunity that reached the qualifying stage or went beyond, with the first time it did.
-- The qualifying stage is the one in force at that time. One that was first seen as won has no known way there. `since` is the earliest it can have been: before `qualified_at`
-- where the record existed and its state is not known.
with life as (
  select
    s.record, s.valid_from, s.valid_to, s.stage_rank, s.stage_outcome as outcome, s.missing,
    row_number() over (partition by s.record order by s.missing desc, s.valid_from) - count(*) filter (where s.missing) over (
      partition by s.record
    ) as place
  from opportunity_versions as s
  where s.seen_to = timestamp '9999-12-31' and s.valid_to > s.valid_from and not s.deleted
),
reached as (
  select
    l.record, greatest(l.valid_from, d.starts_at) as qualified_at,
    row_number() over (partition by l.record order by greatest(l.valid_from, d.starts_at)) as place
  from life as l
  join definitions as d on d.starts_at < l.valid_to and l.valid_from < d.ends_at
  where not l.missing and (l.outcome = 'won' and l.place > 1 or l.outcome = 'open' and l.stage_rank >= d.stage_rank)
),
unknown as (
  select record, min(valid_from) as since, max(valid_to) as known_from
  from life
  where missing
  group by record
)
select
  r.record, r.qualified_at,
  case when u.known_from >= r.qualified_at then u.since else r.qualified_at end as since
from reached as r
left join unknown as u on u.record = r.record
where r.place = 1
