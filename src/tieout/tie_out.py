"""The tie-out: the agreed number, the number of each team's lens, and the bridge from the agreed one to each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tieout.contract.definitions import AGREED, counting_lenses
from tieout.ends import BridgeTerms, EndAsked
from tieout.measure.answers import Bridge, Side
from tieout.measure.sheets.taking import OtherPeriodError
from tieout.questions import bridge_builds, opened

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Company, Lens
    from tieout.warehouse.builds import BuildFacts


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
    left_out: dict[str, str] = field(default_factory=dict)
    """Teams whose own list is of another period, and why they are left out."""


def tie_out(
    workspace: Workspace,
    terms: BridgeTerms | None = None,
    as_of: str | None = None,
    facts: BuildFacts | None = None,
) -> TieOut:
    """Tie every lens of the contract out to the agreed number, on the published build or the one given.

    A team whose own list is of another period is left out.
    """
    with opened(workspace, facts) as asked:
        contract, facts = asked.contract, asked.facts
    terms = terms or BridgeTerms()
    start = EndAsked(AGREED, as_of)

    def bridge(end: EndAsked, terms: BridgeTerms) -> Bridge:
        return bridge_builds(workspace, (start, facts), (end, facts), terms)

    found, left_out = dict[str, Bridge](), dict[str, str]()
    for name in counting_lenses(contract):
        found[name] = bridge(EndAsked(name, as_of), terms)
    whole = next(iter(found.values()), None) or bridge(start, terms)
    for name, lens in contract.lenses.items():
        if lens.reported:
            try:
                found[name] = bridge(EndAsked(name, as_of), replace(terms, period=whole.period))
            except OtherPeriodError as error:
                left_out[name] = str(error)
    teams = tuple(Team(name, lens, found[name]) for name, lens in contract.lenses.items() if name in found)
    return TieOut(contract.company, whole.period, whole.start, teams, left_out)
