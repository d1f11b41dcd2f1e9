-- align/lead_wins.sql: one row for each time an opportunity that came from a lead was won, until it was re-opened, deleted or for good.
with links as (
  select record, lead_id from opportunities where lead_id is not null
  union
  select opportunity_id, record from leads_told where opportunity_id is not null
)
select k.lead_id, k.record as opportunity_id, p.account_id, o.closed_at as won_at, o.reopened_at
from links as k
join opportunities as p on p.record = k.record
join outcomes as o on o.record = k.record and o.outcome = 'won'
where p.into_record is null
