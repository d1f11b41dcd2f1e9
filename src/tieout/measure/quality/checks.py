"""What the contract asks of the data, as checks: one list, one signature, whatever part of the contract asks.

A check is compiled over the row `u` of its entity: `applies` says which records it is about, `kept` which of them keep
it. What is not known is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.basics.findings import Level
from tieout.contract.asked_for import evidence_by_stage, required_by_stage, required_of_leads
from tieout.contract.criteria import parse_criterion
from tieout.contract.vocabulary import ENTITIES, PERSONAL, REQUIRABLE, rule_columns
from tieout.measure.lens_sql import quoted
from tieout.measure.quality.deals import PAST, PUSHED, evidence_tests, stale_tests
from tieout.measure.quality.number_facts import TOLD

if TYPE_CHECKING:
    from tieout.contract.model import Contract, FieldRule, RecordRule

OPEN = "u.outcome = 'open'"
PLURALS = {
    "opportunity": "opportunities",
    "activity": "activities",
    "health": "health scores",
    "usage": "usage records",
}

NAMES = frozenset({("user", "name"), ("claim", "claimed_by"), ("lifecycle_change", "reason")})
"""Fields beside those about a person that may hold a person's name: their values are judged and not kept."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is asked of the records of an entity.

    `given` is the field whose value is told where a check is broken. `message` is filled with the number of records
    that break it (`n`), that it is about (`checked`), and the values found (`values`).
    """

    code: str
    name: str
    entity: str
    applies: str
    kept: str
    message: str
    remedy: str
    owner: str | None = None
    field: str | None = None
    given: str | None = None
    level: Level = Level.WARNING
    allowed: tuple[str, ...] = ()
    spelled_as: str | None = None
    consistent: bool = False
    format: str | None = None


def plural(entity: str) -> str:
    """Name the records of an entity."""
    return PLURALS.get(entity, f"{entity.replace('_', ' ')}s")


def checks_of(contract: Contract) -> tuple[Check, ...]:
    """List every check of a contract."""
    return (
        *_required_in_stage(contract),
        *_required_of_leads(contract),
        *_fields(contract),
        *_rules(contract),
        *_evidence(contract),
        *_stale(contract),
        *_verticals(contract),
    )


def owner_of(contract: Contract, entity: str, field: str | None = None) -> str | None:
    """Give who answers for a field: by quality.yaml, else by its mapping, its object, its system."""
    if field and (terms := contract.quality.fields.get(f"{entity}.{field}")) and terms.owner:
        return terms.owner
    for system in contract.sources.values():
        for item in system.objects.values():
            if item.entity != entity or (field and field not in item.fields):
                continue
            mapping = item.fields.get(field or "")
            if owner := ((mapping and mapping.owner) or item.owner or system.owner):
                return owner
    return None


# -- required


def _required_in_stage(contract: Contract) -> Iterator[Check]:
    asked = required_by_stage(contract.pipeline)
    for field in REQUIRABLE:
        if stages := [stage for stage, fields in asked.items() if field in fields]:
            yield Check(
                code="quality.required",
                name=f"opportunity.{field} by stage",
                entity="opportunity",
                applies=f"u.stage in ({', '.join(map(quoted, stages))})",
                kept=f"u.{TOLD.get(field, field)} is not null",
                message=f"{{n}} of {{checked}} opportunities have no {field}, which their stage requires.",
                remedy="Fill it in the system, or move the deal back to the stage that it is in.",
                owner=owner_of(contract, "opportunity", field),
                field=field,
            )


def _required_of_leads(contract: Contract) -> Iterator[Check]:
    asked = required_of_leads(contract.lifecycle)
    for field in ENTITIES["lead"]:
        if stages := [stage for stage, fields in asked.items() if field in fields]:
            yield Check(
                code="quality.required",
                name=f"lead.{field} by stage",
                entity="lead",
                applies=f"u.lifecycle_stage in ({', '.join(map(quoted, stages))})",
                kept=f"u.{field} is not null",
                message=f"{{n}} of {{checked}} leads have no {field}, which their stage requires.",
                remedy="Fill it in the system, or move the lead back to the stage that it is in.",
                owner=owner_of(contract, "lead", field),
                field=field,
            )


# -- fields


def _fields(contract: Contract) -> Iterator[Check]:
    for name, terms in contract.quality.fields.items():
        entity, _, field = name.partition(".")
        yield from _field(contract, entity, field, terms)


def _field(contract: Contract, entity: str, field: str, terms: FieldRule) -> Iterator[Check]:
    column = f"u.{TOLD.get(field, field) if entity == 'opportunity' else field}"
    owner = owner_of(contract, entity, field)
    given = None if field in PERSONAL or (entity, field) in NAMES else field
    level, records = Level(terms.severity), plural(entity)
    there = f"{column} is not null"
    if terms.required:
        message = f"{{n}} of {{checked}} {records} have no {field}."
        remedy = terms.remedy or "Fill it in the system."
        yield Check("quality.required", f"{entity}.{field}", entity, "true", there, message, remedy, owner, field,
                    level=level)  # fmt: skip
    if terms.allowed:
        listed = ", ".join(quoted(value.strip().lower()) for value in terms.allowed)
        message = f"the {field} of {{n}} {records} is none of the allowed values: {{values}}."
        remedy = terms.remedy or "Mend it in the system, rename it with `values` in the mapping, or allow it."
        kept = f"lower(trim({column})) in ({listed})"
        yield Check("quality.allowed", f"{entity}.{field} allowed", entity, there, kept, message, remedy, owner, field,
                    given, level, allowed=terms.allowed)  # fmt: skip
    if terms.format:
        message = f"the {field} of {{n}} {records} has not the agreed format: {{values}}."
        remedy = terms.remedy or "Mend it in the system."
        kept = f"regexp_full_match({column}, {quoted(terms.format)})"
        yield Check("quality.format", f"{entity}.{field} format", entity, there, kept, message, remedy, owner, field,
                    given, level, format=terms.format)  # fmt: skip
    if terms.consistent or terms.same_as:
        message = f"the {field} of {{n}} {records} is another value spelled otherwise: {{values}}."
        remedy = terms.remedy or "Spell it one way in the system, or rename it with `values` in the mapping."
        yield Check("quality.spelling", f"{entity}.{field} spelling", entity, there, "true", message, remedy, owner,
                    field, given, level, spelled_as=terms.same_as, consistent=terms.consistent)  # fmt: skip


# -- rules


def _rules(contract: Contract) -> Iterator[Check]:
    for name, rule in contract.quality.rules.items():
        applies = _condition(rule.where, rule) if rule.where else "true"
        told = f"{rule.meaning.rstrip('.')}." if rule.meaning else f"it must be that {rule.must}."
        yield Check(
            code="quality.rule",
            name=name,
            entity=rule.of,
            applies=applies,
            kept=_condition(rule.must, rule),
            message=f"{{n}} of {{checked}} {plural(rule.of)} break the rule '{name}': {_braces(told)}",
            remedy=rule.remedy or "Mend the records in the system, or the rule in quality.yaml.",
            owner=rule.owner or owner_of(contract, rule.of),
            level=Level(rule.severity),
        )


def _condition(text: str, rule: RecordRule) -> str:
    criterion, _ = parse_criterion(text, rule_columns(rule.of), "quality.yaml")
    return f"({criterion.sql('u')})" if criterion else "null"


def _braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


# -- stages


def _evidence(contract: Contract) -> Iterator[Check]:
    tests = evidence_tests(contract)
    asked = evidence_by_stage(contract.pipeline)
    names = [entry.name for entry in tests]
    for entry, test in tests.items():
        stages = [stage for stage, entries in asked.items() if entry in entries]
        yield Check(
            code="quality.evidence",
            name=f"evidence {entry.name}" + (f", {stages[0]}" if names.count(entry.name) > 1 else ""),
            entity="opportunity",
            applies=f"{OPEN} and u.stage in ({', '.join(map(quoted, stages))})",
            kept=test,
            message=f"{{n}} of {{checked}} open opportunities lack the evidence '{_braces(entry.name)}', asked for in "
            f"{_braces(', '.join(stages))}.",
            remedy="Bring the evidence into the system, or move the deal back to the stage that it is in.",
            owner=owner_of(contract, "opportunity", "stage"),
        )


def _stale(contract: Contract) -> Iterator[Check]:
    told = {
        PAST: "whose close date has passed",
        PUSHED: f"whose close date was pushed {contract.pipeline.stale.pushed} times or more",
    }
    for reason, test in stale_tests(contract).items():
        why = told.get(reason, f"with {reason} for too long" if reason == "no activity" else "unchanged for too long")
        yield Check(
            code="quality.stale",
            name=f"stale: {reason}",
            entity="opportunity",
            applies=OPEN,
            kept=f"not {test}",
            message=f"{{n}} of {{checked}} open opportunities are stale: deals {why}.",
            remedy="Ask the owner for the next step; close the deal where there is none.",
            owner=owner_of(contract, "opportunity", "close_date"),
        )


def _verticals(contract: Contract) -> Iterator[Check]:
    if contract.quality.verticals:
        yield Check(
            code="quality.vertical",
            name="account.industry to vertical",
            entity="account",
            applies="u.industry is not null",
            kept="u.industry_key in (select industry_key from industry_verticals)",
            message="the industry of {n} accounts belongs to no vertical: {values}.",
            remedy="Add it to a vertical of quality.yaml.",
            owner=owner_of(contract, "account", "industry"),
            field="industry",
            given="industry",
        )
