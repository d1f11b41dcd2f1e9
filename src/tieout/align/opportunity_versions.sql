-- align/opportunity_versions.sql: one row for each state of an opportunity and each span of time over which we knew it so.
-- True from `valid_from` until before `valid_to`; known so from `seen_from` until before `seen_to`.
select * from opportunity_told
union all
select * from opportunity_composed
