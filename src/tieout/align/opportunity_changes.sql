-- align/opportunity_changes.sql: one row for each moment at which something about an opportunity became true, in order.
-- `said` is the row of what the systems said that tells its fields, which stay there: to sort them along, or to keep them
-- twice, costs three times as much. A row of voice `start` opens a record at its creation with nothing known of its state.
-- `taken_at` is when we heard it, `next_at` and `next_heard` are when the moment after it was and when we heard of that.
-- `grade` is 0 for what a row says, 1 for an event, 3 for nothing. `in_order` says that one object alone told the record's life, each moment heard no earlier than the one before it.
-- `outcome_told` says that something tells when the outcome began: a row does so where an earlier one told a stage of another
-- outcome, or one that the contract does not have; else it only tells that the outcome had begun by then.
with first_dated as (
  select record, min(taken_at) as taken_at
  from source_opportunity
  where record is not null and happened_at is not null and created_at is not null
  group by record
),
first_said as (
  select
    s.record, s.object, s.created_at, s.taken_at, s.position,
    count(s.created_at) over heard as dated,
    min(s.happened_at) over heard as known_from
  from source_opportunity as s
  join first_dated as d on d.record = s.record and s.taken_at <= d.taken_at
  where s.happened_at is not null
  window heard as (
    partition by s.record order by s.taken_at, s.position, s.happened_at, s.sequence, s.row_number, s.object
    rows between unbounded preceding and current row
  )
),
moments as (
  select
    s.rowid as said, s.record, s.object, s.voice, s.happened_at, s.flagged, s.taken_at, s.position, s.sequence, s.row_number,
    s.op = 'delete' as deleted, s.unread, s.set_close_date, s.set_merged_into, s.merged_into, s.owner_id,
    coalesce(g.name, s.stage) as stage, g.outcome as stage_outcome
  from source_opportunity as s
  left join pipeline_stages as g on g.name_key = lower(s.stage)
  where s.record is not null and s.happened_at is not null
  union all
  select
    null, record, object, 'start', created_at, false, taken_at, position, -1, 0,
    false, '', false, false, null, null, null, null
  from first_said
  where dated = 1 and created_at < known_from
),
placed as (
  select
    m.* exclude (sequence),
    row_number() over life as ordinal,
    lead(happened_at, 1, timestamp '9999-12-31') over life as next_at,
    lead(taken_at, 1, timestamp '9999-12-31') over life as next_heard,
    coalesce(lag(taken_at) over life > taken_at, false) as heard_late,
    stage is distinct from lag(stage) over life as stage_began,
    stage_outcome is distinct from lag(stage_outcome) over life as outcome_began,
    case when stage is not null then coalesce(stage_outcome, '') end
    <> lag(case when stage is not null then coalesce(stage_outcome, '') end ignore nulls) over life as outcome_moved
  from moments as m
  window life as (
    partition by record
    order by
      happened_at, case voice when 'start' then 0 when 'row' then 2 else 1 end, sequence, taken_at, position, row_number, object
  )
),
lived as (
  select
    p.* exclude (owner_id, stage, stage_outcome, heard_late, stage_began, outcome_began, outcome_moved),
    last_value(case when stage_began then happened_at end ignore nulls) over life as stage_since,
    last_value(
      case
        when outcome_began then struct_pack(since := happened_at, owner_id := owner_id, told := voice not in ('row', 'start'))
      end ignore nulls
    ) over life as outcome,
    bool_or(coalesce(outcome_moved, false)) over life as outcome_moved,
    min(case when voice <> 'start' then object || voice end) over whole
    = max(case when voice <> 'start' then object || voice end) over whole
    and not bool_or(heard_late) over whole as in_order
  from placed as p
  window
    life as (partition by record order by ordinal rows between unbounded preceding and current row),
    whole as (partition by record order by ordinal rows between unbounded preceding and unbounded following)
)
select
  l.* exclude (outcome, outcome_moved), l.outcome.since as outcome_since, l.outcome.owner_id as outcome_owner_id,
  l.outcome.told or l.outcome_moved as outcome_told, case voice when 'row' then 0 when 'start' then 3 else 1 end as grade
from lived as l
