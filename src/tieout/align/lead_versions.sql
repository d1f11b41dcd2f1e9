-- align/lead_versions.sql: one row for each state of a lead, as now known.
-- The first known state is assumed to have held before; `told_at` is when it was first told. A state that is told late
-- holds from when the one told before it does, so that no two states of a lead overlap. `met` has, for each stage of the
-- lifecycle with a criterion, whether the state meets it; unknown is not met.
with dated as (
  select
    s.*,
    row_number() over life as ordinal,
    max(happened_at) over (life rows between unbounded preceding and current row) as begins_at
  from source_lead_met as s
  where record is not null and happened_at is not null
  window life as (partition by record order by taken_at, position, happened_at, row_number, object)
),
told as (
  select d.*, lead(begins_at, 1, timestamp '9999-12-31') over (partition by record order by ordinal) as next_at
  from dated as d
)
select
  record, case when ordinal = 1 then timestamp '0001-01-01' else begins_at end as valid_from, next_at as valid_to,
  begins_at as told_at, op = 'delete' as deleted, owner_id, account_id, segment, region, source, source_raw, status, score,
  campaign_id, landing_page, industry, employees, country,
  lower(coalesce(nullif(trim(domain), ''), split_part(email, '@', 2))) as domain, met,
  email is not null or phone is not null as reachable
from told
where next_at > begins_at or ordinal = 1
