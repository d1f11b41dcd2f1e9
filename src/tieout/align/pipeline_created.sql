-- align/pipeline_created.sql: one row for each opportunity that became pipeline: the first time all qualifying conditions held.
-- The definition is the one in force at that time, the amounts are those of that time. `since` is the earliest it can
-- have been: before `created_at` where the record existed and its state is not known.
with held as (
  select
    s.record, s.valid_from, d.definition, greatest(s.valid_from, d.starts_at) as became_at,
    row_number() over (partition by s.record order by greatest(s.valid_from, d.starts_at)) as place
  from opportunity_states as s
  join definitions as d on d.starts_at < s.valid_to and s.valid_from < d.ends_at
  join definition_types as t on t.definition = d.definition and t.type = s.type
  left join definition_omits as o on o.definition = d.definition and o.category_key = lower(s.category)
  where s.seen_to = timestamp '9999-12-31'
    and s.valid_to > s.valid_from and not s.missing and not s.deleted and o.category_key is null
    and s.outcome = 'open' and s.stage_rank >= d.stage_rank
),
unknown as (
  select record, min(valid_from) as since, max(valid_to) as known_from
  from opportunity_states
  where seen_to = timestamp '9999-12-31' and missing
  group by record
)
select
  h.record, h.became_at as created_at,
  case when u.known_from >= h.became_at then u.since else h.became_at end as since,
  s.account_id, s.owner_id, s.lead_id, s.team, s.manager_id, s.segment, s.territory, s.region, s.industry, s.vertical, s.country, s.employees, s.type, s.stage,
  s.category, s.probability, s.accepted,
  s.close_date, s.arr, s.acv, s.tcv, s.currency, s.source, d.basis, d.rates,
  s.stage_grade, s.type_grade, s.currency_grade, s.arr_grade, s.acv_grade, s.tcv_grade
from held as h
join opportunity_states as s
  on s.record = h.record and s.valid_from = h.valid_from and s.seen_to = timestamp '9999-12-31' and s.valid_to > s.valid_from
join definitions as d on d.definition = h.definition
left join unknown as u on u.record = h.record
where h.place = 1
