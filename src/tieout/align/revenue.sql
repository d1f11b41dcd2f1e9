-- align/revenue.sql: one row for each record of revenue, with where the customer stood then and stands now, and the source of the lead that became it.
-- The customer is the account that survives every merge.
with told as (
  select
    t.record, coalesce(n.survivor, t.account_id) as account_id, t.amount, t.currency, t.at, t.kind
  from revenue_told as t
  left join survivors_now as n on n.object = 'account' and n.record = t.account_id
)
select
  r.record, r.account_id, r.amount, r.currency, r.at, r.kind,
  c.lead_id, case when c.lead_id is null then '(no lead)' else coalesce(c.source, '(unknown)') end as source,
  c.source_raw, a.segment, a.territory, a.region, a.industry, i.vertical, a.country,
  b.segment as now_segment, b.territory as now_territory, b.region as now_region
from told as r
cross join present as n
left join customer_leads as c on c.account_id = r.account_id
left join account_places as a
  on a.record = r.account_id and a.seen_to = timestamp '9999-12-31'
  and a.valid_from <= r.at and r.at < a.valid_to
left join industry_verticals as i on i.industry_key = lower(trim(a.industry))
left join account_places as b
  on b.record = r.account_id and b.seen_to = timestamp '9999-12-31'
  and b.valid_from <= n.heard_until and n.heard_until < b.valid_to
