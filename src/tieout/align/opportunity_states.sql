-- align/opportunity_states.sql: one row for each state of an opportunity with its account's and its owner's, as long as all three last.
-- `account_id` is the account that survives every merge; `told_account_id` is the one that the system names.
-- Every pipeline figure is counted from it. While an opportunity is open it follows its owner and its account; once closed
-- it keeps the owner it had then, and where owner and account stood on the day it closed (its close date, never later than
-- the closing itself). `closed_at` is null where nothing tells when it was closed: it was first seen so.
-- When a row holds is told as in opportunity_versions; from `gone_at` on it does so for no known-at. What was said of each
-- moment then, it holds from `said_from` until before `said_to`.
-- Rows that last alike long lie together, in the order of their beginning: as of any moment, most of the file need not be read.
with days as (
  select day, min(starts_at) as starts_at, min(ends_at) as ends_at
  from calendar_days
  group by day
),
merged as (
  select
    v.record,
    greatest(v.valid_from, coalesce(w.valid_from, v.valid_from)) as valid_from,
    least(v.valid_to, coalesce(w.valid_to, v.valid_to)) as valid_to,
    least(v.valid_end, coalesce(w.valid_to, v.valid_end)) as valid_end,
    greatest(v.seen_from, coalesce(w.seen_from, v.seen_from)) as seen_from,
    least(v.seen_to, coalesce(w.seen_to, v.seen_to)) as seen_to,
    v.end_heard, v.missing, v.deleted, coalesce(w.survivor, v.account_id) as account_id,
    v.account_id as told_account_id,
    case when v.stage_outcome <> 'open' then coalesce(v.outcome_owner_id, v.owner_id) else v.owner_id end as owner_id,
    v.lead_id, v.type, v.stage, v.stage_rank, v.category, v.stage_outcome,
    v.stage_probability, v.probability, v.close_date, v.created_at, v.arr, v.acv, v.tcv, v.currency, v.source, v.reason,
    v.competitor, v.accepted, v.outcome_since, v.stage_since, v.segment, v.region,
    case when v.stage_outcome <> 'open' and v.outcome_told then v.outcome_since end as closed_at,
    v.stage_grade, v.type_grade, v.close_date_grade, v.currency_grade, v.arr_grade, v.acv_grade, v.tcv_grade,
    case
      when v.stage_outcome <> 'open' and d.ends_at <= v.outcome_since then d.starts_at
      when v.stage_outcome <> 'open' then v.outcome_since
    end as stamped_at
  from opportunity_versions as v
  left join days as d on d.day = v.close_date and v.stage_outcome <> 'open'
  left join survivors as w
    on w.object = 'account' and w.record = v.account_id
    and w.valid_from < v.valid_end and v.valid_from < w.valid_to
    and w.seen_from < v.seen_to and v.seen_from < w.seen_to
),
placed as (
  select
    v.*, coalesce(stamped_at, valid_from) as placed_from, coalesce(stamped_at, valid_end) as placed_to
  from merged as v
  where v.valid_to > v.valid_from or v.end_heard > v.seen_from
),
accounted as (
  select
    v.*, a.seen_from as account_seen_from, a.seen_to as account_seen_to,
    case when v.stamped_at is null then a.valid_from end as account_from,
    case when v.stamped_at is null then a.valid_to end as account_to,
    a.segment as account_segment, a.territory as account_territory, a.region as account_region, a.industry, a.country,
    a.employees
  from placed as v
  left join account_places as a
    on a.record = v.account_id
    and a.valid_from <= v.placed_to and v.placed_from < a.valid_to
    and a.seen_from < v.seen_to and v.seen_from < a.seen_to
    and (a.valid_from < v.placed_to or v.stamped_at is not null)
),
held as (
  select
    v.record,
    greatest(v.valid_from, coalesce(account_from, v.valid_from), coalesce(case when stamped_at is null then u.valid_from end, v.valid_from)) as valid_from,
    least(v.valid_to, coalesce(account_to, v.valid_to), coalesce(case when stamped_at is null then u.valid_to end, v.valid_to)) as valid_to,
    least(v.valid_end, coalesce(account_to, v.valid_end), coalesce(case when stamped_at is null then u.valid_to end, v.valid_end)) as valid_end,
    greatest(v.seen_from, coalesce(account_seen_from, v.seen_from), coalesce(u.seen_from, v.seen_from)) as seen_from,
    least(v.seen_to, coalesce(account_seen_to, v.seen_to), coalesce(u.seen_to, v.seen_to)) as seen_to,
    v.end_heard,
    v.missing, v.deleted, v.account_id, v.told_account_id, v.owner_id, v.lead_id, v.type, v.stage, v.stage_rank, v.category,
    v.stage_outcome as outcome, v.stage_probability, v.probability, v.close_date, v.created_at, v.arr,
    coalesce(v.acv, v.arr) as acv, coalesce(v.tcv, v.arr) as tcv, upper(v.currency) as currency, v.source, v.reason,
    v.competitor, v.accepted, v.outcome_since, v.closed_at, v.stage_since,
    coalesce(v.segment, v.account_segment) as segment,
    coalesce(v.account_territory, u.territory) as territory,
    coalesce(v.region, v.account_region, u.region) as region,
    u.team, u.manager_id, v.industry, i.vertical, v.country, v.employees,
    v.stage_grade, v.type_grade, v.close_date_grade, v.currency_grade, v.arr_grade,
    case when v.acv is null then v.arr_grade else v.acv_grade end as acv_grade,
    case when v.tcv is null then v.arr_grade else v.tcv_grade end as tcv_grade
  from accounted as v
  left join user_places as u
    on u.record = v.owner_id
    and u.valid_from <= least(v.placed_to, coalesce(v.account_to, v.placed_to))
    and greatest(v.placed_from, coalesce(v.account_from, v.placed_from)) < u.valid_to
    and u.seen_from < least(v.seen_to, coalesce(v.account_seen_to, v.seen_to))
    and greatest(v.seen_from, coalesce(v.account_seen_from, v.seen_from)) < u.seen_to
    and (u.valid_from < least(v.placed_to, coalesce(v.account_to, v.placed_to)) or v.stamped_at is not null)
  left join industry_verticals as i on i.industry_key = lower(trim(v.industry))
)
select
  h.*, greatest(valid_to, least(valid_end, end_heard)) as gone_at, greatest(valid_from, seen_from) as said_from,
  least(valid_end, seen_to, greatest(valid_to, least(valid_end, end_heard))) as said_to
from held as h
order by
  floor(ln(nullif(greatest(0, date_diff('day', valid_from, valid_to)) + 1, 0))),
  floor(ln(nullif(greatest(0, date_diff('day', seen_from, seen_to)) + 1, 0))),
  valid_from, record, seen_from
