-- align/organization_now.sql: one row for each opportunity, with where it stands in the organization now, closed ones too.
-- Its present owner, where that owner stands now, and its account's segment, territory and region by the rules of now:
-- what `as-is` means. "Now" is the newest taking of a pull in the build.
with moments as (
  select
    v.record, v.owner_id, v.account_id, v.segment, v.region, n.heard_until,
    row_number() over (partition by v.record order by v.valid_from, v.ordinal) as place
  from opportunity_versions as v
  cross join present as n
  where v.seen_to = timestamp '9999-12-31' and v.valid_to > v.valid_from and v.valid_to > n.heard_until
)
select
  v.record, v.owner_id, u.team, u.manager_id,
  coalesce(v.segment, a.segment) as segment,
  coalesce(a.territory, u.territory) as territory,
  coalesce(v.region, a.region, u.region) as region
from moments as v
left join survivors_now as w on w.object = 'account' and w.record = v.account_id
left join account_places as a
  on a.record = coalesce(w.survivor, v.account_id) and a.seen_to = timestamp '9999-12-31'
  and a.valid_from <= v.heard_until and v.heard_until < a.valid_to
left join user_places as u
  on u.record = v.owner_id and u.seen_to = timestamp '9999-12-31'
  and u.valid_from <= v.heard_until and v.heard_until < u.valid_to
where v.place = 1
