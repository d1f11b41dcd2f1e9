"""The contract's criteria by name, and each tried on one record: true, false or unknown, the whole and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from tieout.contract.criteria import CRITERION, Criterion, parse_criterion
from tieout.contract.definitions import agreed_lens
from tieout.contract.expressions import read_tree
from tieout.contract.vocabulary import ACCOUNT_COLUMNS, LEAD_COLUMNS, LEAD_TOLD, OPPORTUNITY_COLUMNS, Kind
from tieout.measure.answers import QuestionError
from tieout.measure.leads_at import leads_sql
from tieout.measure.lens_sql import LensView, units_sql
from tieout.measure.moments import moment_of
from tieout.measure.run_sql import run
from tieout.warehouse.engine import identifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tieout.contract.model import Contract
    from tieout.measure.numbers.question import Asked

TYPES = {
    Kind.TEXT: "varchar", Kind.MONEY: "decimal(18, 2)", Kind.NUMBER: "double", Kind.INTEGER: "bigint",
    Kind.DATE: "date", Kind.TIME: "timestamp", Kind.FLAG: "boolean",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A criterion of the contract: where it stands, what it decides, its text, of what it asks which fields."""

    id: str
    decides: str
    text: str
    entity: str
    columns: Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a criterion: its text, what it came to (None: unknown), how deep it stands."""

    text: str
    answer: bool | None
    depth: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What a criterion came to: the whole, its parts, and the values that it read.

    `unread` are fields whose value is not what the field holds, as a word for a number: they count as unknown.
    """

    answer: bool | None
    parts: tuple[Part, ...]
    values: dict[str, object]
    unread: tuple[str, ...] = ()


def criteria_of(contract: Contract) -> tuple[Named, ...]:
    """Give every criterion of the contract that can be tried on one record, in the order of the funnel."""
    return (*_of_leads(contract), *_of_others(contract))


def _of_leads(contract: Contract) -> Iterator[Named]:
    for stage in contract.lifecycle.stages:
        if stage.when:
            yield Named(f"stage {stage.name}", f"Would this lead be {stage.name}?", stage.when, "lead", LEAD_TOLD)
    if contract.audience.icp:
        yield Named("icp", "Is this lead one of the customers we want?", contract.audience.icp, "lead", LEAD_TOLD)
    for number, entry in enumerate(contract.lifecycle.commitments, start=1):
        if entry.quality:
            since = f" from {entry.from_}" if entry.from_ else ""
            name = "quality" if number == 1 else f"quality {number}"
            decides = f"Is this lead of the quality that marketing committed to{since}?"
            yield Named(name, decides, entry.quality, "lead", LEAD_COLUMNS)


def _of_others(contract: Contract) -> Iterator[Named]:
    for segment in contract.company.segments:
        if segment.when:
            decides = f"Is this account in {segment.name}, if no segment before it takes it?"
            yield Named(f"segment {segment.name}", decides, segment.when, "account", ACCOUNT_COLUMNS)
    for name, lens in contract.lenses.items():
        for facet, text in (("accepted", lens.accepted), ("slice", lens.slice)):
            if text:
                decides = f"Does {name} take this deal ({facet})?"
                yield Named(f"{name} {facet}", decides, text, "opportunity", OPPORTUNITY_COLUMNS)


def try_on(asked: Asked, named: Named, values: Mapping[str, object]) -> Tried:
    """Try a criterion on values, by field; what is not given is unknown. Raises QuestionError."""
    whole = _read(named, named.text)
    given = {name: values.get(name) for name in whole.columns}
    tree, _ = read_tree(named.text, CRITERION)
    parts = [(text, depth) for text, depth in _parts(tree, 0)] if tree is not None else []
    criteria = [whole, *(_read(named, text) for text, _ in parts)]
    source = ", ".join(
        f"try_cast($value_{place} as {TYPES[named.columns[name]]}) as {identifier(name)}"
        for place, name in enumerate(given)
    )
    told = ", ".join(one.sql("u") for one in criteria)
    parameters = {f"value_{place}": None if value is None else str(value) for place, value in enumerate(given.values())}
    lost = ", ".join(f"$value_{place} is not null and u.{identifier(name)} is null" for place, name in enumerate(given))
    sql = f"select {', '.join(filter(None, (told, lost)))} from (select {source or '1 as nothing'}) as u"
    found = run(asked.engine, sql, parameters).fetchall()[0]
    answers, lost_of = found[: len(criteria)], found[len(criteria) :]
    told_parts = tuple(Part(text, answer, depth) for (text, depth), answer in zip(parts, answers[1:], strict=True))
    unread = tuple(name for name, is_lost in zip(given, lost_of, strict=True) if is_lost)
    return Tried(found[0], told_parts, given, unread)


def record_values(asked: Asked, entity: str, record: str) -> dict[str, object]:
    """Give what a criterion may ask of a record, as it is now. Raises QuestionError where there is no such record."""
    moment = moment_of(asked.facts.heard_until, None, asked.zone)
    view = LensView("tried", agreed_lens(asked.contract.pipeline, moment.day), moment, None, as_is=True, classes=True)
    parameters: dict[str, object] = {}
    match entity:
        case "opportunity":
            sql, parameters = units_sql(view, asked.contract, "a")
        case "lead":
            sql = leads_sql(view)
        case _:
            sql = "select * from account_versions where seen_to = timestamp '9999-12-31' and valid_to = seen_to"
    cursor = run(asked.engine, f"select * from ({sql}) where record = $record", {**parameters, "record": record})
    names = [column[0] for column in cursor.description or ()]
    found = cursor.fetchall()
    if not found:
        message = f"'{record[:100]}' is no {entity} of the published build. Give the id of one, or values of fields."
        raise QuestionError(message)
    return dict(zip(names, found[0], strict=True))


def _read(named: Named, text: str) -> Criterion:
    criterion, findings = parse_criterion(text, named.columns, named.id)
    if criterion is None:
        raise QuestionError(" ".join(finding.sentence() for finding in findings))
    return criterion


def _parts(tree: exp.Expression, depth: int) -> Iterator[tuple[str, int]]:
    """Take a condition apart at its and, or and not: each part as it is written, those of a part below it."""
    while isinstance(tree, exp.Paren):
        tree = tree.this
    if isinstance(tree, exp.And | exp.Or | exp.Not):
        children = [tree.this] if isinstance(tree, exp.Not) else list(tree.flatten())
        for child in children:
            bare = child
            while isinstance(bare, exp.Paren):
                bare = bare.this
            yield bare.sql("duckdb"), depth
            if isinstance(bare, exp.And | exp.Or | exp.Not):
                yield from _parts(bare, depth + 1)
