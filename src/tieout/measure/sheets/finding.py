"""The lens behind a sheet or a total: which combination of facets reproduces it best, and what it leaves unexplained.

Against a sheet, combinations are ranked by the records they share with it and by the amounts they give. A total alone
says far less: there, the number of combinations that come as near is counted, and with it the chance that one would
by luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import expm1
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.basics.calendars import parse_period
from tieout.contract.model import Freshness, Lens
from tieout.measure.bridge.records import End
from tieout.measure.lens_sql import LensView
from tieout.measure.moments import calendar_of, refreshed
from tieout.measure.run_sql import rows
from tieout.measure.sheets.cube import (
    DIMENSIONS,
    MOST_CALENDARS,
    VALUES,
    Asked,
    Cube,
    slices_of_all,
    slices_of_sheet,
    take_cells,
)
from tieout.measure.sheets.search import Found, Options, combine, found_of, options_of, value_cost

if TYPE_CHECKING:
    from tieout.basics.calendars import Period
    from tieout.measure.bridge.reported import ReportedUnit
    from tieout.warehouse.engine import Connection

BAND = 0.1
"""Totals this near to the reported one tell how dense totals are around it."""
PER_FACET = 0.004
"""What a further facet must gain in likeness to be worth naming."""
AMOUNTS = 0.4
"""How much of the score against a sheet is for its amounts; the rest is for its records."""
ANCIENT: tuple[dict[str, Any], ...] = ({}, {"days": 1}, {"days": 7}, {"days": 14}, {"last": "month_end"})
MOST = 400


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lens that may be the one behind a figure, and how well it does.

    Against a sheet: `shared` is the share of records that both have, of those that either has, and `same` the share of
    the shared ones whose amount it gives. For a total: `chance` is how likely so near a total is by luck.
    """

    sets: dict[str, Any]
    lens: Lens
    cost: int
    n: int
    shared: float | None = None
    same: float | None = None
    distance: float = 0.0
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What was tried, how many of them came as near as the reported figure can tell, and the best few."""

    tried: int
    near: int
    candidates: tuple[Candidate, ...]


def find_lens(engine: Connection, end: End, units: Sequence[ReportedUnit]) -> Search:
    """Find the lenses that reproduce a sheet best, beginning from the lens of `end`."""
    _store_sheet(engine, units)
    cubes = _cubes(engine, end)
    slices = slices_of_sheet(engine, end.contract, cubes[0], end.view.period)
    amounts = [abs(unit.value) for unit in units if unit.value]
    asked = _asked(end, slices, _slack(amounts))
    take_cells(engine, end.contract, cubes, asked, in_sheet=True)
    options = options_of(end.contract, cubes, asked, end.view.lens, narrow=False)
    combine(engine, options)
    whole = len(units)
    found = _best_of_sheet(engine, end.view.lens, whole, options)
    tried = _count(engine) * len(VALUES)
    return Search(tried, 0, tuple(_of_sheet(one, end, whole) for one in found))


def find_total(engine: Connection, end: End, total: Decimal, precision: Decimal) -> Search:
    """Find the lenses whose total comes nearest; `precision` is how exactly the total was given."""
    engine.execute("drop table if exists temp.find_near")
    cubes = _cubes(engine, end)
    asked = _asked(end, (), 0)
    whole, tried = _near(engine, end, cubes, asked, total, narrow=False)
    sliced = _asked(end, slices_of_all(engine, end.contract, cubes[0]), 0)
    few = [
        cube for cube in cubes if cube.view.lens.grain == "opportunity" and cube.freshness in {"", "last: month_end"}
    ]
    narrow, more = _near(engine, end, few, sliced, total, narrow=True)
    near, found = _best_of_total(engine, end, (total, precision), (whole, narrow))
    return Search(tried + more, near, found)


def lens_of(base: Lens, sets: dict[str, Any]) -> Lens:
    """Lay what a combination sets over a lens."""
    update = dict(sets)
    if isinstance(fresh := update.get("freshness"), str):
        key, _, value = fresh.partition(": ")
        update["freshness"] = Freshness(days=int(value)) if key == "days" else Freshness(last="month_end")
    if "stages" in update:
        update["stage"] = None
    return base.model_copy(update=update)


def end_of(end: End, lens: Lens, name: str) -> End:
    """Give the end of a bridge that a lens makes at the moment of another end."""
    zone, calendar = ZoneInfo(end.contract.company.time_zone), calendar_of(end.contract, lens.calendar)
    period = parse_period(end.view.period.name, calendar) if end.view.period else None
    moment = refreshed(end.view.moment, lens.freshness, zone, calendar)
    view = LensView(name, lens, moment, period, as_is=end.view.as_is)
    return End(view, end.contract, end.database)


# -- what is looked at


def _asked(end: End, slices: tuple[str, ...], slack: float) -> Asked:
    periods: list[Period] = []
    if end.view.period:
        names = list(end.contract.company.calendars)[:MOST_CALENDARS]
        periods = [parse_period(end.view.period.name, calendar_of(end.contract, name)) for name in names]
    return Asked(tuple(periods), slices, tuple(end.view.lens.omitted or ()), slack)


def _cubes(engine: Connection, end: End) -> list[Cube]:
    """List the moments and grains to look at; claims only where there are some."""
    engine.execute(f"use {end.database}")
    everything = Lens(
        deleted=True, merged=True, exclusions=False, types="all", outcomes=("open", "won", "lost", "disqualified"),
        stages="all", omitted=(), date_field="none", past_due=True, basis="arr", rates="plan",
    )  # fmt: skip
    claims = rows(engine, "select count(*) from claims")[0][0]
    wanted = [(fresh, "opportunity", True) for fresh in ANCIENT]
    if claims:
        wanted += [({}, "claim", True), ({}, "claim", False), ({"last": "month_end"}, "claim", True)]
    zone, calendar = ZoneInfo(end.contract.company.time_zone), calendar_of(end.contract, None)
    cubes = []
    for number, (fresh, grain, merged) in enumerate(wanted):
        lens = everything.model_copy(update={"grain": grain, "merged": merged})
        freshness = Freshness.model_validate(fresh)
        moment = refreshed(end.view.moment, freshness, zone, calendar)
        view = LensView("everything", lens, moment, None, as_is=end.view.as_is)
        cubes.append(Cube(number, view, ", ".join(f"{key}: {value}" for key, value in fresh.items())))
    return cubes


def _store_sheet(engine: Connection, units: Sequence[ReportedUnit]) -> None:
    told = [unit for unit in units if unit.cause is None and unit.place == 1]
    engine.execute(
        """create or replace temp table find_sheet as
        select unnest(?::varchar[]) as record, unnest(?::boolean[]) as lone, unnest(?::double[]) as value""",
        [[unit.record for unit in told], [unit.lone for unit in told], [float(unit.value) for unit in told]],
    )


def _slack(amounts: Sequence[Decimal]) -> float:
    """Give how far from a sheet's amount the same amount may be: half of what all of them are rounded to."""
    for unit in (1_000_000, 100_000, 10_000, 1000, 100):
        if len(amounts) > 2 and sum(amount % unit == 0 for amount in amounts) >= 0.95 * len(amounts):
            return unit / 2
    return 0.011


def _count(engine: Connection) -> int:
    return int(rows(engine, "select count(*) from temp.find_ways")[0][0])


_PLACES = ", ".join(f"o_{name}" for name in DIMENSIONS)
_MEASURES = ", ".join(f"m{number}" for number in range(len(VALUES)))


# -- against a sheet


def _best_of_sheet(engine: Connection, agreed: Lens, whole: int, options: Options) -> list[Found]:
    shared = f"least(met, {whole}) / (n + {whole} - least(met, {whole}))"
    costs = ", ".join(map(str, value_cost(agreed)))
    told = rows(
        engine,
        f"""with best as (
          select *, {shared} as shared from temp.find_ways where met > 0
          order by {shared} * ({1 - AMOUNTS} + {AMOUNTS} * greatest({_MEASURES}) / met) - {PER_FACET} * cost desc, cost
          limit {MOST}
        ),
        valued as (
          select {_PLACES}, cost, n, met, shared, unnest([{_MEASURES}]) as measure,
            unnest(range({len(VALUES)})) as place,
            unnest([{costs}]) as more
          from best
        )
        select {_PLACES}, place, cost + more as cost, n, met, measure
        from valued
        order by shared * ({1 - AMOUNTS} + {AMOUNTS} * measure / met) - {PER_FACET} * (cost + more) desc, cost, place,
          {_PLACES}
        limit {MOST}""",
    )
    found: dict[tuple[int, int, float], Found] = {}
    for row in told:
        one = found_of(row, options, agreed)
        found.setdefault((one.n, one.met, one.measure), one)
    return list(found.values())[:5]


def _of_sheet(one: Found, end: End, whole: int) -> Candidate:
    met = min(one.met, whole)
    shared = met / (one.n + whole - met)
    same = min(one.measure / one.met, 1.0) if one.met else 0.0
    return Candidate(one.sets, lens_of(end.view.lens, one.sets), one.cost, one.n, shared, same)


# -- against a total


def _near(
    engine: Connection, end: End, cubes: Sequence[Cube], asked: Asked, total: Decimal, *, narrow: bool
) -> tuple[Options, int]:
    """Keep the combinations that come within the band of a total; give the options, and how many were tried."""
    take_cells(engine, end.contract, cubes, asked, in_sheet=False)
    options = options_of(end.contract, cubes, asked, end.view.lens, narrow=narrow)
    combine(engine, options)
    low, high = sorted((float(total) * (1 - BAND), float(total) * (1 + BAND)))
    each = " union all ".join(
        f"""select {_PLACES}, {number} as place, cost + {more} as cost, n, met, m{number} as measure
        from temp.find_ways where m{number} between {low} and {high}"""
        for number, more in enumerate(value_cost(end.view.lens))
    )
    first = not rows(engine, "select 1 from duckdb_tables() where table_name = 'find_near'")
    pass_number = int(narrow)
    kept = f"select {pass_number} as pass, * from ({each})"
    engine.execute(f"create temp table find_near as {kept}" if first else f"insert into temp.find_near {kept}")
    return options, _count(engine) * len(VALUES)


def _best_of_total(
    engine: Connection, end: End, asked: tuple[Decimal, Decimal], passes: tuple[Options, Options]
) -> tuple[int, tuple[Candidate, ...]]:
    """Rank by how unlikely so near a total would be by luck, among combinations that change as few facets."""
    total, precision = asked
    slack = max(float(precision) / 2, 0.005)
    width = max(2 * BAND * abs(float(total)), 0.01)
    told = rows(
        engine,
        f"""with sums as (
          select round(measure, 2) as total, min(cost) as cost from temp.find_near group by 1
        ),
        crowds as (select cost, sum(count(*)) over (order by cost) as crowd from sums group by cost),
        off as (select *, abs(total - {float(total)}) as distance from sums)
        select o.total, o.cost, distance, crowd * 2 * greatest(distance, {slack}) / {width} as expected,
          (select count(*) from off where distance <= {slack}) as near
        from off as o join crowds as c on c.cost = o.cost
        order by expected, o.cost, distance, o.total
        limit 5""",
    )
    candidates = []
    for whole, cost, distance, expected, _ in told:
        row = rows(
            engine,
            f"""select pass, {_PLACES}, place, cost, n, met, measure from temp.find_near
            where round(measure, 2) = {whole} and cost = {cost} order by pass, place, {_PLACES} limit 1""",
        )[0]
        one = found_of(row[1:], passes[row[0]], end.view.lens)
        lens = lens_of(end.view.lens, one.sets)
        candidates.append(
            Candidate(one.sets, lens, one.cost, one.n, distance=float(distance), chance=-expm1(-float(expected)))
        )
    near = int(told[0][-1]) if told else 0
    return near, tuple(candidates)
