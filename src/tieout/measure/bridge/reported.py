"""A team's own figures as one end of a bridge: units with a record and a value, instead of a lens that is compiled.

A record that only one end has is a membership, as between lenses: by the facet by which the lens rejects it, or because
the sheet does not have it. A record that both have is walked through the amount facets where some state, basis, weight
and rate of the record give the reported amount to the cent. What no rule explains has a cause of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from tieout.contract.model import Freshness, Lens
from tieout.measure.bridge.records import UNIT_COLUMNS, End, amount_sql
from tieout.measure.lens_sql import FACETS, value_sql
from tieout.measure.moments import refreshed
from tieout.measure.run_sql import run

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tieout.measure.bridge.pairs import Ends, Pairs
    from tieout.warehouse.engine import Connection

NOT_LISTED, AMBIGUOUS, UNKNOWN_RECORD = "not in the sheet", "ambiguous", "not in any system"
ROUNDING, AS_REPORTED, BEYOND = "rounding", "amount as reported", "more than the records"

REPORTED_CAUSES = (
    *FACETS, NOT_LISTED, AMBIGUOUS, UNKNOWN_RECORD, "several claims", "freshness", "basis", "probability", "rate",
    ROUNDING, AS_REPORTED, BEYOND,
)  # fmt: skip
"""The causes between a lens and a team's own figures, in their fixed order."""

STEPS = ("freshness", "basis", "probability", "rate", ROUNDING, AS_REPORTED)
ROUNDED_TO = (1, 10, 100, 1000, 10_000, 100_000, 1_000_000)


class ReportedUnit(NamedTuple):
    """What a team reports of one record, or of none: then `lone`, and `cause` says why."""

    record: str
    unit: str
    lone: bool
    place: int
    value: Decimal
    cause: str | None = None


def store_reported(engine: Connection, units: Iterable[ReportedUnit]) -> None:
    """Create the temporary table of a team's own figures, `reported_units`."""
    engine.execute(
        """create or replace temp table reported_units (
          record varchar, unit varchar, lone boolean, place integer, value decimal(18, 2), cause varchar
        )"""
    )
    columns = list(zip(*units, strict=True))
    if columns:
        engine.execute(
            f"insert into temp.reported_units select {', '.join(f'unnest(?::{kind}[])' for kind in _KINDS)}",
            [list(column) for column in columns],
        )


_KINDS = ("varchar", "varchar", "boolean", "integer", "decimal(18, 2)", "varchar")


def take_reported(engine: Connection, table: str) -> None:
    """Create the table of a reported end: as that of a lens, of which nothing is known but record and value."""
    states = ", ".join(
        f"null::{_TYPES.get(name, 'decimal(18, 2)')} as {name}"
        for name in UNIT_COLUMNS if name not in {"lone", "rank", "value"}
    )  # fmt: skip
    engine.execute(
        f"""create temp table {table} as
        select record, unit, lone, 0 as rank, value, {states}, place, cause,
          sum(value) over (partition by record, lone) as record_value
        from temp.reported_units"""
    )


_TYPES = {
    "missing": "boolean", "outcome": "varchar", "stage_rank": "integer", "close_date": "date", "closed_on": "date",
    "created_at": "timestamp", "created_on": "date", "claimed_on": "date", "currency": "varchar",
    "rate_on": "date", "stage_probability": "double", "probability": "double", "rate": "decimal(18, 8)",
}  # fmt: skip


def reported_sql(ends: Ends, pairs: Pairs, further: str) -> str:
    """Compile the postings from a lens to a team's own figures; the walks are those of `take_walks`."""
    arms = " ".join(f"when {place} then '{name}'" for place, name in enumerate(FACETS, start=1))
    steps = " union all ".join(
        f"select record, unit, '{cause}' as cause, {after} - {before} as amount, {number} as step, 0 as seq from walked"
        for number, (cause, before, after) in enumerate(
            zip(STEPS, ["v0", *(f"v{n}" for n in range(1, 6))], [*(f"v{n}" for n in range(1, 6)), "v6"], strict=True), 1
        )
    )
    if ends.left.view.lens.grain == "claim":  # both ends may have further claims on a record: only their sum differs
        further = f"""select record, min(unit) as unit, cause, sum(amount) as amount, 7 as step, 0 as seq
          from ({further}) group by record, cause"""
    return f"""
    with pairs as ({pairs.sql()}),
    memberships as (
      select record, unit,
        case
          when left_rank = 0 then '{NOT_LISTED}'
          when r.cause is not null then r.cause
          else case left_rank {arms} end end as cause,
        case when right_rank = 0 then r.record_value else -l.record_value end as amount, 0 as step, seq
      from pairs
      where (left_rank = 0) <> (right_rank = 0)
    ),
    met as (
      select p.record, p.unit, {amount_sql("l", "l.rate", ends.left.view.lens)} as v0, p.r.value as v6, w.*
      from pairs as p
      left join (select record as walked_record, v1, v2, v3, v4, v5 from temp.reported_walks) as w
        on w.walked_record = p.record
      where p.left_rank = 0 and p.right_rank = 0
    ),
    walked as (
      select record, unit, v0, coalesce(v1, v0) as v1, coalesce(v2, v0) as v2, coalesce(v3, v0) as v3,
        coalesce(v4, v0) as v4, coalesce(v5, v0) as v5, v6
      from met
    ),
    walks as ({steps})
    select record, nullif(unit, record) as unit, cause, cast(amount as decimal(18, 2)) as amount, step, seq
    from (select * from memberships union all select * from walks union all {further})
    where amount <> 0"""


# -- the walk to a reported amount

_MONTH_END = Freshness(last="month_end")
STATES = """create or replace temp table reported_states as
    with earlier as (
      select s.*, row_number() over (partition by record order by valid_from desc) as nth
      from opportunity_states as s
      where record in (select record from temp.right_units) and s.valid_from <= $as_of and s.valid_from < s.valid_to
        and s.seen_from <= $known_at and $known_at < s.seen_to and not s.missing
    )
    select record, 'now' as moment, 0 as nth, arr, acv, tcv, currency, stage_probability, probability, rate_on
    from temp.left_units where place = 1 and rank = 0 and record in (select record from temp.right_units)
    union all
    select e.record, case when bool_or(e.valid_from <= $month_end and $month_end < e.valid_to) then 'month end'
        else 'earlier' end, min(e.nth), e.arr, e.acv, e.tcv, e.currency, e.stage_probability, e.probability, l.rate_on
    from earlier as e
    join temp.left_units as l on l.record = e.record and l.place = 1 and l.rank = 0
    group by e.record, e.arr, e.acv, e.tcv, e.currency, e.stage_probability, e.probability, l.rate_on"""
"""Every state that the records of a sheet had until the moment, as known then."""


def take_walks(engine: Connection, end: End, rounded: int, zone: ZoneInfo) -> None:
    """Create `reported_walks`: for each record that both ends have, the levels by which its reported amount is reached.

    Every state that the record had until the moment is tried, in every basis, weight and rate. Of several ways that
    give the amount, the one that explains most records of the sheet is taken, then the one that changes least.
    """
    lens, moment = end.view.lens, end.view.moment
    month_end = refreshed(moment, _MONTH_END, zone)
    engine.execute(f"use {end.database}")
    parameters = {"as_of": moment.as_of, "known_at": moment.known_at, "month_end": month_end.as_of}
    run(engine, STATES, parameters)
    days = {"own": "s.rate_on", "month_end": f"date '{month_end.day}'"}
    if lens.rates_on != "as_of":
        days["now"] = f"date '{moment.day}'"
    run(engine, _walks_sql(lens, rounded, days))


def _walks_sql(lens: Lens, rounded: int, days: Mapping[str, str]) -> str:
    """Compile the walks: all ways, those that give the reported amount, the best of each record.

    `days` are those on whose rates an amount may have been converted.
    """
    lenses = {
        (basis, weighting): lens.model_copy(update={"basis": basis, "weighting": weighting})
        for basis in ("arr", "acv", "tcv") for weighting in ("none", "stage", "record")
    }  # fmt: skip
    own = lens.basis or "arr"
    kind = lens.rates or "plan"
    rated = " union all ".join(
        f"""select s.*, o.kind as rates, '{name}' as rated, o.rate as other_rate, n.rate as own_rate
        from temp.reported_states as s
        join exchange_rates as o on o.currency = s.currency and o.starts_on <= {day} and {day} < o.ends_on
        left join exchange_rates as n
          on n.kind = '{kind}' and n.currency = s.currency and n.starts_on <= s.rate_on and s.rate_on < n.ends_on"""
        for name, day in days.items()
    )
    levels = " union all ".join(
        f"""select s.record, s.moment, s.nth, '{basis}' as basis, '{weighting}' as weighting, s.rates, s.rated,
          {amount_sql("s", "s.own_rate", lens)} as v1,
          {amount_sql("s", "s.own_rate", lens.model_copy(update={"basis": basis}))} as v2,
          {amount_sql("s", "s.own_rate", changed)} as v3, {value_sql("s", changed, "s.other_rate")} as v4
        from converted as s"""
        for (basis, weighting), changed in lenses.items()
    )
    return f"""create or replace temp table reported_walks as
        with wanted as (
          select l.record, r.value from temp.left_units as l
          join temp.right_units as r on r.record = l.record and r.lone = l.lone and r.place = 1
          where l.place = 1 and l.rank = 0
        ),
        converted as ({rated}),
        ways as ({levels}),
        hits as (
          select w.*, v4 as v5, 0 as coarse from ways as w join wanted as t on t.record = w.record and w.v4 = t.value
          union all
          select w.*, t.value as v5, 1 from ways as w join wanted as t
            on t.record = w.record and w.v4 <> t.value and abs(w.v4 - t.value) * 2 <= {rounded}
          where {rounded} > 1
        ),
        rated as (
          select h.*, count(*) over (partition by moment, basis, weighting, rates, rated) as support,
            (moment <> 'now')::integer + (basis <> '{own}')::integer + (weighting <> '{lens.weighting}')::integer
            + (rates <> '{kind}')::integer + (rated <> 'own')::integer as changed
          from hits as h
        )
        select record, v1, v2, v3, v4, v5, moment, basis, weighting, rates
        from rated
        qualify row_number() over (
          partition by record order by support desc, coarse, changed, nth, basis, weighting, rates, rated
        ) = 1"""
