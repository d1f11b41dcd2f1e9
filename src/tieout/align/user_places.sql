-- align/user_places.sql: one row for each state of a user in the organization and each span of time over which we knew it so.
-- What the register of teams says of a user comes before what the systems say; what it leaves open is as they say. Users
-- whom only the register knows are known from the beginning. The rows of a record cover all of time.
with voices as (
  select record, valid_from, valid_to, seen_from, seen_to, deleted, team, region, manager_id, role, active
  from user_versions
  union all
  select
    t.user_id, timestamp '0001-01-01', timestamp '9999-12-31', timestamp '0001-01-01', timestamp '9999-12-31', false,
    null, null, null, null, null
  from (select distinct user_id from team_spans) as t
  left join (select distinct record from user_versions) as u on u.record = t.user_id
  where u.record is null
)
select
  v.record,
  greatest(v.valid_from, coalesce(t.starts_at, v.valid_from)) as valid_from,
  least(v.valid_to, coalesce(t.ends_at, v.valid_to)) as valid_to,
  v.seen_from, v.seen_to, v.deleted,
  coalesce(t.team, v.team) as team, coalesce(t.region, v.region) as region,
  coalesce(t.manager_id, v.manager_id) as manager_id, coalesce(t.role, v.role) as role, t.territory, v.active,
  coalesce(t.listed, false) as listed
from voices as v
left join team_spans as t on t.user_id = v.record and t.starts_at < v.valid_to and v.valid_from < t.ends_at
