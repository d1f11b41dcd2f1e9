"""The proposal as files of a contract, every line with its reason; what is not sure enough is a comment."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.contract.starter import starter_texts
from tieout.propose.plan import Plan, Proposal, Sure, Term
from tieout.propose.stages import qualifying
from tieout.propose.yaml_text import comments, line

_ORDER = (
    "entity",
    "of",
    "files",
    "mode",
    "key",
    "modified",
    "at",
    "sequence",
    "where",
    "dates",
    "taken_at",
    "sheet",
)
_HEAD = "# yaml-language-server: $schema=schemas/{name}.schema.json\n#\n"


def contract_texts(proposal: Proposal) -> dict[str, str]:
    """Give the files of the proposed contract: name to text."""
    texts = starter_texts()
    texts["company.yaml"] = _company(proposal)
    # The starter's rates are an example: a rate that nobody gave would convert money silently.
    texts["rates.csv"] = "".join(line for line in texts["rates.csv"].splitlines(keepends=True) if line[:1] in "#k")
    texts["sources.yaml"] = _sources(proposal)
    texts["pipeline.yaml"] = _pipeline(proposal)
    texts["lenses.yaml"] = _lenses(proposal)
    texts["plan.yaml"] = _plan(proposal, texts["plan.yaml"])
    return texts


def _said(term: Term) -> str:
    return f"{term.sure}: {term.why}" if term.why else term.sure.value


def _term(indent: int, key: str, term: Term) -> list[str]:
    return line(indent, key, term.value, _said(term), off=term.sure is Sure.LOW)


# -- sources.yaml


def _sources(proposal: Proposal) -> str:
    lines = [
        "# The systems, their exports and how each column is read: proposed from the files, to be corrected by you.",
        "# Behind each line stands how sure it is (high, medium, low) and why. What is low is a comment: delete the",
        "# sign before it if it is right. After each change: `tieout check`.",
    ]
    systems: dict[str, list[Plan]] = {}
    for plan in proposal.plans:
        systems.setdefault(plan.system, []).append(plan)
    for system, plans in systems.items():
        lines += ["", f"{system}:"]
        lines += line(2, "path", plans[0].base)
        label = next((plan.shape.label for plan in plans if plan.shape), None)
        if label:
            lines += line(2, "label", label)
        lines.append("  objects:")
        for number, plan in enumerate(plans):
            lines += [""] * bool(number) + _object(plan)
    if proposal.left_out:
        lines += ["", "# Files that are not read:"]
        lines += [text for out in proposal.left_out for text in comments(0, f"{out.name}: {out.reason}")]
    return _HEAD.format(name="sources") + "\n".join(lines) + "\n"


def _object(plan: Plan) -> list[str]:
    lines = [f"    {plan.name}:"]
    if kept := plan.terms.get("kept"):
        lines += comments(6, f"Kept in the ledger, read by no number: {kept.value}.")
    if note := plan.terms.get("note"):
        lines += comments(6, f"Note: {note.value}.")
    body = [text for key in _ORDER if (term := plan.terms.get(key)) for text in _line(plan, 6, key, term)]
    body += _fields(plan)
    if events := plan.terms.get("events"):
        body += [*comments(6, _said(events)), "      events:"]
        body += [
            f"        - {line(0, 'at', one['at'])[0]}\n          {line(0, 'set', one['set'])[0]}"
            for one in events.value
        ]
    body += [
        text for key in ("tracked", "assume") if (term := plan.terms.get(key)) for text in _line(plan, 6, key, term)
    ]
    for key, what in plan.asked:
        body += comments(6, f"To fill ({key}): {what}")
    return lines + body


def _fields(plan: Plan) -> list[str]:
    fields = [(key.removeprefix("fields."), term) for key, term in plan.terms.items() if key.startswith("fields.")]
    if not fields:
        return []
    live = plan.entity is not None and any(term.sure is not Sure.LOW for _, term in fields)
    lines = ["      fields:" if live else "      # fields:"]
    return lines + [text for key, term in fields for text in _line(plan, 8, key, term)]


def _line(plan: Plan, indent: int, key: str, term: Term) -> list[str]:
    """Write a line; what means nothing without an entity is a comment where that is one."""
    about = key not in {"files", "mode", "key", "dates", "taken_at", "sheet", "modified"}
    off = term.sure is Sure.LOW or (about and plan.entity is None)
    return line(indent, key, term.value, _said(term), off=off)


# -- company.yaml, pipeline.yaml, lenses.yaml, plan.yaml


def _company(proposal: Proposal) -> str:
    lines = ["# Who this contract is for. After each change: `tieout check`.", "", "name: Our company"]
    for term in proposal.company:
        lines += _term(0, term.key, term)
    lines += [
        "",
        "# Fiscal calendars; the first is the default. In which month your fiscal year begins is not told by exports.",
        "calendars:",
        "  fiscal:",
        "    start_month: 1",
        "",
        "# Segments are yours to say; the first whose condition holds counts. For example:",
        "# segments:",
        "#   - name: Enterprise",
        "#     when: employees >= 1000",
        "#   - name: Small business",
        "#     when: employees < 1000",
        "",
        "rates: rates.csv",
    ]
    return _HEAD.format(name="company") + "\n".join(lines) + "\n"


def _pipeline(proposal: Proposal) -> str:
    terms = {term.key: term for term in proposal.pipeline}
    lines = ["# The stages of an opportunity and the one pipeline number, proposed from the exports.", ""]
    if proposal.stages:
        lines += [
            "# In this order: open ones by how far along they are, then how deals end. `outcome` is open, won, lost or",
            "# disqualified.",
        ]
        lines.append("stages:")
        if not any(stage.outcome == "open" for stage in proposal.stages):
            lines += ["  # No row is open; a pipeline has an open stage all the same.", "  - name: Open"]
        for stage in proposal.stages:
            lines += comments(2, f"{stage.sure}: {stage.why}") if stage.sure is Sure.LOW else []
            lines.append(
                line(2, "- name", stage.name, "" if stage.sure is Sure.LOW else f"{stage.sure}: {stage.why}")[
                    -1
                ].replace('"- name"', "- name")
            )
            off = "# " if stage.sure is Sure.LOW and stage.outcome != "open" else ""
            if stage.outcome != "open":
                lines.append(f"    {off}outcome: {stage.outcome}")
            if stage.probability is not None and not off:
                lines.append(f"    probability: {stage.probability:g}")
    else:
        lines += comments(0, "No table of opportunities was found, so these are the stages to begin with.")
        lines += [
            "stages:",
            "  - name: Open",
            "  - name: Won",
            "    outcome: won",
            "  - name: Lost",
            "    outcome: lost",
        ]
    types = terms["types"].value if "types" in terms else ["new", "expansion", "renewal"]
    lines += ["", "# Types of opportunity, after the renaming in sources.yaml.", *line(0, "types", types)]
    if "categories" in terms:
        lines += ["", *line(0, "categories", terms["categories"].value, _said(terms["categories"]))]
    lines += [
        "",
        "# The agreed number: open, at `stage` or beyond, of these types, closing in the period.",
        "definition:",
    ]
    lines += _definition(proposal, terms, types)
    lines += ["", "exclusions: exclusions.csv", "merges: merges.csv"]
    return _HEAD.format(name="pipeline") + "\n".join(lines) + "\n"


def _definition(proposal: Proposal, terms: dict[str, Term], types: Sequence[str]) -> list[str]:
    counted = terms["counted"].value if "counted" in terms else [name for name in types if name != "renewal"]
    lines = line(2, "- types", counted)
    lines[0] = lines[0].replace('"- types"', "- types")
    stage, sure, why = qualifying(proposal.stages)
    if stage:
        lines += _term(4, "stage", Term("stage", stage, sure, why))
    elif not proposal.stages:
        lines += ["    stage: Open"]
    lines += line(4, "omitted", terms["omitted"].value if "omitted" in terms else [])
    lines += [
        "    # Which amount counts (arr, acv or tcv). One amount was found in most exports, and is read as arr.",
        f"    basis: {_basis(proposal)}",
    ]
    return lines


def _basis(proposal: Proposal) -> str:
    """Give the amount that deals have: arr where any of them has it, and where none has one."""
    deals = [plan for plan in proposal.plans if plan.entity == "opportunity"]
    return next((one for one in ("arr", "acv", "tcv") if any(plan.told(f"fields.{one}") for plan in deals)), "arr")


def _lenses(proposal: Proposal) -> str:
    lines = [
        "# How each team counts today: a lens names only what it does differently from the agreed number.",
        "# `tieout lenses` then shows, record by record, why the teams' numbers differ.",
        "",
        "sales:",
        "  question: What are the account executives working on?",
        "  types: all",
        "  stages: all",
        "  past_due: true",
    ]
    if any(stage.probability for stage in proposal.stages if stage.outcome == "open"):
        lines += ["", "finance:", "  question: What can we expect in the books?", "  weighting: stage"]
    return _HEAD.format(name="lenses") + "\n".join(lines) + "\n"


def _plan(proposal: Proposal, text: str) -> str:
    terms = {term.key: term for term in proposal.pipeline}
    if "counted" not in terms:
        return text
    return text.replace("types: [new, expansion]", line(0, "types", terms["counted"].value)[0])
