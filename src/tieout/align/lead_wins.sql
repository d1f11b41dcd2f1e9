-- align/lead_wins.sql: one row for each time an opportunity that came from a lead was won, until it was re-opened, deleted or for good.
-- A merged lead stands for its survivor, from `holds_from` until before `holds_to`; a merged opportunity never was a deal.
with links as (
  select record, lead_id from opportunities where lead_id is not null
  union
  select opportunity_id, record from leads_told where opportunity_id is not null
),
surviving as (
  select distinct
    k.record, coalesce(s.survivor, k.lead_id) as lead_id,
    coalesce(s.valid_from, timestamp '0001-01-01') as holds_from, coalesce(s.valid_to, timestamp '9999-12-31') as holds_to
  from links as k
  left join survivors as s on s.object = 'lead' and s.record = k.lead_id and s.seen_to = timestamp '9999-12-31'
)
select
  k.lead_id, k.record as opportunity_id, p.account_id, p.told_account_id, o.closed_at as won_at, o.reopened_at,
  k.holds_from, k.holds_to
from surviving as k
join opportunities as p on p.record = k.record
join outcomes as o on o.record = k.record and o.outcome = 'won'
where p.into_record is null
