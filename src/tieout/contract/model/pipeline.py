"""pipeline.yaml: stages of an opportunity, the agreed definition, source classes."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from tieout.contract.model.base import Basis, Model, Outcome, Rates
from tieout.contract.model.quality import Evidence, Stale


class Stage(Model):
    """A stage of an opportunity, in order; `also` lists other names the systems use for it.

    `required` are fields that are filled from this stage on, `evidence` is what makes a claim to it believed, from this
    stage on; neither is carried into a stage that is lost or disqualified.
    """

    name: str
    also: tuple[str, ...] = ()
    outcome: Outcome = "open"
    probability: float | None = Field(default=None, ge=0, le=1)
    meaning: str | None = None
    required: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Definition(Model):
    """The agreed pipeline number. The first entry holds from the beginning, a later one names `from` and what changes.

    A state uses the entry in force at as-of, an event the one in force when it happened. `restate` applies a change to
    the past as well.
    """

    from_: date | None = Field(default=None, alias="from")
    restate: bool = False
    stage: str | None = None
    types: tuple[str, ...] | None = None
    omitted: tuple[str, ...] | None = None
    basis: Basis | None = None
    rates: Rates | None = None
    reason: str | None = None
    approver: str | None = None


class SourceClass(Model):
    """How an opportunity's source class is decided, once, when its pipeline is created.

    The order is fixed: an approved override; the first marketing touch within `touch_days` before the first sales
    contact; the lead's source; who created it; else unknown. `sources` maps lead sources to classes.
    """

    touch_days: int = Field(default=90, ge=0)
    sources: dict[str, str] = Field(default_factory=dict)
    marketing: str = "marketing"
    created_by: dict[str, str] = Field(default_factory=dict)


class Pipeline(Model):
    """Opportunity stages, the agreed definition through time, and the registers beside it."""

    stages: tuple[Stage, ...] = (
        Stage(name="Discovery", probability=0.1),
        Stage(name="Qualification", probability=0.25),
        Stage(name="Proposal", probability=0.5),
        Stage(name="Negotiation", probability=0.75),
        Stage(name="Closed Won", outcome="won", probability=1),
        Stage(name="Closed Lost", outcome="lost", probability=0),
    )
    categories: tuple[str, ...] = ()
    types: tuple[str, ...] = ("new", "expansion", "renewal")
    definition: tuple[Definition, ...] = (Definition(),)
    source_class: SourceClass = SourceClass()
    stale: Stale = Stale()
    exclusions: str = "exclusions.csv"
    merges: str = "merges.csv"
    distinct: str = "distinct.csv"
