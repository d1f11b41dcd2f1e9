-- align/claims.sql: one row for each claim that marketing makes on an opportunity or a lead, and each span of knowing it so.
with told as (
  select
    s.*,
    lead(taken_at, 1, timestamp '9999-12-31') over (
      partition by object, record order by taken_at, position, row_number
    ) as next_heard
  from source_claim as s
  where record is not null
)
select
  record, lead_id, opportunity_id, amount, currency, claimed_by, claimed_at,
  coalesce(claimed_at, happened_at) as valid_from,
  case op when 'delete' then happened_at else timestamp '9999-12-31' end as valid_to,
  taken_at as seen_from, next_heard as seen_to
from told
where next_heard > taken_at
