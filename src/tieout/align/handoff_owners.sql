-- align/handoff_owners.sql: one row for each hand-off, with whom it lay with when it was decided, and that owner's own clock.
-- It was decided when it was answered, at its deadline, or when it ended, whichever came first. The own clock begins with
-- the assignment and runs on the owner's hours without their absences. `gone`: by then they had left.
with spans as (
  select
    d.record, d.stage, d.time_number, d.started_at, d.business, d.within, d.answered_at, d.ended_at, d.due_from,
    d.due_after, s.made_by,
    o.owner_id as last_owner, o.valid_from,
    row_number() over (partition by d.record, d.stage, d.time_number order by o.valid_from desc) as place
  from handoff_deadlines as d
  join handoff_starts as s on s.record = d.record and s.stage = d.stage and s.time_number = d.time_number
  join handoffs as h on h.record = d.record and h.stage = d.stage and h.time_number = d.time_number
  cross join present as n
  left join lead_owners as o
    on h.begins = 'stage' and o.record = h.told_lead_id and o.valid_from <= n.heard_until
    and o.valid_from <= coalesce(d.answered_at, n.heard_until) and o.valid_from <= coalesce(d.ended_at, n.heard_until)
    and (o.valid_from <= d.started_at or date_diff('microsecond', d.due_from, o.valid_from) <= d.due_after)
),
decided as (
  select
    s.record, s.stage, s.time_number, s.started_at, s.business, s.within, s.answered_at, s.ended_at, s.due_from, s.due_after,
    coalesce(s.last_owner, s.made_by) as owner_id,
    case when s.last_owner is not null and s.valid_from > s.started_at then s.valid_from else s.started_at end as assigned_at
  from spans as s
  where s.place = 1
),
stood as (
  select
    d.*, u.team, u.manager_id, u.record is not null as known, g.deleted or not coalesce(g.active, true) as gone,
    coalesce(m.calendar, t.calendar, e.calendar) as calendar
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
    p.worked + case when p.working then date_diff('microsecond', p.starts_at, s.assigned_at) else 0 end as worked
  from stood as s
  left join working_pieces as p
    on p.calendar = s.calendar and p.day = cast(s.assigned_at as date)
    and p.starts_at <= s.assigned_at and s.assigned_at < p.ends_at
)
select
  b.record, b.stage, b.time_number, b.owner_id, b.team, b.manager_id, b.known, b.gone, b.assigned_at,
  case when b.business then d.starts_at else b.assigned_at end as own_due_from,
  case when b.business then b.worked + b.within - d.worked else b.within end as own_due_after,
  case
    when not b.business then date_diff('microsecond', b.assigned_at, b.answered_at)
    else a.worked + case when a.working then date_diff('microsecond', a.starts_at, b.answered_at) else 0 end - b.worked
  end as own_answered_after
from begun as b
left join working_steps as d
  on d.calendar = b.calendar and d.step = (b.worked + b.within) // 28800000000
  and d.worked < b.worked + b.within and b.worked + b.within <= d.worked_until
left join working_pieces as a
  on a.calendar = b.calendar and a.day = cast(b.answered_at as date)
  and a.starts_at <= b.answered_at and b.answered_at < a.ends_at
