"""The tie-out as a page: the strip of lenses, and the steps of every team as a table behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.measure.bridge.reported import REPORTED_CAUSES
from tieout.show import figures
from tieout.show.charts.drawing import Chart
from tieout.show.charts.lenses import Lens, lens_strip
from tieout.show.charts.waterfall import Step
from tieout.show.html.page import Cell, Head, Page, Row, Section, Table
from tieout.show.terminal import clean
from tieout.show.tie_out import title_of

if TYPE_CHECKING:
    from tieout.measure.answers import Line
    from tieout.tie_out import Team, TieOut

Ways = Callable[[str, str | None], str | None]
"""Where a team's figure leads, or a step to it, by the team and the cause."""


def nowhere(_: str, __: str | None) -> None:
    """Lead nowhere: a page that stands alone has no other ones."""


def tie_out_html(found: TieOut) -> Page:
    """Lay out the tie-out as a page of its own."""
    zone = ZoneInfo(found.company.time_zone)
    label = [
        clean(found.company.name), found.period or "no period", f"as of {figures.stamp(found.agreed.as_of, zone)}",
        figures.known(found.agreed.known_at, zone), found.company.currency,
    ]  # fmt: skip
    headline = (
        figures.short(found.agreed.value),
        f"{found.company.currency} agreed, {figures.counted(found.agreed.n, 'deal')}",
    )
    passport = [("build", found.agreed.build), ("contract", found.agreed.contract)]
    return Page(title_of(found), label, (lenses_section(found),), passport, headline, tuple(found.left_out.values()))


def lenses_section(found: TieOut, ways: Ways = nowhere, title: str = "Three lenses on one pipeline") -> Section:
    """Lay out the strip and its table; without lenses it says what is missing."""
    if not found.teams:
        return Section(title, notes=("The contract has no lenses yet: lenses.yaml says how each team counts today.",))
    return Section(title, (strip(found, ways),), (steps_table(found, ways),))


def strip(found: TieOut, ways: Ways) -> Chart:
    """Draw the strip."""
    agreed = Lens("agreed", found.agreed.value, found.agreed.n, (), ways("agreed", None))
    return lens_strip(title_of(found), agreed, [_lens(team, ways) for team in found.teams])


def _lens(team: Team, ways: Ways) -> Lens:
    end = team.bridge.end
    steps = [Step(line.cause, line.amount, line.n, ways(team.name, line.cause)) for line in team.bridge.lines]
    return Lens(clean(team.name), end.value, end.n, steps, ways(team.name, None))


def steps_table(found: TieOut, ways: Ways) -> Table:
    """Lay out every step by its cause, a pair of columns for each team."""
    heads = [Head(found.company.currency, right=False)]
    for team in found.teams:
        heads += [Head(clean(team.name), anchor=ways(team.name, None)), Head("n")]
    opening: list[Cell | str] = ["agreed"]
    closing: list[Cell | str] = ["their number"]
    residual: list[Cell | str] = ["residual"]
    for team in found.teams:
        for cells, side in ((opening, found.agreed), (closing, team.bridge.end)):
            cells += [Cell(figures.money(side.value), str(side.value), "figure"), figures.count(side.n)]
        left = team.bridge.residual
        residual += [Cell(figures.money(left), style="danger" if left else "muted"), ""]
    causes = [cause for cause in REPORTED_CAUSES if any(_line(team, cause) for team in found.teams)]
    rows: list[Row] = [opening]
    for cause in causes:
        row: list[Cell | str] = [cause]
        for team in found.teams:
            line = _line(team, cause)
            told = figures.signed(line.amount) if line else figures.NOTHING
            way = ways(team.name, cause) if line else None
            row += [Cell(told, anchor=way), figures.count(line.n) if line else ""]
        rows.append(row)
    return Table("Every step between, by its cause", heads, rows, [closing, residual], folded=True)


def _line(team: Team, cause: str) -> Line | None:
    return next((line for line in team.bridge.lines if line.cause == cause), None)
