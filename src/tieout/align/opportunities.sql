-- align/opportunities.sql: one row for each opportunity, in its present state as now known.
select
  s.record, s.account_id, s.told_account_id, s.owner_id, s.lead_id, s.team, s.segment, s.region, s.type, s.stage, s.outcome, s.close_date,
  s.arr, s.currency, s.source, s.deleted, s.missing, s.outcome_since,
  m.survivor as into_record
from opportunity_states as s
left join survivors_now as m on m.object = 'opportunity' and m.record = s.record
where s.valid_to = timestamp '9999-12-31' and s.seen_to = timestamp '9999-12-31'
