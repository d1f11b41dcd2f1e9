-- align/opportunity_told.sql: one row for each state of an opportunity that one object told in order.
-- It ended at `valid_to`, but until we heard of that (`end_heard`) it was thought to last. `outcome_told` says that something
-- tells when its outcome began: a row does so where an earlier one told a stage of another outcome, or one that the contract
-- does not have; else it only tells that the outcome had begun by then.
-- What came before is found without the other fields, which are fetched in the end: to sort them along costs more.
with marked as (
  select
    record, ordinal, stage, stage_outcome, owner_id, voice, happened_at,
    lead(happened_at, 1, timestamp '9999-12-31') over life as next_at,
    lead(taken_at, 1, timestamp '9999-12-31') over life as next_heard,
    case when stage_outcome is distinct from lag(stage_outcome) over life then happened_at end as outcome_began,
    case when stage is distinct from lag(stage) over life then happened_at end as stage_began
  from opportunity_changes
  where in_order
  window life as (partition by record order by ordinal)
),
lived as (
  select
    record, ordinal, next_at, next_heard,
    max(outcome_began) over life as outcome_since,
    max(stage_began) over life as stage_since,
    last_value(case when outcome_began is not null then struct_pack(v := owner_id) end ignore nulls) over life as outcome_owner,
    last_value(case when outcome_began is not null then voice not in ('row', 'start') end ignore nulls) over life
    or min(case when stage is not null then coalesce(stage_outcome, '') end) over life
    <> max(case when stage is not null then coalesce(stage_outcome, '') end) over life as outcome_told
  from marked
  window life as (partition by record order by ordinal rows between unbounded preceding and current row)
)
select
  c.record, happened_at as valid_from, next_at as valid_to, timestamp '9999-12-31' as valid_end,
  taken_at as seen_from, timestamp '9999-12-31' as seen_to, next_heard as end_heard, c.ordinal, object, voice, position, flagged,
  voice = 'start' as missing, deleted,
  name, account_id, owner_id, lead_id, type, stage, category, close_date, created_at, arr, acv, tcv, currency,
  probability, source, source_override, segment, region, accepted, reason, competitor, product, merged_into, source_raw,
  stage_rank, stage_outcome, stage_probability, outcome_since, outcome_told, outcome_owner.v as outcome_owner_id, stage_since,
  case when stage is null then 3 else grade end as stage_grade,
  case when type is null then 3 else grade end as type_grade,
  case when category is null then 3 else grade end as category_grade,
  case when close_date is null then 3 else grade end as close_date_grade,
  case when arr is null then 3 else grade end as arr_grade, case when acv is null then 3 else grade end as acv_grade,
  case when tcv is null then 3 else grade end as tcv_grade,
  case when currency is null then 3 else grade end as currency_grade
from lived as l
join opportunity_changes as c on c.record = l.record and c.ordinal = l.ordinal
