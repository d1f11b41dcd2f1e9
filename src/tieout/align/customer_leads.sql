-- align/customer_leads.sql: one row for each account that a lead became the customer of, with the lead of its first won deal.
-- A customer whose first deal had no lead came without one, whatever leads were won from it later.
with won as (
  select
    p.account_id, o.record, o.closed_at,
    row_number() over (partition by p.account_id order by o.closed_at, o.record) as place
  from outcomes as o
  join opportunities as p on p.record = o.record
  where o.outcome = 'won' and p.account_id is not null and p.into_record is null and not p.deleted
),
first_leads as (
  select
    w.account_id, k.lead_id, w.closed_at as won_at, l.source, l.source_raw,
    row_number() over (partition by w.account_id order by k.lead_id) as place
  from won as w
  join lead_wins as k on k.opportunity_id = w.record
  join present as n on k.holds_from <= n.heard_until and n.heard_until < k.holds_to
  left join leads_told as l on l.record = k.lead_id
  where w.place = 1
)
select account_id, lead_id, won_at, source, source_raw from first_leads where place = 1
