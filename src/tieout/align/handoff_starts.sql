-- align/handoff_starts.sql: one row for each hand-off, with who owned it when it began and the calendar of its clock.
-- The clock runs on the hours of the owner's team of that time, else of the team that answers, else of everybody else.
-- How soon it is answered is what was agreed when it began. Where nothing tells of an owner or that there is none, whoever made the change owns it, unless of the team that hands over.
with held as (
  select
    h.record, h.stage, h.time_number, h.started_at, h.business, coalesce(v.within, h.within) as within,
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
)
select
  p.record, p.stage, p.time_number, p.started_at, p.business, p.within, p.told_owner, p.made_by,
  coalesce(p.told_owner, p.made_by) as owner_id, coalesce(m.calendar, t.calendar, e.calendar) as calendar
from placed as p
left join working_calendars as m on p.business and m.user_id is null and m.team_key = p.owner_team_key
left join working_calendars as t on p.business and t.user_id is null and t.team_key = p.team_key
left join working_calendars as e on p.business and e.user_id is null and e.team_key is null
