"""audience.yaml: territories, and the register of who was on which team."""

from __future__ import annotations

from tieout.contract.model.base import Model, Placing


class Territory(Placing):
    """A territory of accounts: the first whose criterion holds is the account's territory."""

    owner: str | None = None
    team: str | None = None


class Audience(Model):
    """Whom the company sells to, and who works on whom: territories, and the register of teams.

    `icp` is a condition over leads: those it wants as customers.
    """

    icp: str | None = None
    territories: tuple[Territory, ...] = ()
    team: str = "team.csv"
