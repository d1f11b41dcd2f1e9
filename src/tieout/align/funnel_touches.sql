-- align/funnel_touches.sql: one row for each episode in the funnel of a person that was touched, with the first human touch of sales and the touches of marketing before its opportunity.
-- `touched_at` is the first of `human_touches` by sales, or by those who answer the hand-off of an mql, at or after becoming
-- an mql and before the next episode. Marketing's are those that are not automated, from the first contact on, in a later
-- episode from the end of the one before, up to and including the moment of the step; null where the step is not told.
with leads_of as (
  select record, person from persons where entity = 'lead'
),
contacts_of as (
  select record, person from persons where entity = 'contact'
),
touches as (
  select coalesce(l.person, c.person) as person, a.at
  from activities_told as a
  left join leads_of as l on l.record = a.lead_id
  left join contacts_of as c on c.record = a.contact_id and l.person is null
  where not a.automated and a.at is not null and lower(trim(a.by_function)) = 'marketing'
    and coalesce(l.person, c.person) is not null
),
opened as (
  select person, opened_at from funnel_deals where opened_at is not null
),
deals as (
  select e.person, e.episode, min(d.opened_at) as opened_at
  from funnel_episodes as e
  join opened as d on d.person = e.person and d.opened_at >= e.began_at and d.opened_at < e.next_at
  group by e.person, e.episode
),
spans as (
  select
    e.person, e.episode, e.mql_at, e.sql_at,
    least(coalesce(e.opportunity_at, d.opened_at), coalesce(d.opened_at, e.opportunity_at)) as opportunity_at, e.next_at,
    coalesce(
      lag(coalesce(e.ended_at, e.began_at)) over (partition by e.person order by e.episode), timestamp '0001-01-01'
    ) as counted_from
  from funnel_episodes as e
  left join deals as d on d.person = e.person and d.episode = e.episode
),
answering as (
  select f.function_key
  from handoff_functions as f
  join handoff_terms as h on h.stage = f.stage and h.step = 1 and h.begins = 'stage'
  union
  select 'sales'
),
worked as (
  select s.person, s.episode, min(t.at) as touched_at
  from spans as s
  join human_touches as t on t.person = s.person and t.at >= s.mql_at and t.at < s.next_at
  join answering as f on f.function_key = t.function_key
  group by s.person, s.episode
),
counted as (
  select
    s.person, s.episode,
    case when s.opportunity_at is not null then count(*) filter (where t.at <= s.opportunity_at) end as to_opportunity
  from spans as s
  join touches as t on t.person = s.person and t.at > s.counted_from
  group by s.person, s.episode, s.opportunity_at
)
select
  s.person, s.episode, s.mql_at, s.sql_at, s.opportunity_at, w.touched_at,
  case when s.opportunity_at is not null then coalesce(c.to_opportunity, 0) end as to_opportunity
from spans as s
left join worked as w on w.person = s.person and w.episode = s.episode
left join counted as c on c.person = s.person and c.episode = s.episode
where w.person is not null or c.person is not null
