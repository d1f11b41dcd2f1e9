-- align/handoff_deadlines.sql: one row for each hand-off, with its deadline and what its clock showed when it was answered or ended.
-- The deadline is `due_after` microseconds after `due_from`: the beginning of the piece of working time in which it lies,
-- or of the hand-off where its hours are elapsed ones. `worked` is what the calendar had worked before the hand-off.
with timed as (
  select
    h.record, h.stage, h.time_number, h.person, h.answer, h.forward_at, h.ended_at, s.started_at, s.business, s.within,
    s.calendar, t.touch_at, t.activity, t.touched_by,
    case
      when h.answer = 'touch' then t.touch_at
      when h.answer = 'stage' then h.forward_at
      else least(coalesce(t.touch_at, h.forward_at), coalesce(h.forward_at, t.touch_at))
    end as answered_at
  from handoffs as h
  join handoff_starts as s on s.record = h.record and s.stage = h.stage and s.time_number = h.time_number
  left join handoff_touches as t on t.record = h.record and t.stage = h.stage and t.time_number = h.time_number
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
  b.record, b.stage, b.time_number, b.started_at, b.business, b.within, b.calendar, b.worked, b.touch_at, b.activity, b.touched_by,
  b.answered_at, b.forward_at, b.ended_at,
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
