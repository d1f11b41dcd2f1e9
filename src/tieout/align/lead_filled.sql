-- align/lead_filled.sql: one row for each state of which fields of a lead are filled, as now known; no value of a person is in it.
-- The first known state is assumed to have held since the lead was first contacted or created. One that is told late
-- holds from when the one told before it does, so that no two states of a lead overlap.
with dated as (
  select
    s.*,
    row_number() over life as ordinal,
    max(happened_at) over (life rows between unbounded preceding and current row) as begins_at
  from source_lead as s
  where record is not null and happened_at is not null
  window life as (partition by record order by taken_at, position, happened_at, row_number, object)
),
told as (
  select d.*, lead(begins_at, 1, timestamp '9999-12-31') over (partition by record order by ordinal) as next_at
  from dated as d
)
select
  record, split_part(object, '.', 1) as system,
  case when ordinal = 1 then least(begins_at, coalesce(first_contact_at, created_at, begins_at)) else begins_at end as valid_from,
  next_at as valid_to,
  op = 'delete' as deleted, merged_into is not null as merged,
  first_name is not null as first_name, last_name is not null as last_name, email is not null as email,
  phone is not null as phone, company is not null as company, title is not null as title,
  linkedin is not null as linkedin, domain is not null as domain, industry is not null as industry,
  employees is not null as employees, country is not null as country, region is not null as region,
  segment is not null as segment, source is not null as source, status is not null as status,
  score is not null as score, campaign_id is not null as campaign_id, landing_page is not null as landing_page,
  owner_id is not null as owner_id, account_id is not null as account_id,
  opportunity_id is not null as opportunity_id, first_contact_at is not null as first_contact_at,
  created_at is not null as created_at
from told
