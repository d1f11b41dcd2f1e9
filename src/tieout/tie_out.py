"""The tie-out: the agreed number, the number of each team's lens, and the bridge from the agreed one to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.contract.definitions import AGREED
from tieout.measure.answers import Bridge, Side
from tieout.questions import BridgeTerms, EndAsked, bridge, opened

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Company, Lens


@dataclass(frozen=True, slots=True)
class Team:
    """How a team counts, and the bridge from the agreed number to its own."""

    name: str
    lens: Lens
    bridge: Bridge


@dataclass(frozen=True, slots=True)
class TieOut:
    """Every team's number of one period and moment, tied out to the agreed one."""

    company: Company
    period: str | None
    agreed: Side
    teams: tuple[Team, ...]


def tie_out(workspace: Workspace, terms: BridgeTerms | None = None, as_of: str | None = None) -> TieOut:
    """Tie every lens of the contract out to the agreed number, on the published build."""
    with opened(workspace) as asked:
        contract = asked.contract
    terms = terms or BridgeTerms()
    start = EndAsked(AGREED, as_of)
    teams = tuple(
        Team(name, lens, bridge(workspace, start, EndAsked(name, as_of), terms))
        for name, lens in contract.lenses.items()
    )
    whole = teams[0].bridge if teams else bridge(workspace, start, start, terms)
    return TieOut(contract.company, whole.period, whole.start, teams)
