"""The page of a search: the lens that may be behind a team's figure, how well it does, and as YAML to paste."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.show import figures
from tieout.show.as_json import bridge_json
from tieout.show.bridge import waterfall
from tieout.show.tables import Cell, Column, Row, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.tying import FoundLens, Proposal

LUCK = 0.05
"""A total that so many searches would meet by luck is no evidence."""


def found_page(terminal: Terminal, found: FoundLens) -> list[str]:
    """Give the lines of a search."""
    zone = ZoneInfo(found.company.time_zone)
    name = clean(found.reported.called)
    told = [found.period or "no period", f"as of {figures.stamp(found.as_of, zone)}", found.company.currency]
    lines = [terminal.paint(_title(found, name), "title")]
    lines += terminal.label([*told, f"{figures.count(found.search.tried)} combinations tried"])
    if not found.proposals:
        return [*lines, "", "  No combination of facets comes near it. Give the list behind the figure."]
    lines += ["", *_table(terminal, found)]
    best = found.proposals[0]
    names = ("proposal 1", f"{name} as reported")
    if best.bridge.lines:
        lines += ["", *waterfall(terminal, best.bridge, found.company, names)]
    lines += ["", *_warning(terminal, found)]
    return [*lines, "", *yaml_of(best.candidate.sets, _key(name))]


def _title(found: FoundLens, name: str) -> str:
    if not found.proposals:
        return f"{name} {figures.short(found.value)}: no lens comes near it"
    best = found.proposals[0]
    if not best.bridge.lines:
        return f"{name} {figures.short(found.value)}: reproduced to the cent"
    left = sum((abs(line.amount) for line in best.bridge.lines), Decimal(0))
    return f"{name} {figures.short(found.value)}: reproduced but for {figures.short(left)}"


def _table(terminal: Terminal, found: FoundLens) -> list[str]:
    sheet = found.reported.file is not None
    heads = ("records", "amounts") if sheet else ("off by", "luck")
    columns = [Column("proposal"), Column(found.company.currency), Column("n"), *map(Column, heads)]
    columns.append(Column("changed against agreed", right=False))
    rows: list[Row] = []
    for number, one in enumerate(found.proposals, start=1):
        likeness = _alike(one) if sheet else _luck(one)
        first = [str(number), figures.money(one.bridge.start.value), figures.count(one.bridge.start.n), *likeness]
        for place, text in enumerate(_changed(one, found.proposals[0])):
            rows.append([*(first if not place else [""] * 5), text])
    return table(terminal, columns, rows)


def _changed(one: Proposal, best: Proposal) -> list[str]:
    """Tell what a proposal changes; of the further ones, what they change against the first."""
    sets, first = one.candidate.sets, best.candidate.sets
    if one is best:
        return told_sets(sets) or ["nothing"]
    other = {key: value for key, value in sets.items() if first.get(key) != value}
    told = [*told_sets(other), *(f"{key} as agreed" for key in first if key not in sets)]
    return [f"as 1, but {told[0]}", *told[1:]] if told else ["as 1"]


def _alike(one: Proposal) -> list[Cell | str]:
    return [figures.share(one.candidate.shared or 0), figures.share(one.candidate.same or 0)]


def _luck(one: Proposal) -> list[Cell | str]:
    chance = one.candidate.chance or 0
    difference = one.bridge.start.value - one.bridge.end.value
    return [figures.signed(difference), Cell(figures.share(chance), "warning" if chance > LUCK else "plain")]


def _warning(terminal: Terminal, found: FoundLens) -> list[str]:
    """Say what the evidence is worth."""
    if found.reported.file is not None:
        told = "Records: shared of all that either has. Amounts: the same, of those shared."
        return terminal.wrap(f"{told} Ask the team whether this is how it counts.", style="label")
    best = found.proposals[0].candidate
    near = figures.count(found.search.near)
    told = f"{near} different totals come as near as the figure is exact. " if found.search.near != 1 else ""
    if (best.chance or 0) > LUCK:
        told += (
            "A total alone can be hit by luck, and this one may well be: give the list behind it, or the exact figure."
        )
        return terminal.wrap(told, style="warning")
    told += f"So near a total by luck: {figures.share(best.chance or 0)}. Ask the team whether this is how it counts."
    return terminal.wrap(told, style="label")


def told_sets(sets: Mapping[str, Any]) -> list[str]:
    """Write what a lens changes, one facet a line, as in lenses.yaml."""
    return [f"{key}: {_value(key, value)}" for key, value in sets.items()]


def yaml_of(sets: Mapping[str, Any], name: str) -> list[str]:
    """Give a lens ready to paste into lenses.yaml."""
    return [f"{name}:", *(f"  {line}" for line in told_sets(sets) or ["question: as agreed"])]


def _key(name: str) -> str:
    letters = "".join(letter if letter.isalnum() else "_" for letter in name.lower())
    return letters.strip("_") or "team"


def _value(key: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_scalar, value))}]"
    return f"{{{value}}}" if key == "freshness" else _scalar(str(value))


def _scalar(text: str) -> str:
    plain = all(letter.isalnum() or letter in " _-" for letter in text) and text.strip() == text
    return text if plain and text else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def found_json(found: FoundLens) -> dict[str, Any]:
    """Give the document of `tieout tie --find`."""
    return {
        "name": found.reported.called,
        "value": found.value,
        "currency": found.company.currency,
        "period": found.period,
        "as_of": found.as_of,
        "tried": found.search.tried,
        "near": found.search.near if found.reported.file is None else None,
        "proposals": [
            {
                "lens": {
                    key: list(value) if isinstance(value, tuple) else value for key, value in one.candidate.sets.items()
                },
                "yaml": "\n".join(yaml_of(one.candidate.sets, _key(found.reported.called))),
                "changed": one.candidate.cost,
                "records_shared": one.candidate.shared,
                "amounts_same": one.candidate.same,
                "chance": one.candidate.chance,
                "bridge": bridge_json(one.bridge, found.company.currency),
            }
            for one in found.proposals
        ],
    }
