"""A proposed contract: what each file was taken for, with its reasons, and what a person has to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.show import figures
from tieout.show.tables import Cell, Column, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.propose.plan import Join, Plan, Proposal, StageTerm, Term

MOST_QUESTIONS = 12
MOST_KEPT = 12
STYLES = {"high": "plain", "medium": "label", "low": "warning"}


def proposal_page(terminal: Terminal, proposal: Proposal, folder: Path) -> list[str]:
    """Give the lines of a proposal."""
    read = [plan for plan in proposal.plans if plan.entity]
    kept = [plan for plan in proposal.plans if not plan.entity]
    files = f"{figures.count(proposal.files)} file{'s' * (proposal.files != 1)}"
    lines = [terminal.paint(f"A contract proposed from {files} is in {folder / 'contract'}", "title"), ""]
    columns = [Column(head, right=False) for head in ("object", "is", "mode", "key", "sure")]
    lines += table(terminal, columns, [_row(plan) for plan in read]) if read else []
    for system in dict.fromkeys(plan.system for plan in read):
        lines += _fields(terminal, [plan for plan in read if plan.system == system])
    lines += _stages(terminal, proposal)
    if kept:
        lines += [""] * bool(read) + [terminal.paint("Kept in the ledger, read by no number", "title")]
        for plan in kept[:MOST_KEPT]:
            term = plan.terms.get("kept") or plan.terms.get("entity")
            why = f": {term.value if term.key == 'kept' else term.why!s}" if term else ""
            lines += terminal.wrap(f"{clean(plan.label)}{clean(why)}", indent=4, first=2)
        if len(kept) > MOST_KEPT:
            lines.append(f"  ... and {len(kept) - MOST_KEPT} more; each one's reason is in sources.yaml")
    if proposal.left_out:
        lines += ["", terminal.paint("Not read", "title")]
        for out in proposal.left_out[:MOST_KEPT]:
            lines += terminal.wrap(f"{clean(out.name)}: {out.reason}", indent=4, first=2)
    return lines + _questions(terminal, proposal)


def _row(plan: Plan) -> list[Cell | str]:
    sure = plan.terms["entity"].sure.value
    key = ", ".join(plan.key) or "none"
    return [clean(plan.label), plan.entity or "", str(plan.told("mode") or ""), clean(key), Cell(sure, STYLES[sure])]


def _fields(terminal: Terminal, plans: Sequence[Plan]) -> list[str]:
    lines: list[str] = []
    for plan in plans:
        terms = [(key.removeprefix("fields."), term) for key, term in plan.terms.items() if key.startswith("fields.")]
        told = [f"{name} {_from(term)}" for name, term in terms if name != "id"]
        if told:
            lines += ["", f"  {terminal.paint(clean(plan.label), 'accent')}", *terminal.label(told, indent=4)]
    return lines


def _from(term: Term) -> str:
    value = term.value
    if isinstance(value, dict):
        value = value.get("column") or (f"= {value['constant']}" if "constant" in value else "by an expression")
    mark = "?" if term.sure.value == "low" else ""
    return f"\N{LEFTWARDS ARROW} {value}{mark}"


def _stages(terminal: Terminal, proposal: Proposal) -> list[str]:
    if not proposal.stages:
        return []
    ends = [f"{stage.name}{'' if stage.outcome == 'open' else f' ({stage.outcome})'}" for stage in proposal.stages]
    return ["", terminal.paint("Stages", "title"), *terminal.label(ends, indent=2)]


def ended_lines(terminal: Terminal, proposal: Proposal) -> list[str]:
    """Give the deals of each outcome as the files hold them, for deals of which no period is told."""
    deals = [plan for plan in proposal.plans if plan.entity == "opportunity"]
    if len(deals) != 1 or deals[0].told("mode") == "log" or not any(stage.rows for stage in proposal.stages):
        return []
    currency = deals[0].told("fields.currency")
    code = currency.get("constant", "") if isinstance(currency, dict) else ""
    rows: list[list[Cell | str]] = []
    for outcome in ("open", "won", "lost", "disqualified"):
        found = [stage for stage in proposal.stages if stage.outcome == outcome and stage.rows]
        amounts = [stage.amount for stage in found if stage.amount is not None]
        total = f"{sum(amounts):,.2f} {code}".strip() if amounts and code else ""
        rows += [[outcome, figures.count(sum(stage.rows for stage in found)), total]] if found else []
    columns = [Column("outcome", right=False), Column("deals"), Column("amount")]
    return ["", terminal.paint("In the files, of any time", "title"), "", *table(terminal, columns, rows)]


def _questions(terminal: Terminal, proposal: Proposal) -> list[str]:
    if not proposal.questions:
        return []
    lines = ["", terminal.paint("What could not be told: the key to fill in contract/", "title")]
    for question in proposal.questions[:MOST_QUESTIONS]:
        lines += [f"  {clean(question.place)}", *terminal.wrap(question.what, indent=4, style="label")]
    if len(proposal.questions) > MOST_QUESTIONS:
        lines.append(f"  ... and {len(proposal.questions) - MOST_QUESTIONS} more, as comments in the files")
    return lines


def proposal_json(proposal: Proposal, folder: Path, files: Sequence[Path]) -> dict[str, Any]:
    """Give a proposal as a document."""
    return {
        "workspace": str(folder),
        "contract": [file.name for file in files],
        "company": [_term_json(term) for term in proposal.company],
        "pipeline": [_term_json(term) for term in proposal.pipeline],
        "stages": [_stage_json(one) for one in proposal.stages],
        "objects": [_plan_json(plan) for plan in proposal.plans],
        "joins": [_join_json(one) for one in proposal.joins],
        "left_out": [{"file": one.name, "reason": one.reason, "remedy": one.remedy} for one in proposal.left_out],
        "to_fill": [{"key": one.place, "what": one.what} for one in proposal.questions],
    }


def _stage_json(one: StageTerm) -> dict[str, Any]:
    told = {"name": one.name, "outcome": one.outcome, "probability": one.probability}
    return told | {"sure": one.sure.value, "why": one.why}


def _join_json(one: Join) -> dict[str, Any]:
    told = {"object": one.object, "column": one.column, "field": one.field, "target": one.target}
    return told | {"share": round(one.share, 4), "missing": one.missing}


def _plan_json(plan: Plan) -> dict[str, Any]:
    return {
        "object": plan.label,
        "entity": plan.entity,
        "system": plan.shape.label if plan.shape else None,
        "files": [source.name for source in plan.table.sources],
        "rows": plan.looked.rows,
        "proposed": [_term_json(term) for term in plan.terms.values()],
    }


def _term_json(term: Term) -> dict[str, Any]:
    return {"key": term.key, "value": term.value, "sure": term.sure.value, "why": term.why}
