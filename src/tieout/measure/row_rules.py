"""Row rules: which records somebody may open. Totals are never limited by them.

A rule is a criterion over deals, judged as the deals stand now, with the owners and teams of now. What it does not
clearly let in stays closed. An account, and a lead, is opened with any of its deals; an activity with its deal, or
where it names none, as contacts and persons, with any deal of the accounts and leads that it names. What belongs to no
deal is not limited by a rule over deals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.contract.criteria import parse_criterion
from tieout.contract.definitions import resolve_lens
from tieout.contract.vocabulary import OPPORTUNITY_COLUMNS
from tieout.measure.lens_sql import LensView, units_sql
from tieout.measure.moments import moment_of
from tieout.measure.run_sql import rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tieout.contract.criteria import Criterion
    from tieout.measure.numbers.question import Asked

_DEALS = "select distinct 'opportunity' as entity, record as id, record as deal from opportunity_versions"
_ACCOUNTS = """
    select distinct 'account', account_id, record from opportunity_versions where account_id is not null
    union select distinct 'account', into_id, record from (
      select m.survivor as into_id, o.record from opportunity_versions as o
      join survivors as m on m.object = 'account' and m.record = o.account_id
    )"""
_LEADS = """
    select distinct 'lead', record, opportunity_id from leads_told where opportunity_id is not null
    union select distinct 'lead', lead_id, record from opportunity_versions where lead_id is not null"""

_NAMING = {
    "contact": "select record as id, account_id, lead_id, null::varchar as opportunity_id from contacts",
    "person": """
      select p.person as id, c.account_id, case p.entity when 'lead' then p.record else c.lead_id end as lead_id,
        null::varchar as opportunity_id
      from persons as p left join contacts as c on p.entity = 'contact' and c.record = p.record""",
    "activity": """
      select a.record as id, coalesce(a.account_id, c.account_id) as account_id,
        coalesce(a.lead_id, c.lead_id) as lead_id, a.opportunity_id
      from (
        select record, account_id, lead_id, contact_id, opportunity_id from activity_versions
        union all select record, account_id, lead_id, contact_id, opportunity_id from activities
      ) as a left join contacts as c on c.record = a.contact_id""",
}
"""What belongs to deals by way of the records that it names."""


def _naming(entity: str) -> str:
    """Give the deals of records that name others: of one that names a deal, that deal alone."""
    deals = "count(opportunity_id) over (partition by id)"
    return f"""
      select distinct '{entity}' as entity, n.id, d.deal
      from (
        select
          id, opportunity_id, case when {deals} = 0 then account_id end as account_id,
          case when {deals} = 0 then lead_id end as lead_id
        from ({_NAMING[entity]}) semi join wanted using (id)
      ) unpivot (named for kind in (account_id as 'account', lead_id as 'lead', opportunity_id as 'opportunity')) as n
      join ({_DEALS} union {_ACCOUNTS} union {_LEADS}) as d on d.entity = n.kind and d.id = n.named"""


def read_rule(text: str) -> Criterion | str:
    """Read a row rule; a text that is none gives what is wrong with it in words."""
    criterion, findings = parse_criterion(text, OPPORTUNITY_COLUMNS, "rows")
    return criterion or " ".join(finding.sentence() for finding in findings)


def closed_records(asked: Asked, rule: str, records: Iterable[str], entity: str | None = None) -> frozenset[str]:
    """Give those of some records that a rule keeps closed.

    All of them are of one entity. Where nobody says of which, an id stays closed if it is that of a closed deal,
    account, lead or contact. Other entities (`campaign`, `user`) belong to no deal.
    """
    wanted = sorted(set(records))
    if not rule or not wanted:
        return frozenset()
    criterion = read_rule(rule)
    moment = moment_of(asked.facts.heard_until, None, asked.zone)
    lens = resolve_lens(asked.contract, "agreed", moment.day).model_copy(update={"grain": "opportunity"})
    classes = "source_class" in rule.lower()
    units, parameters = units_sql(
        LensView("rows", lens, moment, None, as_is=True, classes=classes), asked.contract, "a"
    )
    met = "false" if isinstance(criterion, str) else f"coalesce({criterion.sql('u')}, false)"
    every = [_DEALS, _ACCOUNTS, _LEADS, *(_naming(one) for one in _NAMING if one == (entity or "contact"))]
    told = rows(
        asked.engine,
        f"""
        with wanted as (select unnest($wanted) as id),
        belongs as (
          select b.entity, b.id, b.deal from ({" union ".join(every)}) as b
          semi join wanted using (id) {"where b.entity = $entity" if entity else ""}
        ),
        opens as (select u.record as deal from ({units}) as u where {met})
        select b.id from belongs as b left join opens as o using (deal)
        group by b.entity, b.id having count(o.deal) = 0""",
        {**parameters, "wanted": wanted, **({"entity": entity} if entity else {})},
    )
    return frozenset(record for (record,) in told)
