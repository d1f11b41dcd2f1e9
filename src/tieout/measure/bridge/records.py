"""One end of a bridge as a table: every unit that a lens sees at a moment, whether it counts it, what it is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tieout.measure.grades import grade_sql
from tieout.measure.lens_sql import LensView, counted_sql, quoted, units_sql, value_sql
from tieout.measure.run_sql import run

if TYPE_CHECKING:
    from tieout.contract.model import Contract, Lens
    from tieout.measure.bridge.slices import Slicing
    from tieout.warehouse.engine import Connection

KNOWN = (
    "lone", "rank", "value", "unvalued", "outcome", "stage_rank", "closed_on", "created_at", "currency", "rate",
    "rate_on",
)  # fmt: skip
"""What a bridge needs to know of a unit in any case, after `record` and `unit`."""
WEIGHTS = {"stage": "stage_probability", "record": "probability"}
DAYS = ("created_on", "claimed_on")
UNIT_COLUMNS = (*KNOWN, "arr", "acv", "tcv", *WEIGHTS.values(), *DAYS)
"""All that a bridge may need to know of a unit."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a bridge: a lens at a moment, the contract that defines it, the database it is read from.

    A team's own figures stand in `reported_units`; then `reported` is the power of ten to which they are rounded.
    """

    view: LensView
    contract: Contract
    database: str
    reported: int = 0
    sheet: tuple[str, str] | None = None
    """The file that the figures are from, and the digest of what stood in it."""


def take(engine: Connection, end: End, side: str, columns: str) -> None:
    """Create the temporary tables of what an end counts: `{side}_units`, and its records as `{side}_counted`.

    Of an end that counts claims only the records: which units it has depends on what the other end counts.
    """
    engine.execute(f"use {end.database}")
    sql, parameters = counted_sql(end.view, end.contract, "a")
    if end.view.lens.grain == "claim":
        run(engine, f"create temp table {side}_counted as select distinct record from ({sql})", parameters)
        return
    run(engine, f"create temp table {side}_units as {_deals(end, sql, columns)}", parameters)
    engine.execute(f"create temp table {side}_counted as select record from temp.{side}_units")


def take_rejected(engine: Connection, end: End, side: str, columns: str) -> None:
    """Add to `{side}_units` the end's verdict on the records of `seen_counted` that it does not count itself."""
    engine.execute(f"use {end.database}")
    if end.view.lens.grain == "claim":
        _take_claims(engine, end, side, columns)
        return
    engine.execute(
        f"""create temp table {side}_sought as
        select record from temp.seen_counted where record not in (select record from temp.{side}_counted)"""
    )
    sql, parameters = units_sql(replace(end.view, among=f"{side}_sought"), end.contract, "a")
    run(engine, f"insert into temp.{side}_units {_deals(end, sql, columns)}", parameters)


def take_together(engine: Connection, ends: tuple[End, End], columns: str, also: str | None) -> None:
    """Create `both_ends`: each opportunity that one end counts, or that is in the table `also`, with `l` and `r`.

    These are the verdicts of two ends in one database; `left_units` and `right_units` are views of them. What counts is
    looked up first, as `seen_counted`: it is quickly found, and the verdict on all others would cost more.
    """
    engine.execute(f"use {ends[0].database}")
    sides = list(zip(ends, "ab", strict=True))
    counted = [counted_sql(end.view, end.contract, side) for end, side in sides]
    seen = [f"select record from ({sql})" for sql, _ in counted] + ([f"select record from temp.{also}"] if also else [])
    run(engine, f"create temp table seen_counted as {' union '.join(seen)}", counted[0][1] | counted[1][1])
    (first, one), (last, two) = (
        units_sql(replace(end.view, among="seen_counted"), end.contract, side) for end, side in sides
    )
    run(
        engine,
        f"""create temp table both_ends as
        select l, r
        from (select record, {graded(ends[0], columns)} from ({first}) as u) as l
        full join (select record, {graded(ends[1], columns)} from ({last}) as u) as r on r.record = l.record""",
        {**one, **two},
    )
    for side in ("left", "right"):
        row = side[0]
        engine.execute(
            f"""create temp view {side}_units as
            select {row}.*, {row}.record as unit, false as lone, 1 as place, {row}.value as record_value
            from temp.both_ends where {row}.record is not null"""
        )


def take_through(engine: Connection, end: End, lens: Lens, columns: str) -> None:
    """Create the temporary view `through_units`: what the right end sees, looked at through another definition.

    The records are those that either end counts; the same definition sees the same.
    """
    table = "right_units"
    if lens != end.view.lens:
        table = "through_seen_units"
        seen = replace(end, view=replace(through(end.view, lens), among="seen_counted"))
        engine.execute(f"use {end.database}")
        if lens.grain == "claim":
            _take_claims(engine, seen, "through_seen", columns)
        else:
            sql, parameters = units_sql(seen.view, end.contract, "a")
            run(engine, f"create temp table {table} as {_deals(seen, sql, columns)}", parameters)
    engine.execute(f"create temp view through_units as select * from temp.{table}")


def _deals(end: End, units: str, columns: str) -> str:
    told = graded(end, columns)
    return f"select record, unit, {told}, 1 as place, coalesce(value, 0) as record_value from ({units}) as u"


def graded(end: End, columns: str) -> str:
    """Give the columns of an end's units with the grade of each: how what its lens looks at is known."""
    return f"{columns}, {grade_sql(end.view.lens, 'u')} as grade"


def _take_claims(engine: Connection, end: End, side: str, columns: str) -> None:
    """Create the table of an end that counts claims: a record's are numbered in the order they are counted in."""
    sql, parameters = units_sql(end.view, end.contract, "a")
    run(
        engine,
        f"""create temp table {side}_units as
        select record, unit, {graded(end, columns)},
          row_number() over (
            partition by record, lone order by case when rank = 0 then 0 else 1 end, rank desc, unit
          ) as place,
          coalesce(sum(case when rank = 0 then value end) over (partition by record, lone), 0) as record_value
        from ({sql}) as u
        where rank = 0 or record in (select record from temp.seen_counted)""",
        parameters,
    )


def needed(*views: LensView) -> tuple[str, ...]:
    """Name what a bridge between these views of a lens has to know of a unit: what is not asked for costs time."""
    amounts = {view.lens.basis or "arr" for view in views}
    weights = {WEIGHTS[view.lens.weighting] for view in views if view.lens.weighting in WEIGHTS}
    days = DAYS if len({(view.period.start, view.period.end) if view.period else None for view in views}) > 1 else ()
    return (*KNOWN, *sorted(amounts | weights), *days)


def unit_columns_sql(names: tuple[str, ...], slicing: Slicing | None = None) -> str:
    """Give the unit's columns as a bridge reads them: an unknown value adds nothing, currencies are upper-case."""
    read = {
        "value": "coalesce(value, 0) as value",
        "unvalued": "value is null as unvalued",
        "currency": "upper(currency) as currency",
    }
    columns = ", ".join(read.get(name, name) for name in names)
    return f"{columns}, {slicing.columns_sql()}" if slicing else columns


def take_rates(engine: Connection, end: End, table: str) -> None:
    """Create the temporary table of an end's rates, each with the days on which it holds."""
    engine.execute(f"use {end.database}")
    kind = quoted(end.view.lens.rates or "plan")
    engine.execute(
        f"""create temp table {table} as
        select currency, rate, starts_on, ends_on from exchange_rates where kind = {kind}"""
    )


def amount_sql(row: str, rate: str, lens: Lens, weighed: str | None = None) -> str:
    """Give the value of a unit's row by a lens's basis and weighting at a rate, 0 where it is not known.

    `weighed` is the row whose probability weighs it, if that is another one.
    """
    return f"coalesce({value_sql(row, lens, rate, weighed)}, 0)"


def through(view: LensView, lens: Lens) -> LensView:
    """Look at the same moment through another lens."""
    return replace(view, lens=lens, many=())
