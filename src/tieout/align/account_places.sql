-- align/account_places.sql: one row for each state of an account under each run of rules, with its segment and territory by them.
-- The rows of a record cover all of time, as those of account_versions do. Where no rule gives a segment, the one that the
-- system told stands.
select
  a.record, greatest(a.valid_from, r.starts_at) as valid_from, least(a.valid_to, r.ends_at) as valid_to,
  a.seen_from, a.seen_to, a.deleted, a.merged_into, a.industry, a.employees, a.country, a.region,
  coalesce(a.rule_segments[r.place], a.segment) as segment,
  a.rule_territories[r.place] as territory
from account_versions as a
join placing_rules as r on r.starts_at < a.valid_to and a.valid_from < r.ends_at
