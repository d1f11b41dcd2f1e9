"""The tie-out: each team's figure as a bar, the agreed one as a line through them, and every step between by cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.measure.answers import Line, Side
from tieout.measure.bridge.reported import REPORTED_CAUSES
from tieout.show import figures
from tieout.show.as_json import lines_json, side_json
from tieout.show.bars import bar
from tieout.show.tables import GAP, Cell, Column, Row, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.tie_out import Team, TieOut

WIDE = 1000
"""Wide enough that nothing is cut."""


def tie_out_page(terminal: Terminal, found: TieOut) -> list[str]:
    """Give the lines of the tie-out."""
    zone = ZoneInfo(found.company.time_zone)
    told = [found.period or "no period", f"as of {figures.stamp(found.agreed.as_of, zone)}"]
    told += [figures.known(found.agreed.known_at, zone), found.company.currency]
    lines = [terminal.paint(title_of(found), "title")]
    lines += terminal.label([found.company.name, *told])
    lines += ["", *_strip(terminal, found)]
    for block in _blocks(terminal, found, found.teams):
        lines += ["", *block]
    if not found.teams:
        lines += ["", "  The contract has no lenses yet: lenses.yaml says how each team counts today."]
    return [*lines, "", *_foot(terminal, found)]


def title_of(found: TieOut) -> str:
    """Say every team's figure, and that they are tied out to the agreed one."""
    if not found.teams:
        return f"The agreed number is {figures.short(found.agreed.value)}"
    agreed, *told = figures.shorts(found.agreed.value, *(team.bridge.end.value for team in found.teams))
    teams = ", ".join(f"{clean(team.name)} {text}" for team, text in zip(found.teams, told, strict=True))
    tied = not any(team.bridge.residual for team in found.teams)
    return f"{teams}: {'all tied out to' if tied else 'not tied out to'} the agreed {agreed}"


def _strip(terminal: Terminal, found: TieOut) -> list[str]:
    """Draw the bars, all from 0 and on one scale."""
    sides = [("agreed", found.agreed), *((clean(team.name), team.bridge.end) for team in found.teams)]
    largest = max(*(side.value for _, side in sides), Decimal(0))
    columns = [Column("", right=False), Column(""), Column(found.company.currency), Column("n")]
    rows: list[list[Cell]] = [_bar_row(name, side) for name, side in sides]
    used = max(len(line) for line in table(Terminal(terminal.width), columns, rows))
    width = terminal.width - used - 3
    if width >= 10:
        columns.append(Column("", right=False, gap=3))
        for row, (name, side) in zip(rows, sides, strict=True):
            mark = None if name == "agreed" else found.agreed.value
            row.append(Cell(bar(side.value, largest, width - 1, mark), "accent" if name == "agreed" else "plain"))
    return table(terminal, columns, rows)


def _bar_row(name: str, side: Side) -> list[Cell]:
    agreed = "accent" if name == "agreed" else "plain"
    return [
        Cell(name, agreed),
        Cell(figures.short(side.value), "figure"),
        Cell(figures.money(side.value)),
        Cell(figures.count(side.n), "label"),
    ]


# -- the steps


def _blocks(terminal: Terminal, found: TieOut, teams: Sequence[Team]) -> Iterator[list[str]]:
    """Lay out the steps of as many teams beside one another as fit, the others below them."""
    plain = Terminal(WIDE)
    while teams:
        ways = ((count, gap) for count in range(len(teams), 0, -1) for gap in (GAP, 1))
        fits = (way for way in ways if len(_steps(plain, found, teams[: way[0]], way[1])[1]) <= terminal.width)
        count, gap = next(fits, (1, 1))
        yield _steps(terminal, found, teams[:count], gap)
        teams = teams[count:]


def _steps(terminal: Terminal, found: TieOut, teams: Sequence[Team], gap: int) -> list[str]:
    """Lay out the causes in their fixed order, one pair of columns for each team: the amount, and its records."""
    causes = [cause for cause in REPORTED_CAUSES if any(_line(team, cause) for team in teams)]
    columns = [Column("", right=False)]
    for team in teams:
        columns += [Column(clean(team.name)), Column("n", gap=gap)]
    opening: list[Cell] = [Cell("agreed", "accent")]
    closing: list[Cell] = [Cell("their number", "title")]
    residual: list[Cell] = [Cell("residual", "label")]
    for team in teams:
        opening += _pair(found.agreed)
        closing += _pair(team.bridge.end)
        left = team.bridge.residual
        residual += [Cell(figures.money(left), "error" if left else "label"), Cell()]
    rows: list[Row] = [opening]
    for cause in causes:
        cells = [Cell(f"  {cause}")]
        for team in teams:
            cells += _amount(_line(team, cause))
        rows.append(cells)
    return table(terminal, columns, rows, [closing, residual])


def _line(team: Team, cause: str) -> Line | None:
    return next((line for line in team.bridge.lines if line.cause == cause), None)


def _pair(side: Side) -> list[Cell]:
    return [Cell(figures.money(side.value), "figure"), Cell(figures.count(side.n), "label")]


def _amount(line: Line | None) -> list[Cell]:
    if line is None:
        return [Cell(figures.NOTHING, "label"), Cell()]
    return [Cell(figures.signed(line.amount)), Cell(figures.count(line.n), "label")]


def _foot(terminal: Terminal, found: TieOut) -> list[str]:
    more = "tieout bridge agreed LENS --records  names the records of each step"
    sheets = [clean(f"{told[0]} {told[1][:16]}") for team in found.teams if (told := team.bridge.end.sheet)]
    return [
        *(line for why in found.left_out.values() for line in terminal.wrap(clean(why), style="label")),
        terminal.paint(more, "label"),
        *terminal.label([f"build {found.agreed.build}", f"contract {found.agreed.contract}", *sheets]),
    ]


# -- for files


def tie_out_json(found: TieOut) -> dict[str, Any]:
    """Give the document of `tieout lenses`."""
    return {
        "unit": "money",
        "currency": found.company.currency,
        "period": found.period,
        "as_of": found.agreed.as_of,
        "known_at": found.agreed.known_at,
        "agreed": side_json(found.agreed),
        "lenses": [
            {
                **side_json(team.bridge.end),
                "owner": team.lens.owner,
                "question": team.lens.question,
                "lines": lines_json(team.bridge.lines),
                "residual": team.bridge.residual,
            }
            for team in found.teams
        ],
        **({"left_out": dict(found.left_out)} if found.left_out else {}),
    }
