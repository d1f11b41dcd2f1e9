"""What is proposed: for each table its lines of the contract, each with a reason and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tieout.propose.group import Table
from tieout.propose.look import Looked
from tieout.propose.shapes import Shape
from tieout.propose.survey import LeftOut


class Sure(StrEnum):
    """How sure a proposal is. What is low is written as a comment wherever a wrong guess could make a wrong number."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Term:
    """One proposed line: its key below its object or file, its value, how sure, and why."""

    key: str
    value: Any
    sure: Sure
    why: str


@dataclass(frozen=True, slots=True)
class Question:
    """What could not be told: the file and key to fill, and what is not known."""

    place: str
    what: str


@dataclass
class Plan:
    """The proposal for one table. Its terms are gathered step by step; a later word on a key replaces the earlier."""

    table: Table
    looked: Looked
    system: str = ""
    name: str = ""
    shape: Shape | None = None
    entity: str | None = None
    terms: dict[str, Term] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    key: tuple[str, ...] = ()
    base: str = ""
    stage: tuple[str, str, dict[str, str]] | None = None
    family: str = ""
    stage_flags: tuple[str | None, str, str | None] | None = None
    states: str = ""
    """The column of days, where each row is the state of a record on one of them."""

    def say(self, key: str, value: object, sure: Sure, why: str) -> None:
        """Propose a line."""
        self.terms[key] = Term(key, value, sure, why)

    def leave(self, why: str) -> None:
        """Leave the table's entity to a person: what is proposed for it becomes a comment."""
        term = self.terms["entity"]
        self.terms["entity"] = Term("entity", term.value, Sure.LOW, f"{why}; {term.why}" if term.why else why)
        self.entity = None

    def ask(self, key: str, what: str) -> None:
        """Tell what could not be told."""
        self.asked.append((key, what))

    @property
    def questions(self) -> tuple[Question, ...]:
        """What could not be told, with the place to fill."""
        place = f"sources.yaml {self.system}.objects.{self.name}"
        return tuple(Question(f"{place}.{key}", what) for key, what in self.asked)

    def told(self, key: str) -> Any:  # noqa: ANN401 - any value of a contract
        """Give the value that is proposed for a key and not left to a person, or None."""
        term = self.terms.get(key)
        return term.value if term and term.sure is not Sure.LOW else None

    def column(self, field_name: str) -> str | None:
        """Give the column that a field is read from, where it is one column."""
        value = self.told(f"fields.{field_name}")
        if isinstance(value, Mapping):
            value = value.get("column")
        if isinstance(value, (list, tuple)):
            value = value[0] if value else None
        return value if isinstance(value, str) else None

    def column_used(self, column: str) -> bool:
        """Say whether a line of the plan names a column."""
        return any(column in _named(term.value) for term in self.terms.values())

    @property
    def label(self) -> str:
        """The object's full name."""
        return f"{self.system}.{self.name}"


def _named(value: object) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        value = value.get("column", ())
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, (list, tuple)) else ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Everything proposed for a folder of exports."""

    plans: tuple[Plan, ...]
    left_out: tuple[LeftOut, ...]
    company: tuple[Term, ...]
    pipeline: tuple[Term, ...]
    stages: tuple[StageTerm, ...]
    questions: tuple[Question, ...]
    joins: tuple[Join, ...]
    files: int = 0


@dataclass(frozen=True, slots=True)
class StageTerm:
    """A proposed stage of the pipeline."""

    name: str
    outcome: str
    sure: Sure
    why: str
    probability: float | None = None
    rows: int = 0
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """A column that holds ids of another object, proven by its values: the share of its ids that are found there."""

    object: str
    column: str
    field: str
    target: str
    share: float
    missing: int


def dated(proposal: Proposal) -> bool:
    """Say whether every table of deals tells when they close, or is a log of what happened to them."""
    deals = [plan for plan in proposal.plans if plan.entity == "opportunity"]
    return all(plan.told("fields.close_date") or plan.told("mode") == "log" or plan.told("events") for plan in deals)
