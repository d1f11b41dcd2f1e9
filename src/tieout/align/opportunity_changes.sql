-- align/opportunity_changes.sql: one row for each moment at which something about an opportunity became true, as said.
-- `taken_at` is when we heard it. A row of voice `start` opens a record at its creation with nothing known of its state.
-- Moments are put in order without their fields, which are fetched in the end: to sort them along costs three times as much.
-- `in_order` says that one object alone told the record's life, each moment heard no earlier than the one before it.
with said as (
  select distinct
    record, object, voice, happened_at, taken_at, position, sequence, row_number, op, created_at
  from source_opportunity
  where record is not null and happened_at is not null
),
first_said as (
  select
    record, object, created_at, taken_at, position,
    count(created_at) over heard as dated,
    min(happened_at) over heard as known_from
  from said
  window heard as (
    partition by record order by taken_at, position, happened_at, sequence, row_number, object
    rows between unbounded preceding and current row
  )
),
moments as (
  select record, object, voice, happened_at, taken_at, position, sequence, row_number, op, created_at from said
  union all
  select record, object, 'start', created_at, taken_at, position, -1, 0, 'put', created_at
  from first_said
  where dated = 1 and created_at < known_from
),
placed as (
  select
    m.*,
    row_number() over life as ordinal,
    lag(taken_at) over life as earlier_taken_at
  from moments as m
  window life as (
    partition by record
    order by
      happened_at, case voice when 'start' then 0 when 'row' then 2 else 1 end, sequence, taken_at, position, row_number, object
  )
),
told as (
  select
    record,
    min(case when voice <> 'start' then object || voice end) = max(case when voice <> 'start' then object || voice end)
    and max(case when earlier_taken_at > taken_at then 1 else 0 end) = 0 as in_order
  from placed
  group by record
)
select
  s.record, s.object, s.voice, s.happened_at, s.flagged, s.taken_at, s.position, s.sequence, s.row_number, s.assumes, s.unread,
  s.op = 'delete' as deleted, s.voice in ('row', 'log') as set_deleted,
  case s.voice when 'row' then 0 else 1 end as grade,
  s.name, s.account_id, s.owner_id, s.lead_id, s.category, s.close_date, s.created_at, s.arr, s.acv, s.tcv, s.currency, s.probability,
  s.source, s.source_override, s.segment, s.region, s.accepted, s.reason, s.competitor, s.product, s.merged_into, s.source_raw,
  coalesce(g.name, s.stage) as stage, coalesce(t.name, s.type) as type, g.rank as stage_rank, g.outcome as stage_outcome,
  g.probability as stage_probability,
  set_name, set_account_id, set_owner_id, set_lead_id, set_type, set_stage, set_category, set_close_date,
  set_created_at, set_arr, set_acv, set_tcv, set_currency, set_probability, set_source, set_source_override,
  set_segment, set_region, set_accepted, set_reason, set_competitor, set_product, set_merged_into, set_source_raw,
  p.ordinal, o.in_order
from source_opportunity as s
join placed as p
  on p.record = s.record and p.object = s.object and p.voice = s.voice and p.position = s.position
  and p.row_number = s.row_number and p.op = s.op
join told as o on o.record = s.record
left join pipeline_stages as g on g.name_key = lower(s.stage)
left join pipeline_types as t on t.name_key = lower(s.type)
union all
select
  p.record, p.object, 'start', p.happened_at, false, p.taken_at, p.position, p.sequence, p.row_number, '', '', false, false, 3,
  null, null, null, null, null, null, p.created_at, null, null, null, null, null, null, null, null, null, null, null,
  null, null, null, null, null, null, null, null, null,
  false, false, false, false, false, false, false, false, true, false, false, false, false, false, false, false, false,
  false, false, false, false, false, false, false,
  p.ordinal, o.in_order
from placed as p
join told as o on o.record = p.record
where p.voice = 'start'
