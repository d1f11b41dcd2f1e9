-- align/contacts.sql: one row for each contact, as last told, with the account that survives every merge.
with told as (
  select
    s.*,
    row_number() over (partition by record order by taken_at desc, position desc, row_number desc, object) as place
  from source_contact as s
  where record is not null
)
select
  t.record, coalesce(n.survivor, t.account_id) as account_id, t.lead_id, t.merged_into, t.created_at, t.email_key
from told as t
left join survivors_now as n on n.object = 'account' and n.record = t.account_id
where place = 1 and op = 'put'
