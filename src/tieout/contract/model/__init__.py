"""The contract: what the teams agreed, as frozen values. Every key has a default; the smallest contract is a page.

Loading (`load.py`) turns YAML and registers into these; nothing here reads a file or a clock.
"""

from __future__ import annotations

from tieout.contract.model.audience import Audience, Territory
from tieout.contract.model.base import Basis, Mode, Model, Outcome, Placing, Rates
from tieout.contract.model.company import Calendar, Company, Segment, WorkingHours
from tieout.contract.model.contract import Contract
from tieout.contract.model.identity import Identity, Surviving
from tieout.contract.model.lenses import Freshness, Lens, Reported
from tieout.contract.model.lifecycle import Commitment, Lifecycle, LifecycleStage, ScoreBand, SentBack
from tieout.contract.model.pipeline import Definition, Pipeline, SourceClass, Stage
from tieout.contract.model.plan import Band, NumberTerms, Plan
from tieout.contract.model.quality import Evidence, FieldRule, Quality, RecordRule, Severity, Stale, StaleDays
from tieout.contract.model.registers import Absence, Distinct, Exclusion, Merge, Rate, TeamEntry
from tieout.contract.model.sources import ColumnEvent, FieldMapping, SourceObject, System

__all__ = [
    "Absence",
    "Audience",
    "Band",
    "Basis",
    "Calendar",
    "ColumnEvent",
    "Commitment",
    "Company",
    "Contract",
    "Definition",
    "Distinct",
    "Evidence",
    "Exclusion",
    "FieldMapping",
    "FieldRule",
    "Freshness",
    "Identity",
    "Lens",
    "Lifecycle",
    "LifecycleStage",
    "Merge",
    "Mode",
    "Model",
    "NumberTerms",
    "Outcome",
    "Pipeline",
    "Placing",
    "Plan",
    "Quality",
    "Rate",
    "Rates",
    "RecordRule",
    "Reported",
    "ScoreBand",
    "Segment",
    "SentBack",
    "Severity",
    "SourceClass",
    "SourceObject",
    "Stage",
    "Stale",
    "StaleDays",
    "Surviving",
    "System",
    "TeamEntry",
    "Territory",
    "WorkingHours",
]
