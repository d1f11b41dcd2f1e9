-- align/handoffs.sql: one row for each time that somebody was handed over: a lead entered a stage, a deal was won, a renewal was opened.
-- A merged lead stands for its survivor, and being told the same stage again is no new hand-off. The first stage is entered
-- with the first contact, unless a change is told before; sending back at the time of entering a stage is after it, unless
-- that stage was not beyond the one before, as in funnel_episodes.
-- `forward_at` is when the lead went on to a later stage; `ended_at` is when it was sent back, entered the same stage anew or
-- left the stages of the contract (a deal: was re-opened, a renewal: closed): what happens from then on does not answer.
with places as (
  select distinct name, place from lifecycle_stages
),
judged as (
  select name, step, row_number() over (partition by step order by place) as turn
  from lifecycle_stages
  where criterion is not null
),
changes as (
  select lead_id, stage, entered_at, sent_back, user_id, record, false as arrived
  from lead_stages
  union all
  select e.lead_id, g.name, e."at", e.ending, cast(null as varchar), e.lead_id, false
  from funnel_events as e
  left join judged as g on e.told_by = 'criterion' and g.step = e.step and g.turn = 1
  where e.told_by in ('criterion', 'status')
  union all
  select e.lead_id, h.stage, e."at", cast(null as varchar), cast(null as varchar), e.lead_id, true
  from funnel_events as e
  join handoff_terms as h on h.step = 0 and h.begins = 'stage'
  left join lifecycle_stages as b on b.step = 0 and b.place < h.place
  where e.told_by = 'contact' and b.name is null
),
named as (
  select
    coalesce(n.survivor, s.lead_id) as lead_id, s.lead_id as told_lead_id, s.stage, s.entered_at, s.user_id, s.record,
    case when s.sent_back is null then g.place end as place, g.place as told_place, s.arrived, s.sent_back
  from changes as s
  left join survivors_now as n on n.object = 'lead' and n.record = s.lead_id
  left join places as g on g.name = s.stage
),
begun as (
  select lead_id, min(entered_at) as entered_at
  from named
  where not arrived and lead_id in (select lead_id from named where arrived)
  group by lead_id
),
arrivals as (
  select
    a.*, row_number() over (
      partition by a.lead_id order by a.entered_at, coalesce(a.told_place, -1), a.record, a.told_lead_id
    ) as nth
  from named as a
  left join begun as b on b.lead_id = a.lead_id
  where a.arrived and (b.lead_id is null or a.entered_at <= b.entered_at)
),
told as (
  select * from named where not arrived
  union all
  select
    lead_id, told_lead_id, stage, entered_at, user_id, record, place, told_place, arrived, sent_back
  from arrivals
  where nth = 1
),
turned as (
  select
    lead_id, told_lead_id, stage, entered_at, user_id, place,
    row_number() over before * 2 - case
      when sent_back is not null and lag(entered_at) over before = entered_at and lag(entered_at, 2) over before < entered_at
        and lag(place, 2) over before >= lag(place) over before
      then 3 else 0
    end as ordinal
  from told
  window before as (
    partition by lead_id
    order by
      entered_at, case when arrived then 0 when sent_back is null then 1 else 2 end, coalesce(told_place, -1), record, told_lead_id
  )
),
followed as (
  select t.*, lag(stage) over (partition by lead_id order by ordinal) as stage_before
  from turned as t
),
entered as (
  select * from followed where stage is distinct from stage_before
),
handed as (
  select
    e.*, row_number() over (partition by e.lead_id, e.stage order by e.entered_at, e.told_lead_id) as time_number
  from entered as e
  join handoff_terms as h on h.stage = e.stage and h.begins = 'stage'
),
going as (
  select
    a.lead_id, a.ordinal,
    min(b.entered_at) filter (where b.place > a.place) as forward_at,
    min(b.entered_at) filter (where b.place is null or b.place <= a.place) as ended_at
  from handed as a
  join entered as b on b.lead_id = a.lead_id and b.ordinal > a.ordinal
  group by a.lead_id, a.ordinal
),
leads_over as (
  select
    e.lead_id as record, e.time_number, e.lead_id, e.told_lead_id, cast(null as varchar) as opportunity_id, l.account_id, l.person,
    e.stage, e.entered_at as started_at, e.user_id as changed_by,
    case when g.ended_at is null or g.forward_at < g.ended_at then g.forward_at end as forward_at, g.ended_at,
    l.record is not null as lead_known
  from handed as e
  left join going as g on g.lead_id = e.lead_id and g.ordinal = e.ordinal
  left join leads as l on l.record = e.lead_id
),
deals_over as (
  select
    o.record, row_number() over (partition by o.record, h.stage order by o.closed_at, p.lead_id) as time_number,
    p.lead_id, p.lead_id as told_lead_id, o.record as opportunity_id, p.account_id, l.person, h.stage, o.closed_at as started_at,
    cast(null as varchar) as changed_by, cast(null as timestamp) as forward_at,
    case when o.reopened_at < timestamp '9999-01-01' then o.reopened_at end as ended_at, true as lead_known
  from outcomes as o
  join opportunities as p on p.record = o.record and p.into_record is null and not p.deleted
  join handoff_terms as h on h.begins = 'won'
  left join leads as l on l.record = p.lead_id
  where o.outcome = 'won' and lower(coalesce(p.type, '')) <> 'renewal'
),
opened as (
  select record, min(entered_at) as opened_at from stage_visits group by record
),
closed as (
  select record, min(closed_at) as closed_at from outcomes group by record
),
renewals_over as (
  select
    p.record, row_number() over (partition by p.record, h.stage order by s.opened_at, p.lead_id) as time_number,
    p.lead_id, p.lead_id as told_lead_id, p.record as opportunity_id, p.account_id, l.person, h.stage, s.opened_at as started_at,
    cast(null as varchar) as changed_by, cast(null as timestamp) as forward_at, c.closed_at as ended_at, true as lead_known
  from opportunities as p
  join opened as s on s.record = p.record
  join handoff_terms as h on h.begins = 'renewal'
  left join closed as c on c.record = p.record
  left join leads as l on l.record = p.lead_id
  where p.into_record is null and not p.deleted and lower(coalesce(p.type, '')) = 'renewal'
),
every as (
  select * from leads_over
  union all
  select * from deals_over
  union all
  select * from renewals_over
)
select
  e.record, e.time_number, e.stage, h.place, h.begins, h.answer, h.within, h.business, h.to_owner, e.lead_id, e.told_lead_id,
  e.opportunity_id, e.account_id, e.person, e.lead_known, e.started_at, e.changed_by, e.forward_at, e.ended_at
from every as e
join handoff_terms as h on h.stage = e.stage
cross join present as n
where e.started_at <= n.heard_until
