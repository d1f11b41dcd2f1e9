-- align/opportunities.sql: one row for each opportunity, in its present state as now known.
select
  s.record, s.account_id, s.owner_id, s.lead_id, s.team, s.segment, s.region, s.type, s.stage, s.outcome, s.close_date,
  s.arr, s.currency, s.source, s.deleted, s.missing, s.outcome_since,
  m.into_record
from opportunity_states as s
left join opportunity_merges as m
  on m.record = s.record and m.seen_to = timestamp '9999-12-31' and m.ends_at = timestamp '9999-12-31'
where s.valid_to = timestamp '9999-12-31' and s.seen_to = timestamp '9999-12-31'
qualify row_number() over (partition by s.record order by m.told_by, m.into_record) = 1
