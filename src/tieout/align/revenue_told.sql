-- align/revenue_told.sql: one row for each record of revenue, as last told.
with told as (
  select
    s.*,
    row_number() over (partition by object, record order by taken_at desc, position desc, row_number desc) as place
  from source_revenue as s
  where record is not null
)
select
  record, account_id, amount, currency, "at", kind
from told
where place = 1 and op = 'put'
