-- align/funnel_deals.sql: one row for each opportunity that came from a lead of a person and each time it was won, or one if it never was.
-- A merged opportunity stands for its survivor, a merged lead is the same person. A renewal is no new opportunity of a
-- lead. `opened_at` is null where nothing tells when it was opened; `qualified_at` is its first time in the qualifying
-- stage or beyond. `renewed_at` is the first renewal of the account that was won after the win and still is; `lost_at`
-- when it was closed without a win, and stayed so.
with links as (
  select record, lead_id from opportunities where lead_id is not null
  union
  select opportunity_id, record from leads_told where opportunity_id is not null
),
sources as (
  select distinct p.person, coalesce(s.survivor, k.record) as record
  from links as k
  join persons as p on p.entity = 'lead' and p.record = k.lead_id
  join leads_told as l on l.record = k.lead_id
  left join survivors_now as s on s.object = 'opportunity' and s.record = k.record
),
born as (
  select record, min(created_at) as created_at
  from opportunity_states
  where seen_to = timestamp '9999-12-31'
  group by record
),
first_seen as (
  select record, min(entered_at) as entered_at from stage_visits where outcome = 'open' group by record
),
lost as (
  select record, max(closed_at) as lost_at
  from outcomes
  where outcome in ('lost', 'disqualified') and reopened_at = timestamp '9999-12-31'
  group by record
),
renewals as (
  select p.account_id, o.closed_at
  from outcomes as o
  join opportunities as p on p.record = o.record
  cross join present as n
  left join exclusions as x
    on x.object = 'opportunity' and x.id = p.record and x.starts_at <= n.heard_until and n.heard_until < x.ends_at
  left join exclusions as y
    on y.object = 'account' and y.id = p.told_account_id and y.starts_at <= n.heard_until and n.heard_until < y.ends_at
  where o.outcome = 'won' and o.reopened_at = timestamp '9999-12-31' and lower(p.type) = 'renewal'
    and p.into_record is null and not p.deleted and p.account_id is not null and x.id is null and y.id is null
),
deals as (
  select
    s.person, s.record, p.account_id, p.told_account_id, coalesce(b.created_at, f.entered_at) as opened_at, q.qualified_at,
    o.closed_at as won_at, o.reopened_at, l.lost_at
  from sources as s
  join opportunities as p on p.record = s.record
  left join born as b on b.record = s.record
  left join first_seen as f on f.record = s.record
  left join qualified as q on q.record = s.record
  left join outcomes as o on o.record = s.record and o.outcome = 'won'
  left join lost as l on l.record = s.record
  where p.into_record is null and not p.deleted and lower(p.type) is distinct from 'renewal'
),
renewed as (
  select d.person, d.record, d.won_at, min(r.closed_at) as renewed_at
  from deals as d
  join renewals as r on r.account_id = d.account_id and r.closed_at > d.won_at
  group by d.person, d.record, d.won_at
)
select
  d.person, d.record, d.account_id, d.told_account_id, d.opened_at, d.qualified_at, d.won_at, d.reopened_at, d.lost_at,
  r.renewed_at
from deals as d
left join renewed as r on r.person = d.person and r.record = d.record and r.won_at = d.won_at
