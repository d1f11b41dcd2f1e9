-- measure/opportunities_at.sql: one row for each opportunity in its state as of a moment, as known at a moment, with what the registers say.
select
  s.record, s.valid_from, s.missing, s.deleted, s.account_id, s.owner_id, s.lead_id, s.type, s.stage, s.stage_rank, s.category,
  s.outcome, s.stage_probability, s.probability, s.close_date, s.created_at, s.arr, s.acv, s.tcv, s.currency, s.source,
  s.reason, s.competitor, s.accepted, s.outcome_since, s.stage_since, s.segment, s.region, s.team, s.industry, s.country,
  s.employees, s.stage_grade, s.type_grade, s.close_date_grade, s.currency_grade, s.arr_grade, s.acv_grade, s.tcv_grade,
  coalesce(m.merged, false) as merged, coalesce(m.duplicate, false) as duplicate, m.into_record,
  x.id is not null or y.id is not null as excluded,
  c.class as source_class,
  cast(s.created_at at time zone 'UTC' at time zone z.time_zone as date) as created_on,
  coalesce(
    s.close_date,
    case when s.outcome <> 'open' then cast(s.outcome_since at time zone 'UTC' at time zone z.time_zone as date) end
  ) as closed_on
from opportunity_states as s
cross join company as z
left join (
  select
    record, max(told_by = 'system') as merged, max(told_by = 'register') as duplicate, min(into_record) as into_record
  from opportunity_merges
  where seen_from <= $known_at and $known_at < seen_to and $as_of < ends_at
  group by record
) as m on m.record = s.record
left join (
  select distinct id from exclusions where object = 'opportunity' and starts_at <= $as_of and $as_of < ends_at
) as x on x.id = s.record
left join (
  select distinct id from exclusions where object = 'account' and starts_at <= $as_of and $as_of < ends_at
) as y on y.id = s.account_id
left join source_classes as c on c.record = s.record
where s.valid_from <= $as_of and $as_of < s.valid_to and s.seen_from <= $known_at and $known_at < s.seen_to
