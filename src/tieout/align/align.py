"""Align: the contract applied to history, one table for each governed fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from tieout.align.contract_tables import create_contract_tables
from tieout.align.lifecycle_sql import met_by_leads
from tieout.align.mapping import FeedFiles, source_view
from tieout.align.placing_sql import ruled_accounts
from tieout.align.steps import run_steps
from tieout.align.working_time import create_working_tables
from tieout.contract.vocabulary import ENTITIES
from tieout.history.changes import changes
from tieout.history.keyed import email_sql, keyed_sql
from tieout.history.ledger import Feed, Ledger
from tieout.warehouse.engine import beside, identifier, literal, memory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tieout.contract.model import Contract
    from tieout.warehouse.engine import Connection

SAID = "said"
"""The place of what the systems said while a build is made."""

AT_ONCE = 2
"""How many steps run at once: the engine works on all cores anyway, so more would only need more memory."""


def feed_files(
    ledger: Ledger, contract: Contract, known_at: datetime | None = None, position: int | None = None
) -> tuple[FeedFiles, ...]:
    """Find, for every object of the contract, the change files that the ledger holds of it."""
    found = []
    with memory() as engine:
        for system, terms in contract.sources.items():
            for name, source in terms.objects.items():
                feed = Feed(system, name)
                pulls = ledger.pulls(feed, known_at=known_at, position=position)
                columns = tuple(dict.fromkeys(column for pull in pulls for column in pull.columns))
                files = changes(ledger, engine, feed, known_at=known_at, position=position)
                found.append(FeedFiles(system, name, source, files, columns))
    return tuple(found)


def align(
    engine: Connection,
    contract: Contract,
    feeds: Sequence[FeedFiles],
    key: str,
    progress: Callable[[str], None] | None = None,
    heard_until: datetime | None = None,
) -> None:
    """Fill an empty build: the contract's tables, what the systems said, then every step.

    What the systems said is read and typed once, into a table for each entity that lives only as long as the engine: a
    dozen steps and rules read some of them.

    `key` hashes addresses, which do not reach the build; neither does the key. `heard_until` is the newest taking in
    the build: what "now" means in it.
    """
    aside = _aside(engine)
    create_contract_tables(engine, contract, heard_until)
    for entity, fields in ENTITIES.items():
        view = source_view(entity, feeds, contract)
        if "email" in fields:
            email_key = keyed_sql(key, email_sql(exp.column("email", "s"))).sql("duckdb")
            view = f"select s.*, {email_key} as email_key from ({view}) as s"
        engine.execute(f"create table {SAID}.source_{entity} as {view}")
    engine.execute(f"create view {SAID}.source_account_ruled as {ruled_accounts(contract)}")
    engine.execute(f"create view {SAID}.source_lead_met as {met_by_leads(contract)}")
    create_working_tables(engine, contract, heard_until)
    ways = [beside(engine) for _ in range(AT_ONCE)]
    for way in ways:
        way.execute(aside)
    run_steps(ways, progress)


def _aside(engine: Connection) -> str:
    """Open a place for what the systems said beside the build, in memory; give the setting that finds it."""
    build = identifier(str(engine.execute("select current_catalog()").fetchall()[0][0]))
    aside = f"set search_path = {literal(f'{build}.main,{SAID}.main')}"
    engine.execute(f"attach ':memory:' as {SAID}")
    engine.execute(aside)
    return aside
