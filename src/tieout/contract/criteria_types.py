"""The types of a criterion's parts, and the tree that compares them as a person means it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlglot import exp

from tieout.contract.expressions import Problem, shown
from tieout.contract.places import shorten
from tieout.contract.vocabulary import Kind


class Sort(StrEnum):
    """What an expression gives. `WORDS` is a text written out, which may stand for a date; `FAULTY` was told before."""

    TEXT = "text"
    WORDS = "a text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    FLAG = "true or false"
    NULL = "null"
    FAULTY = "faulty"


SORTS = {
    Kind.TEXT: Sort.TEXT,
    Kind.MONEY: Sort.NUMBER,
    Kind.NUMBER: Sort.NUMBER,
    Kind.INTEGER: Sort.NUMBER,
    Kind.DATE: Sort.DATE,
    Kind.TIME: Sort.TIME,
    Kind.FLAG: Sort.FLAG,
}
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)
_TEXTUAL = frozenset({Sort.TEXT, Sort.WORDS})


def boolean_problem(sort: Sort, tree: exp.Expression) -> list[Problem]:
    """Hold a part to being a condition."""
    if sort in {Sort.FLAG, Sort.FAULTY}:
        return []
    message = f"'{shorten(shown(tree))}' gives {sort}, not true or false."
    return [Problem("criterion.not_boolean", message, "Compare it with something, for example with = or in.")]


@dataclass(slots=True)
class Typing:
    """Finds the sort of each part and notes what cannot be compared or computed."""

    columns: Mapping[str, Kind]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, code: str, message: str, remedy: str) -> Sort:
        """Note a problem; what holds the part says nothing more."""
        self.problems.append(Problem(code, message, remedy))
        return Sort.FAULTY

    def kind(self, node: exp.Expression) -> Sort:
        """Give the sort of a part, after those of its own parts."""
        if isinstance(node, exp.Paren):
            return self.kind(node.this)
        if isinstance(node, exp.Column):
            return SORTS[self.columns[node.name]]
        if isinstance(node, exp.Literal):
            return Sort.WORDS if node.is_string else Sort.NUMBER
        if isinstance(node, exp.Cast):
            return Sort.DATE if node.is_type("DATE") else Sort.TIME
        if isinstance(node, exp.Boolean):
            return Sort.FLAG
        if isinstance(node, exp.Null):
            return Sort.NULL
        if isinstance(node, exp.And | exp.Or | exp.Not):
            return self.logic(node)
        if isinstance(node, exp.Is):
            return self.tested(node)
        if isinstance(node, (*_COMPARISONS, exp.In, exp.Between, exp.Like, exp.ILike)):
            return self.compared(node)
        return self.computed(node)

    def logic(self, node: exp.Expression) -> Sort:
        """Hold each side of and, or, not to being a condition."""
        for part in conditions(node):
            self.problems += boolean_problem(self.kind(part), part)
        return Sort.FLAG

    def tested(self, node: exp.Expression) -> Sort:
        """Check `is null`, which takes anything, and `is true`, which takes a condition."""
        tested = self.kind(node.this)
        if isinstance(node.expression, exp.Boolean):
            self.problems += boolean_problem(tested, node.this)
        elif not isinstance(node.expression, exp.Null):
            message = f"'{shorten(shown(node))}' tests for neither null, true nor false."
            self.wrong("criterion.type", message, "Write 'is null'.")
        return Sort.FLAG

    def compared(self, node: exp.Expression) -> Sort:
        """Check that all sides of a comparison can be compared."""
        sides = operands(node)
        sorts = [self.kind(side) for side in sides]
        if isinstance(node, exp.Like | exp.ILike) and not set(sorts) <= {*_TEXTUAL, Sort.FAULTY}:
            message = f"'{shorten(shown(node))}' uses like on something that is not text."
            self.wrong("criterion.type", message, "Use like on text only.")
        elif Sort.NULL in sorts:
            message = f"'{shorten(shown(node))}' compares with null, which is never true."
            self.wrong("criterion.null", message, "Write 'is null' or 'is not null'.")
        else:
            self.joined(node, sides, sorts)
        return Sort.FLAG

    def joined(self, node: exp.Expression, sides: list[exp.Expression], sorts: list[Sort]) -> Sort:
        """Find the one sort of several parts; a written text takes the sort of a date or time beside it."""
        known = {sort for sort in sorts if sort not in {Sort.WORDS, Sort.NULL, Sort.FAULTY}}
        if Sort.FAULTY in sorts:
            return Sort.FAULTY
        if len(known) > 1 or (known & {Sort.NUMBER, Sort.FLAG} and Sort.WORDS in sorts):
            told = " and ".join(sorted({str(sort) for sort in sorts if sort is not Sort.NULL}))
            message = f"'{shorten(shown(node))}' puts {told} together."
            return self.wrong("criterion.type", message, "Compare like with like; numbers stand without quotes.")
        wanted = next(iter(known), Sort.WORDS if Sort.WORDS in sorts else Sort.NULL)
        if wanted in {Sort.DATE, Sort.TIME}:
            for side, sort in zip(sides, sorts, strict=True):
                if sort is Sort.WORDS and moment_of(side, wanted) is None:
                    message = f"'{shorten(shown(side))}' is no {wanted}."
                    remedy = "Write dates as '2026-07-31', times as '2026-07-31 09:30'."
                    return self.wrong("criterion.type", message, remedy)
        return wanted

    def computed(self, node: exp.Expression) -> Sort:
        """Check arithmetic and functions."""
        parts = operands(node)
        sorts = [self.kind(part) for part in parts]
        if Sort.FAULTY in sorts:
            return Sort.FAULTY
        if isinstance(node, exp.Coalesce | exp.Nullif):
            return self.joined(node, parts, sorts)
        numeric = isinstance(node, (*_ARITHMETIC, exp.Neg, exp.Abs, exp.Round))
        right = {Sort.NUMBER, Sort.NULL} if numeric else {*_TEXTUAL, Sort.NULL}
        if not set(sorts) <= right:
            message = f"'{shorten(shown(node))}' needs {'numbers' if numeric else 'text'}."
            return self.wrong("criterion.type", message, "Use a column of the right type.")
        return Sort.NUMBER if numeric or isinstance(node, exp.Length) else Sort.TEXT


def conditions(node: exp.Expression) -> list[exp.Expression]:
    """List the sides of a chain of `and`s or `or`s, however long, or what `not` denies."""
    if isinstance(node, exp.Not):
        return [node.this]
    found, stack = [], [node]
    while stack:
        part = stack.pop()
        if type(part) is type(node):
            stack += [part.expression, part.this]
        else:
            found.append(part)
    return found


def operands(node: exp.Expression) -> list[exp.Expression]:
    """List the parts of a comparison, a computation or a call, in order."""
    return list(node.iter_expressions())


def moment_of(node: exp.Expression, wanted: Sort) -> date | datetime | None:
    """Read a written text as the date or time that stands for it."""
    text = node.unnest().name if isinstance(node.unnest(), exp.Literal) else ""
    with suppress(ValueError):
        if wanted is Sort.DATE:
            return date.fromisoformat(text) if len(text) == len("2026-07-31") else None
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo is None else None
    return None


def folded(tree: exp.Expression, columns: Mapping[str, Kind]) -> exp.Expression:
    """Make the tree that an engine runs: text folded on both sides, written dates typed, division by zero unknown."""
    typing = Typing(columns)
    compared = (*_COMPARISONS, exp.In, exp.Between, exp.Like, exp.ILike, exp.Nullif, exp.Div, exp.Mod)
    nodes: list[exp.Expression] = list(tree.find_all(*compared))
    for node in nodes:
        if isinstance(node, exp.Div | exp.Mod):
            _wrapped(node.expression, exp.Nullif(expression=exp.Literal.number(0)))
        else:
            _fold(node, typing)
    for call in list(tree.find_all(exp.Coalesce)):
        _fold(call, typing, texts=False)
    for column in list(tree.find_all(exp.Column)):
        column.set("this", exp.to_identifier(column.name, quoted=True))
    return tree.transform(lambda node: exp.Like(**node.args) if isinstance(node, exp.ILike) else node)


def _fold(node: exp.Expression, typing: Typing, *, texts: bool = True) -> None:
    sides = operands(node)
    sorts = [typing.kind(side) for side in sides]
    wanted = typing.joined(node, sides, sorts)
    for side, sort in zip(sides, sorts, strict=True):
        if wanted in {Sort.DATE, Sort.TIME} and sort is Sort.WORDS:
            kind = "DATE" if wanted is Sort.DATE else "TIMESTAMP"
            side.replace(exp.cast(side.unnest().copy(), kind))
        elif texts and isinstance(side, exp.Literal) and side.is_string and side.name.isascii():
            side.replace(exp.Literal.string(side.name.lower()))
        elif texts and sort in _TEXTUAL:
            _wrapped(side, exp.Lower())


def _wrapped(node: exp.Expression, wrapping: exp.Expression) -> None:
    """Put a call around a part where it stands; the part itself stays in the tree, so that its own parts can follow."""
    node.replace(wrapping)
    wrapping.set("this", node)
