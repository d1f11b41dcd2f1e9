-- align/opportunity_told.sql: one row for each state of an opportunity that one object told in order.
-- It ended at `valid_to`, but until we heard of that (`end_heard`) it was thought to last.
select
  c.record, c.happened_at as valid_from, c.next_at as valid_to, timestamp '9999-12-31' as valid_end,
  c.taken_at as seen_from, timestamp '9999-12-31' as seen_to, c.next_heard as end_heard, c.ordinal, c.object, c.voice,
  c.position, c.flagged, c.voice = 'start' as missing, c.deleted,
  s.name, s.account_id, s.owner_id, s.lead_id, coalesce(t.name, s.type) as type, coalesce(g.name, s.stage) as stage,
  s.category, s.close_date, coalesce(s.created_at, case when c.voice = 'start' then c.happened_at end) as created_at,
  s.arr, s.acv, s.tcv, s.currency, s.probability, s.source, s.source_override, s.segment, s.region, s.accepted, s.reason,
  s.competitor, s.product, s.merged_into, s.source_raw,
  g.rank as stage_rank, g.outcome as stage_outcome, g.probability as stage_probability,
  c.outcome_since, c.outcome_told, c.outcome_owner_id, c.stage_since,
  case when s.stage is null then 3 else c.grade end as stage_grade,
  case when s.type is null then 3 else c.grade end as type_grade,
  case when s.category is null then 3 else c.grade end as category_grade,
  case when s.close_date is null then 3 else c.grade end as close_date_grade,
  case when s.arr is null then 3 else c.grade end as arr_grade, case when s.acv is null then 3 else c.grade end as acv_grade,
  case when s.tcv is null then 3 else c.grade end as tcv_grade,
  case when s.currency is null then 3 else c.grade end as currency_grade
from opportunity_changes as c
left join source_opportunity as s on s.rowid = c.said
left join pipeline_stages as g on g.name_key = lower(s.stage)
left join pipeline_types as t on t.name_key = lower(s.type)
where c.in_order
