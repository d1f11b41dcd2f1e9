-- align/survivors_now.sql: one row for each record that is part of another one, as now known, at the newest taking of a pull.
select s.object, s.record, s.survivor
from survivors as s
cross join present as p
where s.seen_to = timestamp '9999-12-31' and s.valid_from <= p.heard_until and p.heard_until < s.valid_to and s.survivor <> s.record
