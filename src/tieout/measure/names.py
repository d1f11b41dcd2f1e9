"""What records are called now: the names of deals and of companies by their ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.measure.answers import Question
from tieout.measure.lens_sql import units_sql
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.question import view_of
from tieout.measure.run_sql import rows as fetch

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from tieout.measure.numbers.question import Asked
    from tieout.warehouse.engine import Connection

NAMED = {"opportunity": "opportunity_versions", "account": "account_versions"}
"""What has names, and the table that tells them."""


def names_of(engine: Connection, entity: str, records: Iterable[str]) -> dict[str, str]:
    """Give the newest name of each of some deals or accounts that has one."""
    sql = f"""select record, max_by(name, valid_from) from {NAMED[entity]}
      where record in (select unnest($records)) and name is not null and seen_to = timestamp '9999-12-31'
      group by record"""
    return dict(fetch(engine, sql, {"records": list(records)}))


def accounts_of(engine: Connection, records: Iterable[str]) -> dict[str, str]:
    """Give the account of each of some deals, as of now, that has one."""
    sql = """select record, account_id from opportunities
      where record in (select unnest($records)) and account_id is not null"""
    return dict(fetch(engine, sql, {"records": list(records)}))


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal of an account as of now, and whether the agreed number of the period counts it."""

    record: str
    name: str | None
    outcome: str | None
    stage: str | None
    close_date: date | None
    counted: bool
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Deals:
    """The deals of an account, and the period whose agreed number counts them or not."""

    period: str
    deals: tuple[Deal, ...] = ()


def deals_of(asked: Asked, account: str, period: str | None = None, calendar: str | None = None) -> Deals:
    """Give the deals of an account, those that the agreed number of a period counts first, each with its value.

    Raises QuestionError or PeriodError.
    """
    metric = BY_ID["pipeline.open_qualified"]
    view = view_of(asked, Question(metric.id, period, calendar=calendar), metric)
    units, parameters = units_sql(view, asked.contract, "a")
    sql = f"""select record, outcome, stage, closed_on, rank = 0, value from ({units})
      where account_id = $account order by rank <> 0, value desc nulls last, record"""
    found = fetch(asked.engine, sql, {**parameters, "account": account})
    names = names_of(asked.engine, "opportunity", [row[0] for row in found])
    deals = tuple(Deal(record, names.get(record), *rest) for record, *rest in found)
    return Deals(view.period.name if view.period else "any period", deals)
