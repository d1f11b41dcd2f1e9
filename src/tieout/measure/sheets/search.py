"""The search over lenses: cells are summed over every combination of facets, one facet after another.

A facet's options say which codes they let through. Joining the cells with the options of one facet and summing gives
the cells of all its options at once, without looking at records again; after the last facet each cell is a combination.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations, product
from typing import TYPE_CHECKING, Any

from tieout.contract.definitions import stage_rank
from tieout.measure.run_sql import rows
from tieout.measure.sheets.cube import (
    ANY,
    CLAIMED,
    CREATED,
    DELETED,
    DIMENSIONS,
    DISQUALIFIED,
    EXCLUDED,
    LOST,
    MERGED,
    OVERDUE,
    VALUES,
    WON,
    Asked,
    Cube,
)

if TYPE_CHECKING:
    from tieout.contract.model import Contract, Lens
    from tieout.warehouse.engine import Connection

Facets = dict[str, Any]
"""Keys of a lens that an option sets."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way of filling a facet: which codes it lets through, what it sets in a lens, how many facets it changes."""

    lets: Callable[[int], bool]
    sets: Facets = field(default_factory=dict)
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A combination: what it sets, how many facets it changes, how many units it counts, how many in the sheet.

    `measure` is its sum, or how many of the sheet's amounts it gives.
    """

    sets: Facets
    cost: int
    n: int
    met: int
    measure: float


Options = dict[str, list[Option]]


def options_of(contract: Contract, cubes: Sequence[Cube], asked: Asked, agreed: Lens, *, narrow: bool) -> Options:
    """Give the options of every dimension; `narrow` leaves out those of records that are not clean."""
    return {
        "cube": [_cube(cube) for cube in cubes],
        "clean": _clean(narrow=narrow),
        "kind": _types(contract, agreed),
        "stage": _stages(contract, agreed),
        "accepted": [Option(lambda _: True), Option(lambda code: code in {1, ANY}, {"accepted": "accepted"}, 1)],
        "category": [Option(lambda code: code in {0, ANY}), Option(lambda _: True, {"omitted": ()}, 1)],
        "dated": _dates(contract, asked),
        "sliced": [Option(lambda _: True), *(_slice(place, text) for place, text in enumerate(asked.slices))],
    }


def _cube(cube: Cube) -> Option:
    sets: Facets = {"freshness": cube.freshness} if cube.freshness else {}
    if cube.view.lens.grain == "claim":
        sets |= {"grain": "claim"} | ({"merged": True} if cube.view.lens.merged else {})
    return Option(lambda code: code == cube.number, sets, len(sets))


def _clean(*, narrow: bool) -> list[Option]:
    bits = {"deleted": DELETED, "merged": MERGED, "exclusions": EXCLUDED}
    found = []
    for names in chain.from_iterable(combinations(bits, size) for size in range(1 if narrow else 4)):
        allowed = sum(bits[name] for name in names)
        sets = {name: name != "exclusions" for name in names}
        found.append(Option(_within(~allowed), sets, len(names)))
    return found


def _within(refused: int) -> Callable[[int], bool]:
    return lambda code: not code & refused


def _types(contract: Contract, agreed: Lens) -> list[Option]:
    names = contract.pipeline.types
    spelled = {name.strip().lower(): name for name in names}
    told = agreed.types if isinstance(agreed.types, tuple) else ()
    own = tuple(sorted(spelled.get(name.strip().lower(), name) for name in told))
    sizes = range(1, len(names) + 1) if len(names) <= 4 else (1, len(names) - 1, len(names))
    sets_of = {tuple(sorted(chosen)): chosen for size in sizes for chosen in combinations(names, size)}
    sets_of.setdefault(own, own)
    found = []
    for key, chosen in sets_of.items():
        codes = {names.index(name) + 1 for name in chosen if name in names} | {ANY}
        changed = key != own
        found.append(Option(codes.__contains__, {"types": chosen} if changed else {}, int(changed)))
    return [*found, Option(lambda _: True, {"types": "all"}, 1)]


def _stages(contract: Contract, agreed: Lens) -> list[Option]:
    names = [stage.name for stage in contract.pipeline.stages]
    ranks = [place for place, stage in enumerate(contract.pipeline.stages) if stage.outcome == "open"]
    own = stage_rank(contract.pipeline).get((agreed.stage or "").strip().lower(), 0)
    closed: dict[tuple[str, ...], set[int]] = {
        ("open",): set(), ("open", "won"): {WON}, ("won",): {WON}, ("open", "won", "lost"): {WON, LOST},
        ("open", "won", "lost", "disqualified"): {WON, LOST, DISQUALIFIED},
    }  # fmt: skip
    found = []
    for (outcomes, codes), least in product(closed.items(), [None, *ranks]):
        if "open" not in outcomes and least != own:
            continue
        opened = set() if "open" not in outcomes else {rank for rank in ranks if least is None or rank >= least}
        sets: Facets = {} if outcomes == ("open",) else {"outcomes": outcomes}
        if least is None:
            sets["stages"] = "all"
        elif least != own:
            sets["stage"] = names[least]
        lets = opened | codes | {ANY}
        found.append(Option(lets.__contains__, sets, len(sets)))
    return found


def _dates(contract: Contract, asked: Asked) -> list[Option]:
    calendars = list(contract.company.calendars)[: len(asked.periods)]
    found = []
    fields = (("close_date", 0), ("created_at", CREATED), ("claimed_at", CLAIMED))
    ways: Iterator[tuple[int | None, Facets]] = chain(
        (
            (
                1 << (first + place),
                ({} if name == "close_date" else {"date_field": name}) | ({"calendar": calendar} if place else {}),
            )
            for name, first in fields for place, calendar in enumerate(calendars)
        ),
        [(None, {"date_field": "none"})],
    )  # fmt: skip
    for bit, sets in ways:
        for late in (False, True):
            more = sets | ({"past_due": True} if late else {})

            def lets(code: int, bit: int | None = bit, late: bool = late) -> bool:  # noqa: FBT001 - bound here
                return (bit is None or bool(code & bit)) and (late or not code & (1 << OVERDUE))

            found.append(Option(lets, more, len(more)))
    return found


def _slice(place: int, text: str) -> Option:
    return Option(lambda code: code == ANY or bool(code & (1 << place)), {"slice": text}, 1)


# -- summing over the options


def combine(engine: Connection, options: dict[str, list[Option]]) -> None:
    """Sum the cells over all options of all dimensions, into `find_ways`: a row for each combination that counts."""
    measures = ", ".join(f"sum({name}) as {name}" for name in ("n", "met", *(f"m{n}" for n in range(len(VALUES)))))
    held = "temp.find_cells"
    for place, dimension in enumerate(DIMENSIONS):
        codes = [code for (code,) in rows(engine, f"select distinct {dimension} from {held}")]
        pairs = [
            (number, code) for number, option in enumerate(options[dimension]) for code in codes if option.lets(code)
        ]
        engine.execute(
            """create or replace temp table find_options as
            select unnest(?::integer[]) as option, unnest(?::bigint[]) as code""",
            [[number for number, _ in pairs], [code for _, code in pairs]],
        )
        kept = ", ".join(
            [*(f"o_{name}" for name in DIMENSIONS[:place]), "p.option as " + f"o_{dimension}", *DIMENSIONS[place + 1 :]]
        )
        engine.execute(
            f"""create or replace temp table find_ways_{place} as
            select {kept}, {measures}
            from {held} as c join temp.find_options as p on p.code = c.{dimension} group by all"""
        )
        if place:
            engine.execute(f"drop table temp.find_ways_{place - 1}")
        held = f"temp.find_ways_{place}"
    engine.execute("drop table if exists temp.find_ways")
    _costed(engine, options, held)


def _costed(engine: Connection, options: dict[str, list[Option]], held: str) -> None:
    """Add to each combination how many facets it changes; values are told apart later."""
    joins, cost = "", "0"
    for dimension in DIMENSIONS:
        costs = ", ".join(f"({number}, {option.cost})" for number, option in enumerate(options[dimension]))
        joins += f" join (values {costs}) as k_{dimension}(option, cost) on k_{dimension}.option = w.o_{dimension}"
        cost += f" + k_{dimension}.cost"
    engine.execute(f"create temp table find_ways as select w.*, {cost} as cost from {held} as w {joins} where w.n > 0")
    engine.execute(f"drop table {held}")


def found_of(row: Sequence[Any], options: dict[str, list[Option]], agreed: Lens) -> Found:
    """Read a combination: option numbers in the order of the dimensions, value number, cost, n, met, measure."""
    sets: Facets = {}
    for dimension, number in zip(DIMENSIONS, row, strict=False):
        sets |= options[dimension][number].sets
    basis, weight, rate = VALUES[row[len(DIMENSIONS)]]
    named = {"basis": (basis, agreed.basis), "weighting": (weight, agreed.weighting), "rates": (rate, agreed.rates)}
    sets |= {key: value for key, (value, own) in named.items() if value != own}
    cost, n, met, measure = row[len(DIMENSIONS) + 1 : len(DIMENSIONS) + 5]
    return Found(sets, int(cost), int(n), int(met), float(measure))


def value_cost(agreed: Lens) -> list[int]:
    """Give how many facets each basis, weight and rate changes."""
    own = (agreed.basis, agreed.weighting, agreed.rates)
    return [sum(mine != theirs for mine, theirs in zip(each, own, strict=True)) for each in VALUES]
