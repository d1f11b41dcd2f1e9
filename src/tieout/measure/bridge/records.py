"""One end of a bridge as a table: every unit that a lens sees at a moment, whether it counts it, what it is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tieout.measure.lens_sql import LensView, counted_sql, quoted, units_sql, value_sql
from tieout.measure.run_sql import run

if TYPE_CHECKING:
    from tieout.contract.model import Contract, Lens
    from tieout.measure.bridge.slices import Slicing
    from tieout.warehouse.engine import Connection

UNIT_COLUMNS = (
    "lone", "rank", "value", "missing", "outcome", "stage_rank", "close_date", "closed_on", "created_at", "created_on",
    "claimed_on", "currency", "arr", "acv", "tcv", "stage_probability", "probability", "rate", "rate_on",
)  # fmt: skip
"""What a bridge needs to know of a unit, after `record` and `unit`."""


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


def take_counted(engine: Connection, end: End, table: str) -> None:
    """Create the temporary table of the records that an end counts."""
    sql, parameters = counted_sql(end.view, end.contract, "a")
    engine.execute(f"use {end.database}")
    run(engine, f"create temp table {table} as select distinct record from ({sql})", parameters)


def take(
    engine: Connection, end: End, table: str, among: str, lens: Lens | None = None, slicing: Slicing | None = None
) -> None:
    """Create the temporary table of an end: the units it counts, and its verdict on the records of the table `among`.

    A record's claims are numbered in the order in which they are counted. With `lens` the same moment is looked at
    through another definition.
    """
    view = end.view if lens is None else through(end.view, lens)
    sql, parameters = units_sql(view, end.contract, "a")
    place, whole = "1", "coalesce(value, 0)"
    if view.lens.grain == "claim":
        place = """row_number() over (
            partition by record, lone order by case when rank = 0 then 0 else 1 end, rank desc, unit
          )"""
        whole = "coalesce(sum(case when rank = 0 then value end) over (partition by record, lone), 0)"
    engine.execute(f"use {end.database}")
    run(
        engine,
        f"""create temp table {table} as
        select record, unit, {unit_columns_sql(slicing)}, {place} as place, {whole} as record_value
        from ({sql})
        where rank = 0 or record in (select record from temp.{among})""",
        parameters,
    )


def unit_columns_sql(slicing: Slicing | None = None) -> str:
    """Give the unit's columns as a bridge reads them: an unknown value adds nothing, currencies are upper-case."""
    read = {"value": "coalesce(value, 0) as value", "currency": "upper(currency) as currency"}
    columns = ", ".join(read.get(name, name) for name in UNIT_COLUMNS)
    return f"{columns}, {slicing.columns_sql()}" if slicing else columns


def take_rates(engine: Connection, end: End, table: str) -> None:
    """Create the temporary table of an end's rates, each with the days on which it holds."""
    engine.execute(f"use {end.database}")
    kind = quoted(end.view.lens.rates or "plan")
    engine.execute(
        f"""create temp table {table} as
        select currency, rate, starts_on, ends_on from exchange_rates where kind = {kind}"""
    )


def amount_sql(row: str, rate: str, lens: Lens) -> str:
    """Give the value of a unit's row by a lens's basis and weighting at a rate, 0 where it is not known."""
    return f"coalesce({value_sql(row, lens, rate)}, 0)"


def through(view: LensView, lens: Lens) -> LensView:
    """Look at the same moment through another lens."""
    return replace(view, lens=lens, many=())
