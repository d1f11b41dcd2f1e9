-- align/opportunity_composed.sql: one row for each state of an opportunity that several objects told, or out of order.
-- Each time we heard something new of a record, its life is composed again from all that was heard until then: a field has
-- its last told value; a field that nothing told yet has its first later one where the mapping lets it be assumed.
with changes as (
  select
    c.record, c.object, c.voice, c.happened_at, c.flagged, c.taken_at, c.position, c.ordinal, c.deleted, c.grade,
    coalesce(s.assumes, '') as assumes, c.voice in ('row', 'log') as set_deleted,
    s.name, s.account_id, s.owner_id, s.lead_id, s.category, s.close_date,
    case when c.voice = 'start' then c.happened_at else s.created_at end as created_at,
    s.arr, s.acv, s.tcv, s.currency, s.probability, s.source, s.source_override, s.segment, s.region, s.accepted, s.reason,
    s.competitor, s.product, s.merged_into, s.source_raw,
    coalesce(g.name, s.stage) as stage, coalesce(t.name, s.type) as type, g.rank as stage_rank, g.outcome as stage_outcome,
    g.probability as stage_probability,
    s.set_name, s.set_account_id, s.set_owner_id, s.set_lead_id, s.set_type, s.set_stage, s.set_category, s.set_close_date,
    c.voice = 'start' or s.set_created_at as set_created_at,
    s.set_arr, s.set_acv, s.set_tcv, s.set_currency, s.set_probability, s.set_source, s.set_source_override,
    s.set_segment, s.set_region, s.set_accepted, s.set_reason, s.set_competitor, s.set_product, s.set_merged_into,
    s.set_source_raw
  from opportunity_changes as c
  left join source_opportunity as s on s.rowid = c.said
  left join pipeline_stages as g on g.name_key = lower(s.stage)
  left join pipeline_types as t on t.name_key = lower(s.type)
  where not c.in_order
),
heard as (
  select distinct record, taken_at as heard_at
  from changes
),
spans as (
  select
    record, heard_at as seen_from,
    lead(heard_at, 1, timestamp '9999-12-31') over (partition by record order by heard_at) as seen_to
  from heard
),
heard_by as (
  select
    s.seen_from, s.seen_to, c.*,
    max(c.assumes) over (partition by s.record, s.seen_from) as assumed,
    max(case when c.voice = 'row' and not c.deleted then c.position end) over (
      partition by s.record, s.seen_from, c.object
    ) as newest
  from spans as s
  join changes as c on c.record = s.record and c.taken_at <= s.seen_from
),
known as (
  select *
  from heard_by
  where voice <> 'event' or position = newest
),
carried as (
  select
    record, seen_from, seen_to, ordinal, object, voice, position, flagged, happened_at as valid_from, assumed,
    lead(happened_at, 1, timestamp '9999-12-31') over life as valid_to,
    coalesce(last_value(case when set_deleted then deleted end ignore nulls) over past, false) as deleted,
    last_value(case when set_name then struct_pack(v := name) end ignore nulls) over past as name_told,
    last_value(case when set_account_id then struct_pack(v := account_id) end ignore nulls) over past as account_id_told,
    last_value(case when set_owner_id then struct_pack(v := owner_id) end ignore nulls) over past as owner_id_told,
    last_value(case when set_lead_id then struct_pack(v := lead_id) end ignore nulls) over past as lead_id_told,
    last_value(case when set_type then struct_pack(v := type, g := grade) end ignore nulls) over past as type_told,
    last_value(case when set_stage then struct_pack(v := stage, rank := stage_rank, outcome := stage_outcome, probability := stage_probability, g := grade) end ignore nulls) over past as stage_told,
    last_value(case when set_category then struct_pack(v := category, g := grade) end ignore nulls) over past as category_told,
    last_value(case when set_close_date then struct_pack(v := close_date, g := grade) end ignore nulls) over past as close_date_told,
    last_value(case when set_created_at then struct_pack(v := created_at) end ignore nulls) over past as created_at_told,
    last_value(case when set_arr then struct_pack(v := arr, g := grade) end ignore nulls) over past as arr_told,
    last_value(case when set_acv then struct_pack(v := acv, g := grade) end ignore nulls) over past as acv_told,
    last_value(case when set_tcv then struct_pack(v := tcv, g := grade) end ignore nulls) over past as tcv_told,
    last_value(case when set_currency then struct_pack(v := currency, g := grade) end ignore nulls) over past as currency_told,
    last_value(case when set_probability then struct_pack(v := probability) end ignore nulls) over past as probability_told,
    last_value(case when set_source then struct_pack(v := source) end ignore nulls) over past as source_told,
    last_value(case when set_source_override then struct_pack(v := source_override) end ignore nulls) over past as source_override_told,
    last_value(case when set_segment then struct_pack(v := segment) end ignore nulls) over past as segment_told,
    last_value(case when set_region then struct_pack(v := region) end ignore nulls) over past as region_told,
    last_value(case when set_accepted then struct_pack(v := accepted) end ignore nulls) over past as accepted_told,
    last_value(case when set_reason then struct_pack(v := reason) end ignore nulls) over past as reason_told,
    last_value(case when set_competitor then struct_pack(v := competitor) end ignore nulls) over past as competitor_told,
    last_value(case when set_product then struct_pack(v := product) end ignore nulls) over past as product_told,
    last_value(case when set_merged_into then struct_pack(v := merged_into) end ignore nulls) over past as merged_into_told,
    last_value(case when set_source_raw then struct_pack(v := source_raw) end ignore nulls) over past as source_raw_told,
    first_value(case when set_account_id then struct_pack(v := account_id) end ignore nulls) over future as account_id_later,
    first_value(case when set_owner_id then struct_pack(v := owner_id) end ignore nulls) over future as owner_id_later,
    first_value(case when set_lead_id then struct_pack(v := lead_id) end ignore nulls) over future as lead_id_later,
    first_value(case when set_type then struct_pack(v := type, g := 2) end ignore nulls) over future as type_later,
    first_value(case when set_stage then struct_pack(v := stage, rank := stage_rank, outcome := stage_outcome, probability := stage_probability, g := 2) end ignore nulls) over future as stage_later,
    first_value(case when set_category then struct_pack(v := category, g := 2) end ignore nulls) over future as category_later,
    first_value(case when set_close_date then struct_pack(v := close_date, g := 2) end ignore nulls) over future as close_date_later,
    first_value(case when set_arr then struct_pack(v := arr, g := 2) end ignore nulls) over future as arr_later,
    first_value(case when set_acv then struct_pack(v := acv, g := 2) end ignore nulls) over future as acv_later,
    first_value(case when set_tcv then struct_pack(v := tcv, g := 2) end ignore nulls) over future as tcv_later,
    first_value(case when set_currency then struct_pack(v := currency, g := 2) end ignore nulls) over future as currency_later,
    first_value(case when set_probability then struct_pack(v := probability) end ignore nulls) over future as probability_later,
    first_value(case when set_source then struct_pack(v := source) end ignore nulls) over future as source_later,
    first_value(case when set_source_override then struct_pack(v := source_override) end ignore nulls) over future as source_override_later,
    first_value(case when set_segment then struct_pack(v := segment) end ignore nulls) over future as segment_later,
    first_value(case when set_region then struct_pack(v := region) end ignore nulls) over future as region_later,
    first_value(case when set_accepted then struct_pack(v := accepted) end ignore nulls) over future as accepted_later,
    first_value(case when set_reason then struct_pack(v := reason) end ignore nulls) over future as reason_later,
    first_value(case when set_competitor then struct_pack(v := competitor) end ignore nulls) over future as competitor_later,
    first_value(case when set_product then struct_pack(v := product) end ignore nulls) over future as product_later
  from known
  window
    life as (partition by record, seen_from order by ordinal),
    past as (partition by record, seen_from order by ordinal rows between unbounded preceding and current row),
    future as (partition by record, seen_from order by ordinal rows between current row and unbounded following)
),
filled as (
  select
    record, seen_from, seen_to, ordinal, object, voice, position, flagged, valid_from, valid_to, deleted,
    stage_told is null as missing,
    name_told as name_said,
    case when account_id_told is null and assumed like '%|account_id|%' then account_id_later else account_id_told end as account_id_said,
    case when owner_id_told is null and assumed like '%|owner_id|%' then owner_id_later else owner_id_told end as owner_id_said,
    case when lead_id_told is null and assumed like '%|lead_id|%' then lead_id_later else lead_id_told end as lead_id_said,
    case when type_told is null and assumed like '%|type|%' then type_later else type_told end as type_said,
    case when stage_told is null and assumed like '%|stage|%' then stage_later else stage_told end as stage_said,
    case when category_told is null and assumed like '%|category|%' then category_later else category_told end as category_said,
    case when close_date_told is null and assumed like '%|close_date|%' then close_date_later else close_date_told end as close_date_said,
    created_at_told as created_at_said,
    case when arr_told is null and assumed like '%|arr|%' then arr_later else arr_told end as arr_said,
    case when acv_told is null and assumed like '%|acv|%' then acv_later else acv_told end as acv_said,
    case when tcv_told is null and assumed like '%|tcv|%' then tcv_later else tcv_told end as tcv_said,
    case when currency_told is null and assumed like '%|currency|%' then currency_later else currency_told end as currency_said,
    case when probability_told is null and assumed like '%|probability|%' then probability_later else probability_told end as probability_said,
    case when source_told is null and assumed like '%|source|%' then source_later else source_told end as source_said,
    case when source_override_told is null and assumed like '%|source_override|%' then source_override_later else source_override_told end as source_override_said,
    case when segment_told is null and assumed like '%|segment|%' then segment_later else segment_told end as segment_said,
    case when region_told is null and assumed like '%|region|%' then region_later else region_told end as region_said,
    case when accepted_told is null and assumed like '%|accepted|%' then accepted_later else accepted_told end as accepted_said,
    case when reason_told is null and assumed like '%|reason|%' then reason_later else reason_told end as reason_said,
    case when competitor_told is null and assumed like '%|competitor|%' then competitor_later else competitor_told end as competitor_said,
    case when product_told is null and assumed like '%|product|%' then product_later else product_told end as product_said,
    merged_into_told as merged_into_said,
    source_raw_told as source_raw_said
  from carried
),
marked as (
  select
    f.*,
    case when stage_said.outcome is distinct from lag(stage_said.outcome) over life then valid_from end as outcome_began,
    case when stage_said.v is distinct from lag(stage_said.v) over life then valid_from end as stage_began
  from filled as f
  window life as (partition by record, seen_from order by ordinal)
),
lived as (
  select
    m.*,
    max(outcome_began) over life as outcome_since,
    last_value(case when outcome_began is not null then struct_pack(v := owner_id_said.v) end ignore nulls) over life as outcome_owner,
    last_value(case when outcome_began is not null then voice not in ('row', 'start') end ignore nulls) over life
    or min(case when stage_said.v is not null then coalesce(stage_said.outcome, '') end) over life
    <> max(case when stage_said.v is not null then coalesce(stage_said.outcome, '') end) over life as outcome_told,
    max(stage_began) over life as stage_since
  from marked as m
  window life as (partition by record, seen_from order by ordinal rows between unbounded preceding and current row)
),
states as (
  select
    record, seen_from, seen_to, ordinal, object, voice, position, flagged, valid_from,
    struct_pack(
      valid_to := valid_to, missing := missing, deleted := deleted, outcome_since := outcome_since, outcome_told := outcome_told, stage_since := stage_since,
      outcome_owner := outcome_owner,
      name := name_said,
      account_id := account_id_said,
      owner_id := owner_id_said,
      lead_id := lead_id_said,
      type := type_said,
      stage := stage_said,
      category := category_said,
      close_date := close_date_said,
      created_at := created_at_said,
      arr := arr_said,
      acv := acv_said,
      tcv := tcv_said,
      currency := currency_said,
      probability := probability_said,
      source := source_said,
      source_override := source_override_said,
      segment := segment_said,
      region := region_said,
      accepted := accepted_said,
      reason := reason_said,
      competitor := competitor_said,
      product := product_said,
      merged_into := merged_into_said,
      source_raw := source_raw_said
    ) as state
  from lived
),
kept as (
  select
    record, seen_from, seen_to, ordinal, object, voice, position, flagged, valid_from, state,
    case when state is distinct from lag(state) over told or lag(seen_to) over told is distinct from seen_from then 1 else 0 end as is_new
  from states
  window told as (partition by record, ordinal order by seen_from)
),
runs as (
  select k.*, sum(is_new) over (partition by record, ordinal order by seen_from) as run
  from kept as k
),
ended as (
  select r.*, max(seen_to) over (partition by record, ordinal, run) as run_to
  from runs as r
),
spanned as (
  select record, seen_from, ordinal, object, voice, position, flagged, valid_from, state, run_to as seen_to
  from ended
  where is_new = 1
)
select
  record, valid_from, state.valid_to, state.valid_to as valid_end, seen_from, seen_to, seen_from as end_heard, ordinal, object, voice, position, flagged,
  state.missing, state.deleted,
  state.name.v as name,
  state.account_id.v as account_id,
  state.owner_id.v as owner_id,
  state.lead_id.v as lead_id,
  state.type.v as type,
  state.stage.v as stage,
  state.category.v as category,
  state.close_date.v as close_date,
  state.created_at.v as created_at,
  state.arr.v as arr,
  state.acv.v as acv,
  state.tcv.v as tcv,
  state.currency.v as currency,
  state.probability.v as probability,
  state.source.v as source,
  state.source_override.v as source_override,
  state.segment.v as segment,
  state.region.v as region,
  state.accepted.v as accepted,
  state.reason.v as reason,
  state.competitor.v as competitor,
  state.product.v as product,
  state.merged_into.v as merged_into,
  state.source_raw.v as source_raw,
  state.stage.rank as stage_rank, state.stage.outcome as stage_outcome, state.stage.probability as stage_probability,
  state.outcome_since, state.outcome_told, state.outcome_owner.v as outcome_owner_id, state.stage_since,
  case when state.stage.v is null then 3 else state.stage.g end as stage_grade,
  case when state.type.v is null then 3 else state.type.g end as type_grade,
  case when state.category.v is null then 3 else state.category.g end as category_grade,
  case when state.close_date.v is null then 3 else state.close_date.g end as close_date_grade,
  case when state.arr.v is null then 3 else state.arr.g end as arr_grade,
  case when state.acv.v is null then 3 else state.acv.g end as acv_grade,
  case when state.tcv.v is null then 3 else state.tcv.g end as tcv_grade,
  case when state.currency.v is null then 3 else state.currency.g end as currency_grade
from spanned
