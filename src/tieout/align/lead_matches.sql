-- align/lead_matches.sql: one row for each lead, with the account it belongs to and the reason: the first rule that finds one.
-- A domain or a company name that several accounts share, or that anybody may use, decides nothing; merged accounts are one.
with accounts as (
  select
    coalesce(n.survivor, a.record) as record, lower(nullif(trim(a.name), '')) as name_key,
    lower(nullif(trim(a.domain), '')) as domain
  from account_versions as a
  left join survivors_now as n on n.object = 'account' and n.record = a.record
  where a.valid_to = timestamp '9999-12-31' and a.seen_to = timestamp '9999-12-31'
    and (n.survivor is not null or not a.deleted and a.merged_into is null)
),
domains as (
  select a.domain, min(a.record) as account_id
  from accounts as a
  left join public_domains as p on p.domain = a.domain
  where p.domain is null and a.domain is not null
  group by a.domain
  having count(distinct a.record) = 1
),
names as (
  select name_key, min(record) as account_id from accounts where name_key is not null group by name_key
  having count(distinct record) = 1
),
emails as (
  select email_key, min(account_id) as account_id
  from contacts
  where email_key is not null and account_id is not null and merged_into is null
  group by email_key
  having count(distinct account_id) = 1
),
found as (
  select
    l.record, coalesce(s.survivor, l.account_id) as told, e.account_id as by_email, d.account_id as by_domain, n.account_id as by_name
  from leads_told as l
  left join survivors_now as s on s.object = 'account' and s.record = l.account_id
  left join emails as e on e.email_key = l.email_key
  left join domains as d on d.domain = l.domain
  left join names as n on n.name_key = l.company_key
)
select
  record,
  coalesce(told, by_email, by_domain, by_name) as account_id,
  case
    when told is not null then 'told by the system'
    when by_email is not null then 'same email as a contact'
    when by_domain is not null then 'email domain'
    when by_name is not null then 'company name'
    else 'no match'
  end as reason
from found
