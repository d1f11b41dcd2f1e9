-- align/campaigns.sql: one row for each campaign, as last told.
with told as (
  select
    s.*,
    row_number() over (partition by object, record order by taken_at desc, position desc, row_number desc) as place
  from source_campaign as s
  where record is not null
)
select
  record, name, channel, starts_on, ends_on, budget, currency
from told
where place = 1 and op = 'put'
