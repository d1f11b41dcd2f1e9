"""The rules of a contract. This list is their table of contents; each docstring says what its rule asks for."""

from __future__ import annotations

from collections.abc import Collection

from tieout.contract.model import Contract
from tieout.contract.places import Fault, Path, Places
from tieout.contract.rulebook import Rule, Rulebook
from tieout.contract.rules_calendars import CALENDAR_RULES
from tieout.contract.rules_funnel import FUNNEL_RULES
from tieout.contract.rules_hours import HOURS_RULES
from tieout.contract.rules_identity import IDENTITY_RULES
from tieout.contract.rules_pipeline import PIPELINE_RULES
from tieout.contract.rules_placing import PLACING_RULES
from tieout.contract.rules_quality import QUALITY_RULES
from tieout.contract.rules_registers import REGISTER_RULES
from tieout.contract.rules_reported import REPORTED_RULES
from tieout.contract.rules_sources import SOURCE_RULES

RULES: tuple[Rule, ...] = (
    *CALENDAR_RULES,
    *PIPELINE_RULES,
    *FUNNEL_RULES,
    *PLACING_RULES,
    *SOURCE_RULES,
    *QUALITY_RULES,
    *REGISTER_RULES,
    *IDENTITY_RULES,
    *REPORTED_RULES,
    *HOURS_RULES,
)


def check(
    contract: Contract,
    metrics: Collection[str] = (),
    places: Places | None = None,
    lost: frozenset[Path] = frozenset(),
) -> tuple[Fault, ...]:
    """Hold a contract to every rule. `places` knows lines, `lost` is what could not be read; both come from loading."""
    book = Rulebook(contract, places or Places(), lost, frozenset(metrics))
    return tuple(fault for rule in RULES for fault in rule(book))
