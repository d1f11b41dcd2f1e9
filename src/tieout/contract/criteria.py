"""Criteria: SQL conditions over a record's columns, checked at load and compiled as trees.

A criterion answers true, false or unknown, as SQL does. Text compares case-folded. Nothing is ever evaluated by Python
or pasted as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from tieout.basics.findings import Finding
from tieout.contract.criteria_types import Typing, boolean_problem, folded
from tieout.contract.expressions import Grammar, Problem, read_tree
from tieout.contract.vocabulary import FUNCTIONS, Kind

CRITERION = Grammar(FUNCTIONS)
EXPRESSION = Grammar(
    FUNCTIONS | {"split_part", "regexp_extract", "try_cast"}, (exp.Case, exp.If, exp.DataType, exp.DataTypeParam)
)
CAST_TO = frozenset({"DATE", "DECIMAL", "DOUBLE", "INTEGER", "BIGINT", "TIMESTAMP", "VARCHAR"})


@dataclass(frozen=True, slots=True)
class Criterion:
    """A checked condition: its text, the columns it uses (sorted), and its tree, already compiled for comparison."""

    text: str
    columns: tuple[str, ...]
    tree: exp.Expression = field(repr=False, compare=False)

    def sql(self, table: str | None = None) -> str:
        """Give the condition as DuckDB SQL, its columns taken from `table` where one is named."""
        tree = self.tree.copy()
        if table:
            for column in tree.find_all(exp.Column):
                column.set("table", exp.to_identifier(table, quoted=True))
        return tree.sql("duckdb")


def parse_criterion(text: str, columns: Mapping[str, Kind], place: str) -> tuple[Criterion | None, tuple[Finding, ...]]:
    """Read a condition over `columns`. Without a criterion there is at least one finding."""
    tree, problems = read_tree(text, CRITERION)
    if tree is not None:
        used, problems = _named_columns(tree, columns)
        if not problems:
            typing = Typing(columns)
            problems = boolean_problem(typing.kind(tree), tree) if not typing.problems else []
            problems = [*typing.problems, *problems]
        if not problems:
            return Criterion(text, used, folded(tree, columns)), ()
    return None, _findings(problems, place)


def parse_expression(text: str, place: str) -> tuple[exp.Expression | None, tuple[Finding, ...]]:
    """Read an expression over the columns of an export, of any names; the tree is as written.

    Beside what a criterion may use: case, split_part, regexp_extract, and try_cast to a plain type.
    """
    tree, problems = read_tree(text, EXPRESSION)
    if tree is not None:
        problems = _cast_problems(tree)
    return (None, _findings(problems, place)) if problems else (tree, ())


def expression_columns(tree: exp.Expression) -> tuple[str, ...]:
    """List the columns that an expression reads, sorted, as they are written."""
    return tuple(sorted({column.name for column in tree.find_all(exp.Column)}))


def _findings(problems: list[Problem], place: str) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(problem.finding(place) for problem in problems))


def _named_columns(tree: exp.Expression, columns: Mapping[str, Kind]) -> tuple[tuple[str, ...], list[Problem]]:
    """Give each column the vocabulary's spelling; report those that are not in it."""
    spelled = {name.casefold(): name for name in columns}
    used: set[str] = set()
    problems: list[Problem] = []
    for column in tree.find_all(exp.Column):
        if name := spelled.get(column.name.casefold()):
            column.set("this", exp.to_identifier(name))
            used.add(name)
        else:
            message = f"'{column.name}' is no column that may be used here."
            remedy = "Use a column of the list; put a text in single quotes."
            problems.append(Problem("criterion.column", message, remedy, column.name, tuple(sorted(columns))))
    return tuple(sorted(used)), problems


def _cast_problems(tree: exp.Expression) -> list[Problem]:
    problems = []
    for cast in tree.find_all(exp.TryCast):
        name = str(cast.to.sql("duckdb")).partition("(")[0]
        if {"TEXT": "VARCHAR", "INT": "INTEGER"}.get(name, name) not in CAST_TO:
            message = f"try_cast cannot make a '{name}' here."
            problems.append(Problem("criterion.cast", message, "Use a plain type.", name, tuple(sorted(CAST_TO))))
    return problems
