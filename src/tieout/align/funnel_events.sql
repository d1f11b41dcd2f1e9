-- align/funnel_events.sql: one row for each event on a person's way through the funnel, as now known.
-- `step` is the place of the step entered (0 lead, 1 mql, 2 sal, 3 sql, 4 opportunity, 5 won); `ending` is set where the
-- event sends the person back (recycled, disqualified) or closes the deal (lost). A first contact, a change told by the
-- system's log, an opportunity opened, won or lost. Only where no log tells anything, the criterion of a stage and a
-- lead's status do. A move back to the first step sends back: disqualified where the lead's status then says so.
with logs as (
  select count(*) as changes from source_lifecycle_change where record is not null
),
people as (
  select p.person, l.record, coalesce(l.first_contact_at, l.created_at) as contacted_at
  from persons as p
  join leads_told as l on l.record = p.record
  where p.entity = 'lead'
),
logged as (
  select
    p.person, s.entered_at as "at", s.step, s.sent_back, s.lead_id, s.reason, s.user_id, b.kind as status_kind
  from lead_stages as s
  join people as p on p.record = s.lead_id
  left join lead_versions as v
    on s.step = 0 and v.record = s.lead_id and v.valid_from <= s.entered_at and s.entered_at < v.valid_to
  left join lifecycle_sent_back as b on b.name_key = lower(trim(v.status))
  where s.step is not null or s.sent_back is not null
),
judged as (
  select
    v.record, v.told_at, g.step, v.met[g.criterion] as met,
    lag(v.met[g.criterion], 1, false) over (partition by v.record, g.name order by v.valid_from) as met_before
  from lead_versions as v
  join lifecycle_stages as g on g.criterion is not null and g.step > 0
  cross join logs as k
  where k.changes = 0 and not v.deleted
),
statuses as (
  select
    v.record, v.told_at, b.kind, lag(b.kind) over (partition by v.record order by v.valid_from) as kind_before
  from lead_versions as v
  left join lifecycle_sent_back as b on b.name_key = lower(trim(v.status))
  cross join logs as k
  where k.changes = 0 and not v.deleted
)
select person, contacted_at as "at", 0 as step, null as ending, 'contact' as told_by, record as lead_id, null as opportunity_id,
  null as reason, null as user_id
from people
where contacted_at is not null
union all
select
  person, "at", step,
  case when sent_back is not null then sent_back when step = 0 then coalesce(status_kind, 'recycled') end, 'log', lead_id,
  null, reason, user_id
from logged
union all
select p.person, j.told_at, j.step, null, 'criterion', j.record, null, null, null
from judged as j
join people as p on p.record = j.record
where j.met and not j.met_before
union all
select p.person, s.told_at, null, s.kind, 'status', s.record, null, null, null
from statuses as s
join people as p on p.record = s.record
where s.kind is not null and s.kind_before is distinct from s.kind
union all
select distinct person, opened_at, 4, null, 'opportunity', null, record, null, null
from funnel_deals
where opened_at is not null
union all
select person, won_at, 5, null, 'opportunity', null, record, null, null
from funnel_deals
where won_at is not null
union all
select distinct person, lost_at, null, 'lost', 'opportunity', null, record, null, null
from funnel_deals
where lost_at is not null
