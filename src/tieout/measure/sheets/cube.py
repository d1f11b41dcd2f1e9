"""Every record as a few small codes, counted in cells: what a search over lenses needs, from one scan for each moment.

A code says all that a facet can ask of a record: whether it is deleted, merged or excluded; its type; its outcome and
stage; and so on. Cells of equal codes carry how many units they hold, how many of those are in the sheet, and for each
basis, weight and rate either their sum or how many have the sheet's amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.contract.criteria import parse_criterion
from tieout.contract.vocabulary import OPPORTUNITY_COLUMNS
from tieout.measure.lens_sql import quoted, units_sql
from tieout.measure.run_sql import rows, run

if TYPE_CHECKING:
    from tieout.basics.calendars import Period
    from tieout.contract.model import Contract
    from tieout.measure.lens_sql import LensView
    from tieout.warehouse.engine import Connection

BASES, WEIGHTS, RATES = ("arr", "acv", "tcv"), ("none", "stage", "record"), ("plan", "spot")
VALUES = tuple((basis, weight, rate) for basis in BASES for weight in WEIGHTS for rate in RATES)
DIMENSIONS = ("dated", "cube", "accepted", "category", "sliced", "kind", "clean", "stage")
"""The facets in the order in which they are summed over: first those that have fewer options than codes."""

DELETED, MERGED, EXCLUDED = 1, 2, 4
WON, LOST, DISQUALIFIED = 100, 101, 102
ANY = -1
"""The code of a claim without an opportunity, of which no facet of opportunities is asked."""
CREATED, CLAIMED, OVERDUE = 8, 16, 24
"""From which bit on a date is told for each calendar; the close date's begin at 0."""
MOST_CALENDARS = 8


@dataclass(frozen=True, slots=True)
class Cube:
    """What is counted: all units of one grain at one moment, by a lens that rejects as little as can be."""

    number: int
    view: LensView
    freshness: str
    """As it stands in a lens: empty for now, `days: 7`, or `last: month_end`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the codes must tell: the period in each calendar, slices to try, categories that the agreed number omits."""

    periods: tuple[Period, ...]
    slices: tuple[str, ...]
    omitted: tuple[str, ...]
    slack: float
    """How far an amount may be from the sheet's and still be the same: half of what it is rounded to."""


def take_cells(engine: Connection, contract: Contract, cubes: Sequence[Cube], asked: Asked, *, in_sheet: bool) -> None:
    """Create the temporary table of cells, `find_cells`, of all cubes. The sheet, if any, is in `find_sheet`."""
    engine.execute("drop table if exists temp.find_cells")
    for cube in cubes:
        sql, parameters = _cells_sql(contract, cube, asked, in_sheet=in_sheet)
        begin = "create temp table find_cells as" if cube is cubes[0] else "insert into temp.find_cells"
        run(engine, f"{begin} {sql}", parameters)


def _cells_sql(contract: Contract, cube: Cube, asked: Asked, *, in_sheet: bool) -> tuple[str, dict[str, object]]:
    units, parameters = units_sql(cube.view, contract, "a")
    claims = cube.view.lens.grain == "claim"
    omitted = _list(tuple(name.lower() for name in asked.omitted))
    codes = {
        # A lens that counts claims either leaves them with what was merged or moves them: each is a cube of its own.
        "clean": f"""deleted::integer + {0 if claims else MERGED} * (merged or duplicate)::integer
          + {EXCLUDED} * excluded::integer""",
        "kind": f"coalesce(list_position({_list(contract.pipeline.types)}, type), 0)",
        "stage": f"""case outcome when 'open' then coalesce(stage_rank, 0) when 'won' then {WON} when 'lost' then {LOST}
          else {DISQUALIFIED} end""",
        "accepted": "coalesce(accepted, false)::integer",
        "category": f"coalesce(list_contains({omitted}, lower(category)), false)::integer",
        "dated": _dated(asked.periods),
        "sliced": _sliced(asked.slices),
    }
    alone = {"kind", "stage", "accepted", "category", "sliced"}
    told = ", ".join(
        f"{f'case when lone then {ANY} else {code} end' if name in alone else code} as {name}"
        for name, code in codes.items()
    )
    values = ", ".join(f"{_value(*each)} as v{number}" for number, each in enumerate(VALUES))
    same = f"abs(v{{n}} - s.value) <= {asked.slack}"
    measures = ", ".join(
        f"count(*) filter (where {same.format(n=number)})::double as m{number}" if in_sheet
        else f"sum(coalesce(v{number}, 0)) as m{number}"
        for number in range(len(VALUES))
    )  # fmt: skip
    met = "count(s.record)" if in_sheet else "0"
    join = "left join temp.find_sheet as s on s.record = c.record and s.lone = c.lone" if in_sheet else ""
    return (
        f"""
        with units as ({units}),
        coded as (
          select u.record, u.lone, {told}, {values}
          from units as u
          left join exchange_rates as p
            on p.kind = 'plan' and p.currency = u.currency and p.starts_on <= $day_a and $day_a < p.ends_on
          left join exchange_rates as q
            on q.kind = 'spot' and q.currency = u.currency and q.starts_on <= $day_a and $day_a < q.ends_on
          where u.rank = 0
        )
        select {cube.number} as cube, {", ".join(f"c.{name}" for name in codes)},
          count(*)::double as n, {met}::double as met, {measures}
        from coded as c {join}
        group by all""",
        parameters,
    )


def _list(names: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, names))}]::varchar[]"


def _dated(periods: Sequence[Period]) -> str:
    bits = [
        f"""coalesce({day} >= date '{period.start}' and {day} < date '{period.end}', false)::integer
          * {1 << (first + place)}"""
        for first, day in ((0, "closed_on"), (CREATED, "created_on"), (CLAIMED, "claimed_on"))
        for place, period in enumerate(periods)
    ]
    overdue = f"(outcome = 'open' and coalesce(close_date < $day_a, false))::integer * {1 << OVERDUE}"
    return " + ".join([*bits, overdue])


def _sliced(slices: Sequence[str]) -> str:
    bits = [f"coalesce({_criterion(text)}, false)::integer * {1 << place}" for place, text in enumerate(slices)]
    return " + ".join(bits) or "0"


def _criterion(text: str) -> str:
    criterion, _ = parse_criterion(text, OPPORTUNITY_COLUMNS, "find")
    return f"({criterion.sql('u')})" if criterion else "false"


def _value(basis: str, weight: str, rate: str) -> str:
    """Give a value as lenses do, in floating point: it only has to rank lenses, not to be printed."""
    weights = {"none": "", "stage": " * stage_probability", "record": " * probability"}
    native = f"u.{basis}::double"
    weighted = native if weight == "none" else f"round({native}{weights[weight]}, 2)"
    return f"round({weighted} * {'p' if rate == 'plan' else 'q'}.rate::double, 2)"


# -- slices worth trying

SLICED_BY = ("region", "segment", "team", "source")
ONLY, MOST_SLICES, LEAST_SHARE = 0.95, 6, 0.02


def slices_of_sheet(engine: Connection, contract: Contract, cube: Cube, period: Period | None) -> tuple[str, ...]:
    """Propose slices from who is in a sheet: a value that nearly all of its records have, or that none has."""
    units, parameters = units_sql(cube.view, contract, "a")
    dated = f"and u.closed_on >= date '{period.start}' and u.closed_on < date '{period.end}'" if period else ""
    chosen: list[tuple[float, str]] = []
    for name in SLICED_BY:
        found = rows(
            engine,
            f"""select {name}, count(s.record), count(*) filter (where u.outcome = 'open' {dated})
            from ({units}) as u left join temp.find_sheet as s on s.record = u.record and not s.lone
            where u.rank = 0 group by 1""",
            parameters,
        )
        inside, around = sum(row[1] for row in found), sum(row[2] for row in found)
        for value, met, seen in found:
            if value is None or not inside or not around:
                continue
            if met >= ONLY * inside and seen < ONLY * around:
                chosen.append((1 - seen / around, f"{name} = {quoted(value)}"))
            elif met <= (1 - ONLY) * 0.1 * inside and seen >= LEAST_SHARE * around:
                chosen.append((seen / around, f"{name} <> {quoted(value)}"))
    return tuple(text for _, text in sorted(chosen, reverse=True)[:MOST_SLICES])


def slices_of_all(engine: Connection, contract: Contract, cube: Cube) -> tuple[str, ...]:
    """Give every value of the dimensions as a slice, with and without; those with most records first."""
    units, parameters = units_sql(cube.view, contract, "a")
    found: list[tuple[int, str]] = []
    for name in SLICED_BY:
        values = rows(
            engine,
            f"""select {name}, count(*) from ({units}) as u
            where u.rank = 0 and u.outcome = 'open' and {name} is not null group by 1 order by 2 desc limit 12""",
            parameters,
        )
        found += [(n, f"{name} {sign} {quoted(value)}") for value, n in values for sign in ("=", "<>")]
    return tuple(text for _, text in sorted(found, key=lambda each: -each[0])[:60])
