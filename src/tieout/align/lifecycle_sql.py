"""The criteria of lifecycle stages compiled: which of them each told state of a lead meets.

The view has one list, whose n-th entry is the answer of the n-th stage that has a criterion; the table
`lifecycle_stages` says which stage that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from tieout.contract.criteria import parse_criterion
from tieout.contract.vocabulary import LEAD_TOLD

if TYPE_CHECKING:
    from tieout.contract.model import Contract


def stages_with_criteria(contract: Contract) -> list[str]:
    """Give the names of the stages that have a criterion, in their order."""
    return [stage.name for stage in contract.lifecycle.stages if stage.when]


def met_by_leads(contract: Contract) -> str:
    """Compile the view of leads as told, with the criteria that each state meets."""
    told: list[exp.Expr] = []
    for stage in contract.lifecycle.stages:
        if stage.when:
            criterion, _ = parse_criterion(stage.when, LEAD_TOLD, stage.name)
            told.append(criterion.tree.copy() if criterion else exp.null())
    met = ", ".join(f"coalesce({tree.sql('duckdb')}, false)" for tree in told) or "cast(null as boolean)"
    return f"select s.*, [{met}] as met from source_lead as s"
