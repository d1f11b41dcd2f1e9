-- align/leads_told.sql: one row for each lead, as last told.
with told as (
  select
    s.*,
    row_number() over (partition by record order by taken_at desc, position desc, row_number desc, object) as place
  from source_lead as s
  where record is not null
)
select
  record, owner_id, account_id, opportunity_id, merged_into, source, source_raw, status, score, campaign_id,
  landing_page, industry, employees, country, region, segment, created_at, first_contact_at,
  email_key,
  lower(coalesce(nullif(trim(domain), ''), split_part(email, '@', 2))) as domain,
  lower(nullif(trim(company), '')) as company_key
from told
where place = 1 and op = 'put'
