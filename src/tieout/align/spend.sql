-- align/spend.sql: one row for each posting of spend, as last told.
with told as (
  select
    s.*,
    row_number() over (partition by object, record order by taken_at desc, position desc, row_number desc) as place
  from source_spend as s
  where record is not null
)
select
  record, amount, currency, "at", category, channel, campaign_id
from told
where place = 1 and op = 'put'
