"""What the systems know that a sheet's row could mean: ids, names of opportunities and accounts, states, amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.measure.lens_sql import units_sql
from tieout.measure.run_sql import rows, run
from tieout.measure.sheets.ids import Ids

if TYPE_CHECKING:
    from tieout.measure.bridge.records import End
    from tieout.warehouse.engine import Connection

RAREST = 8
"""A name is looked for by this many of its rarest runs of three letters."""
NEAREST, NEAREST_ACCOUNTS = 40, 10
"""So many names that share the most of them are compared letter by letter."""
MOST_OF_ACCOUNT = 60
"""An account with more opportunities than this is looked at by its newest ones."""


@dataclass(frozen=True, slots=True)
class Target:
    """A record that a row could mean, as of the moment: how it is called, when it closes, whether it is counted."""

    record: str
    name: str
    account: str
    close_date: date | None
    stage: str
    outcome: str
    counted: bool
    amounts: frozenset[Decimal]


class Known:
    """The records of a build, looked up by one end of a bridge."""

    def __init__(self, engine: Connection, end: End) -> None:
        self.engine, self.end = engine, end
        engine.execute(f"use {end.database}")

    def ids(self) -> tuple[Ids, dict[str, tuple[str, bool]]]:
        """Give all ids, and what a claim's id stands for: its opportunity, or itself where it has none."""
        records = rows(self.engine, "select distinct record from opportunity_versions")
        claims = rows(
            self.engine,
            """select record, opportunity_id from claims
            qualify row_number() over (partition by record order by seen_from desc, valid_from desc) = 1""",
        )
        opportunities = {record for (record,) in records}
        stands_for = {claim: (target, False) if target in opportunities else (claim, True) for claim, target in claims}
        return Ids(frozenset(opportunities | set(stands_for))), stands_for

    def near(self, texts: Mapping[int, tuple[str, ...]]) -> dict[int, set[str]]:
        """Give for each row the records whose own or whose account's name shares the most of its rarest letters."""
        wanted = [(row, text.casefold()) for row, told in texts.items() for text in told if text]
        if not wanted:
            return {}
        self.engine.execute(
            "create or replace temp table sheet_texts as select unnest(?) as row_number, unnest(?) as body",
            [[row for row, _ in wanted], [text for _, text in wanted]],
        )
        found: dict[int, set[str]] = {row: set() for row, _ in wanted}
        for row, record in rows(self.engine, _NEAR.format(names=_OPPORTUNITY_NAMES, nearest=NEAREST)):
            found[row].add(record)
        for row, record in rows(
            self.engine, _OF_ACCOUNTS.format(near=_NEAR.format(names=_ACCOUNT_NAMES, nearest=NEAREST_ACCOUNTS))
        ):
            found[row].add(record)
        return found

    def targets(self, records: set[str]) -> dict[str, Target]:
        """Give what is known of records as of the end's moment, and every amount that they ever had."""
        if not records:
            return {}
        self.engine.execute(
            "create or replace temp table sheet_wanted as select unnest(?) as record", [sorted(records)]
        )
        sql, parameters = units_sql(self.end.view, self.end.contract, "a")
        run(
            self.engine,
            f"""create or replace temp table sheet_targets as
            select record, min(rank) = 0 as counted, any_value(close_date) as close_date, any_value(stage) as stage,
              any_value(outcome) as outcome
            from ({sql}) where record in (select record from temp.sheet_wanted) group by record""",
            parameters,
        )
        amounts: dict[str, set[Decimal]] = {}
        for record, amount in rows(self.engine, _AMOUNTS):
            amounts.setdefault(record, set()).add(amount)
        return {
            record: Target(
                record, name or "", account or "", closes, stage or "", outcome or "", bool(counted),
                frozenset(amounts.get(record, ())),
            )
            for record, name, account, closes, stage, outcome, counted in rows(self.engine, _TARGETS)
        }  # fmt: skip


_OPPORTUNITY_NAMES = "select distinct record, lower(name) as body from opportunity_versions where name is not null"
_ACCOUNT_NAMES = "select distinct record, lower(name) as body from account_versions where name is not null"

_NEAR = f"""
    with names as ({{names}}),
    bodies as (select distinct body from names),
    grams as (
      select distinct body, unnest([substr(' ' || body || ' ', i, 3) for i in range(1, length(body) + 1)]) as gram
      from bodies
    ),
    asked as (
      select distinct body, unnest([substr(' ' || body || ' ', i, 3) for i in range(1, length(body) + 1)]) as gram
      from (select distinct body from temp.sheet_texts)
    ),
    met as (select g.body, g.gram from grams as g where g.gram in (select gram from asked)),
    often as (select gram, count(*) as n from met group by gram),
    rare as (
      select a.body, a.gram, n from asked as a join often as o on o.gram = a.gram
      qualify row_number() over (partition by a.body order by n, a.gram) <= {RAREST}
    ),
    shared as (
      select r.body as asked, m.body as found, sum(1 / ln(2 + r.n)) as weight
      from rare as r join met as m on m.gram = r.gram
      group by r.body, m.body
    ),
    nearest as (
      select asked, found from shared
      qualify row_number() over (
        partition by asked order by weight desc, abs(length(found) - length(asked)), found
      ) <= {{nearest}}
    )
    select distinct t.row_number, n.record
    from nearest as s
    join temp.sheet_texts as t on t.body = s.asked
    join names as n on n.body = s.found"""

_OF_ACCOUNTS = f"""
    with near as ({{near}}),
    held as (
      select record, account_id, max(valid_from) as newest
      from opportunity_versions where account_id in (select record from near) group by record, account_id
    )
    select n.row_number, h.record
    from near as n join held as h on h.account_id = n.record
    qualify row_number() over (partition by n.row_number, n.record order by newest desc, h.record)
      <= {MOST_OF_ACCOUNT}"""

_TARGETS = """
    with named as (
      select record, name, account_id from opportunity_versions
      where record in (select record from temp.sheet_wanted)
      qualify row_number() over (partition by record order by name is null, seen_to desc, valid_to desc) = 1
    ),
    accounts as (
      select record, name from account_versions
      where record in (select account_id from named) and name is not null
      qualify row_number() over (partition by record order by seen_to desc, valid_to desc) = 1
    )
    select n.record, n.name, a.name, t.close_date, t.stage, t.outcome, t.counted
    from named as n
    left join accounts as a on a.record = n.account_id
    left join temp.sheet_targets as t on t.record = n.record"""

_AMOUNTS = """
    with amounts as (
      select distinct record, currency, unnest([arr, acv, tcv]) as amount, unnest([stage_probability, probability]) as p
      from opportunity_states where record in (select record from temp.sheet_wanted)
    ),
    weighted as (
      select record, currency, amount from amounts where amount is not null
      union
      select record, currency, cast(round(amount * cast(p as decimal(9, 6)), 2) as decimal(18, 2)) from amounts
      where amount is not null and p is not null
    )
    select record, amount from weighted
    union
    select w.record, cast(round(w.amount * r.rate, 2) as decimal(18, 2))
    from weighted as w join exchange_rates as r on r.currency = w.currency"""
