"""Leaving out what is faulty, so that a contract with mistakes still is one that every step can rely on.

A lens, an object of a system, a definition or a register's row is left out whole: half of it would count something that
nobody agreed. Elsewhere a faulty value has its default.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

from pydantic import BaseModel

from tieout.basics.findings import Level
from tieout.contract.model import Audience, Company, Contract, Definition, Lifecycle, Pipeline, Quality, Stage, System
from tieout.contract.places import Fault, Path
from tieout.contract.rules import check

ROUNDS = 12
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


def leave_out(contract: Contract, faults: Iterable[Fault], metrics: Collection[str]) -> Contract:
    """Leave out every part with an error, then what no longer holds without it, until every rule holds."""
    paths = {fault.path for fault in faults if fault.finding.level is Level.ERROR}
    for _ in range(ROUNDS):
        if not paths:
            return contract
        contract = _without(contract, paths)
        paths = {fault.path for fault in check(contract, metrics) if fault.finding.level is Level.ERROR}
    return Contract()


def _without(contract: Contract, paths: set[Path]) -> Contract:
    by_file: dict[str, set[Path]] = {}
    for path in paths:
        by_file.setdefault(str(path[0]), set()).add(path[1:])
    none: set[Path] = set()
    company = _company(contract.company, by_file.get("company.yaml", none))
    pipeline = _pipeline(contract.pipeline, by_file.get("pipeline.yaml", none))
    registers = {
        "rates": _kept(contract.rates, by_file.get(contract.company.rates, none)),
        "exclusions": _kept(contract.exclusions, by_file.get(contract.pipeline.exclusions, none)),
        "merges": _kept(contract.merges, by_file.get(contract.pipeline.merges, none)),
        "distinct": _kept(contract.distinct, by_file.get(contract.pipeline.distinct, none)),
        "team": _kept(contract.team, by_file.get(contract.audience.team, none)),
        "absences": _kept(contract.absences, by_file.get(contract.company.absences, none)),
    }
    named = {
        "lenses": _named(contract.lenses, by_file.get("lenses.yaml", none)),
        "numbers": _named(contract.numbers, by_file.get("numbers.yaml", none)),
    }
    sources = _sources(contract, by_file.get("sources.yaml", none))
    lifecycle = _lifecycle(contract.lifecycle, by_file.get("lifecycle.yaml", none))
    plan = _defaulted(contract.plan, by_file.get("plan.yaml", none))
    quality = _quality(contract.quality, by_file.get("quality.yaml", none))
    audience = _audience(contract.audience, by_file.get("audience.yaml", none))
    parts = {"company": company, "pipeline": pipeline, "sources": sources, "lifecycle": lifecycle, "plan": plan}
    identity = contract.identity.model_copy(
        update={"account": _named(contract.identity.account, _under(by_file.get("identity.yaml", none), "account"))}
    )
    parts |= {"quality": quality, "audience": audience, "identity": identity}
    return contract.model_copy(update={**parts, **registers, **named})


def _quality(quality: Quality, paths: set[Path]) -> Quality:
    """Leave out a field or a rule whole: half of it would find what nobody agreed to be wrong."""
    kept = {key: _named(getattr(quality, key), _under(paths, key)) for key in ("fields", "rules", "verticals")}
    return quality.model_copy(update=kept)


def _kept(items: tuple[T, ...], paths: set[Path]) -> tuple[T, ...]:
    """Keep the items of a list whose position no path begins with."""
    out = {path[0] for path in paths if path}
    return tuple(item for index, item in enumerate(items) if index not in out)


def _named(items: dict[str, T], paths: set[Path]) -> dict[str, T]:
    out = {path[0] for path in paths if path}
    return {name: item for name, item in items.items() if name not in out}


def _under(paths: set[Path], key: str) -> set[Path]:
    return {path[1:] for path in paths if path and path[0] == key}


def _defaulted(part: M, paths: set[Path]) -> M:
    """Give the default to every key of a part that a path begins with and that has one."""
    fields = {info.alias or name: (name, info) for name, info in type(part).model_fields.items()}
    found = [fields[str(path[0])] for path in paths if path and str(path[0]) in fields]
    return part.model_copy(
        update={name: info.get_default(call_default_factory=True) for name, info in found if not info.is_required()}
    )


def _company(company: Company, paths: set[Path]) -> Company:
    segments, calendars = _under(paths, "segments"), _under(paths, "calendars")
    rest = {path for path in paths if path[:1] not in {("segments",), ("calendars",), ("working_hours",)}}
    kept = {
        "segments": _kept(company.segments, segments),
        "working_hours": _kept(company.working_hours, _under(paths, "working_hours")),
        "calendars": _named(company.calendars, calendars) or Company().calendars,
    }
    return _defaulted(company.model_copy(update=kept), rest)


def _audience(audience: Audience, paths: set[Path]) -> Audience:
    kept = {"territories": _kept(audience.territories, _under(paths, "territories"))}
    return _defaulted(audience.model_copy(update=kept), {path for path in paths if path[:1] != ("territories",)})


def _pipeline(pipeline: Pipeline, paths: set[Path]) -> Pipeline:
    lists = ("stages", "definition", "types", "categories")
    kept = {key: _kept(getattr(pipeline, key), _under(paths, key)) for key in lists[1:]}
    kept["stages"] = _stages(pipeline.stages, _under(paths, "stages")) or Pipeline().stages
    kept["definition"] = _opened(kept["definition"]) or (Definition(),)
    rest = {path for path in paths if path[:1] not in {(key,) for key in lists} or len(path) == 1}
    return _defaulted(pipeline.model_copy(update=kept), rest)


def _opened(definitions: tuple[Definition, ...]) -> tuple[Definition, ...]:
    """Let the agreement begin with an entry that holds from the beginning, where the first one had to go."""
    if not definitions or definitions[0].from_ is None:
        return definitions
    return (Definition(), *definitions)


def _stages(stages: tuple[Stage, ...], paths: set[Path]) -> tuple[Stage, ...]:
    """Leave out a stage whose name is at fault; where only another key is, the stage keeps its name and its place."""
    out = {path[0] for path in paths if path and (len(path) == 1 or path[1] == "name")}
    return tuple(
        _defaulted(stage, {path[1:] for path in paths if path[:1] == (index,)})
        for index, stage in enumerate(stages)
        if index not in out
    )


def _lifecycle(lifecycle: Lifecycle, paths: set[Path]) -> Lifecycle:
    at = _under(paths, "stages")
    out = {path[0] for path in at if path and (len(path) == 1 or path[1] == "name")}
    kept = tuple(
        _defaulted(stage, {path[1:] for path in at if path[:1] == (index,)})
        for index, stage in enumerate(lifecycle.stages)
        if index not in out
    )
    commitments = _kept(lifecycle.commitments, _under(paths, "commitments"))
    return lifecycle.model_copy(update={"stages": kept or Lifecycle().stages, "commitments": commitments})


def _sources(contract: Contract, paths: set[Path]) -> dict[str, System]:
    systems = {}
    for name, system in contract.sources.items():
        here = _under(paths, name)
        if () in here:
            continue
        objects = _named(system.objects, _under(here, "objects"))
        rest = {path for path in here if path[0] != "objects"}
        systems[name] = _defaulted(system.model_copy(update={"objects": objects}), rest)
    return systems
