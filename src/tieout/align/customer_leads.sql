-- align/customer_leads.sql: one row for each account that a lead became the customer of, with that lead: the first to be won.
with won as (
  select
    w.account_id, w.lead_id, w.won_at, l.source, l.source_raw,
    row_number() over (partition by w.account_id order by w.won_at, w.lead_id) as place
  from lead_wins as w
  left join leads_told as l on l.record = w.lead_id
  where w.account_id is not null
)
select account_id, lead_id, won_at, source, source_raw from won where place = 1
