"""Rules over what is asked of the data: required fields, evidence, staleness, quality.yaml, how often extracts come."""

# ruff: noqa: D401 - a rule's docstring is the rule as people read it

from __future__ import annotations

import re
from collections.abc import Iterator

from tieout.contract.cadence import CadenceError, every
from tieout.contract.model import FieldRule
from tieout.contract.places import Fault, Path, shorten
from tieout.contract.rulebook import Rule, Rulebook, each, known, unique
from tieout.contract.rules_pipeline import LIFECYCLE, PIPELINE, criterion, plain_name, stage_names
from tieout.contract.rules_sources import objects
from tieout.contract.vocabulary import ENTITIES, EVIDENCE_COLUMNS, REQUIRABLE, Kind, rule_columns

QUALITY = "quality.yaml"
_BEYOND_RE2 = re.compile(r"\(\?[=!<#P(]|\\[1-9]|[*+?}]\+")
"""What Python's regular expressions have and the engine's have not: looking around, references, possessive ones."""


def required_fields_are_known(book: Rulebook) -> Iterator[Fault]:
    """The fields that a stage requires are fields of an opportunity, or of a lead."""
    leads = [name for name in ENTITIES["lead"] if name not in {"id", "merged_into"}]
    lists: tuple[tuple[str, tuple[tuple[str, ...], ...], list[str]], ...] = (
        (PIPELINE, tuple(stage.required for stage in book.contract.pipeline.stages), list(REQUIRABLE)),
        (LIFECYCLE, tuple(stage.required for stage in book.contract.lifecycle.stages), leads),
    )
    for file, stages, fields in lists:
        for index, names in enumerate(stages):
            path: Path = (file, "stages", index, "required")
            for at, name in each(path, names):
                if name not in fields:
                    message = f"'{shorten(name)}' is no field that a stage can require."
                    yield book.fault(at, "field.unknown", message, "Use a field.", given=name, allowed=fields)
            yield from unique(book, each(path, names), "required.duplicate", "required field")


def evidence_can_be_found(book: Rulebook) -> Iterator[Fault]:
    """Evidence has a name, and asks for activities, for a condition over opportunities, or for both."""
    for number, stage in enumerate(book.contract.pipeline.stages):
        at: Path = (PIPELINE, "stages", number, "evidence")
        names = (((*at, index, "name"), entry.name) for index, entry in enumerate(stage.evidence))
        yield from unique(book, names, "evidence.duplicate", "piece of evidence")
        for index, entry in enumerate(stage.evidence):
            path: Path = (*at, index)
            if not entry.activity and entry.when is None and book.intact(*path):
                message = f"The evidence '{shorten(entry.name)}' asks for nothing."
                yield book.fault(path, "evidence.empty", message, "Give activity, when, or both.")
            if entry.within_days is not None and not entry.activity and book.intact(*path):
                message = "'within_days' is a time since an activity, and no activity is asked for."
                yield book.fault(path, "evidence.within", message, "Name the activity, or delete the key.")
            yield from criterion(book, (*path, "when"), entry.when, EVIDENCE_COLUMNS)


def stale_stages_are_open(book: Rulebook) -> Iterator[Fault]:
    """Stages with their own days of staleness are stages of the pipeline."""
    if book.whole(PIPELINE, "stages"):
        given = (((PIPELINE, "stale", "stages", name), name) for name in book.contract.pipeline.stale.stages)
        yield from known(book, given, stage_names(book), "stage.unknown", "stage")


def fields_are_of_an_entity(book: Rulebook) -> Iterator[Fault]:
    """A field is named as `entity.field`, and so is the one that it is spelled as."""
    allowed = [f"{entity}.{field}" for entity, fields in ENTITIES.items() for field in fields if field != "id"]
    for name, terms in book.contract.quality.fields.items():
        path: Path = (QUALITY, "fields", name)
        given = [(path, name)] if terms.same_as is None else [(path, name), ((*path, "same_as"), terms.same_as)]
        for at, one in given:
            if one not in allowed:
                message = f"'{shorten(one)}' is no field of an entity."
                remedy = "Write entity.field, such as account.industry."
                yield book.fault(at, "field.unknown", message, remedy, given=one, allowed=allowed)
            elif _kind(one) is not Kind.TEXT and (terms.allowed or terms.format or terms.consistent or terms.same_as):
                message = f"'{shorten(one)}' holds no text, so its spelling cannot be judged."
                yield book.fault(path, "field.no_text", message, "Use `required` only, or a rule with a condition.")
        yield from unique(book, each((*path, "allowed"), terms.allowed), "allowed.duplicate", "allowed value")
        yield from _format(book, (*path, "format"), terms)


def _kind(name: str) -> Kind | None:
    entity, _, field = name.partition(".")
    return ENTITIES[entity].get(field)


def _format(book: Rulebook, path: Path, terms: FieldRule) -> Iterator[Fault]:
    if terms.format is None:
        return
    wrong = _BEYOND_RE2.search(terms.format)
    try:
        re.compile(terms.format)
    except re.error as error:
        message = f"The format is no regular expression: {error}."
        yield book.fault(path, "format.invalid", message, "Mend it; try it on a value first.", given=terms.format)
    else:
        if wrong or len(terms.format) > 500:
            part = f"has '{wrong[0]}', which the engine does not know" if wrong else "is longer than 500 signs"
            message = f"The format {part}."
            remedy = "Use a plain regular expression: no looking around, no references."
            yield book.fault(path, "format.invalid", message, remedy, given=terms.format)


def rules_are_conditions(book: Rulebook) -> Iterator[Fault]:
    """A rule has a plain name, and is a condition over the records of an entity that there is."""
    for name, rule in book.contract.quality.rules.items():
        path: Path = (QUALITY, "rules", name)
        yield from plain_name(book, path, name, "rule")
        if rule.of not in ENTITIES:
            message = f"'{shorten(rule.of)}' is no entity."
            remedy = "Use an entity that there is."
            yield book.fault((*path, "of"), "entity.unknown", message, remedy, given=rule.of, allowed=ENTITIES)
            continue
        yield from criterion(book, (*path, "where"), rule.where, rule_columns(rule.of))
        yield from criterion(book, (*path, "must"), rule.must, rule_columns(rule.of))


def an_industry_has_one_vertical(book: Rulebook) -> Iterator[Fault]:
    """An industry belongs to one vertical."""
    pairs = [
        (at, industry)
        for vertical, industries in book.contract.quality.verticals.items()
        for at, industry in each((QUALITY, "verticals", vertical), industries)
    ]
    yield from unique(book, pairs, "vertical.duplicate", "industry")


def extracts_come_in_time(book: Rulebook) -> Iterator[Fault]:
    """How often an extract is expected is a number of hours, days, weeks or months."""
    for path, item in objects(book):
        if item.every is not None:
            try:
                every(item.every)
            except CadenceError as error:
                remedy = "Write it as '7 days', '12 hours' or '1 month'."
                yield book.fault((*path, "every"), "every.form", str(error), remedy, given=item.every)


QUALITY_RULES: tuple[Rule, ...] = (
    required_fields_are_known,
    evidence_can_be_found,
    stale_stages_are_open,
    fields_are_of_an_entity,
    rules_are_conditions,
    an_industry_has_one_vertical,
    extracts_come_in_time,
)
"""Every rule over what is asked of the data, in the order in which people read them."""
