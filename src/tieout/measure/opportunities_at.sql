-- measure/opportunities_at.sql: one row for each opportunity in its state as of a moment, as known at a moment, with what the registers say.
-- `held` are the states that hold, each with the moment that it was asked for (states.py gives them): one moment or many.
select
  s.asked, s.asked_as_of, s.asked_day, s.asked_start, s.asked_end,
  s.record, s.valid_from, s.missing, s.deleted, s.account_id, s.owner_id, s.lead_id, s.type, s.stage, s.stage_rank,
  s.category, s.outcome, s.stage_probability, s.probability, s.close_date, s.created_at, s.arr, s.acv, s.tcv,
  s.currency, s.source, s.reason, s.competitor, s.accepted, s.outcome_since, s.stage_since, s.segment, s.territory,
  s.region, s.team, s.manager_id, s.industry, s.vertical, s.country, s.employees, s.stage_grade, s.type_grade, s.close_date_grade,
  s.currency_grade, s.arr_grade, s.acv_grade, s.tcv_grade,
  m.record is not null as merged, d.record is not null as duplicate, coalesce(m.into_record, d.into_record) as into_record,
  x.id is not null or y.id is not null as excluded,
  cast(s.created_at at time zone 'UTC' at time zone z.time_zone as date) as created_on,
  coalesce(s.close_date, cast(s.closed_at at time zone 'UTC' at time zone z.time_zone as date)) as closed_on
from held as s
cross join company as z
left join opportunity_merges as m
  on m.record = s.record and m.told_by = 'system' and m.seen_from <= s.asked_known_at and s.asked_known_at < m.seen_to
left join opportunity_merges as d
  on d.record = s.record and d.told_by = 'register' and s.asked_as_of < d.ends_at
left join exclusions as x
  on x.id = s.record and x.object = 'opportunity' and x.starts_at <= s.asked_as_of and s.asked_as_of < x.ends_at
left join exclusions as y
  on y.id = s.told_account_id and y.object = 'account' and y.starts_at <= s.asked_as_of and s.asked_as_of < y.ends_at
