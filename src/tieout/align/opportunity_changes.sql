-- align/opportunity_changes.sql: one row for each moment at which something about an opportunity became true, as said.
-- `taken_at` is when we heard it. A row of voice `start` opens a record at its creation with nothing known of its state.
-- `in_order` says that one object alone told the record's life, each moment heard no earlier than the one before it.
with said as (
  select
    s.*,
    t.name as type_name, g.name as stage_name, g.rank as stage_rank, g.outcome as stage_outcome,
    g.probability as stage_probability
  from source_opportunity as s
  left join pipeline_stages as g on g.name_key = lower(s.stage)
  left join pipeline_types as t on t.name_key = lower(s.type)
  where s.record is not null and s.happened_at is not null
),
first_said as (
  select
    record, object, created_at, taken_at, position,
    row_number() over (
      partition by record
      order by case when created_at is null then 1 else 0 end, taken_at, position, happened_at, sequence, row_number, object
    ) as place,
    min(happened_at) over (
      partition by record order by taken_at, position, happened_at, sequence, row_number, object
      rows between unbounded preceding and current row
    ) as known_from
  from said
),
starts as (
  select record, object, created_at, taken_at, position
  from first_said
  where place = 1 and created_at < known_from
),
moments as (
  select
    record, object, voice, happened_at, flagged, taken_at, position, sequence, row_number, assumes, unread,
    op = 'delete' as deleted, voice in ('row', 'log') as set_deleted,
    case voice when 'row' then 0 else 1 end as grade,
    name, account_id, owner_id, lead_id, category, close_date, created_at, arr, acv, tcv, currency, probability,
    source, source_override, segment, region, accepted, reason, competitor, product, merged_into, source_raw,
    coalesce(stage_name, stage) as stage, coalesce(type_name, type) as type, stage_rank, stage_outcome,
    stage_probability,
    set_name, set_account_id, set_owner_id, set_lead_id, set_type, set_stage, set_category, set_close_date,
    set_created_at, set_arr, set_acv, set_tcv, set_currency, set_probability, set_source, set_source_override,
    set_segment, set_region, set_accepted, set_reason, set_competitor, set_product, set_merged_into, set_source_raw
  from said
  union all
  select
    record, object, 'start', created_at, false, taken_at, position, -1, 0, '', '', false, false, 3,
    null, null, null, null, null, null, created_at, null, null, null, null, null, null, null, null, null, null, null,
    null, null, null, null, null, null, null, null, null,
    false, false, false, false, false, false, false, false, true, false, false, false, false, false, false, false, false,
    false, false, false, false, false, false, false
  from starts
),
placed as (
  select
    m.*,
    row_number() over life as ordinal,
    lag(taken_at) over life as earlier_taken_at,
    min(case when voice <> 'start' then object || voice end) over (partition by record) as first_voice,
    max(case when voice <> 'start' then object || voice end) over (partition by record) as last_voice
  from moments as m
  window life as (
    partition by record
    order by
      happened_at, case voice when 'start' then 0 when 'row' then 2 else 1 end, sequence, taken_at, position, row_number, object
  )
)
select
  p.*,
  first_voice = last_voice
  and max(case when earlier_taken_at > taken_at then 1 else 0 end) over (partition by record) = 0 as in_order
from placed as p
