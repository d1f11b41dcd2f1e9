"""What can be wrong with the data itself: one rule, one query, one list.

A query gives the place (of the first record), what was given, and how many records share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.basics.findings import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from tieout.contract.model import Contract

NOW = "seen_to = timestamp '9999-12-31' and valid_to = timestamp '9999-12-31'"
LARGEST = "count(*) desc, 1"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong: its query gives `place`, `given` and the number of records."""

    code: str
    level: Level
    sql: str
    message: str
    remedy: str
    allowed: Callable[[Contract], tuple[str, ...]] = lambda _: ()


RULES: tuple[Rule, ...] = (
    Rule(
        "stage.unknown",
        Level.ERROR,
        f"""select min(object || ' ' || record), stage, count(distinct record) from opportunity_versions
        where stage is not null and stage_outcome is null and seen_to = timestamp '9999-12-31' and not deleted
        group by stage order by {LARGEST}""",
        "the stage '{given}' is not one of the contract: {n} opportunities are or were in it, and are not counted "
        "as of then.",
        "Add it to pipeline.yaml, as a stage or under `also` of the stage it was renamed from.",
        lambda contract: tuple(stage.name for stage in contract.pipeline.stages),
    ),
    Rule(
        "type.unknown",
        Level.WARNING,
        f"""select min(v.object || ' ' || v.record), v.type, count(distinct v.record) from opportunity_versions as v
        left join pipeline_types as t on t.name_key = lower(v.type)
        where v.type is not null and t.name_key is null and {NOW} and not v.deleted
        group by v.type order by {LARGEST}""",
        "the type '{given}' is not one of the contract: {n} opportunities are of no counted type.",
        "Add it to `types` of pipeline.yaml, or rename it with `values` in the mapping of `type`.",
        lambda contract: contract.pipeline.types,
    ),
    Rule(
        "currency.missing",
        Level.WARNING,
        f"""select min(object || ' ' || record), 'no currency', count(distinct record) from opportunity_versions
        where currency is null and coalesce(arr, acv, tcv) is not null and not missing and not deleted and {NOW}
        having count(*) > 0""",
        "{n} opportunities have an amount and no currency: they add nothing.",
        "Fill the currency in the system, or give the mapping of `currency` a `sql` with a default.",
    ),
    Rule(
        "amount.missing",
        Level.WARNING,
        f"""select min(object || ' ' || record), 'no amount', count(distinct record) from opportunity_versions
        where arr is null and tcv is null and acv is null and stage_outcome = 'open' and not deleted and {NOW}
        having count(*) > 0""",
        "{n} open opportunities have no amount: they count as records and add nothing.",
        "Fill the amount in the system, or map the column that holds it.",
    ),
    Rule(
        "close_date.missing",
        Level.WARNING,
        f"""select min(object || ' ' || record), 'no close date', count(distinct record) from opportunity_versions
        where close_date is null and exists (select 1 from opportunity_changes where set_close_date)
          and stage_outcome = 'open' and not deleted and {NOW}
        having count(*) > 0""",
        "{n} open opportunities have no close date: they belong to no period.",
        "Fill the close date in the system.",
    ),
    Rule(
        "closing.unknown",
        Level.WARNING,
        f"""select min(object || ' ' || record), 'no close date', count(distinct record) from opportunity_versions
        where close_date is null and stage_outcome in ('won', 'lost') and not outcome_told and not deleted and {NOW}
        having count(*) > 0""",
        "{n} opportunities have no close date and were first seen as closed: nothing tells when; of no period.",
        "Fill the close date in the system, or connect the field history of the stage.",
    ),
    Rule(
        "close_date.impossible",
        Level.WARNING,
        f"""select min(object || ' ' || record), cast(close_date as varchar), count(distinct record)
        from opportunity_versions
        where (close_date < date '2000-01-01' or close_date >= date '2051-01-01') and not deleted and {NOW}
        group by close_date order by {LARGEST}""",
        "the close date {given} lies outside 2000 to 2050: {n} opportunities.",
        "Mend the date in the system.",
    ),
    Rule(
        "account.unknown",
        Level.WARNING,
        """select min(v.object || ' ' || v.record), min(v.account_id), count(distinct v.record)
        from opportunity_versions as v left join account_versions as a on a.record = v.account_id
        where v.account_id is not null and a.record is null and v.seen_to = timestamp '9999-12-31'
          and v.valid_to = timestamp '9999-12-31' and not v.deleted and exists (select 1 from account_versions)
        having count(*) > 0""",
        "{n} opportunities have an account that is in no extract of accounts (the first is '{given}'): what it would "
        "tell of them is unknown.",
        "Include it in the extract of accounts, or mend the opportunity's account.",
    ),
    Rule(
        "owner.unknown",
        Level.WARNING,
        """select min(v.object || ' ' || v.record), min(v.owner_id), count(distinct v.record)
        from opportunity_versions as v left join user_places as u on u.record = v.owner_id
        where v.owner_id is not null and u.record is null and v.seen_to = timestamp '9999-12-31'
          and v.valid_to = timestamp '9999-12-31' and not v.deleted and exists (select 1 from user_places)
        having count(*) > 0""",
        "{n} opportunities have an owner who is in no extract of users (the first is '{given}'): they have no team.",
        "Include former users in the extract of users.",
    ),
    Rule(
        "state.missing",
        Level.NOTE,
        """select min(object || ' ' || record), 'missing', count(distinct record) from opportunity_versions
        where missing and seen_to = timestamp '9999-12-31' having count(*) > 0""",
        "{n} opportunities existed before anything tells their state: they are not counted as of those days.",
        "Nothing to do; a field history of the system would fill the gap as derived history.",
    ),
    Rule(
        "lead.won_early",
        Level.WARNING,
        """select min('lead ' || w.lead_id), cast(min(w.won_at) as varchar), count(distinct w.lead_id)
        from lead_wins as w join leads as l on l.record = w.lead_id
        where w.won_at < l.first_contact_at having count(*) > 0""",
        "{n} leads were won before their first contact (the first on {given}).",
        "Mend the first contact or the date of winning in the system that has it wrong.",
    ),
    Rule(
        "lead.unknown",
        Level.WARNING,
        """select min('opportunity ' || o.record), min(o.lead_id), count(distinct o.record)
        from opportunities as o left join leads_told as l on l.record = o.lead_id
        where o.lead_id is not null and l.record is null and not o.deleted and exists (select 1 from leads_told)
        having count(*) > 0""",
        "{n} opportunities name a lead that is in no extract of leads (the first is '{given}').",
        "Include converted leads in the extract of leads.",
    ),
    Rule(
        "claim.unknown",
        Level.WARNING,
        """select min('claim ' || c.record), min(c.opportunity_id), count(distinct c.record)
        from claims as c left join opportunity_versions as v on v.record = c.opportunity_id
        where c.opportunity_id is not null and v.record is null and c.seen_to = timestamp '9999-12-31'
        having count(*) > 0""",
        "{n} claims name an opportunity that no system has (the first is '{given}').",
        "Ask the owner of the claims for the record, or leave the opportunity empty.",
    ),
    Rule(
        "exclusion.unused",
        Level.NOTE,
        """select min('exclusions.csv ' || x.id), min(x.id), count(distinct x.id) from exclusions as x
        left join opportunity_versions as v on x.object = 'opportunity' and v.record = x.id
        left join account_versions as a on x.object = 'account' and a.record = x.id
        where v.record is null and a.record is null having count(*) > 0""",
        "{n} entries of the exclusion register name a record that no system has (the first is '{given}').",
        "Mend the id, or take the entry out.",
    ),
    Rule(
        "exclusion.expired",
        Level.WARNING,
        """select min('exclusions.csv ' || x.id), cast(min(x.ends_at) as varchar), count(*) from exclusions as x
        where x.ends_at <= (select heard_until from present) having count(*) > 0""",
        "{n} exclusions have run out (the first on {given}): their records are counted again.",
        "Renew them with a new reason, or take them out.",
    ),
    Rule(
        "merge.unknown",
        Level.WARNING,
        """select min(m.record), min(m.into_record), count(*) from opportunity_merges as m
        left join opportunity_versions as v on v.record = m.into_record
        where v.record is null having count(*) > 0""",
        "{n} opportunities are merged into a record that no system has (the first is '{given}').",
        "Mend the merge, so that the surviving record is counted.",
    ),
    Rule(
        "merge.lost",
        Level.WARNING,
        """select min(m.object || ' ' || m.id), min(m.into_id), count(*) from registered_merges as m
        left join (
          select 'account' as object, record from source_account union select 'contact', record from source_contact
          union select 'lead', record from source_lead
        ) as k on k.object = m.object and k.record = m.into_id
        where m.object <> 'opportunity' and k.record is null having count(*) > 0""",
        "{n} entries of the merge register lead into an account, contact or lead that no system has (the first is "
        "'{given}').",
        "Mend the id: a merge of accounts or contacts is not followed there, and a merged lead is not counted.",
    ),
    Rule(
        "merge.circle",
        Level.WARNING,
        """select min(a.object || ' ' || a.record), min(a.record), count(*) from survivors_now as a
        join survivors_now as b on b.object = a.object and b.record = a.survivor
        where a.object in ('opportunity', 'lead') having count(*) > 0""",
        "{n} opportunities or leads are merged in a circle by their system (the first is '{given}'): none is counted.",
        "Mend the merge in the system, so that one of them stays.",
    ),
    Rule(
        "merge.unused",
        Level.NOTE,
        """select min('merges.csv ' || m.id), min(m.id), count(*) from registered_merges as m
        left join (
          select 'account' as object, record from source_account union select 'contact', record from source_contact
          union select 'lead', record from source_lead union select 'opportunity', record from opportunity_changes
        ) as k on k.object = m.object and k.record = m.id
        where k.record is null having count(*) > 0""",
        "{n} entries of the merge register name a duplicate that no system has (the first is '{given}').",
        "Mend the id, or take the entry out.",
    ),
    Rule(
        "merge.expired",
        Level.WARNING,
        """select min('merges.csv ' || m.id), cast(min(m.ends_at) as varchar), count(*) from registered_merges as m
        cross join present as h where m.ends_at <= h.heard_until having count(*) > 0""",
        "{n} merges have run out (the first on {given}): their records stand for themselves again.",
        "Renew them, or take them out. `tieout effects` shows what they are worth.",
    ),
    Rule(
        "merge.excluded",
        Level.WARNING,
        """select min('account ' || n.record), min(n.survivor), count(distinct n.record)
        from survivors_now as n cross join present as h
        left join exclusions as x on x.object = 'account' and x.id = n.record and x.ends_at > h.heard_until
        left join exclusions as y on y.object = 'account' and y.id = n.survivor and y.ends_at > h.heard_until
        where n.object = 'account' and (x.id is null) <> (y.id is null) having count(*) > 0""",
        "{n} accounts are merged with another of which one is excluded and the other is not (the first is merged into "
        "'{given}'): a merge never moves money, so each is left out or counted as before.",
        "Exclude both, or neither.",
    ),
    Rule(
        "history.flagged",
        Level.NOTE,
        """select min(object || ' ' || record), 'taken', count(*) from opportunity_changes
        where flagged and voice = 'row' having count(*) > 0""",
        "{n} changes have no modified time within their pull's window: they are dated by the taking of the pull.",
        "Map `modified` to the system's own time of change, if it has one.",
    ),
)
