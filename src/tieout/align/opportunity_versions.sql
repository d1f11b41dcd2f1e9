-- align/opportunity_versions.sql: one row for each state of an opportunity, with when it was true and when we knew it so.
-- As of D and known at K a state holds if `valid_from` <= D < `valid_end`, `seen_from` <= K < `seen_to`, and either
-- D < `valid_to` or K < `end_heard`: its end was not known before that. As now known, it holds from `valid_from` until
-- before `valid_to` where `seen_to` has no end.
select * from opportunity_told
union all
select * from opportunity_composed
