"""What records are called now: the names of deals and of companies by their ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tieout.measure.run_sql import rows as fetch

if TYPE_CHECKING:
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
