-- align/opportunity_states.sql: one row for each state of an opportunity with its account's and owner's state, and each span of knowing all three.
-- This is what every pipeline figure is counted from: true from `valid_from` until before `valid_to`, known so from
-- `seen_from` until before `seen_to`.
select
  v.record,
  greatest(v.valid_from, coalesce(a.valid_from, v.valid_from), coalesce(u.valid_from, v.valid_from)) as valid_from,
  least(v.valid_to, coalesce(a.valid_to, v.valid_to), coalesce(u.valid_to, v.valid_to)) as valid_to,
  greatest(v.seen_from, coalesce(a.seen_from, v.seen_from), coalesce(u.seen_from, v.seen_from)) as seen_from,
  least(v.seen_to, coalesce(a.seen_to, v.seen_to), coalesce(u.seen_to, v.seen_to)) as seen_to,
  v.missing, v.deleted, v.account_id, v.owner_id, v.lead_id, v.type, v.stage, v.stage_rank, v.category,
  v.stage_outcome as outcome, v.stage_probability, v.probability, v.close_date, v.created_at, v.arr,
  coalesce(v.acv, v.arr) as acv, coalesce(v.tcv, v.arr) as tcv, v.currency, v.source, v.reason, v.competitor,
  v.accepted, v.outcome_since, v.stage_since,
  coalesce(v.segment, a.rule_segment, a.segment) as segment,
  coalesce(v.region, a.region, u.region) as region,
  u.team, a.industry, a.country, a.employees,
  v.stage_grade, v.type_grade, v.close_date_grade, v.currency_grade, v.arr_grade,
  case when v.acv is null then v.arr_grade else v.acv_grade end as acv_grade,
  case when v.tcv is null then v.arr_grade else v.tcv_grade end as tcv_grade
from opportunity_versions as v
left join account_versions as a
  on a.record = v.account_id
  and a.valid_from < v.valid_to and v.valid_from < a.valid_to
  and a.seen_from < v.seen_to and v.seen_from < a.seen_to
left join user_versions as u
  on u.record = v.owner_id
  and u.valid_from < least(v.valid_to, coalesce(a.valid_to, v.valid_to))
  and greatest(v.valid_from, coalesce(a.valid_from, v.valid_from)) < u.valid_to
  and u.seen_from < least(v.seen_to, coalesce(a.seen_to, v.seen_to))
  and greatest(v.seen_from, coalesce(a.seen_from, v.seen_from)) < u.seen_to
where v.valid_to > v.valid_from
