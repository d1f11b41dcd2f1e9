-- align/opportunities.sql: one row for each opportunity, in its present state as now known.
with moments as (
  select
    s.*, row_number() over (partition by s.record order by s.valid_from) as place
  from opportunity_states as s
  cross join present as n
  where s.seen_to = timestamp '9999-12-31' and s.valid_to > s.valid_from and s.valid_to > n.heard_until
)
select
  s.record, s.account_id, s.told_account_id, s.owner_id, s.lead_id, s.team, s.manager_id, s.segment, s.territory, s.region,
  s.type, s.stage, s.outcome, s.close_date, s.arr, s.currency, s.source, s.deleted, s.missing, s.outcome_since,
  m.survivor as into_record
from moments as s
left join survivors_now as m on m.object = 'opportunity' and m.record = s.record
where s.place = 1
