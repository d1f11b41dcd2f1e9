"""The inventory of sources and the map of flows: which system holds what, who owns it, what reads it, the gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.align.align import feed_files
from tieout.basics.findings import nearest
from tieout.contract.asked_for import required_by_stage, required_of_leads
from tieout.contract.vocabulary import ENTITIES
from tieout.history.ledger import Ledger
from tieout.measure.answers import QuestionError
from tieout.measure.diagnosis.holdings import Held, Shared, Told, held_objects, told_fields
from tieout.measure.diagnosis.links import Link, missing_links
from tieout.measure.diagnosis.uses import Reads, uses_of
from tieout.measure.quality.checks import owner_of
from tieout.questions import opened
from tieout.warehouse.engine import reading

if TYPE_CHECKING:
    from datetime import datetime

    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Company, Contract
    from tieout.warehouse.builds import BuildFacts


@dataclass(frozen=True, slots=True)
class FieldHeld:
    """One of our fields: who owns it, who tells it, who requires it, which numbers and lenses read it."""

    entity: str
    field: str
    owner: str | None
    told: tuple[Told, ...]
    required: tuple[str, ...]
    numbers: tuple[str, ...]
    lenses: tuple[str, ...]
    shared: Shared | None

    @property
    def name(self) -> str:
        """Its full name, as in `opportunity.close_date`."""
        return f"{self.entity}.{self.field}"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is asked for and not there, or there and not asked for."""

    kind: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """The whole of it. `labels` names systems as people call them."""

    company: Company
    now: datetime
    build: str
    contract: str
    labels: dict[str, str]
    objects: tuple[Held, ...]
    fields: tuple[FieldHeld, ...]
    gaps: tuple[Gap, ...]
    links: tuple[Link, ...]

    def entity(self, name: str) -> tuple[FieldHeld, ...]:
        """Give the fields of an entity."""
        return tuple(one for one in self.fields if one.entity == name)


def inventory(workspace: Workspace, now: datetime, facts: BuildFacts | None = None) -> Inventory:
    """Take the inventory of a build, the published one by default, and of the ledger under it.

    `now` is UTC without zone.
    Raises NotPublishedError where nothing is published yet.
    """
    with opened(workspace, facts) as asked:
        contract, ledger = asked.contract, Ledger(workspace)
        feeds = feed_files(ledger, contract, asked.facts.known_at, asked.facts.position)
        uses = uses_of(asked)
        with reading(files=[workspace.ledger, workspace.cache / "changes"]) as engine:
            objects = held_objects(engine, contract, ledger, feeds, now)
            told, shared = told_fields(engine, contract, feeds)
        fields = _fields(contract, told, shared, uses)
        return Inventory(
            company=contract.company,
            now=now,
            build=asked.facts.key,
            contract=asked.facts.fingerprint,
            labels={name: system.label or name for name, system in contract.sources.items()},
            objects=objects,
            fields=fields,
            gaps=(*_untold(objects, fields), *_gaps_of_objects(objects), *_unowned(fields)),
            links=missing_links(asked),
        )


def objects_held(workspace: Workspace, now: datetime, facts: BuildFacts | None = None) -> tuple[Held, ...]:
    """Give the objects alone, which is quick: what was pulled and when, who owns it, what is late; no columns."""
    with opened(workspace, facts) as asked:
        contract, ledger = asked.contract, Ledger(workspace)
        feeds = feed_files(ledger, contract, asked.facts.known_at, asked.facts.position)
        return held_objects(None, contract, ledger, feeds, now)


def fields_held(workspace: Workspace, facts: BuildFacts | None = None) -> tuple[FieldHeld, ...]:
    """Give the fields of the inventory alone; every row that was pulled is read for them."""
    with opened(workspace, facts) as asked:
        contract, ledger = asked.contract, Ledger(workspace)
        feeds = feed_files(ledger, contract, asked.facts.known_at, asked.facts.position)
        with reading(files=[workspace.ledger, workspace.cache / "changes"]) as engine:
            told, shared = told_fields(engine, contract, feeds)
        return _fields(contract, told, shared, uses_of(asked))


def field_named(found: Inventory, name: str) -> FieldHeld:
    """Give one field by its full name. Raises QuestionError with the nearest."""
    for one in found.fields:
        if one.name == name:
            return one
    names = [one.name for one in found.fields]
    near = nearest(name, names)
    hint = f" Did you mean '{near}'?" if near else ""
    message = f"'{name}' is no field that is told, required or read.{hint} Write entity.field, as in opportunity.arr."
    raise QuestionError(message)


def _fields(
    contract: Contract, told: dict[tuple[str, str], tuple[Told, ...]], shared: tuple[Shared, ...], uses: Reads
) -> tuple[FieldHeld, ...]:
    """Put together every field that somebody tells, requires or reads."""
    required = _required(contract)
    found = []
    for entity, names in ENTITIES.items():
        for name in names:
            key = (entity, name)
            numbers = tuple(number for number, read in uses.numbers.items() if key in read)
            lenses = tuple(lens for lens, read in uses.lenses.items() if key in read)
            if key in told or key in required or numbers or lenses:
                both = next((one for one in shared if (one.entity, one.field) == key), None)
                owner = owner_of(contract, entity, name)
                asked = required.get(key, ())
                found.append(FieldHeld(entity, name, owner, told.get(key, ()), asked, numbers, lenses, both))
    return tuple(found)


def _required(contract: Contract) -> dict[tuple[str, str], tuple[str, ...]]:
    """Give who requires each field: stages of the pipeline, stages of a lead, quality.yaml."""
    found: dict[tuple[str, str], list[str]] = {}
    for entity, stages in (
        ("opportunity", required_by_stage(contract.pipeline)),
        ("lead", required_of_leads(contract.lifecycle)),
    ):
        for stage, fields in stages.items():
            for name in fields:
                found.setdefault((entity, name), []).append(stage)
    for name, terms in contract.quality.fields.items():
        if terms.required:
            entity, _, field = name.partition(".")
            found.setdefault((entity, field), []).append("always")
    return {key: tuple(stages) for key, stages in found.items()}


# -- gaps


def _untold(objects: tuple[Held, ...], fields: tuple[FieldHeld, ...]) -> list[Gap]:
    """Find entities and required fields that nothing tells."""
    entities = {one.entity for one in objects if one.pulls}
    gaps = []
    for entity in ENTITIES:
        mine = [one for one in fields if one.entity == entity and one.field not in {"id", "merged_into"}]
        numbers = sorted({number for one in mine for number in one.numbers})
        if entity not in entities and numbers:
            more = f" and {len(numbers) - 2} more" if len(numbers) > 2 else ""
            gaps.append(Gap("nobody tells", entity, f"read by {', '.join(numbers[:2])}{more}"))
    gaps += [
        Gap("nobody maps", one.name, f"required: {_few(one.required)}")
        for one in fields
        if one.required and not one.told and one.entity in entities
    ]
    return gaps


def _gaps_of_objects(objects: tuple[Held, ...]) -> list[Gap]:
    """Find objects without pulls, mapped columns that are always empty, and columns with data that nothing names."""
    gaps = [Gap("never pulled", one.label, "no export of it was found") for one in objects if not one.pulls]
    gaps += [
        Gap("always empty", f"{one.label} {name}", "mapped, and never filled") for one in objects for name in one.empty
    ]
    gaps += [
        Gap("not mapped", f"{one.label} {column}", f"filled in {rows:,} rows")
        for one in objects
        for column, rows in (one.unmapped if one.entity else ())
    ]
    gaps += [Gap("read by nothing", one.label, "the object has no entity") for one in objects if one.entity is None]
    return gaps


def _unowned(fields: tuple[FieldHeld, ...]) -> list[Gap]:
    """Find fields that are told and that nobody answers for."""
    unowned = [one.name for one in fields if one.told and one.owner is None]
    return [Gap("nobody owns", f"{len(unowned)} fields", _few(tuple(unowned)))] if unowned else []


def _few(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}"
