-- align/funnel_episodes.sql: one row for each episode of a person in the funnel: from the first contact, or from entering again, to being sent back or won.
-- Times are those of the first entry into each step by the events told of it; a step not told is null, also where a later
-- one is. The first episode begins with the first contact; being sent back, won or lost ends an episode, and the next step
-- from mql to opportunity, or a new opportunity, begins the next. A log that tells late of the opportunity of a deal that is
-- closed already begins nothing, and a move to the first step before any other, or at its time, is none. Sent back at the
-- very time of a step that was not beyond the one before, the person was sent back first; else the step is the first of both.
-- `lead_id` is the lead record that entered (as an mql, else first), and source, campaign, owner, segment and score are its
-- own as of `entered_at`. `ended_at` is when it was sent back or lost, `grade` is 1 where a criterion stands for a log.
with ordered as (
  select
    e.*,
    row_number() over told as place,
    first_value(case when ending is null and step between 1 and 4 then "at" end ignore nulls) over (
      told rows between unbounded preceding and 1 preceding
    ) as entered_before
  from funnel_events as e
  window told as (
    partition by person
    order by "at", case when ending is null then 0 else 1 end, step, told_by, coalesce(lead_id, opportunity_id)
  )
),
marked as (
  select
    o.*,
    case when ending is not null or step = 5 then coalesce(ending, 'won') end as closes,
    case when ending is null and step between 1 and 4 then 1 else 0 end as enters,
    case when ending is null and (step between 1 and 3 or step = 4 and told_by = 'opportunity') then 1 else 0 end as enters_surely
  from ordered as o
),
meant as (
  select m.* exclude (entered_before)
  from marked as m
  where not (told_by = 'log' and coalesce(step, -1) = 0 and (entered_before is null or "at" <= entered_before))
),
turned as (
  select
    m.*,
    place * 2 - case
      when ending in ('recycled', 'disqualified') and lag("at") over told = "at" and lag(enters) over told = 1
        and lag("at", 2) over told < "at" and lag(enters, 2) over told = 1 and lag(step, 2) over told >= lag(step) over told
      then 3 else 0
    end as turn
  from meant as m
  window told as (partition by person order by place)
),
behind as (
  select
    m.*,
    last_value(case when closes is not null then closes when enters = 1 then 'going on' end ignore nulls) over before as last_closed,
    last_value(case when closes is not null then closes when enters_surely = 1 then 'going on' end ignore nulls) over before as surely_closed
  from turned as m
  window before as (partition by person order by turn rows between unbounded preceding and 1 preceding)
),
begun as (
  select
    b.*,
    case
      when enters = 0 then 0
      when last_closed in ('recycled', 'disqualified') then 1
      when enters_surely = 1 and surely_closed in ('won', 'lost') then 1
      else 0
    end as begins
  from behind as b
),
numbered as (
  select b.*, 1 + count(nullif(begins, 0)) over (partition by person order by turn rows unbounded preceding) as episode
  from begun as b
),
ended as (
  select
    person, episode, "at", ending, reason,
    row_number() over (partition by person, episode order by turn) as nth
  from numbered
  where ending is not null
),
entered as (
  select
    person, episode, "at", lead_id, user_id,
    row_number() over (
      partition by person, episode
      order by case when step = 1 then 0 when lead_id is not null then 1 else 2 end * 1000000000 + turn
    ) as nth
  from numbered
  where ending is null
),
steps as (
  select
    person, episode,
    min("at") filter (where told_by = 'contact') as contacted_at,
    min("at") filter (where ending is null and step = 1) as mql_at,
    min("at") filter (where ending is null and step = 2) as sal_at,
    min("at") filter (where ending is null and step = 3) as sql_at,
    min("at") filter (where ending is null and step = 4 and told_by <> 'opportunity') as opportunity_at,
    min("at") filter (where ending is null and step = 5 and told_by <> 'opportunity') as won_at,
    min("at") filter (where ending is null and step = 6) as renewal_at,
    min("at") as began_at, max(case when told_by in ('criterion', 'status') then 1 else 0 end) as grade
  from numbered
  group by person, episode
),
firsts as (
  select
    person, lead_id, "at" as contacted_at,
    row_number() over (partition by person order by place) as nth
  from marked
  where told_by = 'contact'
),
held as (
  select
    s.person, s.episode, s.began_at, case when s.episode = 1 then s.contacted_at end as lead_at, s.mql_at, s.sal_at,
    s.sql_at, s.opportunity_at, s.won_at, s.renewal_at, d.at as ended_at, d.ending as ended_by, d.reason,
    coalesce(n.at, s.began_at) as entered_at, coalesce(n.lead_id, f.lead_id) as lead_id, f.lead_id as first_lead_id,
    f.contacted_at, s.grade,
    lead(s.began_at, 1, timestamp '9999-12-31') over (partition by s.person order by s.episode) as next_at
  from steps as s
  left join entered as n on n.person = s.person and n.episode = s.episode and n.nth = 1
  left join ended as d on d.person = s.person and d.episode = s.episode and d.nth = 1
  left join firsts as f on f.person = s.person and f.nth = 1
)
select
  h.person, h.episode, h.began_at, h.lead_at, h.mql_at, h.sal_at, h.sql_at, h.opportunity_at, h.won_at, h.renewal_at,
  h.ended_at, h.ended_by, h.reason, h.entered_at, h.next_at, h.lead_id, h.first_lead_id, h.contacted_at, m.account_id,
  v.source, v.source_raw, v.campaign_id, v.landing_page, v.score, v.owner_id, u.team, u.manager_id,
  coalesce(v.segment, a.segment) as segment, coalesce(a.territory, u.territory) as territory,
  coalesce(v.region, a.region) as region, coalesce(v.industry, a.industry) as industry, i.vertical,
  coalesce(v.country, a.country) as country, h.grade
from held as h
left join lead_matches as m on m.record = h.lead_id
left join lead_versions as v on v.record = h.lead_id and v.valid_from <= h.entered_at and h.entered_at < v.valid_to
left join account_places as a
  on a.record = m.account_id and a.seen_to = timestamp '9999-12-31'
  and a.valid_from <= h.entered_at and h.entered_at < a.valid_to
left join user_places as u
  on u.record = v.owner_id and u.seen_to = timestamp '9999-12-31'
  and u.valid_from <= h.entered_at and h.entered_at < u.valid_to
left join industry_verticals as i on i.industry_key = lower(trim(coalesce(v.industry, a.industry)))
