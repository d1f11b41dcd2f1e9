"""The whole agreement."""

from __future__ import annotations

from pydantic import Field

from tieout.contract.model.audience import Audience
from tieout.contract.model.base import Model
from tieout.contract.model.company import Company
from tieout.contract.model.identity import Identity
from tieout.contract.model.lenses import Lens
from tieout.contract.model.lifecycle import Lifecycle
from tieout.contract.model.pipeline import Pipeline
from tieout.contract.model.plan import NumberTerms, Plan
from tieout.contract.model.quality import Quality
from tieout.contract.model.registers import Absence, Distinct, Exclusion, Merge, Rate, TeamEntry
from tieout.contract.model.sources import System


class Contract(Model):
    """The whole agreement, with its registers.

    `sheets` has the SHA-256 of each file that a lens reports from, so that the fingerprint tells what stood in it.
    """

    company: Company = Company()
    sources: dict[str, System] = Field(default_factory=dict)
    lifecycle: Lifecycle = Lifecycle()
    pipeline: Pipeline = Pipeline()
    lenses: dict[str, Lens] = Field(default_factory=dict)
    numbers: dict[str, NumberTerms] = Field(default_factory=dict)
    plan: Plan = Plan()
    quality: Quality = Quality()
    audience: Audience = Audience()
    identity: Identity = Identity()
    rates: tuple[Rate, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    merges: tuple[Merge, ...] = ()
    distinct: tuple[Distinct, ...] = ()
    team: tuple[TeamEntry, ...] = ()
    absences: tuple[Absence, ...] = ()
    sheets: dict[str, str] = Field(default_factory=dict)
