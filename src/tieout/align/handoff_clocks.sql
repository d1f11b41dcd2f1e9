-- align/handoff_clocks.sql: one row for each hand-off, with its clock: deadline, answer, whom it lay with, and what its class is if it is breached.
-- Join it by `lead_id` (or `opportunity_id`) and `stage`; `started_at` is the time of entering the stage as lead_stages has it.
-- `answered_in_time` is true where it was answered by its deadline, false where the deadline passed without, and empty while
-- the clock runs, where the hand-off ended before, or where nothing can tell: of the moment `present`. As of another
-- moment it is computed from `answered_at`, `ended_at` and the deadline, which is `due_after` microseconds after `due_from`.
-- Condition and place of a lead are those first told at or after the hand-off, else those last told before it.
with evidence as (
  select f.stage, min(t."at") as first_at
  from handoff_functions as f
  join human_touches as t on t.function_key = f.function_key
  group by f.stage
),
owned as (
  select count(*) > 0 as told from lead_owners where owner_id is not null
),
arrived as (
  select record, max(created_at) as arrived_at
  from (select record, object, min(created_at) as created_at from source_lead where record is not null group by record, object)
  group by record
),
met as (
  select p.person, min(coalesce(l.first_contact_at, l.created_at, c.created_at)) as met_at
  from persons as p
  left join leads_told as l on p.entity = 'lead' and l.record = p.record
  left join contacts as c on p.entity = 'contact' and c.record = p.record
  group by p.person
),
newest_touches as (
  select person, max("at") as touched_at from human_touches where person is not null group by person
),
early as (
  select m.person
  from met as m
  join newest_touches as t on t.person = m.person and t.touched_at < m.met_at
),
states as (
  select
    h.record, h.stage, h.time_number, v.*,
    row_number() over (
      partition by h.record, h.stage, h.time_number
      order by
        case when v.told_at >= h.started_at then 0 else 1 end, case when v.told_at >= h.started_at then v.told_at end,
        v.told_at desc, v.valid_to
    ) as nearest
  from handoffs as h
  join (
    select
      record as lead_record, told_at, valid_to, source, source_raw, status, score, campaign_id, landing_page, industry,
      employees, country, region, segment, domain, reachable
    from lead_versions
    where not deleted
  ) as v on v.lead_record = h.told_lead_id
  where h.begins = 'stage'
),
joined as (
  select
    h.record, h.stage, h.time_number, h.place, h.begins, h.answer, d.within, h.business, h.to_owner, h.lead_id, h.opportunity_id,
    h.account_id, h.person, h.lead_known, h.started_at, d.calendar, d.worked, d.due_from, d.due_after, d.answered_at, d.answered_after,
    d.touch_at, d.activity, d.touched_by, d.forward_at, d.ended_at, d.ended_after,
    o.owner_id, o.team, o.manager_id, o.assigned_at, o.own_due_from, o.own_due_after, o.own_answered_after,
    date_diff('microsecond', d.due_from, d.answered_at) <= d.due_after as was_in_time,
    date_diff('microsecond', d.due_from, n.heard_until) >= d.due_after as due_passed,
    d.ended_at <= n.heard_until and date_diff('microsecond', d.due_from, d.ended_at) <= d.due_after as ended_before,
    case
      when not h.lead_known then 'the lead is in no extract'
      when e.first_at is null then 'no activity of those who answer is in the data'
      when d.business and d.calendar is null then 'nobody''s working hours are said'
      when h.started_at < e.first_at then 'it began before the first activity of those who answer'
    end as untold,
    h.lead_known and e.first_at is not null and (not d.business or d.calendar is not null) as told,
    case
      when h.begins <> 'stage' then 'unknown'
      when not coalesce(s.reachable, true) or y.person is not null and d.touch_at is null then 'bad data'
      when a.arrived_at > h.started_at and (
        date_diff('microsecond', d.due_from, a.arrived_at) > d.due_after
        or not d.business and date_diff('microsecond', a.arrived_at, d.answered_at) <= d.within
        or d.business and d.answered_after - (
          p.worked + case when p.working then date_diff('microsecond', p.starts_at, a.arrived_at) else 0 end - d.worked
        ) <= d.within
      ) then 'system delay'
      when not w.told or o.owner_id is not null and not o.known then 'unknown'
      when o.owner_id is null or o.gone then 'assignment delay'
      else 'by the owner'
    end as cause,
    coalesce(s.source, l.source) as source, s.source_raw, s.status, s.score, s.campaign_id, s.landing_page,
    coalesce(s.industry, l.industry) as industry, coalesce(s.employees, l.employees) as employees,
    coalesce(s.country, l.country) as country, s.domain, i.vertical,
    coalesce(s.region, b.region, l.region) as region, coalesce(s.segment, b.segment, l.segment) as segment, b.territory
  from handoffs as h
  cross join present as n
  cross join owned as w
  join handoff_deadlines as d on d.record = h.record and d.stage = h.stage and d.time_number = h.time_number
  join handoff_owners as o on o.record = h.record and o.stage = h.stage and o.time_number = h.time_number
  left join evidence as e on e.stage = h.stage
  left join early as y on y.person = h.person
  left join states as s on s.record = h.record and s.stage = h.stage and s.time_number = h.time_number and s.nearest = 1
  left join leads as l on l.record = h.lead_id
  left join arrived as a on h.begins = 'stage' and a.record = h.told_lead_id
  left join working_pieces as p
    on p.calendar = d.calendar and p.day = cast(a.arrived_at as date)
    and p.starts_at <= a.arrived_at and a.arrived_at < p.ends_at
  left join industry_verticals as i on i.industry_key = lower(trim(coalesce(s.industry, l.industry)))
  left join account_places as b
    on b.record = h.account_id and b.seen_to = timestamp '9999-12-31' and b.valid_from <= h.started_at and h.started_at < b.valid_to
)
select
  record, stage, time_number, place, begins, answer, within, business, to_owner, lead_id, opportunity_id, account_id, person,
  started_at, calendar, worked, due_from, due_after, answered_at, answered_after, touch_at, activity, touched_by, forward_at,
  ended_at, ended_after, owner_id, team, manager_id, assigned_at, own_due_from, own_due_after, own_answered_after,
  told, untold, cause,
  case
    when not told then cast(null as boolean)
    when was_in_time then true
    when untold is not null or ended_before then cast(null as boolean)
    when due_passed then false
  end as answered_in_time,
  source, source_raw, status, score, campaign_id, landing_page, industry, vertical, employees, country, domain, region, segment,
  territory
from joined
