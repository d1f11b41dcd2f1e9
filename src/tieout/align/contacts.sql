-- align/contacts.sql: one row for each contact, as last told.
with told as (
  select
    s.*,
    row_number() over (partition by record order by taken_at desc, position desc, row_number desc, object) as place
  from source_contact as s
  where record is not null
)
select
  record, account_id, lead_id, merged_into, created_at,
  email_key
from told
where place = 1 and op = 'put'
