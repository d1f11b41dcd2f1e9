-- align/funnel_touches.sql: one row for each episode in the funnel of a person that was touched, with the first human touch of sales and the touches of marketing before each step.
-- Automated ones are no touches. `touched_at` is the first touch by sales at or after becoming an mql and before the next
-- episode; marketing's are counted from the first contact on, in a later episode from the end of the one before, up to
-- and including the moment of the step; null where the step is not told.
with leads_of as (
  select record, person from persons where entity = 'lead'
),
contacts_of as (
  select record, person from persons where entity = 'contact'
),
touches as (
  select coalesce(l.person, c.person) as person, a.at, lower(trim(a.by_function)) as by_function
  from activities_told as a
  left join leads_of as l on l.record = a.lead_id
  left join contacts_of as c on c.record = a.contact_id and l.person is null
  where not a.automated and a.at is not null and lower(trim(a.by_function)) in ('sales', 'marketing')
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
)
select
  s.person, s.episode, s.mql_at, s.sql_at, s.opportunity_at,
  min(t.at) filter (where t.by_function = 'sales' and t.at >= s.mql_at and t.at < s.next_at) as touched_at,
  case when s.mql_at is not null then
    count(*) filter (where t.by_function = 'marketing' and t.at > s.counted_from and t.at <= s.mql_at) end as to_mql,
  case when s.sql_at is not null then
    count(*) filter (where t.by_function = 'marketing' and t.at > s.counted_from and t.at <= s.sql_at) end as to_sql,
  case when s.opportunity_at is not null then
    count(*) filter (where t.by_function = 'marketing' and t.at > s.counted_from and t.at <= s.opportunity_at) end as to_opportunity
from spans as s
join touches as t on t.person = s.person
group by s.person, s.episode, s.mql_at, s.sql_at, s.opportunity_at
