-- align/heard.sql: one row for the build, with the newest moment at which anything was heard of a record that can be merged.
select max(taken_at) as until_at
from (
  select max(taken_at) as taken_at from opportunity_changes
  union all
  select max(taken_at) from source_account
  union all
  select max(taken_at) from source_contact
  union all
  select max(taken_at) from source_lead
)
