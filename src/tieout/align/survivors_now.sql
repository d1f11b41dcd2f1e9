-- align/survivors_now.sql: one row for each record that is part of another one, as now known, at the newest moment heard of.
select s.object, s.record, s.survivor
from survivors as s
cross join heard as h
where s.seen_to = timestamp '9999-12-31' and s.valid_from <= h.until_at and h.until_at < s.valid_to and s.survivor <> s.record
