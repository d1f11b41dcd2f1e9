-- align/survivors.sql: one row for each record with a merge, and each span of time and of knowing, with the record it was then part of.
-- A chain of merges is followed to its end. The spans of a record cover all of both, and no two of them overlap, so that
-- a join at any moment gives exactly one row. In a circle of merges the record before the one it comes back to survives.
with recursive paths as (
  select
    object, record, record as reached, into_record, valid_from, valid_to, seen_from, seen_to, 1 as steps,
    '|' || record || '|' as way
  from merge_steps
  union all
  select
    p.object, p.record, p.into_record,
    case when position('|' || s.into_record || '|' in p.way || p.into_record || '|') = 0 then s.into_record end,
    greatest(p.valid_from, coalesce(s.valid_from, p.valid_from)), least(p.valid_to, coalesce(s.valid_to, p.valid_to)),
    greatest(p.seen_from, coalesce(s.seen_from, p.seen_from)), least(p.seen_to, coalesce(s.seen_to, p.seen_to)),
    p.steps + 1, p.way || p.into_record || '|'
  from paths as p
  left join merge_steps as s
    on s.object = p.object and s.record = p.into_record
    and s.valid_from < p.valid_to and p.valid_from < s.valid_to
    and s.seen_from < p.seen_to and p.seen_from < s.seen_to
  where p.into_record is not null
)
select object, record, reached as survivor, valid_from, valid_to, seen_from, seen_to, steps - 1 as steps
from paths
where into_record is null
