-- align/pipeline_created.sql: one row for each opportunity that became pipeline: the first time all qualifying conditions held.
-- The definition is the one in force at that time, the amounts are those of that time. `since` is the earliest it can
-- have been: before `created_at` where the record existed and its state is not known.
with held as (
  select
    s.*, d.basis, d.rates,
    greatest(s.valid_from, d.starts_at) as became_at,
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
  h.account_id, h.owner_id, h.lead_id, h.team, h.manager_id, h.segment, h.territory, h.region, h.industry, h.vertical, h.country, h.employees, h.type, h.stage,
  h.category, h.probability, h.accepted,
  h.close_date, h.arr, h.acv, h.tcv, h.currency, h.source, h.basis, h.rates,
  h.stage_grade, h.type_grade, h.currency_grade, h.arr_grade, h.acv_grade, h.tcv_grade
from held as h
left join unknown as u on u.record = h.record
where h.place = 1
