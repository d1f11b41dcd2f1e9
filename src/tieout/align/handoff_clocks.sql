-- align/handoff_clocks.sql: one row for each hand-off, with its clock: deadline, answer, whom it lay with, and what its class is if it is breached.
-- Join it by `lead_id` (or `opportunity_id`) and `stage`; `started_at` is the time of entering the stage as lead_stages has it.
-- `answered_in_time` is true where it was answered by its deadline, false where the deadline passed without, and empty while
-- the clock runs, where the hand-off ended before, or where nothing can tell: of the moment `present`. As of another
-- moment it is computed from `answered_at`, `ended_at` and the deadline, which is `due_after` microseconds after `due_from`.
-- Condition and place of a lead are those first told at or after the hand-off, else those last told before it.
-- Whom it lay with is told of when it was decided: when it was answered, at its deadline, or when it ended, whichever came
-- first; `owner_gone`: by then they had left. The own clock begins with the assignment and runs on the owner's hours without
-- their absences. Hand-offs lie in the order of their beginning: of a year, most of the file need not be read.
with decided as (
  select
    d.*, coalesce(o.owner_id, d.made_by) as owner_id,
    case when o.owner_id is not null and o.valid_from > d.started_at then o.valid_from else d.started_at end as assigned_at
  from handoff_deadlines as d
  cross join present as n
  left join lead_owners as o
    on d.begins = 'stage' and o.record = d.told_lead_id and o.valid_from <= n.heard_until
    and o.valid_from <= coalesce(d.answered_at, n.heard_until) and o.valid_from <= coalesce(d.ended_at, n.heard_until)
    and (o.valid_from <= d.started_at or date_diff('microsecond', d.due_from, o.valid_from) <= d.due_after)
    and (
      o.valid_to > n.heard_until or o.valid_to > d.answered_at or o.valid_to > d.ended_at
      or o.valid_to > d.started_at and coalesce(date_diff('microsecond', d.due_from, o.valid_to) > d.due_after, true)
    )
),
stood as (
  select
    d.*, u.team, u.manager_id, u.record is not null as known, g.deleted or not coalesce(g.active, true) as gone,
    coalesce(m.calendar, t.calendar, e.calendar) as own_calendar
  from decided as d
  left join user_places as u
    on u.record = d.owner_id and u.seen_to = timestamp '9999-12-31'
    and u.valid_from <= d.assigned_at and d.assigned_at < u.valid_to
  left join user_places as g
    on g.record = d.owner_id and g.seen_to = timestamp '9999-12-31' and g.valid_from <= coalesce(d.answered_at, g.valid_from)
    and g.valid_from <= coalesce(d.ended_at, g.valid_from)
    and coalesce(date_diff('microsecond', d.due_from, g.valid_from) <= d.due_after, true)
    and (
      coalesce(d.answered_at < g.valid_to, false) or coalesce(d.ended_at < g.valid_to, false)
      or coalesce(date_diff('microsecond', d.due_from, g.valid_to) > d.due_after, g.valid_to = timestamp '9999-12-31')
    )
  left join working_calendars as m
    on d.business and m.user_id = d.owner_id and coalesce(m.team_key, '') = coalesce(lower(trim(u.team)), '')
  left join working_calendars as t on d.business and t.user_id is null and t.team_key = lower(trim(u.team))
  left join working_calendars as e on d.business and e.user_id is null and e.team_key is null
),
begun as (
  select
    s.*,
    p.worked + case when p.working then date_diff('microsecond', p.starts_at, s.assigned_at) else 0 end as own_worked
  from stood as s
  left join working_pieces as p
    on p.calendar = s.own_calendar and p.day = cast(s.assigned_at as date)
    and p.starts_at <= s.assigned_at and s.assigned_at < p.ends_at
),
owners as (
  select
    b.record, b.stage, b.time_number, b.started_at, b.business, b.within, b.calendar, b.worked, b.due_from, b.due_after,
    b.touch_at, b.activity, b.touched_by, b.answered_at, b.answered_after, b.forward_at, b.ended_at, b.ended_after,
    b.owner_id, b.team, b.manager_id, b.known, b.gone, b.assigned_at,
    case when b.business then d.starts_at else b.assigned_at end as own_due_from,
    case when b.business then b.own_worked + b.within - d.worked else b.within end as own_due_after,
    case
      when not b.business then date_diff('microsecond', b.assigned_at, b.answered_at)
      else a.worked + case when a.working then date_diff('microsecond', a.starts_at, b.answered_at) else 0 end - b.own_worked
    end as own_answered_after
  from begun as b
  left join working_steps as d
    on d.calendar = b.own_calendar and d.step = (b.own_worked + b.within) // 28800000000
    and d.worked < b.own_worked + b.within and b.own_worked + b.within <= d.worked_until
  left join working_pieces as a
    on a.calendar = b.own_calendar and a.day = cast(b.answered_at as date)
    and a.starts_at <= b.answered_at and b.answered_at < a.ends_at
),
evidence as (
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
told as (
  select
    record, valid_from, told_at,
    coalesce(lag(told_at) over life, timestamp '0001-01-01') as after_at,
    case when told_at < max(told_at) over (partition by record) then told_at else timestamp '9999-12-31' end as until
  from lead_versions
  where not deleted
  window life as (partition by record order by told_at, valid_to)
),
joined as (
  select
    h.record, h.stage, h.time_number, h.place, h.begins, h.answer, o.within, h.business, h.to_owner, h.lead_id, h.opportunity_id,
    h.account_id, h.person, h.lead_known, h.started_at, o.calendar, o.worked, o.due_from, o.due_after, o.answered_at, o.answered_after,
    o.touch_at, o.activity, o.touched_by, o.forward_at, o.ended_at, o.ended_after,
    o.owner_id, o.known as owner_known, coalesce(o.gone, false) as owner_gone, o.team, o.manager_id, o.assigned_at, o.own_due_from, o.own_due_after, o.own_answered_after,
    date_diff('microsecond', o.due_from, o.answered_at) <= o.due_after as was_in_time,
    date_diff('microsecond', o.due_from, n.heard_until) >= o.due_after as due_passed,
    o.ended_at <= n.heard_until and date_diff('microsecond', o.due_from, o.ended_at) <= o.due_after as ended_before,
    case
      when not h.lead_known then 'the lead is in no extract'
      when e.first_at is null then 'no activity of those who answer is in the data'
      when o.business and o.calendar is null then 'nobody''s working hours are said'
      when h.started_at < e.first_at then 'it began before the first activity of those who answer'
    end as untold,
    h.lead_known and e.first_at is not null and (not o.business or o.calendar is not null) as told,
    case
      when h.begins <> 'stage' then 'unknown'
      when not coalesce(s.reachable, true) or y.person is not null and o.touch_at is null then 'bad data'
      when a.arrived_at > h.started_at and (
        date_diff('microsecond', o.due_from, a.arrived_at) > o.due_after
        or not o.business and date_diff('microsecond', a.arrived_at, o.answered_at) <= o.within
        or o.business and o.answered_after - (
          p.worked + case when p.working then date_diff('microsecond', p.starts_at, a.arrived_at) else 0 end - o.worked
        ) <= o.within
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
  join owners as o on o.record = h.record and o.stage = h.stage and o.time_number = h.time_number
  left join evidence as e on e.stage = h.stage
  left join early as y on y.person = h.person
  left join told as t
    on h.begins = 'stage' and t.record = h.told_lead_id and t.after_at < h.started_at and h.started_at <= t.until
    and t.after_at < t.told_at
  left join lead_versions as s on s.record = t.record and s.valid_from = t.valid_from and not s.deleted
  left join leads as l on l.record = h.lead_id
  left join arrived as a on h.begins = 'stage' and a.record = h.told_lead_id
  left join working_pieces as p
    on p.calendar = o.calendar and p.day = cast(a.arrived_at as date)
    and p.starts_at <= a.arrived_at and a.arrived_at < p.ends_at
  left join industry_verticals as i on i.industry_key = lower(trim(coalesce(s.industry, l.industry)))
  left join account_places as b
    on b.record = h.account_id and b.seen_to = timestamp '9999-12-31' and b.valid_from <= h.started_at and h.started_at < b.valid_to
)
select
  record, stage, time_number, place, begins, answer, within, business, to_owner, lead_id, opportunity_id, account_id, person,
  started_at, calendar, worked, due_from, due_after, answered_at, answered_after, touch_at, activity, touched_by, forward_at,
  ended_at, ended_after, owner_id, owner_known, owner_gone, team, manager_id, assigned_at, own_due_from, own_due_after,
  own_answered_after, told, untold, cause,
  case
    when not told then cast(null as boolean)
    when was_in_time then true
    when untold is not null or ended_before then cast(null as boolean)
    when due_passed then false
  end as answered_in_time,
  source, source_raw, status, score, campaign_id, landing_page, industry, vertical, employees, country, domain, region, segment,
  territory
from joined
order by started_at, record, stage, time_number
