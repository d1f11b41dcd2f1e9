-- align/handoff_deadlines.sql: one row for each hand-off, with who owned it when it began, its deadline and what its clock showed when it was answered or ended.
-- The clock runs on the hours of the owner's team of that time, else of the team that answers, else of everybody else.
-- How soon it is answered is what was agreed when it began. Where nothing tells of an owner or that there is none, whoever made the change owns it, unless of the team that hands over.
-- The deadline is `due_after` microseconds after `due_from`: the beginning of the piece of working time in which it lies,
-- or of the hand-off where its hours are elapsed ones. `worked` is what the calendar had worked before the hand-off.
with held as (
  select
    h.record, h.stage, h.time_number, h.begins, h.answer, h.told_lead_id, h.started_at, h.forward_at, h.ended_at, h.business,
    coalesce(v.within, h.within) as within,
    o.owner_id as told_owner, s.from_key, s.team_key,
    case when o.record is null then h.changed_by end as changed_by
  from handoffs as h
  join handoff_terms as s on s.stage = h.stage
  left join handoff_times as v on v.stage = h.stage and v.starts_at <= h.started_at and h.started_at < v.ends_at
  left join lead_owners as o
    on h.begins = 'stage' and o.record = h.told_lead_id and o.valid_from <= h.started_at and h.started_at < o.valid_to
),
changed as (
  select h.*, case when u.team is not null and lower(trim(u.team)) is distinct from h.from_key then h.changed_by end as made_by
  from held as h
  left join user_places as u
    on u.record = h.changed_by and u.seen_to = timestamp '9999-12-31'
    and u.valid_from <= h.started_at and h.started_at < u.valid_to
),
placed as (
  select c.*, lower(trim(u.team)) as owner_team_key
  from changed as c
  left join user_places as u
    on u.record = coalesce(c.told_owner, c.made_by) and u.seen_to = timestamp '9999-12-31'
    and u.valid_from <= c.started_at and c.started_at < u.valid_to
),
started as (
  select
    p.record, p.stage, p.time_number, p.begins, p.answer, p.told_lead_id, p.started_at, p.forward_at, p.ended_at, p.business,
    p.within, p.told_owner, p.made_by,
    coalesce(p.told_owner, p.made_by) as owner_id, coalesce(m.calendar, t.calendar, e.calendar) as calendar
  from placed as p
  left join working_calendars as m on p.business and m.user_id is null and m.team_key = p.owner_team_key
  left join working_calendars as t on p.business and t.user_id is null and t.team_key = p.team_key
  left join working_calendars as e on p.business and e.user_id is null and e.team_key is null
),
timed as (
  select
    s.record, s.stage, s.time_number, s.begins, s.told_lead_id, s.forward_at, s.ended_at, s.started_at, s.business, s.within,
    s.made_by, s.calendar, t.touch_at, t.activity, t.touched_by,
    case
      when s.answer = 'touch' then t.touch_at
      when s.answer = 'stage' then s.forward_at
      else least(coalesce(t.touch_at, s.forward_at), coalesce(s.forward_at, t.touch_at))
    end as answered_at
  from started as s
  left join handoff_touches as t on t.record = s.record and t.stage = s.stage and t.time_number = s.time_number
),
begun as (
  select
    t.*,
    p.worked + case when p.working then date_diff('microsecond', p.starts_at, t.started_at) else 0 end as worked
  from timed as t
  left join working_pieces as p
    on p.calendar = t.calendar and p.day = cast(t.started_at as date)
    and p.starts_at <= t.started_at and t.started_at < p.ends_at
)
select
  b.record, b.stage, b.time_number, b.begins, b.told_lead_id, b.started_at, b.business, b.within, b.made_by, b.calendar, b.worked,
  b.touch_at, b.activity, b.touched_by, b.answered_at, b.forward_at, b.ended_at,
  case when b.business then d.starts_at else b.started_at end as due_from,
  case when b.business then b.worked + b.within - d.worked else b.within end as due_after,
  case
    when not b.business then date_diff('microsecond', b.started_at, b.answered_at)
    else a.worked + case when a.working then date_diff('microsecond', a.starts_at, b.answered_at) else 0 end - b.worked
  end as answered_after,
  case
    when not b.business then date_diff('microsecond', b.started_at, b.ended_at)
    else e.worked + case when e.working then date_diff('microsecond', e.starts_at, b.ended_at) else 0 end - b.worked
  end as ended_after
from begun as b
left join working_steps as d
  on d.calendar = b.calendar and d.step = (b.worked + b.within) // 28800000000
  and d.worked < b.worked + b.within and b.worked + b.within <= d.worked_until
left join working_pieces as a
  on a.calendar = b.calendar and a.day = cast(b.answered_at as date)
  and a.starts_at <= b.answered_at and b.answered_at < a.ends_at
left join working_pieces as e
  on e.calendar = b.calendar and e.day = cast(b.ended_at as date) and e.starts_at <= b.ended_at and b.ended_at < e.ends_at
