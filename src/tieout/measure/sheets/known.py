"""What the systems know that a sheet's row could mean: ids, names of opportunities and accounts, states, amounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
SAMPLED = 20_000
"""How many names tell which letters are rare."""
AT_LEAST, MOST_NAMES = 4, 40_000
"""Beyond the rarest few runs of letters of a text, only such are looked for that lead to no more names than this."""
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
        self._take_nearest(_OPPORTUNITY_NAMES, NEAREST)
        for row, record in rows(self.engine, "select row_number, record from temp.sheet_near"):
            found[row].add(record)
        self._take_nearest(_ACCOUNT_NAMES, NEAREST_ACCOUNTS)
        for row, record in rows(self.engine, _OF_ACCOUNTS):
            found[row].add(record)
        return found

    def _take_nearest(self, names: str, nearest: int) -> None:
        """Create `sheet_near`: for each row the records by whose names it may be called.

        Which letters are rare is told by a sample; then only names that have some of them are looked at.
        """
        self.engine.execute(f"create or replace temp table sheet_names as {names}")
        self.engine.execute(
            """create or replace temp table sheet_bodies as
            select row_number() over (order by body) as number, body
            from (select distinct body from temp.sheet_names)"""
        )
        ((bodies,),) = rows(self.engine, "select count(*) from temp.sheet_bodies")
        self.engine.execute(_RARE.format(share=max(1, bodies // SAMPLED)))
        ((longest,),) = rows(self.engine, "select coalesce(max(length(body)), 0) from temp.sheet_bodies")
        self.engine.execute(_NEAR.format(nearest=nearest, longest=longest))

    def _amounts_sql(self, among: Iterable[Decimal] | None, unit: int) -> str:
        if among is None:
            return f"select distinct record, amount from ({_AMOUNTS})"
        near = sorted({int(abs(amount) // unit) + step for amount in among for step in (-1, 0, 1)})
        self.engine.execute("create or replace temp table sheet_near_to as select unnest(?::bigint[]) as place", [near])
        return f"""select distinct record, amount from ({_AMOUNTS})
          where cast(floor(amount / {unit}) as bigint) in (select place from temp.sheet_near_to)"""

    def targets(self, records: set[str], among: Iterable[Decimal] | None = None, unit: int = 1) -> dict[str, Target]:
        """Give what is known of records as of the end's moment, and every amount that they ever had.

        With `among` only the amounts are given that are one of those, or as near to one as the unit, and few others.
        """
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
        for record, amount in rows(self.engine, self._amounts_sql(among, unit)):
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

_GRAMS = "unnest([substr(' ' || body || ' ', i, 3) for i in range(1, length(body) + 1)])"

_RARE = f"""create or replace temp table sheet_rare as
    with asked as (select distinct body, {_GRAMS} as gram from (select distinct body from temp.sheet_texts)),
    told as (
      select distinct body, {_GRAMS} as gram from (
        select body from temp.sheet_bodies where hash(body) % {{share}} = 0
      )
    ),
    often as (
      select gram, count(*) * {{share}} as n from told where gram in (select gram from asked) group by gram
    ),
    ranked as (
      select a.body, a.gram, coalesce(n, 0) as n,
        row_number() over (partition by a.body, o.n is null order by n, a.gram) as place,
        sum(coalesce(n, 0)) over (partition by a.body order by coalesce(n, 0), a.gram) as names
      from asked as a left join often as o on o.gram = a.gram
    )
    select body, gram, n from ranked where place <= {RAREST} and (place <= {AT_LEAST} or names <= {MOST_NAMES})"""
"""The rarest runs of three letters of each text, as long as few names have them; those that the sample does not have
are as many again."""

_NEAR = """create or replace temp table sheet_near as
    with met as (
      select distinct number, gram
      from (
        select number, substr(' ' || body || ' ', i, 3) as gram
        from temp.sheet_bodies, range(1, {longest} + 1) as r(i) where i <= length(body)
      )
      where gram in (select gram from temp.sheet_rare)
    ),
    shared as (
      select asked, number, sum(weight) as weight
      from (
        select r.body as asked, m.number, 1 / ln(2 + r.n) as weight
        from temp.sheet_rare as r join met as m on m.gram = r.gram
        union all
        select distinct t.body, b.number, 1000
        from temp.sheet_texts as t join temp.sheet_bodies as b on b.body = t.body
      )
      group by asked, number
    ),
    nearest as (
      select s.asked, b.body as found from shared as s join temp.sheet_bodies as b on b.number = s.number
      qualify row_number() over (
        partition by s.asked order by weight desc, abs(length(b.body) - length(s.asked)), b.body
      ) <= {nearest}
    )
    select distinct t.row_number, n.record
    from nearest as s
    join temp.sheet_texts as t on t.body = s.asked
    join temp.sheet_names as n on n.body = s.found"""

_OF_ACCOUNTS = f"""
    with held as (
      select record, account_id, max(valid_from) as newest
      from opportunity_versions where account_id in (select record from temp.sheet_near) group by record, account_id
    )
    select n.row_number, h.record
    from temp.sheet_near as n join held as h on h.account_id = n.record
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
    union all
    select w.record, cast(round(w.amount * r.rate, 2) as decimal(18, 2))
    from weighted as w join exchange_rates as r on r.currency = w.currency"""
